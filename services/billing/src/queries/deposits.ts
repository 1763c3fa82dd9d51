// Deposits as they are read: lists with what is missing first, one with its ledger, and what would become of one if service ended now.
import { cutTerms } from '@deskfleet/conversation-facts';
import type { Tx } from '@deskfleet/event-store';
import { fromProto, type Money, money, subtract, sum, toProto, zero } from '@deskfleet/money';
import { ClientCredit, Deposit, DepositEntry, DepositLedger, TrialStanding } from '@deskfleet/protocol/billing-deposits';
import { LogPosition } from '@deskfleet/protocol/common';
import { monthOf } from '@deskfleet/service-hours';
import { type RawBuilder, sql } from 'kysely';
import { type Deposit as DepositState, smaller } from '../deposit/deposit.ts';
import { monthsBetween } from '../rating/calendar.ts';
import { charges } from '../rating/charges.ts';
import { monthUsage } from '../work/closing.ts';
import { type BillingContract, contractsOf } from './contracts.ts';
import { invoicesOfContract } from './invoices.ts';
import { fallenDue, overdueIn } from './late-fees.ts';

interface DepositRow {
  contract_id: string;
  contract_number: string | null;
  client_id: string;
  shop_ids: string[];
  currency: string;
  status: string;
  month: string;
  required: string;
  received: string;
  missing: string;
  held: string;
  set_off: string;
  credited: string;
  kept: string;
  refund_owed: string;
  refunded: string;
  requested_at: string;
  last_at: string;
}

export interface DepositFilter {
  readonly shopIds: readonly string[] | 'all';
  /** Empty = all. */
  readonly status: string;
}

/** What is missing most first, then what is owed back, then by contract. */
export async function depositPage(
  tx: Tx,
  vendorId: string,
  filter: DepositFilter,
  after: { readonly missing: number; readonly refundOwed: number; readonly contractId: string } | undefined,
  limit: number,
): Promise<{ readonly deposits: Deposit[]; readonly total: number }> {
  const matching = sql`d.vendor_id = ${vendorId} and (${filter.status} = '' or d.status = ${filter.status})
    and (${filter.shopIds === 'all'} or d.shop_ids && ${filter.shopIds === 'all' ? [] : [...filter.shopIds]}::text[])`;
  const later =
    after === undefined
      ? sql`true`
      : sql`(-d.missing, -d.refund_owed, d.contract_id) > (${-after.missing}::bigint, ${-after.refundOwed}::bigint, ${after.contractId})`;
  const deposits = await select(tx, sql`${matching} and ${later}`, limit);
  const { rows } = await sql<{ n: string }>`select count(*) as n from deposits d where ${matching}`.execute(tx);
  return { deposits, total: Number(rows[0]?.n ?? 0) };
}

/** One deposit with every entry of its ledger. */
export async function depositOf(tx: Tx, vendorId: string, contractId: string, source: string): Promise<Deposit | undefined> {
  const [found] = await select(tx, sql`d.vendor_id = ${vendorId} and d.contract_id = ${contractId}`, 1);
  if (found === undefined) return undefined;
  const currency = found.ledger?.required?.currency ?? 'CNY';
  const { rows } = await sql<{
    position: string;
    kind: string;
    minor: string | null;
    on_date: string;
    reference: string;
    invoice_number: string | null;
    user_id: string;
    recorded_at: string;
  }>`
    select e.position, e.kind, e.minor, e.on_date, e.reference, i.number as invoice_number, e.user_id, e.recorded_at
      from deposit_entries e left join invoices i on i.vendor_id = e.vendor_id and i.invoice_id = e.invoice_id
     where e.vendor_id = ${vendorId} and e.contract_id = ${contractId} order by e.position`.execute(tx);
  return {
    ...found,
    entries: rows.map((row) =>
      DepositEntry.create({
        kind: row.kind,
        amount: row.minor === null ? undefined : toProto(money(currency, BigInt(row.minor))),
        on: row.on_date,
        reference: row.reference,
        invoiceNumber: row.invoice_number ?? '',
        userId: row.user_id,
        recordedAt: Number(row.recorded_at),
        event: LogPosition.create({ source, position: Number(row.position) }),
      }),
    ),
  };
}

