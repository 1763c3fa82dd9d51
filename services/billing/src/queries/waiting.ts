// What waits because of money: for the client to pay, for finance to pay back. Each with since when, oldest first.
import type { Tx } from '@deskfleet/event-store';
import { sql } from 'kysely';

export interface MoneyWaits {
  readonly kind: 'engagement-refused' | 'deposit-awaited' | 'deposit-refund-owed' | 'invoice-overdue' | 'credit-owed';
  readonly contractId: string;
  readonly shopIds: readonly string[];
  readonly waitsFor: 'client' | 'finance';
  readonly since: number;
  /** The contract's or the invoice's number. */
  readonly subject: string;
  readonly path: string;
}

interface WaitingRow {
  kind: MoneyWaits['kind'];
  contract_id: string;
  shop_ids: string[];
  since: string;
  subject: string;
}

/**
 * What the caller may see of it. A deposit waits for the client from the contract's signature until it has come whole; a refund for finance from
 * when it was owed; an invoice for the client from the end of its last day; a client's credit for finance once all their contracts have ended (BR-228). What follows of a contract in
 * money and was refused waits for finance from then on.
 */
export async function moneyWaiting(tx: Tx, vendorId: string, shopIds: readonly string[] | 'all', now: number): Promise<MoneyWaits[]> {
  const all = shopIds === 'all';
  const shops = all ? [] : [...shopIds];
  const { rows } = await sql<WaitingRow>`
    select * from (
      select 'deposit-awaited' as kind, d.contract_id, d.shop_ids, d.requested_at as since, coalesce(c.number, '') as subject
        from deposits d left join fact_contracts c on c.vendor_id = d.vendor_id and c.contract_id = d.contract_id
       where d.vendor_id = ${vendorId} and d.missing > 0
      union all
      select 'deposit-refund-owed', d.contract_id, d.shop_ids,
             (select max(recorded_at) from deposit_entries o where o.vendor_id = d.vendor_id and o.contract_id = d.contract_id and o.kind = 'refund-owed'),
             coalesce(c.number, '')
        from deposits d left join fact_contracts c on c.vendor_id = d.vendor_id and c.contract_id = d.contract_id
       where d.vendor_id = ${vendorId} and d.refund_owed > 0
      union all
      select 'invoice-overdue', i.contract_id, i.shop_ids, (extract(epoch from (nullif(i.due_on, '')::date + 1)::timestamp at time zone coalesce(nullif(e.zone, ''), 'UTC')) * 1000)::bigint, i.number
        from invoices i join engagements e on e.vendor_id = i.vendor_id and e.contract_id = i.contract_id
       where i.vendor_id = ${vendorId} and i.due_on <> '' and i.settled_minor < i.total_minor
         and (extract(epoch from (nullif(i.due_on, '')::date + 1)::timestamp at time zone coalesce(nullif(e.zone, ''), 'UTC')) * 1000)::bigint <= ${now}
      union all
      select 'engagement-refused', e.contract_id, e.shop_ids, e.refused_at, coalesce(c.number, '')
        from engagements e left join fact_contracts c on c.vendor_id = e.vendor_id and c.contract_id = e.contract_id
       where e.vendor_id = ${vendorId} and e.refused <> ''
         and not exists (select from set_aside_retries r where r.vendor_id = e.vendor_id and r.contract_id = e.contract_id and r.refusals = e.refusals)
      union all
      select 'credit-owed', last.contract_id, last.shop_ids, last.service_ends_at, coalesce(c.number, '')
        from client_credits k
        join lateral (select * from engagements e where e.vendor_id = k.vendor_id and e.client_id = k.client_id
                       order by service_ends_at desc, contract_id limit 1) last on true
        left join fact_contracts c on c.vendor_id = last.vendor_id and c.contract_id = last.contract_id
       where k.vendor_id = ${vendorId} and k.balance > 0
         and not exists (select from engagements e where e.vendor_id = k.vendor_id and e.client_id = k.client_id
                          and (e.service_ends_at = 0 or e.service_ends_at > ${now}))
    ) waiting
     where ${all} or shop_ids && ${shops}::text[]
     order by since, contract_id, kind`.execute(tx);
  return rows.map((row) => ({
    kind: row.kind,
    contractId: row.contract_id,
    shopIds: row.shop_ids,
    waitsFor: row.kind === 'deposit-awaited' || row.kind === 'invoice-overdue' ? 'client' : 'finance',
    since: Number(row.since),
    subject: row.subject,
    path: pathOf(row),
  }));
}

function pathOf({ kind, subject, contract_id: contractId }: WaitingRow): string {
  if (kind === 'invoice-overdue') return `/invoices/${encodeURIComponent(subject)}`;
  return kind === 'engagement-refused' ? `/contracts/${contractId}` : `/deposits/${contractId}`; // it may have no deposit
}
