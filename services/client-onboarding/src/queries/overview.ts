// What stands in the read models, as the API shows it: pages of shops, contracts and clients. All rows come as their caller may see them.
import type { EpochMs, Tx } from '@deskfleet/event-store';
import { Consent } from '@deskfleet/protocol/common';
import { Client, Contract, Shop } from '@deskfleet/protocol/onboarding-service';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { dateOf } from '@deskfleet/service-hours';
import { type Caller, type Keyset, type Kit, pageOf } from '@deskfleet/service-kit';
import { normalized } from '@deskfleet/spelling';
import { type RawBuilder, sql } from 'kysely';
import type { ClientRow } from '../projections/clients.ts';
import { lastDayOf, type ShopContractRow } from '../projections/shop-contracts.ts';
import type { ShopRow } from '../projections/shops.ts';

/** A contract with the shops of it that were asked for and the caller sees. */
interface SeenContract extends Omit<ShopContractRow, 'terms' | 'shop_id'> {
  readonly terms: ContractTerms;
  readonly shopIds: readonly string[];
}

type SeenShop = Omit<ShopRow, 'spelled'>;

export interface ShopFilter {
  /** 'all' = every one the caller sees. */
  readonly shopIds: readonly string[] | 'all';
  /** Part of a name or code, its pinyin or its initials; empty = any. */
  readonly search: string;
  /** Empty = any. */
  readonly clientId: string;
}

interface Page<Message> {
  readonly messages: Message[];
  readonly nextToken: string;
  readonly total: number;
}

export const SHOP_KEY_PARTS = 1;
export const CONTRACT_KEY_PARTS = 2;
export const CLIENT_KEY_PARTS = 2;

const SHOP = sql.raw('shop_id, client_id, code, name, platform, added_at');

/** Shops by code; what is searched for comes as one page, the nearest first. */
export async function shopPage(kit: Kit, caller: Caller, filter: ShopFilter, page: Keyset): Promise<Page<Shop>> {
  const query = normalized(filter.search);
  const matching = sql`${among(sql`shop_id`, filter.shopIds)} and ${spelledLike(query)} and (${filter.clientId} = '' or client_id = ${filter.clientId})`;
  const { shops, total, contracts } = await kit.read(caller, async (tx) => {
    const after = page.after === undefined ? sql`true` : sql`code > ${String(page.after[0])}`;
    const order = query === '' ? sql`code` : nearestFirst(query, sql`code`);
    const { rows } = await sql<SeenShop>`select ${SHOP} from shops where ${matching} and ${after} order by ${order} limit ${page.size + 1}`.execute(tx);
    const count = await sql<{ n: string }>`select count(*) as n from shops where ${matching}`.execute(tx);
    return { shops: rows, total: Number(count.rows[0]?.n ?? 0), contracts: await contractsOfShops(tx, idsOf(rows)) };
  });
  const cut = pageOf(shops, page, ({ code }) => [code]);
  const names = await clientNames(kit, caller, cut.rows);
  return { messages: cut.rows.map((row) => shopMessage(row, contracts, names, kit.now())), nextToken: query === '' ? cut.nextToken : '', total };
}

/** Contracts in the order they were recorded. */
export async function contractPage(
  kit: Kit,
  caller: Caller,
  filter: { readonly contractIds: readonly string[]; readonly shopIds: readonly string[] | 'all' },
  page: Keyset,
): Promise<Page<Contract>> {
  const matching = sql`${among(sql`contract_id`, filter.contractIds.length === 0 ? 'all' : filter.contractIds)} and ${among(sql`shop_id`, filter.shopIds)}`;
  const found = await kit.read(caller, async (tx) => {
    const after = page.after === undefined ? sql`true` : sql`(recorded_at, contract_id) > (${Number(page.after[0])}::bigint, ${String(page.after[1])})`;
    const { rows } = await sql<{ contract_id: string; recorded_at: string }>`
      select distinct recorded_at, contract_id from shop_contracts where ${matching} and ${after} order by recorded_at, contract_id limit ${page.size + 1}`.execute(
      tx,
    );
    const count = await sql<{ n: string }>`select count(distinct contract_id) as n from shop_contracts where ${matching}`.execute(tx);
    const cut = pageOf(rows, page, ({ recorded_at, contract_id }) => [Number(recorded_at), contract_id]);
    const ids = cut.rows.map(({ contract_id }) => contract_id);
    const contracts = await contractsWhere(tx, sql`contract_id = any(${ids}::text[])`);
    const shops = await shopsById(
      tx,
      contracts.flatMap(({ shopIds }) => shopIds),
    );
    return { contracts, shops, ofShops: await contractsOfShops(tx, idsOf(shops)), nextToken: cut.nextToken, total: Number(count.rows[0]?.n ?? 0) };
  });
  const names = await clientNames(kit, caller, [...found.shops, ...found.contracts]);
  const shops = new Map(found.shops.map((row) => [row.shop_id, shopMessage(row, found.ofShops, names, kit.now())]));
  return { messages: found.contracts.map((contract) => contractMessage(contract, shops, names)), nextToken: found.nextToken, total: found.total };
}

