// Questions several screens ask in the same words, so that they share one answer. The first word of a key is the topic the stream names.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { browserZone } from '../scope/scope.ts';
import { api, ask } from './http.ts';

const STALE_MS = 30_000;

export const shopsQuery = queryOptions({ queryKey: ['shops', 'list'], queryFn: () => ask(api.GET('/shops')), staleTime: STALE_MS });
export const clientsQuery = queryOptions({ queryKey: ['shops', 'clients'], queryFn: () => ask(api.GET('/clients')), staleTime: STALE_MS });
export const contractsQuery = queryOptions({ queryKey: ['shops', 'contracts'], queryFn: () => ask(api.GET('/contracts')), staleTime: STALE_MS });
export const agentsQuery = queryOptions({ queryKey: ['people', 'agents'], queryFn: () => ask(api.GET('/agents')), staleTime: STALE_MS });

export const contractQuery = (contractId: string) =>
  queryOptions({ queryKey: ['shops', 'contract', contractId], queryFn: () => ask(api.GET('/contracts/{contractId}', { params: { path: { contractId } } })) });

/** What waits, for whom, since when. Everything moves it, so it listens to no single topic but asks again each half minute. */
export const waitingQuery = (shopIds: readonly string[]) =>
  queryOptions({
    queryKey: ['floor', 'waiting', shopIds],
    queryFn: () => ask(api.GET('/waiting', { params: { query: { shopIds: [...shopIds] } } })),
    refetchInterval: STALE_MS,
  });

/** Names of shops by id; the id itself until the names are there. */
export function useShopNames(): (shopId: string) => string {
  const { data } = useQuery(shopsQuery);
  const names = new Map(data?.shops.map((shop) => [shop.shopId, shop.name === '' ? shop.code : shop.name]));
  return (shopId) => names.get(shopId) ?? shopId;
}

/** The zone whose days count for a shop: its contract's. Without a shop, the first contract's. */
export function useZones(): (shopId?: string) => string {
  const { data } = useQuery(contractsQuery);
  const zones = new Map(data?.contracts.flatMap((contract) => contract.shops.map((shop) => [shop.shopId, contract.terms?.zone ?? browserZone] as const)));
  const first = data?.contracts[0]?.terms?.zone;
  return (shopId) => zones.get(shopId ?? '') ?? first ?? browserZone;
}
