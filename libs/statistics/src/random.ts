// The same seed gives the same draw, on every machine and in every version: a named algorithm, never the platform's own generator.
// xoshiro128** 1.1 (Blackman and Vigna, 2018, prng.di.unimi.it), its four words being the first 128 bits of SHA-256 over the seed's decimal digits.
import { createHash } from 'node:crypto';

/** Stands beside every stored seed: a draw can be repeated only by the algorithm that made it. */
export const RANDOM_ALGORITHM = 'xoshiro128**-1.1/sha256';

const WORDS = 2 ** 32;

/** A deterministic stream of random numbers. Stateful: hand it down, do not share it. */
export interface Random {
  /** An integer in [0, 2^32). */
  uint32(): number;
  /** An integer in [0, bound), every one as likely; `bound` is 1 to 2^32. */
  below(bound: number): number;
}

/** The generator of an integer seed. */
export function seededRandom(seed: number | bigint): Random {
  const digest = createHash('sha256').update(seed.toString()).digest();
  let [a, b, c, d] = [0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)) as [number, number, number, number];

  function uint32(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  }

  function below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > WORDS) throw new RangeError(`bound: found ${bound}, expected 1 to 2^32`);
    // What lies above the last whole multiple is drawn again: a remainder alone would favour small numbers.
    const limit = WORDS - (WORDS % bound);
    let drawn = uint32();
    while (drawn >= limit) drawn = uint32();
    return drawn % bound;
  }

  return { uint32, below };
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