/** The vendor's clients with their shops, by name; what is searched for comes as one page, the nearest first. */
export async function clientPage(kit: Kit, caller: Caller, search: string, page: Keyset): Promise<Page<Client>> {
  const query = normalized(search);
  return kit.read(caller, async (tx) => {
    const after = page.after === undefined ? sql`true` : sql`(name, client_id) > (${String(page.after[0])}, ${String(page.after[1])})`;
    const order = query === '' ? sql`name, client_id` : nearestFirst(query, sql`name`);
    const { rows } = await sql<ClientRow>`
      select client_id, name, registered_at from clients where ${spelledLike(query)} and ${after} order by ${order} limit ${page.size + 1}`.execute(tx);
    const count = await sql<{ n: string }>`select count(*) as n from clients where ${spelledLike(query)}`.execute(tx);
    const cut = pageOf(rows, page, ({ name, client_id }) => [name, client_id]);
    const ids = cut.rows.map(({ client_id }) => client_id);
    const shops = await sql<{ client_id: string; shop_id: string }>`
      select client_id, shop_id from shops where client_id = any(${ids}::text[]) order by code`.execute(tx);
    const byClient = Map.groupBy(shops.rows, ({ client_id }) => client_id);
    const messages = cut.rows.map((row) =>
      Client.create({
        clientId: row.client_id,
        name: row.name,
        registeredAt: Number(row.registered_at),
        shopIds: (byClient.get(row.client_id) ?? []).map(({ shop_id }) => shop_id),
      }),
    );
    return { messages, nextToken: query === '' ? cut.nextToken : '', total: Number(count.rows[0]?.n ?? 0) };
  });
}

/** Shops without a contract in force now or later; one that came with a lead and never had a contract waits in its lead. */
export async function shopsWithoutContract(kit: Kit, caller: Caller, shopIds: readonly string[] | 'all'): Promise<readonly SeenShop[]> {
  const { shops, contracts } = await kit.read(caller, async (tx) => {
    const { rows } = await sql<SeenShop>`
      select ${SHOP} from shops s where ${among(sql`shop_id`, shopIds)}
         and not exists (select from shop_contracts c where c.vendor_id = s.vendor_id and c.shop_id = s.shop_id and c.ended_on = '' and coalesce(c.terms ->> 'endsOn', '') = '')
         and (not exists (select from lead_shops l where l.vendor_id = s.vendor_id and l.shop_id = s.shop_id)
              or exists (select from shop_contracts c where c.vendor_id = s.vendor_id and c.shop_id = s.shop_id))
       order by added_at, shop_id`.execute(tx);
    return { shops: rows, contracts: await contractsOfShops(tx, idsOf(rows)) };
  });
  return shops.filter(({ shop_id }) => currentContract(contracts.get(shop_id) ?? [], kit.now()) === undefined);
}

/** The contract in force now or, if none is, the next one. */
function currentContract(contracts: readonly SeenContract[], now: EpochMs): SeenContract | undefined {
  return contracts
    .filter((contract) => lastDayOf(contract) === '' || dateOf(now, contract.terms.zone) <= lastDayOf(contract))
    .toSorted((a, b) => (a.terms.effectiveOn < b.terms.effectiveOn ? -1 : 1))[0];
}

