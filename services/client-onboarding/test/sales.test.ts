// From a lead to an accepted quote, as both sides meet it over gRPC, on a real database.
import { Consent_DecidedBy } from '@deskfleet/protocol/common';
import { CampaignFrequency, Coverage, LeadSource } from '@deskfleet/protocol/onboarding';
import { LeadState, QuoteState, SalesServiceDefinition } from '@deskfleet/protocol/onboarding-sales';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { EngagementTerm } from '@deskfleet/protocol/terms';
import type { Caller } from '@deskfleet/service-kit';
import { failureOf, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOnboarding } from './ground.ts';

let now = Date.parse('2026-03-02T10:00:00+08:00');
let service: TestService;
beforeAll(async () => {
  service = await startOnboarding({ now: () => now });
});
afterAll(() => service?.remove());

const as = (caller: Partial<Caller> = {}) => service.as(testCaller(caller), SalesServiceDefinition);
let commands = 0;
const commandId = (): string => `sales-${++commands}`;

/** A lead with everything a quote needs, and the user of its client. */
async function quotable(vendorId: string, code = 'north') {
  const sales = as({ vendorId });
  const { leadId, clientId } = await sales.openLead({
    commandId: commandId(),
    clientName: `Owner of ${code}`,
    source: LeadSource.LEAD_SOURCE_TELESALES,
    contact: '王店主 13800000000',
  });
  const profile = { code, name: code, platform: 'tmall', category: '母婴', agentHeadcount: 5, averageInquiries: 300 };
  const { shopId } = await sales.recordShopProfile({
    commandId: commandId(),
    leadId,
    profile: { ...profile, campaigns: CampaignFrequency.CAMPAIGN_FREQUENCY_MONTHLY },
  });
  await sales.proposePlan({ commandId: commandId(), leadId, coverage: Coverage.COVERAGE_TOGETHER, engagement: EngagementTerm.ENGAGEMENT_TERM_LONG });
  const owner: Partial<Caller> = { id: 'us_owner', vendorId, role: 'client', clientId, shopIds: [shopId], mayAgree: true };
  return { sales, leadId, clientId, shopId, owner, client: as(owner) };
}

const quoteOf = (leadId: string, note = '') => ({
  commandId: commandId(),
  leadId,
  currency: 'CNY',
  steps: [{ key: 'agents', quantity: '5', unitPrice: '1200.50', rule: '5 agents x 1200.50' }],
  agents: 5,
  trialDays: 15,
  validUntil: '2026-03-31',
  note,
});

test('a lead comes with its client; its contact is read by operations alone', async () => {
  const { sales, leadId, clientId, shopId, owner, client } = await quotable('lead');
  const { at } = await sales.issueQuote(quoteOf(leadId));
  const lead = await sales.getLead({ leadId, after: at });
  expect(lead).toMatchObject({ clientId, clientName: 'Owner of north', contact: '王店主 13800000000', state: LeadState.LEAD_STATE_QUOTED, missing: [] });
  expect(lead.quotes).toMatchObject([{ state: QuoteState.QUOTE_STATE_OPEN, quote: { version: 1, monthlyFee: { minor: 600_250 }, profiles: [{ shopId }] } }]);
  expect(await client.getLead({ leadId })).toMatchObject({ contact: '', waitsFor: 'client', suggestedSteps: [] });
  const { leads, total } = await client.listLeads({});
  expect([total, leads.map((one) => one.leadId)]).toEqual([1, [leadId]]);
  const waiting = (caller: Partial<Caller>) => service.as(testCaller({ vendorId: 'lead', ...caller }), OnboardingServiceDefinition).listWaiting({});
  expect((await waiting(owner)).items).toMatchObject([
    { kind: 'quote-awaiting-client', waitsFor: 'client', since: now, path: `/quotes/${lead.quotes[0]?.quote?.quoteId}` },
  ]);
});

