// charges(usage, terms, calendar) -> lines. Pure. Fees first, then credits from fees, late fees last; each line is rounded once.
// Source: domain.md P-34, BR-176 to BR-178, BR-208; keys never change, so that rating again yields differences line by line.
import { add, allocate, extend, formatAmount, formatDecimal, type Money, parseDecimal, scale, sum, toProto, zero } from '@deskfleet/money';
import { InvoiceLine } from '@deskfleet/protocol/billing';
import { type ContractTerms, CountingUnit, CreditBase, type SlaClause } from '@deskfleet/protocol/terms';
import { type MonthDays, serviceDays } from './calendar.ts';
import { lateFeeLines, type Overdue } from './late-fees.ts';

/** Counted units of a month by shop. */
export interface MonthUsage {
  readonly shopId: string;
  readonly counted: bigint;
}

/** What sla-monitoring answered for one clause; shopId empty where the clause is pooled. */
export interface ClauseResult {
  readonly clauseKey: string;
  readonly shopId: string;
  readonly met: number;
  readonly missed: number;
  readonly kept: boolean;
}

export interface Charges {
  readonly lines: readonly InvoiceLine[];
  readonly total: Money;
}

/**
 * The lines of one contract's month. `shopIds` in the contract's order; `attainment` empty while the month is open; `overdue` where the terms agree a
 * late fee. No usage, no monthly fee and nothing overdue give no lines.
 */
export function charges(
  terms: ContractTerms,
  month: string,
  shopIds: readonly string[],
  usage: readonly MonthUsage[],
  attainment: readonly ClauseResult[],
  overdue?: Overdue,
): Charges {
  const monthly = monthlyFee(terms, month);
  const used = usageFee(terms, usage);
  const fees = { monthly: amountOf(monthly, terms.currency), usage: amountOf(used, terms.currency) };
  const credits = attainment.filter((result) => !result.kept).flatMap((result) => credit(terms, shopIds, usage, fees, result, attainment) ?? []);
  const late = overdue === undefined ? [] : lateFeeLines(terms, overdue);
  const lines = [monthly, used].filter((line) => line !== undefined).concat(credits, late);
  return {
    lines,
    total: sum(
      terms.currency,
      lines.map((line) => amountOf(line, terms.currency)),
    ),
  };
}

/** The monthly fee for the service days over the calendar days of the month. */
function monthlyFee(terms: ContractTerms, month: string): InvoiceLine | undefined {
  if (terms.monthlyFee === undefined || terms.monthlyFee.minor === 0) return undefined;
  const fee: Money = { currency: terms.currency, minor: BigInt(terms.monthlyFee.minor) };
  const days = serviceDays(terms, month);
  if (days.service === 0) return undefined;
  const amount = scale(fee, BigInt(days.service), BigInt(days.calendar));
  const whole = days.service === days.calendar;
  return InvoiceLine.create({
    key: 'fee.monthly',
    description: `Monthly service fee ${month}`,
    quantity: whole ? '1' : formatDecimal({ units: shareOfMonth(days), scale: 6 }),
    unitPrice: formatAmount(fee),
    amount: toProto(amount),
    rule: whole ? `${formatAmount(fee)} for the whole month` : `${formatAmount(fee)} x ${days.service} service days / ${days.calendar} calendar days`,
  });
}

/** Units beyond the included volume, at the unit price (BR-176, BR-177). */
function usageFee(terms: ContractTerms, usage: readonly MonthUsage[]): InvoiceLine | undefined {
  if (terms.usage === undefined || terms.usage.unitPrice === '') return undefined;
  const counted = total(usage);
  if (counted === 0n) return undefined;
  const included = BigInt(terms.usage.included);
  const charged = counted > included ? counted - included : 0n;
  const price = parseDecimal(terms.usage.unitPrice);
  return InvoiceLine.create({
    key: usageKey(terms.usage.unit),
    description: terms.usage.unit === CountingUnit.COUNTING_UNIT_BUYER_DAY ? 'Buyer-days' : 'Conversations',
    quantity: charged.toString(),
    unitPrice: formatDecimal(price),
    amount: toProto(extend(terms.currency, charged, price)),
    rule:
      included === 0n
        ? `${counted} x ${formatDecimal(price)}`
        : `${counted} counted, ${included} included in the monthly fee: ${charged} x ${formatDecimal(price)}`,
  });
}

