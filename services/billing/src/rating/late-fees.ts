// What an invoice that is overdue costs (滞纳金), where the terms agree a late fee: the amount that is open on a day x the rate, for each day that is over after
// the due date and the days of grace. Pure. The whole of it is rounded once and what other invoices charged of it is taken off, so that the lines sum
// to it to the cent, however they fall on months, and a payment learned late takes back what was charged too much. No fee is charged on a fee.
// Source: product.md (0.05 % a day as a contract's term).
import { formatAmount, formatDecimal, type Money, money, scale, subtract, sum, toProto, zero } from '@deskfleet/money';
import { InvoiceLine } from '@deskfleet/protocol/billing';
import type { ContractTerms, LateFee } from '@deskfleet/protocol/terms';

/** An issued invoice with a due date, and what was paid of it by when. */
export interface DueInvoice {
  readonly number: string;
  readonly dueOn: string;
  /** Its total without the late fees in it, in the currency's minor unit. */
  readonly principal: bigint;
  /** A payment counts from its date on. */
  readonly settled: readonly { readonly on: string; readonly minor: bigint }[];
  /** Of its late fee what invoices have charged so far. */
  readonly charged: bigint;
}

/** A span of days on which the same amount was open; both included. */
export interface OpenSpan {
  readonly from: string;
  readonly through: string;
  readonly days: number;
  readonly open: bigint;
}

/** What a month's late fees are computed from. */
export interface Overdue {
  readonly invoices: readonly DueInvoice[];
  /** The last day that counts: it is over. */
  readonly through: string;
  /** Until when an earlier month that has no invoice yet will have charged; undefined: what invoices charged so far is all. */
  readonly since: string | undefined;
}

/** The beginning of a late fee's key: the overdue invoice's number follows. */
export const LATE_FEE = 'late-fee.';

/** Lines of what each invoice costs by being overdue, less what was or will be charged before. */
export function lateFeeLines(terms: ContractTerms, { invoices, through, since }: Overdue): InvoiceLine[] {
  const { lateFee, currency } = terms;
  if (lateFee === undefined || lateFee.rateBpPerDay === 0) return [];
  return invoices.flatMap((invoice) => {
    const spans = overdueSpans(lateFee, invoice, through);
    const charged = since === undefined ? money(currency, invoice.charged) : feeOf(currency, lateFee, overdueSpans(lateFee, invoice, since));
    const amount = subtract(feeOf(currency, lateFee, spans), charged);
    if (amount.minor === 0n) return [];
    return InvoiceLine.create({
      key: `${LATE_FEE}${invoice.number}`,
      description: `Late fee: ${invoice.number}, due ${invoice.dueOn}`,
      quantity: '1',
      unitPrice: formatAmount(amount),
      amount: toProto(amount),
      rule: ruleOf(lateFee, charged, spans),
      invoiceNumber: invoice.number,
    });
  });
}

/** The days that cost something, oldest first. */
export function overdueSpans({ graceDays }: LateFee, { dueOn, principal, settled }: DueInvoice, through: string): OpenSpan[] {
  const first = Temporal.PlainDate.from(dueOn).add({ days: graceDays + 1 });
  const end = Temporal.PlainDate.from(through).add({ days: 1 });
  const changes = settled.map(({ on }) => Temporal.PlainDate.from(on)).filter((on) => after(on, first) && after(end, on));
  const bounds = [...new Map([first, ...changes].map((date) => [date.toString(), date])).values()].sort(Temporal.PlainDate.compare);
  return bounds.flatMap((from, index) => {
    const next = bounds[index + 1] ?? end;
    const days = from.until(next, { largestUnit: 'days' }).days;
    const paid = settled.reduce((minor, one) => (one.on <= from.toString() ? minor + one.minor : minor), 0n);
    if (days <= 0 || paid >= principal) return [];
    return [{ from: from.toString(), through: next.subtract({ days: 1 }).toString(), days, open: principal - paid }];
  });
}

/** Each of the spans' days, with what was open on it. */
export function openByDay(spans: readonly OpenSpan[]): { readonly date: string; readonly open: bigint }[] {
  return spans.flatMap(({ from, days, open }) =>
    Array.from({ length: days }, (_, day) => ({ date: Temporal.PlainDate.from(from).add({ days: day }).toString(), open })),
  );
}

function feeOf(currency: string, { rateBpPerDay }: LateFee, spans: readonly OpenSpan[]): Money {
  if (spans.length === 0) return zero(currency);
  const dayMinor = sum(
    currency,
    spans.map(({ open, days }) => money(currency, open * BigInt(days))),
  );
  return scale(dayMinor, BigInt(rateBpPerDay), 10_000n);
}

function ruleOf({ rateBpPerDay }: LateFee, charged: Money, spans: readonly OpenSpan[]): string {
  const said = (minor: bigint): string => formatAmount(money(charged.currency, minor));
  const [first, last] = [spans[0], spans.at(-1)];
  const less = charged.minor === 0n ? '' : `, less ${formatAmount(charged)} charged before`;
  if (first === undefined || last === undefined) return `paid in time${less}`;
  const opens = first === last ? said(first.open) : `${said(last.open)} to ${said(first.open)}`;
  const days = spans.reduce((all, span) => all + span.days, 0);
  const percent = formatDecimal({ units: BigInt(rateBpPerDay), scale: 2 }).replace(/\.?0+$/, '');
  return `${opens} open, ${first.from} to ${last.through}: ${days} days x ${percent} %${less}`;
}

function after(a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(a, b) > 0;
}
