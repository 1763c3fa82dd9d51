// From a line to its days and from a day to its conversations, each column summing to its parent.

import type { Tx } from '@deskfleet/event-store';
import { fromProto, type Money, toProto, zero } from '@deskfleet/money';
import type { InvoiceLine } from '@deskfleet/protocol/billing';
import { LineDay, UsageItem } from '@deskfleet/protocol/billing-service';
import { LogPosition } from '@deskfleet/protocol/common';
import type { ContractTerms } from '@deskfleet/protocol/terms';
import { daysInForce, lastDayOf } from '../rating/calendar.ts';
import { openByDay, overdueSpans } from '../rating/late-fees.ts';
import { chargedByDay, type DayCount, spread } from '../rating/spread.ts';
import { fallenDue } from './late-fees.ts';
import { type UsageFilter, type UsageRow, type UsageScope, unitsByDay, usagePage } from './usage.ts';

/** Missed clocks of a clause by date, from sla-monitoring: what a credit is spread by. */
export type MissedByDay = readonly DayCount[];

export interface Spread {
  readonly days: readonly LineDay[];
  /** How what no day made alone was spread; empty where each day made its own. */
  readonly rule: string;
}

export async function daysOfLine(tx: Tx, scope: UsageScope, terms: ContractTerms, line: InvoiceLine, missed: MissedByDay): Promise<Spread> {
  const amount = line.amount === undefined ? zero(terms.currency) : fromProto(line.amount);
  if (line.key.startsWith('usage.')) {
    const days = await countsByDay(tx, scope);
    const charged = chargedByDay(days, terms.usage?.included ?? 0);
    return { days: lineDays(days, charged, amount), rule: terms.usage?.included ? 'included-first' : '' };
  }
  if (line.invoiceNumber !== '') return { days: await lateDays(tx, scope, terms, line, amount), rule: 'open-amounts' };
  // A credit whose missed clocks were all withdrawn since has no day of its own left: it stands on every day alike, as fees do.
  if (line.key.startsWith('fee.') || missed.length === 0) {
    const days = daysInForce(terms, scope.month).map((date) => ({ date, counted: 1 }));
    return { days: lineDays(days, countsOf(days), amount), rule: 'equal-days' };
  }
  return { days: lineDays(missed, countsOf(missed), amount), rule: 'missed-clocks' };
}

/** The days on which an invoice was overdue, as known when its late fee was charged: those of the month, or all where none was charged before. */
async function lateDays(tx: Tx, { vendorId, contractId, month, asOf }: UsageScope, terms: ContractTerms, line: InvoiceLine, amount: Money): Promise<LineDay[]> {
  const due = await fallenDue(tx, vendorId, [{ contractId, terms }], asOf);
  const invoice = due.get(contractId)?.invoices.find(({ number }) => number === line.invoiceNumber);
  if (invoice === undefined || terms.lateFee === undefined) return [];
  const days = openByDay(overdueSpans(terms.lateFee, invoice, lastDayOf(month))).filter(({ date }) => invoice.charged === 0n || date >= `${month}-01`);
  const parts = spread(
    amount,
    days.map(({ open }) => Number(open)),
  );
  return days.map(({ date }, index) => LineDay.create({ date, quantity: 1, amount: toProto(parts[index] ?? zero(amount.currency)) }));
}

function countsOf(days: readonly DayCount[]): number[] {
  return days.map(({ counted }) => counted);
}

function lineDays(days: readonly DayCount[], weights: readonly number[], amount: Money): LineDay[] {
  const parts = spread(amount, weights);
  return days.map(({ date }, index) => LineDay.create({ date, quantity: weights[index] ?? 0, amount: toProto(parts[index] ?? zero(amount.currency)) }));
}

async function countsByDay(tx: Tx, scope: UsageScope): Promise<DayCount[]> {
  const byDate = Map.groupBy(await unitsByDay(tx, scope), (day) => day.date);
  return [...byDate].map(([date, shops]) => ({ date, counted: shops.reduce((n, shop) => n + shop.counted, 0) }));
}

export interface UsagePage {
  readonly items: readonly UsageItem[];
  readonly rows: readonly UsageRow[];
  readonly total: number;
  /** Of all that the filter takes, not of the page. */
  readonly amount: Money;
}

/**
 * A page of conversations with what each is charged. A unit's price is its part of the usage line: the line's amount spread over the
 * charged units in the order of time, so that units sum to days and days to the line.
 */
export async function conversationsOf(
  tx: Tx,
  scope: UsageScope,
  terms: ContractTerms,
  usageAmount: Money,
  filter: UsageFilter,
  after: { readonly at: number; readonly id: string },
  limit: number,
  source: string,
): Promise<UsagePage> {
  const { rows, total } = await usagePage(tx, scope, filter, after, limit);
  const days = await countsByDay(tx, scope);
  const charged = chargedByDay(days, terms.usage?.included ?? 0);
  const parts = spread(usageAmount, charged);
  let before = 0;
  const dayParts = new Map<string, { part: Money; units: number; before: number }>();
  for (const [index, { date, counted }] of days.entries()) {
    dayParts.set(date, { part: parts[index] ?? zero(terms.currency), units: charged[index] ?? 0, before });
    before += counted;
  }
  const included = terms.usage?.included ?? 0;
  const amountOf = (row: UsageRow): Money => {
    const day = dayParts.get(row.date);
    if (!row.unit || day === undefined || row.ordinal <= included) return zero(terms.currency);
    const nth = row.ordinal - Math.max(day.before, included) - 1;
    return (
      spread(
        day.part,
        Array.from({ length: day.units }, () => 1),
      )[nth] ?? zero(terms.currency)
    );
  };
  return {
    rows,
    total,
    amount: filter.counted === 'no' ? zero(terms.currency) : filter.date === '' ? usageAmount : (dayParts.get(filter.date)?.part ?? zero(terms.currency)),
    items: rows.map((row) =>
      UsageItem.create({
        conversationId: row.conversationId,
        shopId: row.shopId,
        date: row.date,
        firstCustomerAt: row.firstCustomerAt,
        counted: row.unit,
        reason: row.reason,
        amount: toProto(amountOf(row)),
        event: LogPosition.create({ source, position: row.position }),
      }),
    ),
  };
}
