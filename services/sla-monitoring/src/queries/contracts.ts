// The contracts a caller may see, by what conversation-facts keeps of them; row level security hides the rest.
import type { FactContract } from '@deskfleet/conversation-facts';
import type { Tx } from '@deskfleet/event-store';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { notFound } from '@deskfleet/service-kit';
import { sql } from 'kysely';

interface ContractRecord {
  contract_id: string;
  number: string;
  shop_ids: string[];
  terms: Buffer;
  service_ends_at: string | null;
}

const CONTRACT = sql.raw(`c.contract_id, number, c.shop_ids, terms, service_ends_at
      from fact_contracts c left join fact_service_ends e on e.vendor_id = c.vendor_id and e.contract_id = c.contract_id`);

/** One contract. Refuses `contract-not-found` for one that is not there or not the caller's. */
export async function contractById(tx: Tx, vendorId: string, contractId: string): Promise<FactContract> {
  const { rows } = await sql<ContractRecord>`
    select ${CONTRACT} where c.vendor_id = ${vendorId} and c.contract_id = ${contractId}`.execute(tx);
  return rows[0] === undefined ? notFound('contract', contractId) : fromRecord(rows[0]);
}

/** All of a vendor's contracts the caller may see. */
export async function contractsOf(tx: Tx, vendorId: string): Promise<FactContract[]> {
  const { rows } = await sql<ContractRecord>`
    select ${CONTRACT} where c.vendor_id = ${vendorId} order by c.contract_id`.execute(tx);
  return rows.map(fromRecord);
}

function fromRecord({ contract_id, number, shop_ids, terms, service_ends_at }: ContractRecord): FactContract {
  return { contractId: contract_id, number, shopIds: shop_ids, terms: ContractTerms.decode(terms), serviceEndsAt: Number(service_ends_at ?? 0) };
}
