// Questions several screens ask in the same words, so that they share one answer. The first word of a key is the topic the stream names.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { browserZone } from '../scope/scope.ts';
import { api, ask } from './http.ts';
import { useShop } from './lookups.ts';

const STALE_MS = 30_000;

/** What fits one screen of a choice; more are found by searching. */
export const CHOICES = 50;

/** The first shops by code, or those a search finds, with the number of all. */
export const shopsQuery = (search = '', clientId = '') =>
  queryOptions({
    queryKey: ['shops', 'list', search, clientId],
    queryFn: () => ask(api.GET('/shops', { params: { query: { search, clientId, size: CHOICES } } })),
    staleTime: STALE_MS,
    placeholderData: (before) => before,
  });

export const clientsQuery = (search = '') =>
  queryOptions({
    queryKey: ['shops', 'clients', search],
    queryFn: () => ask(api.GET('/clients', { params: { query: { search, size: CHOICES } } })),
    staleTime: STALE_MS,
    placeholderData: (before) => before,
  });

export const agentsQuery = queryOptions({ queryKey: ['people', 'agents'], queryFn: () => ask(api.GET('/agents')), staleTime: STALE_MS });

export const contractQuery = (contractId: string) =>
  queryOptions({ queryKey: ['shops', 'contract', contractId], queryFn: () => ask(api.GET('/contracts/{contractId}', { params: { path: { contractId } } })) });

/** Every clause of the scope: the worst 50, the others as counts. */
export const clausesQuery = (shopIds: readonly string[], range: { from: string; to: string }) =>
  queryOptions({
    queryKey: ['sla', 'clauses', shopIds, range.from, range.to],
    queryFn: () => ask(api.GET('/clauses', { params: { query: { shopIds: [...shopIds], from: range.from, to: range.to } } })),
  });

/** What waits, for whom, since when. Everything moves it, so it listens to no single topic but asks again each half minute. */
export const waitingQuery = (shopIds: readonly string[]) =>
  queryOptions({
    queryKey: ['floor', 'waiting', shopIds],
    queryFn: () => ask(api.GET('/waiting', { params: { query: { shopIds: [...shopIds] } } })),
    refetchInterval: STALE_MS,
  });

/** The latest of what one is told, with how many are unread. The stream says when something comes; what it may miss is asked for each half minute. */
export const notificationsQuery = queryOptions({
  queryKey: ['notifications', 'latest'],
  queryFn: () => ask(api.GET('/notifications', { params: { query: { size: 50 } } })),
  refetchInterval: STALE_MS,
});

/** Names of shops by id; the id itself until the names are there. */
export function useShopNames(): (shopId: string) => string {
  const shop = useShop();
  return (shopId) => {
    const known = shop(shopId);
    return known === undefined ? shopId : known.name === '' ? known.code : known.name;
  };
}

/** The zone whose days count for a shop: its contract's. Without a shop, that of the first one with a contract. */
export function useZones(): (shopId?: string) => string {
  const shop = useShop();
  const { data } = useQuery(shopsQuery());
  const first = data?.shops.find(({ zone }) => zone !== '')?.zone;
  return (shopId) => (shopId === undefined ? undefined : shop(shopId)?.zone) || first || browserZone;
}
