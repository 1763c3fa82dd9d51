// What older schemas wrote and today's no longer names: read by its field number, for upcasters.
import { BinaryReader } from './wire.ts';

const LENGTH_DELIMITED = 2;

/** The text an older schema kept in field `number` of a message, from the message's bytes; empty when it was not set. */
export function formerText(bytes: Uint8Array, number: number): string {
  const reader = new BinaryReader(bytes);
  let text = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((number << 3) | LENGTH_DELIMITED)) text = reader.string();
    else reader.skip(tag & 7);
  }
  return text;
}
