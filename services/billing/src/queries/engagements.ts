// What onboarding has said of a contract, as billing knows it.
import type { Refused, Tx } from '@deskfleet/event-store';
import { SetAside, SetAsideRetry } from '@deskfleet/protocol/billing-deposits';
import { refusalMessage } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import type { SetAsideRetryRow } from '../projections/set-aside-retries.ts';

const RETRIES_SHOWN = 20;

export interface Engagement {
  readonly vendorId: string;
  readonly contractId: string;
  /** Empty while its contract has not come. */
  readonly clientId: string;
  readonly shopIds: readonly string[];
  readonly currency: string;
  /** Agreed, in the currency's minor unit; 0 = none. */
  readonly depositMinor: number;
  readonly zone: string;
  readonly trialStartsOn: string;
  readonly trialEndsOn: string;
  readonly outcome: '' | 'passed' | 'failed' | 'ended';
  readonly decidedAt: number;
  readonly month: string;
  readonly serviceEndsAt: number;
  readonly beforeGoLive: boolean;
  readonly depositRequested: boolean;
  readonly outcomeApplied: boolean;
  readonly finallySettled: boolean;
  /** The code of the refusal for which it is set aside; empty = it is not. */
  readonly refused: string;
  /** How many decisions about it were refused so far. */
  readonly refusals: number;
}

interface EngagementRow {
  vendor_id: string;
  contract_id: string;
  client_id: string;
  shop_ids: string[];
  currency: string;
  deposit_minor: string;
  zone: string;
  trial_starts_on: string;
  trial_ends_on: string;
  outcome: Engagement['outcome'];
  decided_at: string;
  month: string;
  service_ends_at: string;
  before_go_live: boolean;
  deposit_requested: boolean;
  outcome_applied: boolean;
  finally_settled: boolean;
  refused: string;
  refusals: number;
}

export async function engagementOf(tx: Tx, vendorId: string, contractId: string): Promise<Engagement | undefined> {
  const { rows } = await sql<EngagementRow>`select * from engagements where vendor_id = ${vendorId} and contract_id = ${contractId}`.execute(tx);
  return rows.map(engagement)[0];
}

/** The contract after which a page begins. */
export type After = Pick<Engagement, 'vendorId' | 'contractId'>;

/**
 * Contracts whose deposit is to be asked for, whose outcome has not been applied, or that have an invoice which waits for an outcome that is there; of all
 * vendors, in the order of vendor and contract. Not those that were refused.
 */
export async function engagementsToDo(tx: Tx, limit: number, after: After = { vendorId: '', contractId: '' }): Promise<Engagement[]> {
  const beyond = sql`(vendor_id, contract_id) > (${after.vendorId}, ${after.contractId})`;
  const { rows } = await sql<EngagementRow>`
    select * from (
      (select * from engagements
        where refused = '' and client_id <> '' and ((deposit_minor > 0 and not deposit_requested) or (outcome <> '' and not outcome_applied)) and ${beyond}
        order by vendor_id, contract_id limit ${limit})
      union
      (select * from engagements e
        where refused = '' and outcome_applied and ${beyond}
          and (vendor_id, contract_id) in (select vendor_id, contract_id from invoices where due_at_verdict and due_on = '')
        order by vendor_id, contract_id limit ${limit})) to_do
     order by vendor_id, contract_id limit ${limit}`.execute(tx);
  return rows.map(engagement);
}

/** Contracts whose service has ended and whose deposit has not been settled; of all vendors, in the order of vendor and contract. Not those that were refused. */
export async function endedEngagements(tx: Tx, now: number, limit: number, after: After = { vendorId: '', contractId: '' }): Promise<Engagement[]> {
  const { rows } = await sql<EngagementRow>`
    select * from engagements
     where refused = '' and outcome <> '' and not finally_settled and outcome_applied and service_ends_at between 1 and ${now}
       and (vendor_id, contract_id) > (${after.vendorId}, ${after.contractId})
     order by vendor_id, contract_id limit ${limit}`.execute(tx);
  return rows.map(engagement);
}

