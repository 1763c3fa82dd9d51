// A quote's steps while they are typed: amounts as the service will compute them, exact, rounded once a step, half away from zero.
import { type Money, scaled, sum } from '../../format/money.ts';

export interface StepDraft {
  id: string;
  key: string;
  quantity: string;
  unitPrice: string;
  rule: string;
  shopId: string;
  ofUsage: boolean;
  /** By the rule its key names, from the profiles and the plan. */
  suggested: boolean;
}

const DECIMAL = /^-?\d{1,15}(\.\d{1,12})?$/;
/** Digits after the point that quantities and prices are multiplied with. */
const DIGITS = 12;
const MINOR_DIGITS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0 };

/** Whether the profiles and the plan suggest this very quantity: then it needs no words of the vendor's. */
export function isSuggested({ key, shopId, quantity }: Pick<StepDraft, 'key' | 'shopId' | 'quantity'>, suggestions: readonly Suggestion[]): boolean {
  const same = suggestions.find((each) => each.key === key && each.shopId === shopId);
  return same !== undefined && DECIMAL.test(quantity) && scaled(quantity, DIGITS) === scaled(same.quantity, DIGITS);
}

type Suggestion = Pick<StepDraft, 'key' | 'shopId' | 'quantity'>;

/** Quantity x unit price in the currency's minor unit; undefined while one of them is no number. */
export function amountOf({ quantity, unitPrice }: Pick<StepDraft, 'quantity' | 'unitPrice'>, currency: string): Money | undefined {
  if (!DECIMAL.test(quantity) || !DECIMAL.test(unitPrice)) return undefined;
  const digits = MINOR_DIGITS[currency] ?? 2;
  const exact = scaled(quantity, DIGITS) * scaled(unitPrice, DIGITS);
  const unit = 10n ** BigInt(2 * DIGITS - digits);
  const sign = exact < 0n ? -1n : 1n;
  const minor = (sign * (2n * exact * sign + unit)) / (2n * unit);
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const amount = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return { currency, amount: minor < 0n ? `-${amount}` : amount };
}

/** The monthly fee and what a month comes to in all, as far as the steps are typed. */
export function totalsOf(steps: readonly StepDraft[], currency: string): { readonly monthlyFee: Money; readonly estimate: Money } {
  const of = (wanted: readonly StepDraft[]): Money =>
    sum(
      wanted.flatMap((step) => amountOf(step, currency) ?? []),
      currency,
    );
  return { monthlyFee: of(steps.filter(({ ofUsage }) => !ofUsage)), estimate: of(steps) };
}
