// What the pages about people ask. Everything agent-pools appends moves them: their topic is `people`.
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import type { components } from '../../api/schema.d.ts';

export type StaffedShop = components['schemas']['StaffedShop'];
export type ShopDuty = components['schemas']['ShopDuty'];
export type Shift = components['schemas']['Shift'];

/** Presence of people outside the open pages moves counts too: asked again each minute. */
const AGAIN_MS = 60_000;

export const staffingQuery = (shopIds: readonly string[]) =>
  queryOptions({
    queryKey: ['people', 'staffing', shopIds],
    queryFn: () => ask(api.GET('/staffing', { params: { query: { shopIds: [...shopIds] } } })),
    refetchInterval: AGAIN_MS,
  });

export const dutyQuery = (shopId: string, date: string) =>
  queryOptions({
    queryKey: ['people', 'duty', shopId, date],
    queryFn: () => ask(api.GET('/staffing/{shopId}', { params: { path: { shopId }, query: date === '' ? {} : { date } } })),
    refetchInterval: AGAIN_MS,
  });
