// The event registry: full message name -> codec. Generated modules register themselves when imported, so importing
// a context's module is what makes its events decodable.
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { type MessageType, messageTypeRegistry, type UnknownMessage } from './gen/typeRegistry.ts';

export type { DeepPartial, MessageType, UnknownMessage } from './gen/typeRegistry.ts';

/** The codec of a full message name, or undefined when its module was never imported. */
export function codecOf(type: string): MessageType | undefined {
  return messageTypeRegistry.get(type);
}

// A writer of one's own would allocate and grow a buffer for each message, twice what writing it costs. What it grew to for a large one is let go.
const KEPT_BYTES = 64 * 1024;
let writer = new BinaryWriter();

/** Encodes a message by its own `$type`. Throws when that type is not registered. */
export function encode(message: UnknownMessage): Uint8Array {
  const codec = messageTypeRegistry.get(message.$type);
  if (codec === undefined) throw new Error(`no codec for ${message.$type}`);
  try {
    const bytes = codec.encode(message, writer).finish();
    if (bytes.length > KEPT_BYTES) writer = new BinaryWriter();
    return bytes;
  } catch (error) {
    writer = new BinaryWriter(); // half a message stands in it
    throw error;
  }
}
