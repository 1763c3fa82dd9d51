// What a bench says: each figure with its least, middle and most, beside a peer measured in the same run or the limit it must keep.

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** What it is measured against; `limit` names a promise instead of a rival. */
  readonly peer: { readonly name: string; readonly median: number };
  /** This median over the peer's, to three digits. */
  readonly ratio: number;
}

export interface Bench {
  readonly name: string;
  run(): Promise<Figure[]>;
}

/** A figure from its samples. Throws when there is none. */
export function figure(name: string, unit: string, samples: readonly number[], peer: { name: string; median: number }): Figure {
  const sorted = samples.toSorted((a, b) => a - b);
  const [min, max, median] = [sorted[0], sorted.at(-1), lowerMedian(sorted)];
  if (min === undefined || max === undefined) throw new Error(`${name}: nothing was measured`);
  return {
    name,
    unit,
    min: round(min),
    median: round(median),
    max: round(max),
    peer: { name: peer.name, median: round(peer.median) },
    ratio: round(median / peer.median),
  };
}

export function lowerMedian(sorted: readonly number[]): number {
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('no samples');
  return middle;
}

/** Of ascending samples, by nearest rank. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** To three significant digits below 1,000, whole above. */
function round(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
}