export function usageKey(unit: CountingUnit): string {
  return unit === CountingUnit.COUNTING_UNIT_BUYER_DAY ? 'usage.buyer-day' : 'usage.conversation';
}

/** rate x base, half up to the minor unit, negative (BR-178). A clause judged per shop credits that shop's share of the fees. */
function credit(
  terms: ContractTerms,
  shopIds: readonly string[],
  usage: readonly MonthUsage[],
  fees: { readonly monthly: Money; readonly usage: Money },
  result: ClauseResult,
  all: readonly ClauseResult[],
): InvoiceLine | undefined {
  const clause = terms.clauses.find(({ key }) => key === result.clauseKey);
  if (clause?.credit === undefined) return undefined;
  const base = creditBase(clause.credit.base, shopIds, usage, fees, result.shopId);
  const amount = scale(base, -BigInt(clause.credit.rateBp), 10_000n);
  if (amount.minor === 0n) return undefined;
  const due = result.met + result.missed;
  return InvoiceLine.create({
    key: creditKey(terms, result, all),
    description: `Service credit: ${clause.key}`,
    quantity: '1',
    unitPrice: formatAmount(amount),
    amount: toProto(amount),
    rule: `${result.met} of ${due} on time, agreed ${percent(clause.targetBp)}: ${percent(clause.credit.rateBp)} of ${formatAmount(base)}`,
    shopId: result.shopId,
    clauseKey: clause.key,
  });
}

function creditBase(base: CreditBase, shopIds: readonly string[], usage: readonly MonthUsage[], fees: { monthly: Money; usage: Money }, shopId: string): Money {
  const monthly =
    shopId === ''
      ? fees.monthly
      : shareOf(
          fees.monthly,
          shopIds,
          shopIds.map(() => 1n),
          shopId,
        );
  const counted = shopIds.map((id) => usage.find((row) => row.shopId === id)?.counted ?? 0n);
  const used = shopId === '' || fees.usage.minor === 0n ? fees.usage : shareOf(fees.usage, shopIds, counted, shopId);
  if (base === CreditBase.CREDIT_BASE_MONTHLY_FEE) return monthly;
  return base === CreditBase.CREDIT_BASE_USAGE_FEE ? used : add(monthly, used);
}

/** A shop's part of a fee of the whole contract: the monthly fee in equal parts, the usage fee by counted units. */
function shareOf(fee: Money, shopIds: readonly string[], weights: readonly bigint[], shopId: string): Money {
  return allocate(fee, weights)[shopIds.indexOf(shopId)] ?? zero(fee.currency);
}

/** `sla.credit` where one result can lead to a credit; with several, the clause and the shop tell them apart. */
function creditKey(terms: ContractTerms, result: ClauseResult, all: readonly ClauseResult[]): string {
  const crediting = all.filter(({ clauseKey }) => terms.clauses.some((clause: SlaClause) => clause.key === clauseKey && clause.credit !== undefined));
  return crediting.length === 1 ? 'sla.credit' : ['sla.credit', result.clauseKey, result.shopId].filter((part) => part !== '').join('.');
}

function amountOf(line: InvoiceLine | undefined, currency: string): Money {
  return { currency, minor: BigInt(line?.amount?.minor ?? 0) };
}

function total(usage: readonly MonthUsage[]): bigint {
  return usage.reduce((units, row) => units + row.counted, 0n);
}

/** Service days over calendar days in millionths, for the quantity column; the amount is never computed from it. */
function shareOfMonth(days: MonthDays): bigint {
  return (BigInt(days.service) * 2_000_000n + BigInt(days.calendar)) / (2n * BigInt(days.calendar));
}

function percent(basisPoints: number): string {
  return `${formatDecimal({ units: BigInt(basisPoints), scale: 2 }).replace(/\.?0+$/, '')} %`;
}
