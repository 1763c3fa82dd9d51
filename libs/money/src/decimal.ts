// Exact decimals for unit prices and rates: an integer and how many of its digits stand after the point.

export interface Decimal {
  readonly units: bigint;
  /** Digits after the point, 0 to 12. */
  readonly scale: number;
}

const FORM = /^(-?)(\d{1,15})(?:\.(\d{1,12}))?$/;

/** Reads "0.60", "-3", "12.5". Throws RangeError for anything else. */
export function parseDecimal(text: string): Decimal {
  const match = FORM.exec(text);
  if (match === null) throw new RangeError(`${JSON.stringify(text)} is not a decimal such as 0.60`);
  const fraction = match[3] ?? '';
  const units = BigInt((match[2] ?? '') + fraction);
  return { units: match[1] === '-' ? -units : units, scale: fraction.length };
}

export function isDecimal(text: string): boolean {
  return FORM.test(text);
}

/** The decimal with all its digits: { units: 60n, scale: 2 } -> "0.60". */
export function formatDecimal(value: Decimal): string {
  return formatScaled(value.units, value.scale);
}

export function formatScaled(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
