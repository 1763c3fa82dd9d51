// The contracts billing knows, with their shops' codes: what invoices are ordered and named by.
import { cutTerms } from '@deskfleet/conversation-facts';
import type { Tx } from '@deskfleet/event-store';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { dateOf } from '@deskfleet/service-hours';
import { sql } from 'kysely';

export interface BillingContract {
  readonly contractId: string;
  readonly number: string;
  readonly shopIds: readonly string[];
  readonly shopCodes: readonly string[];
  /** As agreed, but for the days: where service began with a go-live or ended early, those on which it ran. None before a go-live that is still to come. */
  readonly terms: ContractTerms;
  /** As agreed, to the end of service, whether it has begun or not. */
  readonly inForce: ContractTerms;
  /** The instant service ended or will end, whatever the terms' last day says; 0 = by the terms. */
  readonly serviceEndsAt: number;
}

/** The contracts of a vendor that the caller may see, by number. */
export async function contractsOf(tx: Tx, vendorId: string): Promise<BillingContract[]> {
  const { rows } = await sql<{
    contract_id: string;
    number: string;
    shop_ids: string[];
    terms: Buffer;
    service_ends_at: string;
    waits: boolean;
    live_at: string;
  }>`
    select c.contract_id, number, c.shop_ids, terms, coalesce(f.service_ends_at, 0) as service_ends_at,
           coalesce(before_go_live, false) or (awaits_go_live and first.live_at is null) as waits,
           case when awaits_go_live then coalesce(first.live_at, 0) else 0 end as live_at
      from fact_contracts c left join fact_service_ends f on f.vendor_id = c.vendor_id and f.contract_id = c.contract_id
      left join engagements e on e.vendor_id = c.vendor_id and e.contract_id = c.contract_id
      left join lateral (select min(live_at) as live_at from fact_go_lives g where g.vendor_id = c.vendor_id and g.contract_id = c.contract_id) first on true
     where c.vendor_id = ${vendorId} order by number collate "C"`.execute(tx);
  const { rows: shops } = await sql<{ shop_id: string; code: string }>`select shop_id, code from shops where vendor_id = ${vendorId}`.execute(tx);
  const codes = new Map(shops.map(({ shop_id, code }) => [shop_id, code]));
  return rows.map((row) => {
    const agreed = ContractTerms.decode(row.terms);
    const serviceEndsAt = Number(row.service_ends_at);
    return {
      contractId: row.contract_id,
      number: row.number,
      shopIds: row.shop_ids,
      shopCodes: row.shop_ids.map((id) => codes.get(id) ?? id),
      terms: servedTerms(agreed, row.waits ? undefined : Number(row.live_at), serviceEndsAt),
      inForce: cutTerms(agreed, serviceEndsAt),
      serviceEndsAt,
    };
  });
}

/** `liveAt` undefined: no service has been given, so no day is one of service; 0: it is given from the first day on. */
function servedTerms(terms: ContractTerms, liveAt: number | undefined, serviceEndsAt: number): ContractTerms {
  if (liveAt === undefined) return { ...terms, endsOn: Temporal.PlainDate.from(terms.effectiveOn).subtract({ days: 1 }).toString() };
  const liveOn = liveAt === 0 ? '' : dateOf(liveAt, terms.zone);
  const begun = liveOn > terms.effectiveOn ? { ...terms, effectiveOn: liveOn } : terms;
  return cutTerms(begun, serviceEndsAt);
}
