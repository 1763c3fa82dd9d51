// What every figure and list is narrowed by. Dates are text in the contract's zone, inclusive; an empty bound is open.
import type { DateRange } from '@deskfleet/protocol/common';
import { refuseCall } from '@deskfleet/service-kit';
import { type RawBuilder, sql } from 'kysely';

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** `date` within the range. Refuses a bound that is no ISO date. */
export function within(column: RawBuilder<unknown>, range: DateRange | undefined): RawBuilder<unknown> {
  const from = dateOr('range.from', range?.from ?? '', '0000-01-01');
  const to = dateOr('range.to', range?.to ?? '', '9999-12-31');
  return sql`(${column} >= ${from} and ${column} <= ${to})`;
}

/** The days of a month (YYYY-MM). */
export function daysOfMonth(month: string): DateRange {
  if (!MONTH.test(month)) refuseCall('month-invalid', { field: 'month', found: month, expected: 'YYYY-MM' });
  return { $type: 'deskfleet.common.v1.DateRange', from: `${month}-01`, to: `${month}-31` };
}

/** Of these shops; 'all' and none are every one. Row level security holds the caller's own besides. */
export function ofShops(column: RawBuilder<unknown>, shopIds: readonly string[] | 'all'): RawBuilder<unknown> {
  return shopIds === 'all' || shopIds.length === 0 ? sql`true` : sql`${column} = any(${[...shopIds]}::text[])`;
}

function dateOr(field: string, value: string, open: string): string {
  if (value === '') return open;
  if (!DATE.test(value)) refuseCall('date-invalid', { field, found: value, expected: 'YYYY-MM-DD' });
  return value;
}
