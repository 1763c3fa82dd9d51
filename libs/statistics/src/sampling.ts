// How many to draw from which stratum, and which ones. Source: domain.md BR-170, BR-219.
import type { Random } from './random.ts';

/** n = max(ceil(ratio x total), strata), at most the total. `ratioBp` in basis points (500 = 5 %), so that no ratio is rounded before it is used. */
export function sampleSize(total: number, strata: number, ratioBp: number): number {
  return Math.min(total, Math.max(Math.ceil((total * ratioBp) / 10_000), strata));
}

/**
 * How many of each stratum are drawn: every stratum that has anything at least one, the rest in proportion to the sizes by largest
 * remainder (the earlier stratum first where equal), none beyond its size. Sums to sampleSize. Order as given.
 */
export function allocate(sizes: readonly number[], ratioBp: number): number[] {
  if (!Number.isInteger(ratioBp) || ratioBp < 0 || ratioBp > 10_000) throw new RangeError(`ratio: found ${ratioBp} bp, expected 0 to 10000`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const present = sizes.filter((size) => size > 0).length;
  const n = sampleSize(total, present, ratioBp);
  const allocated: number[] = sizes.map((size) => (size === 0 ? 0 : Math.max(1, Math.floor((n * size) / total))));
  const fraction = (index: number): number => ((n * (sizes[index] ?? 0)) % total) / total;
  const byRemainder = sizes.map((_, index) => index).sort((i, j) => fraction(j) - fraction(i) || i - j);
  let missing = n - allocated.reduce((sum, count) => sum + count, 0);
  // At least one each may have promised more than n: the largest strata give it back.
  for (; missing < 0; missing++) {
    const largest = allocated.indexOf(Math.max(...allocated));
    allocated[largest] = (allocated[largest] ?? 0) - 1;
  }
  while (missing > 0) {
    for (const index of byRemainder) {
      const count = allocated[index] ?? 0;
      if (missing === 0 || count >= (sizes[index] ?? 0)) continue;
      allocated[index] = count + 1;
      missing -= 1;
    }
  }
  return allocated;
}

/** `count` of the items, each set as likely, in the order drawn (Fisher and Yates, stopped early). The items' own order is part of the draw: sort them first. */
export function sampleWithoutReplacement<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  if (!Number.isInteger(count) || count < 0 || count > items.length) throw new RangeError(`count: found ${count}, expected 0 to ${items.length}`);
  const pool = [...items];
  for (let index = 0; index < count; index++) {
    const other = index + random.below(pool.length - index);
    const drawn = pool[other] as Item;
    pool[other] = pool[index] as Item;
    pool[index] = drawn;
  }
  return pool.slice(0, count);
}

/** One stratum of a frame. */
export interface Stratum<Item> {
  readonly key: string;
  readonly items: readonly Item[];
}

/** A stratified draw: strata by key, `allocate` of each, one generator through all. Items stand in the order of the frame. */
export function stratifiedSample<Item>(strata: readonly Stratum<Item>[], ratioBp: number, random: Random): Stratum<Item>[] {
  const ordered = strata.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const counts = allocate(
    ordered.map(({ items }) => items.length),
    ratioBp,
  );
  return ordered.map(({ key, items }, index) => ({ key, items: sampleWithoutReplacement(items, counts[index] ?? 0, random) }));
}
