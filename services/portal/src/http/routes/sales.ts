// From a lead to a signed contract: leads, quotes, templates, drafts and their texts.
import { SalesServiceDefinition } from '@deskfleet/protocol/onboarding-sales';
import type { Role } from '@deskfleet/service-kit';
import { OPERATIONS, type Route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

const BOTH_SIDES: readonly Role[] = ['vendor-operations', 'client'];
const READERS: readonly Role[] = ['vendor-operations', 'finance', 'client'];

export function salesRoutes(components: Components): readonly Route[] {
  const sales = rpcRoutes(components, 'client-onboarding', SalesServiceDefinition, 'Leads and quotes');
  return [
    sales.get('/leads', 'listLeads', { summary: 'Leads one may see, the newest first', access: READERS }),
    sales.post('/leads', 'openLead', { summary: 'Open a lead; a new client is registered with it', access: OPERATIONS, required: ['source'] }),
    sales.get('/leads/{leadId}', 'getLead', { summary: 'A lead with what a quote still needs, its plan and its quotes', access: READERS }),
    sales.post('/leads/{leadId}/profiles', 'recordShopProfile', {
      summary: "Record a shop's profile; a new shop is added with it",
      access: OPERATIONS,
      required: ['profile'],
    }),
    sales.post('/leads/{leadId}/plan', 'proposePlan', { summary: 'Propose what is outsourced, and for how long', access: OPERATIONS }),
    sales.post('/leads/{leadId}/quotes', 'issueQuote', {
      summary: 'Issue a quote; it replaces the one before',
      description: 'Every amount is computed here: quantity x unit price, rounded once, and their sums.',
      access: OPERATIONS,
      required: ['currency', 'agents', 'validUntil'],
    }),
    sales.post('/leads/{leadId}/lose', 'loseLead', { summary: 'End a lead, with the reason', access: OPERATIONS, required: ['reason'] }),
    sales.get('/quotes/{quoteId}', 'getQuote', { summary: 'The lead of a quote', access: READERS }),
    sales.post('/quotes/{quoteId}/accept', 'acceptQuote', { summary: 'Accept a quote, as the client or on its behalf with evidence', access: BOTH_SIDES }),
    sales.post('/quotes/{quoteId}/decline', 'declineQuote', {
      summary: 'Decline a quote with a reason, or ask for another',
      access: BOTH_SIDES,
      required: ['reason'],
    }),
  ];
}
