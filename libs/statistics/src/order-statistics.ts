// Medians and percentiles that are values that occurred: nothing is interpolated, so a figure opens to the row that is it.

/** The lower median: of an even number the smaller of the two in the middle. undefined of none. */
export function lowerMedian(values: readonly number[]): number | undefined {
  return nearestRank(values, 50);
}

/** The smallest value that at least `percent` of the values do not exceed: rank ceil(percent x n / 100). `percent` is an integer 1 to 100. */
export function nearestRank(values: readonly number[], percent: number): number | undefined {
  if (!Number.isInteger(percent) || percent < 1 || percent > 100) throw new RangeError(`percent: found ${percent}, expected 1 to 100`);
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1];
}
