// The event registry: full message name -> codec. Generated modules register themselves when imported, so importing
// a context's module is what makes its events decodable.
import { type MessageType, messageTypeRegistry, type UnknownMessage } from './gen/typeRegistry.ts';

export type { DeepPartial, MessageType, UnknownMessage } from './gen/typeRegistry.ts';

/** The codec of a full message name, or undefined when its module was never imported. */
export function codecOf(type: string): MessageType | undefined {
  return messageTypeRegistry.get(type);
}

/** Encodes a message by its own `$type`. Throws when that type is not registered. */
export function encode(message: UnknownMessage): Uint8Array {
  const codec = messageTypeRegistry.get(message.$type);
  if (codec === undefined) throw new Error(`no codec for ${message.$type}`);
  return codec.encode(message).finish();
}

/** The full names that end in this one, of the modules imported so far: `ShopAdded` -> `deskfleet.onboarding.v1.ShopAdded`. A full name is itself. */
export function typesNamed(name: string): readonly string[] {
  if (name.includes('.')) return [name];
  return [...messageTypeRegistry.keys()].filter((type) => type.endsWith(`.${name}`));
}
