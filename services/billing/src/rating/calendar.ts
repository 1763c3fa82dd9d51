// Months as the contract's zone counts them: half-open in instants, whole days in dates.
import type { ContractTerms } from '@deskfleet/protocol/terms';

export interface MonthDays {
  readonly calendar: number;
  /** Days of the month on which the contract is in force. */
  readonly service: number;
}

const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;

export function isMonth(text: string): boolean {
  return MONTH.test(text);
}

export function serviceDays(terms: ContractTerms, month: string): MonthDays {
  return { calendar: Temporal.PlainYearMonth.from(month).daysInMonth, service: daysInForce(terms, month).length };
}

/** Every month from one to another, both included; none when the first is later. */
export function monthsBetween(from: string, through: string): string[] {
  const months: string[] = [];
  for (let month = Temporal.PlainYearMonth.from(from); month.toString() <= through; month = month.add({ months: 1 })) months.push(month.toString());
  return months;
}

/** The dates of a month on which the contract is in force. */
export function daysInForce(terms: ContractTerms, month: string): string[] {
  const first = Temporal.PlainYearMonth.from(month);
  const dates = Array.from({ length: first.daysInMonth }, (_, index) => first.toPlainDate({ day: index + 1 }).toString());
  return dates.filter((date) => terms.effectiveOn <= date && (terms.endsOn === '' || date <= terms.endsOn));
}

export function lastDayOf(month: string): string {
  const first = Temporal.PlainYearMonth.from(month);
  return first.toPlainDate({ day: first.daysInMonth }).toString();
}

export function monthBefore(month: string): string {
  return Temporal.PlainYearMonth.from(month).subtract({ months: 1 }).toString();
}
