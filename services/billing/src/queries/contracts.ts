// The contracts billing knows, with their shops' codes: what invoices are ordered and named by.
import type { Tx } from '@deskfleet/event-store';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { sql } from 'kysely';

export interface BillingContract {
  readonly contractId: string;
  readonly number: string;
  readonly shopIds: readonly string[];
  readonly shopCodes: readonly string[];
  readonly terms: ContractTerms;
}

/** The contracts of a vendor that the caller may see, by number. */
export async function contractsOf(tx: Tx, vendorId: string): Promise<BillingContract[]> {
  const { rows } = await sql<{ contract_id: string; number: string; shop_ids: string[]; terms: Buffer }>`
    select contract_id, number, shop_ids, terms from fact_contracts where vendor_id = ${vendorId} order by number collate "C"`.execute(tx);
  const { rows: shops } = await sql<{ shop_id: string; code: string }>`select shop_id, code from shops where vendor_id = ${vendorId}`.execute(tx);
  const codes = new Map(shops.map(({ shop_id, code }) => [shop_id, code]));
  return rows.map((row) => ({
    contractId: row.contract_id,
    number: row.number,
    shopIds: row.shop_ids,
    shopCodes: row.shop_ids.map((id) => codes.get(id) ?? id),
    terms: ContractTerms.decode(row.terms),
  }));
}
