// What every command here begins with: whose it is, and what its repetition is compared by.
import type { Caller } from '@deskfleet/service-kit';

/** The vendor's users act on every client; a client's on their own. */
export function isTheirs(caller: Caller, clientId: string): boolean {
  return caller.role !== 'client' || caller.clientId === clientId;
}

/** A request's id and the bytes that tell it again from another one. */
export function sent<Request extends { readonly commandId: string }>(
  codec: { encode(request: Request): { finish(): Uint8Array } },
  request: Request,
): { readonly commandId: string; readonly content: Uint8Array } {
  return { commandId: request.commandId, content: codec.encode(request).finish() };
}
