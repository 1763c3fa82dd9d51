// What the screens of leads ask. All of it belongs to the topic shops: client-onboarding's log.
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import type { components } from '../../api/schema.d.ts';

export type Lead = components['schemas']['Lead'];
export type LeadQuote = components['schemas']['LeadQuote'];
export type Quote = components['schemas']['Quote'];
export type ShopProfile = components['schemas']['ShopProfile'];
export type LeadState = Lead['state'];

export const leadQuery = (leadId: string) =>
  queryOptions({ queryKey: ['shops', 'lead', leadId], queryFn: () => ask(api.GET('/leads/{leadId}', { params: { path: { leadId } } })) });

export const quoteQuery = (quoteId: string) =>
  queryOptions({ queryKey: ['shops', 'quote', quoteId], queryFn: () => ask(api.GET('/quotes/{quoteId}', { params: { path: { quoteId } } })) });

export const leadsQuery = (states: readonly LeadState[]) =>
  queryOptions({
    queryKey: ['shops', 'leads', states],
    queryFn: () => ask(api.GET('/leads', { params: { query: { states: [...states], size: 200 } } })),
    placeholderData: (before) => before,
  });
