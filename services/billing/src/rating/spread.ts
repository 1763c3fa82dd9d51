// How a line's amount stands on the days and conversations that made it, so that every column sums to its parent.
import { allocate, type Money, zero } from '@deskfleet/money';

export interface DayCount {
  readonly date: string;
  readonly counted: number;
}

/** Units of each day that are charged: the included volume is used up in the order of time. */
export function chargedByDay(days: readonly DayCount[], included: number): number[] {
  let before = 0;
  return days.map(({ counted }) => {
    const charged = Math.max(0, before + counted - included) - Math.max(0, before - included);
    before += counted;
    return charged;
  });
}

/** A line's amount over its days by charged units; nothing charged, nothing spread. */
export function spread(amount: Money, weights: readonly number[]): Money[] {
  if (weights.every((weight) => weight === 0)) return weights.map(() => zero(amount.currency));
  return allocate(amount, weights.map(BigInt));
}
