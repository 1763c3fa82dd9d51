// What older schemas wrote and today's no longer names: read by its field number, for upcasters.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** The text an older schema kept in field `number` of a message, from the message's bytes; empty when it was not set. */
export function formerText(bytes: Uint8Array, number: number): string {
  const reader = new BinaryReader(bytes);
  let text = '';
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === number && wireType === WireType.LengthDelimited) text = reader.string();
    else reader.skip(wireType, field);
  }
  return text;
}
