// The contracts billing knows, with their shops' codes: what invoices are ordered and named by.
import { cutTerms } from '@deskfleet/conversation-facts';
import type { Tx } from '@deskfleet/event-store';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { sql } from 'kysely';

export interface BillingContract {
  readonly contractId: string;
  readonly number: string;
  readonly shopIds: readonly string[];
  readonly shopCodes: readonly string[];
  /** As agreed, but for the last day: where service ended earlier it is the last day on which it ran. */
  readonly terms: ContractTerms;
  /** The instant service ended or will end, whatever the terms' last day says; 0 = by the terms. */
  readonly serviceEndsAt: number;
}

/** The contracts of a vendor that the caller may see, by number. */
export async function contractsOf(tx: Tx, vendorId: string): Promise<BillingContract[]> {
  const { rows } = await sql<{ contract_id: string; number: string; shop_ids: string[]; terms: Buffer; service_ends_at: string }>`
    select c.contract_id, number, c.shop_ids, terms, coalesce(service_ends_at, 0) as service_ends_at
      from fact_contracts c left join fact_service_ends e on e.vendor_id = c.vendor_id and e.contract_id = c.contract_id
     where c.vendor_id = ${vendorId} order by number collate "C"`.execute(tx);
  const { rows: shops } = await sql<{ shop_id: string; code: string }>`select shop_id, code from shops where vendor_id = ${vendorId}`.execute(tx);
  const codes = new Map(shops.map(({ shop_id, code }) => [shop_id, code]));
  return rows.map((row) => ({
    contractId: row.contract_id,
    number: row.number,
    shopIds: row.shop_ids,
    shopCodes: row.shop_ids.map((id) => codes.get(id) ?? id),
    terms: cutTerms(ContractTerms.decode(row.terms), Number(row.service_ends_at)),
    serviceEndsAt: Number(row.service_ends_at),
  }));
}
