// From a lead to a signed contract: leads, quotes, templates, drafts and their texts.
import { ContractingServiceDefinition } from '@deskfleet/protocol/onboarding-contracting';
import { SalesServiceDefinition } from '@deskfleet/protocol/onboarding-sales';
import type { Role } from '@deskfleet/service-kit';
import { OPERATIONS, type Route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

const BOTH_SIDES: readonly Role[] = ['vendor-operations', 'client'];
const READERS: readonly Role[] = ['vendor-operations', 'finance', 'client'];

export function salesRoutes(components: Components): readonly Route[] {
  const sales = rpcRoutes(components, 'client-onboarding', SalesServiceDefinition, 'Leads and quotes');
  const contracting = rpcRoutes(components, 'client-onboarding', ContractingServiceDefinition, 'Contract texts');
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
    }),

    contracting.get('/contract-templates', 'listTemplates', { summary: 'Templates by name', access: OPERATIONS }),
    contracting.post('/contract-templates', 'saveTemplate', { summary: 'Save terms as a template', access: OPERATIONS, required: ['name', 'terms'] }),
    contracting.get('/contract-drafts', 'listDrafts', { summary: 'Contracts on their way to two signatures', access: READERS }),
    contracting.post('/contract-drafts', 'draftContract', {
      summary: 'Draft a contract',
      description: 'From scratch, from a template, from an accepted quote, or as the successor of a running contract.',
      access: OPERATIONS,
    }),
    contracting.post('/contract-drafts/check', 'checkTerms', { summary: 'What keeps terms from being signed', access: OPERATIONS, required: ['terms'] }),
    contracting.get('/contract-drafts/{contractId}', 'getDraft', {
      summary: 'A draft or an offered contract, with what it lacks and who has signed',
      access: READERS,
    }),
    contracting.post('/contract-drafts/{contractId}/revise', 'reviseDraft', { summary: 'Change a draft', access: OPERATIONS, required: ['terms', 'revision'] }),
    contracting.post('/contract-drafts/{contractId}/offer', 'offerContract', {
      summary: 'Put a complete draft before both sides; its text is frozen',
      access: OPERATIONS,
      required: ['vendorName', 'revision'],
    }),
    contracting.post('/contract-drafts/{contractId}/withdraw', 'withdrawOffer', {
      summary: 'Take an offered contract back to be changed; signatures are void',
      access: BOTH_SIDES,
    }),
    contracting.post('/contract-drafts/{contractId}/sign', 'signText', {
      summary: 'Sign the text that was seen, by its hash',
      access: BOTH_SIDES,
    }),
    contracting.post('/contract-drafts/{contractId}/drop', 'dropDraft', { summary: 'Drop a draft', access: OPERATIONS, required: ['reason'] }),
    contracting.get('/contracts/{contractId}/text', 'getContractText', { summary: 'The text as it was offered or signed', access: READERS }),
  ];
}
