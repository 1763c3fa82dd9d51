// UUIDv7 (RFC 9562, 5.7): time-ordered ids from a handed-in clock, increasing within a process even when the clock stands still or steps back.
import { randomFillSync } from 'node:crypto';
import type { EpochMs } from './types.ts';

const POOL_BYTES = 4096;
const COUNTER_MAX = 0xfff;

/** Makes a generator of UUIDv7 in their canonical text form. The 12 bits after the version count within a millisecond (RFC 9562, 6.2, method 1). */
export function uuid7Generator(clock: () => EpochMs): () => string {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  let lastMs = -1;
  let time = '';
  let counter = 0;

  /** Where in the pool so many fresh random bytes begin. */
  const random = (bytes: number): number => {
    if (used + bytes > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += bytes;
    return used - bytes;
  };
  const moveTo = (ms: number): void => {
    lastMs = ms;
    const hex = ms.toString(16).padStart(12, '0');
    time = `${hex.slice(0, 8)}-${hex.slice(8)}`;
  };

  return () => {
    const now = clock();
    if (now > lastMs) {
      moveTo(now);
      counter = pool.readUInt16BE(random(2)) & 0x7ff; // the upper half stays free for counting
    } else if (counter < COUNTER_MAX) {
      counter += 1;
    } else {
      moveTo(lastMs + 1);
      counter = 0;
    }
    const tail = random(8);
    const variant = (0x8000 | (pool.readUInt16BE(tail) & 0x3fff)).toString(16);
    return `${time}-${(0x7000 | counter).toString(16)}-${variant}-${pool.toString('hex', tail + 2, tail + 8)}`;
  };
}