/** The fees of all months up to now, what of them is unpaid, and what that would leave of the deposit. */
export async function trialStanding(tx: Tx, vendorId: string, contractId: string, now: number): Promise<TrialStanding | undefined> {
  const contract = (await contractsOf(tx, vendorId)).find((each) => each.contractId === contractId);
  if (contract === undefined) return undefined;
  const { currency } = contract.terms;
  const invoices = await invoicesOfContract(tx, vendorId, contractId);
  const invoiced = sum(
    currency,
    invoices.map(({ issued }) => (issued.total === undefined ? zero(currency) : fromProto(issued.total))),
  );
  const settled = money(currency, BigInt(invoices.reduce((minor, { settledMinor }) => minor + settledMinor, 0)));
  const accrued = await accruedFees(tx, vendorId, contract, new Set(invoices.map(({ issued }) => issued.period)), now);
  const fees = sum(currency, [invoiced, accrued]);
  const unpaid = subtract(fees, settled);
  const deposit = await depositOf(tx, vendorId, contractId, '');
  const held = deposit?.ledger?.held === undefined ? zero(currency) : fromProto(deposit.ledger.held);
  const kept = smaller(held, unpaid.minor < 0n ? zero(currency) : unpaid);
  return TrialStanding.create({
    fees: toProto(fees),
    unpaid: toProto(unpaid),
    deposit: deposit === undefined ? undefined : toProto(held),
    kept: toProto(kept),
    refund: toProto(subtract(held, kept)),
    receivable: toProto(unpaid.minor > kept.minor ? subtract(unpaid, kept) : zero(currency)),
    asOf: now,
  });
}

/** What the months without an invoice have come to, if service ended now: their last day is today. */
async function accruedFees(tx: Tx, vendorId: string, contract: BillingContract, issued: ReadonlySet<string>, now: number): Promise<Money> {
  const { terms } = contract;
  const ends = contract.serviceEndsAt > 0 ? Math.min(now, contract.serviceEndsAt) : now;
  const untilNow = { ...contract, terms: cutTerms(terms, ends) };
  const amounts: Money[] = [];
  const due = (await fallenDue(tx, vendorId, [contract], undefined)).get(contract.contractId);
  for (const month of monthsBetween(terms.effectiveOn.slice(0, 7), monthOf(now, terms.zone))) {
    if (issued.has(month)) continue;
    const usage = await monthUsage(tx, vendorId, contract, month, undefined);
    amounts.push(charges(untilNow.terms, month, contract.shopIds, usage, [], overdueIn(due, terms.zone, month, now)).total);
  }
  return sum(terms.currency, amounts);
}

/** Everything a client can spend; undefined for one that the caller sees no contract of. */
export async function creditOf(tx: Tx, vendorId: string, clientId: string): Promise<ClientCredit | undefined> {
  const { rows: known } = await sql`select 1 from engagements where vendor_id = ${vendorId} and client_id = ${clientId} limit 1`.execute(tx);
  if (known.length === 0) return undefined;
  const { rows } = await sql<{ currency: string; balance: string }>`
    select currency, balance from client_credits where vendor_id = ${vendorId} and client_id = ${clientId} and balance <> 0 order by currency`.execute(tx);
  return ClientCredit.create({ clientId, balance: rows.map(({ currency, balance }) => toProto(money(currency, BigInt(balance)))) });
}

/** A deposit's state as its ledger is told. */
export function ledgerOf(state: Exclude<DepositState, { status: 'none' }>): DepositLedger {
  const { required, ledger } = state;
  const missing = state.status === 'agreed' && ledger.held.minor < required.minor ? subtract(required, ledger.held) : zero(required.currency);
  return DepositLedger.create({
    required: toProto(required),
    missing: toProto(missing),
    received: toProto(ledger.received),
    held: toProto(ledger.held),
    setOff: toProto(ledger.setOff),
    credited: toProto(ledger.credited),
    kept: toProto(ledger.kept),
    refundOwed: toProto(ledger.refundOwed),
    refunded: toProto(ledger.refunded),
  });
}

async function select(tx: Tx, where: RawBuilder<unknown>, limit: number): Promise<Deposit[]> {
  const { rows } = await sql<DepositRow>`
    select d.*, c.number as contract_number
      from deposits d left join fact_contracts c on c.vendor_id = d.vendor_id and c.contract_id = d.contract_id
     where ${where} order by -d.missing, -d.refund_owed, d.contract_id limit ${limit}`.execute(tx);
  return rows.map((row) => {
    const amount = (minor: string) => toProto(money(row.currency, BigInt(minor)));
    return Deposit.create({
      contractId: row.contract_id,
      contractNumber: row.contract_number ?? '',
      clientId: row.client_id,
      shopIds: row.shop_ids,
      status: row.status,
      ledger: {
        required: amount(row.required),
        received: amount(row.received),
        missing: amount(row.missing),
        held: amount(row.held),
        setOff: amount(row.set_off),
        credited: amount(row.credited),
        kept: amount(row.kept),
        refundOwed: amount(row.refund_owed),
        refunded: amount(row.refunded),
      },
      month: row.month,
      requestedAt: Number(row.requested_at),
      lastAt: Number(row.last_at),
    });
  });
}
