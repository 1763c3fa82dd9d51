// Exact amounts: integer minor units with a currency. No floating point anywhere; one rounding per line, by a stated rule.
import { Money as ProtoMoney } from '@deskfleet/protocol/common';
import { type Decimal, formatScaled, parseDecimal } from './decimal.ts';

export interface Money {
  readonly currency: string;
  readonly minor: bigint;
}

/** Digits after the point, by ISO 4217, of the currencies contracts are written in. */
const MINOR_DIGITS: Readonly<Record<string, number>> = { CNY: 2, HKD: 2, TWD: 2, USD: 2, EUR: 2, GBP: 2, SGD: 2, JPY: 0, KRW: 0 };

/** How many digits the currency's minor unit has. Throws RangeError for a currency we do not know. */
export function minorDigits(currency: string): number {
  const digits = MINOR_DIGITS[currency];
  if (digits === undefined) throw new RangeError(`unknown currency ${JSON.stringify(currency)}`);
  return digits;
}

export function isCurrency(currency: string): boolean {
  return MINOR_DIGITS[currency] !== undefined;
}

export function money(currency: string, minor: bigint): Money {
  minorDigits(currency);
  return { currency, minor };
}

export function zero(currency: string): Money {
  return money(currency, 0n);
}

/** Reads a decimal amount ("6000.00"). Throws RangeError when it has more digits than the currency's minor unit. */
export function parseMoney(currency: string, amount: string): Money {
  const { units, scale } = parseDecimal(amount);
  const digits = minorDigits(currency);
  if (scale > digits) throw new RangeError(`${amount} ${currency} has more than ${digits} digits after the point`);
  return { currency, minor: units * 10n ** BigInt(digits - scale) };
}

/** "6000.00": the shape of every amount outside the process. */
export function formatAmount(amount: Money): string {
  return formatScaled(amount.minor, minorDigits(amount.currency));
}

export function add(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return { currency: a.currency, minor: a.minor + b.minor };
}

export function subtract(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return { currency: a.currency, minor: a.minor - b.minor };
}

export function negate(a: Money): Money {
  return { currency: a.currency, minor: -a.minor };
}

/** The sum; zero of the currency for none. */
export function sum(currency: string, amounts: Iterable<Money>): Money {
  let total = zero(currency);
  for (const amount of amounts) total = add(total, amount);
  return total;
}

/** amount x numerator / denominator, rounded once, half away from zero. */
export function scale(amount: Money, numerator: bigint, denominator: bigint): Money {
  return { currency: amount.currency, minor: divideHalfUp(amount.minor * numerator, denominator) };
}

/** quantity x unit price, rounded once, half away from zero, to the minor unit. */
export function extend(currency: string, quantity: bigint, unitPrice: Decimal): Money {
  const digits = minorDigits(currency);
  const exact = quantity * unitPrice.units;
  return {
    currency,
    minor: unitPrice.scale <= digits ? exact * 10n ** BigInt(digits - unitPrice.scale) : divideHalfUp(exact, 10n ** BigInt(unitPrice.scale - digits)),
  };
}

/** Splits an amount by weights so that the parts sum to the whole: largest remainder, ties to the earlier. Throws on no positive weight. */
export function allocate(amount: Money, weights: readonly bigint[]): Money[] {
  const total = weights.reduce((a, b) => a + b, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n)) throw new RangeError('allocate needs weights of which one is positive and none negative');
  const sign = amount.minor < 0n ? -1n : 1n;
  const whole = amount.minor * sign;
  const shares = weights.map((weight) => (whole * weight) / total);
  let left = whole - shares.reduce((a, b) => a + b, 0n);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (whole * weight) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    shares[index] = (shares[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return shares.map((share) => ({ currency: amount.currency, minor: share * sign }));
}

export function toProto(amount: Money): ProtoMoney {
  return ProtoMoney.create({ currency: amount.currency, minor: Number(amount.minor) });
}

export function fromProto(amount: { readonly currency: string; readonly minor: number }): Money {
  return money(amount.currency, BigInt(amount.minor));
}

/** numerator / denominator, half away from zero. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError('a denominator is positive');
  const sign = numerator < 0n ? -1n : 1n;
  return (sign * (2n * numerator * sign + denominator)) / (2n * denominator);
}

function sameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} do not add`);
}
