// What onboarding has said of a contract, as billing knows it.
import type { Tx } from '@deskfleet/event-store';
import { sql } from 'kysely';

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
export async function markRefused(tx: Tx, { vendorId, contractId }: Engagement, code: string, now: number): Promise<void> {
  await sql`
    update engagements set refused = ${code}, refused_at = ${now}, refusals = refusals + 1
     where vendor_id = ${vendorId} and contract_id = ${contractId}`.execute(tx);
}

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
    refusals: row.refusals,
  };
}
