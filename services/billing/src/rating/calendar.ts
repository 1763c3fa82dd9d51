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
  const { year, month: number, daysInMonth } = Temporal.PlainYearMonth.from(month);
  const day = (n: number) => Temporal.PlainDate.from({ year, month: number, day: n }).toString();
  let service = 0;
  for (let n = 1; n <= daysInMonth; n++) if (terms.effectiveOn <= day(n) && (terms.endsOn === '' || day(n) <= terms.endsOn)) service++;
  return { calendar: daysInMonth, service };
}

/** The first instant after the month, in the zone. */
export function monthEndsAt(month: string, zone: string): number {
  const next = Temporal.PlainYearMonth.from(month).add({ months: 1 });
  return next.toPlainDate({ day: 1 }).toZonedDateTime(zone).epochMilliseconds;
}

export function monthOf(at: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toPlainYearMonth().toString();
}

/** Every month from one to another, both included; none when the first is later. */
export function monthsBetween(from: string, through: string): string[] {
  const months: string[] = [];
  for (let month = Temporal.PlainYearMonth.from(from); month.toString() <= through; month = month.add({ months: 1 })) months.push(month.toString());
  return months;
}