test('another client finds neither lead nor quote, and a client runs none of the vendor’s commands', async () => {
  const { sales, leadId, shopId } = await quotable('strangers');
  const { quoteId, at } = await sales.issueQuote(quoteOf(leadId));
  const stranger = as({ vendorId: 'strangers', role: 'client', clientId: 'cl_other', shopIds: ['sh_other'], mayAgree: true });
  expect(await failureOf(stranger.getQuote({ quoteId, after: at }))).toMatchObject({ status: 'NOT_FOUND' });
  expect(await failureOf(stranger.getLead({ leadId }))).toMatchObject({ status: 'NOT_FOUND' });
  expect(await failureOf(stranger.acceptQuote({ commandId: commandId(), quoteId }))).toMatchObject({ code: 'quote-not-found', status: 'NOT_FOUND' });
  const owner = as({ vendorId: 'strangers', role: 'client', clientId: 'cl_x', shopIds: [shopId], mayAgree: true });
  const vendorOnly = [owner.openLead({}), owner.recordShopProfile({}), owner.proposePlan({}), owner.issueQuote({}), owner.loseLead({})];
  for (const failure of await Promise.all(vendorOnly.map((call) => failureOf(call)))) expect(failure).toMatchObject({ status: 'PERMISSION_DENIED' });
});

test('of the two sides that answer a quote at once one wins, the other is told what happened', async () => {
  const { sales, leadId, client } = await quotable('race');
  const { quoteId } = await sales.issueQuote(quoteOf(leadId));
  const outcome = async (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      () => failureOf(call).then(({ code, facts }) => `${code} ${facts['actedBy']}`),
    );
  const outcomes = await Promise.all([outcome(client.acceptQuote({ commandId: commandId(), quoteId })), outcome(sales.issueQuote(quoteOf(leadId, 'cheaper')))]);
  expect([
    ['done', 'quote-already-accepted client'],
    ['quote-replaced vendor-operations', 'done'],
  ]).toContainEqual(outcomes);
});

test('the vendor accepts on behalf with evidence, which stays beside the quote', async () => {
  const { sales, leadId } = await quotable('behalf');
  const { quoteId } = await sales.issueQuote(quoteOf(leadId));
  expect(await failureOf(sales.acceptQuote({ commandId: commandId(), quoteId }))).toMatchObject({ code: 'evidence-missing' });
  const { at } = await sales.acceptQuote({ commandId: commandId(), quoteId, consent: { evidence: 'said so on the phone' } });
  const { quotes, waitsFor } = await sales.getQuote({ quoteId, ...(at === undefined ? {} : { after: at }) });
  expect(waitsFor).toBe('vendor-operations');
  expect(quotes).toMatchObject([
    { state: QuoteState.QUOTE_STATE_ACCEPTED, consent: { decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF, evidence: 'said so on the phone' } },
  ]);
});

test('a quote expires by itself when its last day ends in its zone', async () => {
  const { sales, leadId, client } = await quotable('expiry');
  const { quoteId } = await sales.issueQuote({ ...quoteOf(leadId), validUntil: '2026-03-02' });
  now = Date.parse('2026-03-03T00:00:00+08:00');
  await expect.poll(async () => (await sales.getLead({ leadId })).state, { timeout: 20_000, interval: 100 }).toBe(LeadState.LEAD_STATE_EXPIRED);
  expect(await failureOf(client.acceptQuote({ commandId: commandId(), quoteId }))).toMatchObject({
    code: 'quote-expired',
    facts: { version: 1, until: '2026-03-02', at: '2026-03-03 00:00' },
  });
  const { at } = await client.declineQuote({ commandId: commandId(), quoteId, reason: 'was away', anotherWanted: true });
  expect(await sales.getLead({ leadId, ...(at === undefined ? {} : { after: at }) })).toMatchObject({
    state: LeadState.LEAD_STATE_DECLINED,
    waitsFor: 'vendor-operations',
  });
});

test('every method refuses a call without a token', async () => {
  for (const [name, method] of Object.entries(service.withHeader(undefined, SalesServiceDefinition)))
    expect(await failureOf(method({})), name).toMatchObject({ status: 'UNAUTHENTICATED' });
});