function shopMessage(row: SeenShop, contracts: ReadonlyMap<string, readonly SeenContract[]>, names: ReadonlyMap<string, string>, now: EpochMs): Shop {
  const contract = currentContract(contracts.get(row.shop_id) ?? [], now);
  return Shop.create({
    shopId: row.shop_id,
    clientId: row.client_id,
    clientName: names.get(row.client_id) ?? '',
    code: row.code,
    name: row.name,
    platform: row.platform,
    addedAt: Number(row.added_at),
    contractId: contract?.contract_id ?? '',
    contractNumber: contract?.number ?? '',
    zone: contract?.terms.zone ?? '',
  });
}

function contractMessage(contract: SeenContract, shops: ReadonlyMap<string, Shop>, names: ReadonlyMap<string, string>): Contract {
  return Contract.create({
    contractId: contract.contract_id,
    number: contract.number,
    clientId: contract.client_id,
    clientName: names.get(contract.client_id) ?? '',
    shops: contract.shopIds.map((shopId) => shops.get(shopId)).filter((shop) => shop !== undefined),
    terms: contract.terms,
    signedOn: contract.signed_on,
    clientConsent: contract.consent === null ? undefined : Consent.fromJSON(contract.consent),
    importedFrom: contract.imported_from,
    recordedAt: Number(contract.recorded_at),
    textHash: contract.text_hash,
  });
}

const idsOf = (rows: readonly SeenShop[]): string[] => rows.map(({ shop_id }) => shop_id);

function among(column: RawBuilder<unknown>, ids: readonly string[] | 'all'): RawBuilder<unknown> {
  return ids === 'all' ? sql`true` : sql`${column} = any(${[...ids]}::text[])`;
}

/** No index: a vendor's shops are some thousand short rows. */
function spelledLike(query: string): RawBuilder<unknown> {
  return query === '' ? sql`true` : sql`strpos(spelled, ${query}) > 0`;
}

/** A match at a word's beginning before one inside it, then the shorter name. */
function nearestFirst(query: string, last: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`strpos(' ' || spelled, ${` ${query}`}) = 0, length(name), ${last}`;
}

async function shopsById(tx: Tx, shopIds: readonly string[]): Promise<readonly SeenShop[]> {
  const { rows } = await sql<SeenShop>`select ${SHOP} from shops where shop_id = any(${[...shopIds]}::text[]) order by code`.execute(tx);
  return rows;
}

async function contractsOfShops(tx: Tx, shopIds: readonly string[]): Promise<ReadonlyMap<string, readonly SeenContract[]>> {
  const byShop = new Map<string, SeenContract[]>();
  for (const contract of await contractsWhere(tx, sql`shop_id = any(${[...shopIds]}::text[])`)) {
    for (const shopId of contract.shopIds) byShop.set(shopId, [...(byShop.get(shopId) ?? []), contract]);
  }
  return byShop;
}

async function contractsWhere(tx: Tx, condition: RawBuilder<unknown>): Promise<readonly SeenContract[]> {
  const { rows } = await sql<ShopContractRow>`
    select contract_id, c.shop_id, number, c.client_id, terms, signed_on, consent, imported_from, recorded_at, text_hash, ended_on
      from (select * from shop_contracts where ${condition}) c left join (select shop_id, code from shops) s using (shop_id)
     order by recorded_at, contract_id, code, shop_id`.execute(tx);
  return [...Map.groupBy(rows, ({ contract_id }) => contract_id).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, terms: ContractTerms.fromJSON(first.terms), shopIds: group.map(({ shop_id }) => shop_id) }];
  });
}

/** Whoever sees a shop may know whose it is; the other clients' rows stay out of reach. */
export async function clientNames(kit: Kit, caller: Caller, of: readonly { readonly client_id: string }[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(of.map(({ client_id }) => client_id))];
  const { rows } = await kit.read({ ...caller, shopIds: 'all' }, (tx) =>
    sql<Pick<ClientRow, 'client_id' | 'name'>>`select client_id, name from clients where client_id = any(${ids}::text[])`.execute(tx),
  );
  return new Map(rows.map(({ client_id, name }) => [client_id, name]));
}
