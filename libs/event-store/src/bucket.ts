// The bucket of a stream: hash(vendor, stream) mod 64. Fixed for ever: watermarks and Kafka partitions are kept by it.
import { BUCKETS } from './types.ts';

/** 0 to 63. FNV-1a (32 bits) over the UTF-8 of vendor, a zero byte and stream, finished by MurmurHash3's mixer because FNV's low bits alone are weak. */
export function bucketOf(vendorId: string, streamId: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${vendorId}\0${streamId}`, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % BUCKETS;
}
