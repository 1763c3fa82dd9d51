// What a sample says of the whole, with its 95 % interval. Counts need none of this: they are not estimates.

/** The normal distribution's 97.5 % point. */
const Z_95 = 1.959963984540054;

/** A point estimate, its 95 % interval, and from how many observations. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** One stratum of a sample: how many there were, and what was observed of those drawn. */
export interface ObservedStratum {
  readonly size: number;
  readonly values: readonly number[];
}

/**
 * The mean of a stratified sample, each stratum weighted by its size (Cochran, Sampling Techniques, 5.3), with the finite population
 * correction. A stratum with one observation takes the spread within the others. Strata without observations are left out of the
 * weights: the estimate then speaks for the rest. undefined when nothing was observed; the interval is the point when no stratum
 * shows any spread to go by.
 */
export function stratifiedMean(strata: readonly ObservedStratum[]): Estimate | undefined {
  const observed = strata.filter(({ values }) => values.length > 0);
  const total = observed.reduce((sum, { size }) => sum + size, 0);
  if (total === 0) return undefined;
  const pooled = pooledVariance(observed);
  let value = 0;
  let variance = 0;
  for (const { size, values } of observed) {
    const weight = size / total;
    const n = values.length;
    const spread = n > 1 ? squaredDeviations(values) / (n - 1) : pooled;
    value += weight * mean(values);
    variance += weight ** 2 * (1 - n / size) * (spread / n);
  }
  const half = Z_95 * Math.sqrt(variance);
  return { value, low: value - half, high: value + half, n: observed.reduce((sum, { values }) => sum + values.length, 0) };
}

/** A proportion by Wilson's score interval (1927): stays within 0 and 1 and is honest where the count is small. undefined of none. */
export function wilson(successes: number, n: number): Estimate | undefined {
  if (!Number.isInteger(successes) || !Number.isInteger(n) || successes < 0 || successes > n) throw new RangeError(`found ${successes} of ${n}`);
  if (n === 0) return undefined;
  const share = successes / n;
  const z2 = Z_95 ** 2;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n ** 2));
  return {
    value: share,
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === n ? 1 : Math.min(1, centre + half),
    n,
  };
}

/** The spread within strata, over all that show one; where each has a single observation, the spread of all of them. */
function pooledVariance(strata: readonly ObservedStratum[]): number {
  const degrees = strata.reduce((sum, { values }) => sum + values.length - 1, 0);
  if (degrees > 0) return strata.reduce((sum, { values }) => sum + squaredDeviations(values), 0) / degrees;
  const all = strata.flatMap(({ values }) => values);
  return all.length > 1 ? squaredDeviations(all) / (all.length - 1) : 0;
}

function squaredDeviations(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
