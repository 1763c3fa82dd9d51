// The contract that a question, a remark or a meeting is about, as its caller may see it. What is signed never changes, so the read model is enough.
import { ContractTerms } from '@deskfleet/protocol/terms';
import { dateOf } from '@deskfleet/service-hours';
import { type Caller, type Kit, notFound, refuseCall } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { lastDayOf, type ShopContractRow } from '../projections/shop-contracts.ts';

export interface SeenContract {
  readonly contractId: string;
  readonly clientId: string;
  /** All of the contract's, seen or not. */
  readonly shopIds: readonly string[];
  readonly zone: string;
  readonly terms: ContractTerms;
  /** The last day of service where it ends before the terms do; empty = by the terms. */
  readonly ended_on: string;
}

type Row = Pick<ShopContractRow, 'contract_id' | 'client_id' | 'shop_id' | 'terms' | 'ended_on'>;

/** NOT_FOUND for one that the caller sees no shop of. */
export async function contractFor(kit: Kit, caller: Caller, contractId: string): Promise<SeenContract> {
  const seen = await kit.read(caller, (tx) => sql`select 1 from shop_contracts where contract_id = ${contractId} limit 1`.execute(tx));
  if (seen.rows.length === 0) return notFound('contract', contractId);
  const { rows } = await kit.read({ ...caller, shopIds: 'all' }, (tx) =>
    sql<Row>`select contract_id, client_id, shop_id, terms, ended_on from shop_contracts where contract_id = ${contractId} order by shop_id`.execute(tx),
  );
  return contractOf(rows) ?? notFound('contract', contractId);
}

/** The contract of a shop that is in force or, if none is, the next one. Without one nothing is lived together. */
export async function contractOfShop(kit: Kit, caller: Caller, shopId: string): Promise<SeenContract> {
  const { shop, rows } = await kit.read(caller, async (tx) => ({
    shop: (await sql`select 1 from shops where shop_id = ${shopId}`.execute(tx)).rows.length > 0,
    rows: (
      await sql<Row>`select contract_id, client_id, shop_id, terms, ended_on from shop_contracts where shop_id = ${shopId} order by contract_id`.execute(tx)
    ).rows,
  }));
  if (!shop) return notFound('shop', shopId);
  const contracts = rows.flatMap((row) => contractOf([row]) ?? []);
  const running = contracts
    .filter((contract) => lastDayOf(contract) === '' || dateOf(kit.now(), contract.zone) <= lastDayOf(contract))
    .toSorted((a, b) => (a.terms.effectiveOn < b.terms.effectiveOn ? -1 : 1))[0];
  return running ?? contracts.at(-1) ?? refuseCall('shop-without-contract');
}

function contractOf(rows: readonly Row[]): SeenContract | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const terms = ContractTerms.fromJSON(first.terms);
  return {
    contractId: first.contract_id,
    clientId: first.client_id,
    shopIds: rows.map(({ shop_id }) => shop_id),
    zone: terms.zone,
    terms,
    ended_on: first.ended_on,
  };
}

/** NOT_FOUND for a shop that the caller does not see. */
export async function mustSeeShop(kit: Kit, caller: Caller, shopId: string): Promise<void> {
  const { rows } = await kit.read(caller, (tx) => sql`select 1 from shops where shop_id = ${shopId}`.execute(tx));
  if (rows.length === 0) notFound('shop', shopId);
}

/** The zones of contracts, by contract. */
export async function zonesOf(kit: Kit, caller: Caller, contractIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await kit.read({ ...caller, shopIds: 'all' }, (tx) =>
    sql<{ contract_id: string; zone: string }>`
      select distinct contract_id, terms ->> 'zone' as zone from shop_contracts where contract_id = any(${[...new Set(contractIds)]}::text[])`.execute(tx),
  );
  return new Map(rows.map(({ contract_id, zone }) => [contract_id, zone]));
}
