// Percentages of counts. Rounding never changes a verdict: digits are added until the value shows on its true side of the target.

export type Verdict = 'kept' | 'missed';

const rounded = (part: bigint, whole: bigint, digits: number): bigint => {
  const scale = 10n ** BigInt(digits + 2);
  return (2n * part * scale + whole) / (2n * whole); // half up
};

const shown = (scaled: bigint, digits: number): string => {
  const text = scaled.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
};

/** Whether part of whole reaches the target, exactly. */
export const verdict = (part: number, whole: number, targetBp: number): Verdict =>
  BigInt(part) * 10_000n >= BigInt(whole) * BigInt(targetBp) ? 'kept' : 'missed';

/** 44.4%; — for nothing of nothing. With a target (basis points) the digits never cross it; 100% and 0% are said only when exact. */
export function percent(part: number, whole: number, targetBp?: number): string {
  if (whole === 0) return '—';
  const [p, w] = [BigInt(part), BigInt(whole)];
  for (let digits = 1; ; digits += 1) {
    const value = rounded(p, w, digits);
    const hundred = 10n ** BigInt(digits + 2);
    const edges = (value === 0n) === (p === 0n) && (value === hundred) === (p === w);
    const unit = 10n ** BigInt(digits);
    const sides = targetBp === undefined || value * 100n >= BigInt(targetBp) * unit === (verdict(part, whole, targetBp) === 'kept');
    if ((edges && sides) || digits === 12) return `${p === w ? '100' : shown(value, digits)}%`;
  }
}

/** How far part of whole lies from the target, in percentage points, never 0.0 when it is not met. */
export function pointsFromTarget(part: number, whole: number, targetBp: number): string {
  const difference = BigInt(part) * 10_000n - BigInt(targetBp) * BigInt(whole);
  const size = difference < 0n ? -difference : difference;
  for (let digits = 1; ; digits += 1) {
    const scale = 10n ** BigInt(digits);
    const value = (2n * size * scale + 100n * BigInt(whole)) / (200n * BigInt(whole));
    if (value > 0n || size === 0n || digits === 12) return shown(value, digits);
  }
}

/** A target in basis points as people write it: 90%, 99.5%. */
export const targetPercent = (bp: number): string => `${bp / 100}%`;
