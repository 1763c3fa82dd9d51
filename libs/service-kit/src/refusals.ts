// Refusals across gRPC: a value on the write side, a status with a typed trailer on the wire, the same value again at the caller.
import type { Refused } from '@deskfleet/event-store';
import { Refusal } from '@deskfleet/protocol/platform';
import { type Metadata, ServerError, Status } from 'nice-grpc-common';
import type { CommandResult } from './service.ts';

/** The trailer that carries `deskfleet.platform.v1.Refusal`. At most 6 KB: gRPC headers are limited to 8 KB. */
export const REFUSAL_TRAILER = 'deskfleet-refusal-bin';
const TRAILER_LIMIT = 6 * 1024;

/** A refusal on its way through code that answers by throwing, e.g. out of a gRPC handler. */
export class RefusedError extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.code);
    this.name = 'RefusedError';
    this.refused = refused;
  }
}

/** The answer of a command, or throws its refusal. */
export function unwrap<Answer>(result: CommandResult<Answer>): Extract<CommandResult<Answer>, { ok: true }> {
  if (result.ok) return result;
  throw new RefusedError(result.refused);
}

/** Refuses from within a handler. */
export function refuseCall(code: string, facts: Record<string, unknown> = {}): never {
  throw new RefusedError({ accepted: false, code, facts });
}

/** What is not there, or not the caller's to see: the two answer alike. `kind` e.g. `shop` gives `shop-not-found`. */
export function notFound(kind: string, id: string): never {
  refuseCall(`${kind}-not-found`, { id });
}

/**
 * The gRPC status of a refusal: `…-not-found` is NOT_FOUND; `not-allowed` is PERMISSION_DENIED; a webhook's `signature-…` and `timestamp-…` are
 * UNAUTHENTICATED; `overloaded` and `busy` are RESOURCE_EXHAUSTED; one whose facts name a `field` or list `problems` is bad input, INVALID_ARGUMENT; every other is forbidden by the state, FAILED_PRECONDITION.
 */
export function statusOf(refused: Refused): Status {
  if (refused.code.endsWith('-not-found')) return Status.NOT_FOUND;
  if (refused.code === 'not-allowed') return Status.PERMISSION_DENIED;
  if (/^(signature|timestamp)-/.test(refused.code)) return Status.UNAUTHENTICATED;
  if (refused.code === 'overloaded' || refused.code === 'busy') return Status.RESOURCE_EXHAUSTED;
  return 'field' in refused.facts || 'problems' in refused.facts ? Status.INVALID_ARGUMENT : Status.FAILED_PRECONDITION;
}

/** The error a gRPC handler throws for a refusal; writes its facts into the trailer. */
export function refusalToStatus(refused: Refused, trailer: Metadata): ServerError {
  const whole = Refusal.encode(refusalMessage(refused)).finish();
  const bytes = whole.length <= TRAILER_LIMIT ? whole : Refusal.encode(refusalMessage({ code: refused.code, facts: { truncated: true } })).finish();
  trailer.set(REFUSAL_TRAILER, bytes);
  return new ServerError(statusOf(refused), refused.code);
}

/** A refusal as its message; bigints among the facts become decimal strings. */
export function refusalMessage({ code, facts }: Pick<Refused, 'code' | 'facts'>): Refusal {
  const factsJson = JSON.stringify(facts, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return Refusal.create({ code, factsJson });
}

/** The refusal a message carries. */
export function decodeRefusal({ code, factsJson }: Pick<Refusal, 'code' | 'factsJson'>): Refused {
  const facts: unknown = JSON.parse(factsJson || '{}');
  return { accepted: false, code, facts: isRecord(facts) ? facts : {} };
}

/** What a call was refused for, or undefined when it failed for another reason (a fault, no connection, a deadline). */
export function refusalOf(error: unknown): Refused | undefined {
  if (error instanceof RefusedError) return error.refused;
  return error instanceof Error ? received.get(error) : undefined;
}

// nice-grpc keeps a failed call's trailer beside its error, not in it.
const received = new WeakMap<Error, Refused>();

/** Binds the refusal found in a failed call's trailer to its error, for `refusalOf`. */
export function rememberRefusal(error: Error, trailer: Metadata | undefined): void {
  const bytes = trailer?.get(REFUSAL_TRAILER);
  if (bytes === undefined) return;
  received.set(error, decodeRefusal(Refusal.decode(bytes)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
