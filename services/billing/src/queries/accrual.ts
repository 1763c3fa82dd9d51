// What a contract's month has come to so far: the lines as an invoice would read now, and each day's part of them.

import type { Tx } from '@deskfleet/event-store';
import { fromProto, type Money, sum, toProto, zero } from '@deskfleet/money';
import type { InvoiceLine } from '@deskfleet/protocol/billing';
import { Accrual, DayUsage, ReasonCount } from '@deskfleet/protocol/billing-service';
import { daysInForce } from '../rating/calendar.ts';
import { charges } from '../rating/charges.ts';
import { chargedByDay, spread } from '../rating/spread.ts';
import type { BillingContract } from './contracts.ts';
import { invoiceOfMonth } from './invoices.ts';
import { fallenDue, overdueIn } from './late-fees.ts';
import { type DayUnits, reasons, unitsByDay, unitsChangedSince } from './usage.ts';

export async function accrualOf(tx: Tx, vendorId: string, contract: BillingContract, month: string, source: string, now: number): Promise<Accrual> {
  const scope = { vendorId, contractId: contract.contractId, month, asOf: undefined };
  const units = await unitsByDay(tx, scope);
  const issued = await invoiceOfMonth(tx, vendorId, contract.contractId, month);
  const byShop = [...Map.groupBy(units, (day) => day.shopId)].map(([shopId, days]) => ({
    shopId,
    counted: BigInt(days.reduce((n, day) => n + day.counted, 0)),
  }));
  const due = issued === undefined ? (await fallenDue(tx, vendorId, [contract], undefined)).get(contract.contractId) : undefined;
  const accrued = charges(contract.terms, month, contract.shopIds, byShop, [], overdueIn(due, contract.terms.zone, month, now));
  const asOf = issued?.issued.knownThrough[source];
  return Accrual.create({
    contractId: contract.contractId,
    contractNumber: contract.number,
    shopIds: [...contract.shopIds],
    month,
    currency: contract.terms.currency,
    counted: units.reduce((n, day) => n + day.counted, 0),
    notCounted: units.reduce((n, day) => n + day.notCounted, 0),
    reasons: (await reasons(tx, scope)).map((row) => ReasonCount.create(row)),
    lines: issued === undefined ? [...accrued.lines] : issued.issued.lines,
    total: issued === undefined ? toProto(accrued.total) : issued.issued.total,
    days: daysOf(contract, month, units, accrued.lines),
    invoiceNumber: issued?.issued.number ?? '',
    notYetAdjusted: asOf === undefined ? 0 : await unitsChangedSince(tx, { ...scope, asOf }),
    asOf: now,
  });
}

/** Each day's units and its part of the fees: the monthly fee in equal parts over the service days, usage by charged units. */
function daysOf(contract: BillingContract, month: string, units: readonly DayUnits[], lines: readonly InvoiceLine[]): DayUsage[] {
  const inForce = new Set(daysInForce(contract.terms, month));
  const dates = [...new Set([...inForce, ...units.map((day) => day.date)])].sort();
  const counts = dates.map((date) => ({ date, counted: total(units, date, 'counted') }));
  const fees = spread(
    amountOf(lines, 'fee.', contract.terms.currency),
    dates.map((date) => (inForce.has(date) ? 1 : 0)),
  );
  const used = spread(amountOf(lines, 'usage.', contract.terms.currency), chargedByDay(counts, contract.terms.usage?.included ?? 0));
  return counts.map(({ date, counted }, index) =>
    DayUsage.create({
      date,
      counted,
      notCounted: total(units, date, 'notCounted'),
      amount: toProto(
        sum(
          contract.terms.currency,
          [fees[index], used[index]].filter((part) => part !== undefined),
        ),
      ),
    }),
  );
}

function total(units: readonly DayUnits[], date: string, of: 'counted' | 'notCounted'): number {
  return units.reduce((n, day) => n + (day.date === date ? day[of] : 0), 0);
}

export function amountOf(lines: readonly InvoiceLine[], prefix: string, currency: string): Money {
  const amount = lines.find((line) => line.key.startsWith(prefix))?.amount;
  return amount === undefined ? zero(currency) : fromProto(amount);
}
