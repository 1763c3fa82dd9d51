// What stands in the read models, as the API shows it. All rows come as their caller may see them.
import type { EpochMs, Tx } from '@deskfleet/event-store';
import { Consent } from '@deskfleet/protocol/common';
import { Client, Contract, Shop } from '@deskfleet/protocol/onboarding-service';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { dateOf } from '@deskfleet/service-hours';
import type { Caller, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import type { ClientRow } from '../projections/clients.ts';
import type { ShopContractRow } from '../projections/shop-contracts.ts';
import type { ShopRow } from '../projections/shops.ts';

/** A contract with the shops of it that the caller sees. */
export interface SeenContract extends Omit<ShopContractRow, 'terms' | 'shop_id'> {
  readonly terms: ContractTerms;
  readonly shopIds: readonly string[];
}

export interface Overview {
  readonly shops: readonly ShopRow[];
  readonly contracts: readonly SeenContract[];
  readonly clientNames: ReadonlyMap<string, string>;
}

/** The caller's shops and contracts, with the names of their clients. */
export async function overviewFor(kit: Kit, caller: Caller): Promise<Overview> {
  const { shops, contracts } = await kit.read(caller, async (tx) => ({ shops: await shopsOf(tx), contracts: await contractsOf(tx) }));
  const clientIds = new Set([...shops, ...contracts].map(({ client_id }) => client_id));
  // Whoever sees a shop may know whose it is; the other clients' rows stay out of reach.
  const clients = await kit.read({ ...caller, shopIds: 'all' }, (tx) => clientsOf(tx, [...clientIds]));
  return { shops, contracts, clientNames: new Map(clients.map(({ client_id, name }) => [client_id, name])) };
}

/** The vendor's clients with their shops. */
export async function clientList(kit: Kit, caller: Caller): Promise<Client[]> {
  return kit.read(caller, async (tx) => {
    const shops = await shopsOf(tx);
    const { rows } = await sql<ClientRow>`select client_id, name, registered_at from clients order by name, client_id`.execute(tx);
    const shopsByClient = Map.groupBy(shops, ({ client_id }) => client_id);
    return rows.map((row) =>
      Client.create({
        clientId: row.client_id,
        name: row.name,
        registeredAt: Number(row.registered_at),
        shopIds: (shopsByClient.get(row.client_id) ?? []).map(({ shop_id }) => shop_id),
      }),
    );
  });
}

/** The contract of a shop in force now or, if none is, the next one. */
export function currentContract(contracts: readonly SeenContract[], shopId: string, now: EpochMs): SeenContract | undefined {
  return contracts
    .filter(({ shopIds, terms }) => shopIds.includes(shopId) && (terms.endsOn === '' || dateOf(now, terms.zone) <= terms.endsOn))
    .toSorted((a, b) => (a.terms.effectiveOn < b.terms.effectiveOn ? -1 : 1))[0];
}

export function shopMessage(row: ShopRow, { contracts, clientNames }: Overview, now: EpochMs): Shop {
  const contract = currentContract(contracts, row.shop_id, now);
  return Shop.create({
    shopId: row.shop_id,
    clientId: row.client_id,
    clientName: clientNames.get(row.client_id) ?? '',
    code: row.code,
    name: row.name,
    platform: row.platform,
    addedAt: Number(row.added_at),
    contractId: contract?.contract_id ?? '',
    contractNumber: contract?.number ?? '',
  });
}

export function contractMessage(contract: SeenContract, overview: Overview, now: EpochMs): Contract {
  return Contract.create({
    contractId: contract.contract_id,
    number: contract.number,
    clientId: contract.client_id,
    clientName: overview.clientNames.get(contract.client_id) ?? '',
    shops: overview.shops.filter(({ shop_id }) => contract.shopIds.includes(shop_id)).map((row) => shopMessage(row, overview, now)),
    terms: contract.terms,
    signedOn: contract.signed_on,
    clientConsent: contract.consent === null ? undefined : Consent.fromJSON(contract.consent),
    importedFrom: contract.imported_from,
    recordedAt: Number(contract.recorded_at),
  });
}

async function shopsOf(tx: Tx): Promise<readonly ShopRow[]> {
  const { rows } = await sql<ShopRow>`select shop_id, client_id, code, name, platform, added_at from shops order by code`.execute(tx);
  return rows;
}

async function contractsOf(tx: Tx): Promise<readonly SeenContract[]> {
  const { rows } = await sql<ShopContractRow>`
    select contract_id, shop_id, number, client_id, terms, signed_on, consent, imported_from, recorded_at
      from shop_contracts order by recorded_at, contract_id, shop_id`.execute(tx);
  return [...Map.groupBy(rows, ({ contract_id }) => contract_id).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, terms: ContractTerms.fromJSON(first.terms), shopIds: group.map(({ shop_id }) => shop_id) }];
  });
}

async function clientsOf(tx: Tx, clientIds: readonly string[]): Promise<readonly Pick<ClientRow, 'client_id' | 'name'>[]> {
  const { rows } = await sql<ClientRow>`select client_id, name from clients where client_id = any(${clientIds})`.execute(tx);
  return rows;
}
