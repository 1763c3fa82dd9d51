// The bucket of a stream: hash(vendor, stream) mod 64. Fixed for ever: watermarks and Kafka partitions are kept by it.
import { BUCKETS } from './types.ts';

/** 0 to 63. FNV-1a (32 bits) over the UTF-8 of vendor, a zero byte and stream, finished by MurmurHash3's mixer because FNV's low bits alone are weak. */
export function bucketOf(vendorId: string, streamId: string): number {
  let hash = hashed(hashed(OFFSET, vendorId), '\0');
  hash = hashed(hash, streamId);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % BUCKETS;
}

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a goes on over a text's UTF-8. Ids are ASCII, where a character is its byte and no buffer need be made. */
function hashed(start: number, text: string): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) {
    const byte = text.charCodeAt(index);
    if (byte > 0x7f) return Buffer.from(text, 'utf8').reduce((rest, each) => Math.imul(rest ^ each, PRIME), start);
    hash = Math.imul(hash ^ byte, PRIME);
  }
  return hash;
}