export async function markDone(tx: Tx, { vendorId, contractId }: Engagement, what: 'deposit_requested' | 'outcome_applied' | 'finally_settled'): Promise<void> {
  await sql`update engagements set ${sql.ref(what)} = true where vendor_id = ${vendorId} and contract_id = ${contractId}`.execute(tx);
}

/** Sets a contract aside: what was to be done about it was refused. */
export async function markRefused(tx: Tx, { vendorId, contractId }: Engagement, refused: Refused, now: number): Promise<void> {
  const { code, factsJson } = refusalMessage(refused);
  await sql`
    update engagements set refused = ${code}, refused_facts = ${factsJson}, refused_at = ${now}, refusals = refusals + 1
     where vendor_id = ${vendorId} and contract_id = ${contractId}`.execute(tx);
}

/** Takes back those that an operator has had tried again since they were refused. */
export async function readmit(tx: Tx): Promise<void> {
  await sql`update engagements e set refused = '' from set_aside_retries r where ${RETRIED}`.execute(tx);
}

/** How many of them there are. */
export async function retriedEngagements(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: string }>`select count(*) as n from engagements e, set_aside_retries r where ${RETRIED}`.execute(tx);
  return Number(rows[0]?.n ?? 0);
}

/** Whether a contract is set aside, and why; with what was tried again, the last first. Undefined: there is no such contract. */
export async function setAsideOf(tx: Tx, vendorId: string, contractId: string): Promise<SetAside | undefined> {
  const { rows } = await sql<{ refused: string; refused_facts: string; refused_at: string; refusals: number }>`
    select refused, refused_facts, refused_at, refusals from engagements where vendor_id = ${vendorId} and contract_id = ${contractId}`.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { rows: retries } = await sql<SetAsideRetryRow>`
    select * from set_aside_retries where vendor_id = ${vendorId} and contract_id = ${contractId} order by refusals desc limit ${RETRIES_SHOWN}`.execute(tx);
  const aside = row.refused !== '' && !retries.some(({ refusals }) => refusals === row.refusals);
  return SetAside.create({
    contractId,
    ...(aside ? { code: row.refused, factsJson: row.refused_facts, since: Number(row.refused_at) } : {}),
    retries: retries.map(({ code, reason, user_id, retried_at }) => SetAsideRetry.create({ code, reason, userId: user_id, at: Number(retried_at) })),
  });
}

/** Of engagements e and set_aside_retries r. */
const RETRIED = sql`e.refused <> '' and r.vendor_id = e.vendor_id and r.contract_id = e.contract_id and r.refusals = e.refusals`;

/** Whether a month has days of a trial that has no outcome yet: its invoice falls due at the verdict. */
export function trialPending({ trialStartsOn, trialEndsOn, outcome }: Engagement, month: string): boolean {
  return outcome === '' && trialStartsOn !== '' && trialStartsOn.slice(0, 7) <= month && month <= trialEndsOn.slice(0, 7);
}

function engagement(row: EngagementRow): Engagement {
  return {
    vendorId: row.vendor_id,
    contractId: row.contract_id,
    clientId: row.client_id,
    shopIds: row.shop_ids,
    currency: row.currency,
    depositMinor: Number(row.deposit_minor),
    zone: row.zone,
    trialStartsOn: row.trial_starts_on,
    trialEndsOn: row.trial_ends_on,
    outcome: row.outcome,
    decidedAt: Number(row.decided_at),
    month: row.month,
    serviceEndsAt: Number(row.service_ends_at),
    beforeGoLive: row.before_go_live,
    depositRequested: row.deposit_requested,
    outcomeApplied: row.outcome_applied,
    finallySettled: row.finally_settled,
    refused: row.refused,
    refusals: row.refusals,
  };
}
