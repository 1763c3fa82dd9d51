// From an accepted quote to a contract that both sides signed, over gRPC, on a real database and object store.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Consent_DecidedBy, Party } from '@deskfleet/protocol/common';
import { CampaignFrequency, ContractDrafted, Coverage, LeadSource } from '@deskfleet/protocol/onboarding';
import { ContractingServiceDefinition, DraftState } from '@deskfleet/protocol/onboarding-contracting';
import { LeadState, SalesServiceDefinition } from '@deskfleet/protocol/onboarding-sales';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { Actor } from '@deskfleet/protocol/platform';
import { EngagementTerm } from '@deskfleet/protocol/terms';
import type { Caller } from '@deskfleet/service-kit';
import { failureOf, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOnboarding } from './ground.ts';
import { wholeTerms } from './whole-terms.ts';

const NOW = Date.parse('2026-03-02T10:00:00+08:00');
let service: TestService;
beforeAll(async () => {
  service = await startOnboarding({ now: () => NOW });
});
afterAll(() => service?.remove());

let commands = 0;
const commandId = (): string => `contracting-${++commands}`;
const clientsOf = (caller: Partial<Caller>) => ({
  sales: service.as(testCaller(caller), SalesServiceDefinition),
  texts: service.as(testCaller(caller), ContractingServiceDefinition),
  contracts: service.as(testCaller(caller), OnboardingServiceDefinition),
});

/** A lead whose quote was accepted, and both of its sides. */
async function accepted(vendorId: string, code = 'north') {
  const vendor = clientsOf({ vendorId });
  const { leadId, clientId } = await vendor.sales.openLead({ commandId: commandId(), clientName: 'Peony', source: LeadSource.LEAD_SOURCE_ONLINE });
  const profile = { code, name: code, platform: 'tmall', category: '母婴', agentHeadcount: 5, averageInquiries: 300 };
  const { shopId } = await vendor.sales.recordShopProfile({
    commandId: commandId(),
    leadId,
    profile: { ...profile, campaigns: CampaignFrequency.CAMPAIGN_FREQUENCY_NONE },
  });
  await vendor.sales.proposePlan({ commandId: commandId(), leadId, coverage: Coverage.COVERAGE_TOGETHER, engagement: EngagementTerm.ENGAGEMENT_TERM_LONG });
  const steps = [{ key: 'agents', quantity: '5', unitPrice: '1200', rule: '5 agents' }];
  const deposit = { currency: 'CNY', minor: 600_000 };
  const quote = { commandId: commandId(), leadId, currency: 'CNY', steps, agents: 5, trialDays: 15, deposit, validUntil: '2026-03-31' };
  const { quoteId } = await vendor.sales.issueQuote(quote);
  const caller: Partial<Caller> = { id: 'us_owner', vendorId, role: 'client', clientId, shopIds: [shopId], mayAgree: true };
  const client = clientsOf(caller);
  await client.sales.acceptQuote({ commandId: commandId(), quoteId });
  return { vendor, client, leadId, clientId, shopId };
}

/** A contract that is out for signature. */
async function offered(vendorId: string) {
  const sides = await accepted(vendorId);
  const { texts } = sides.vendor;
  const { contractId } = await texts.draftContract({ commandId: commandId(), leadId: sides.leadId });
  const { terms } = await texts.getDraft({ contractId, after: (await texts.saveTemplate({ commandId: commandId(), name: 'standard', terms: wholeTerms })).at });
  const whole = { ...wholeTerms, monthlyFee: terms?.monthlyFee, usage: undefined, clauses: [], trial: terms?.trial };
  await texts.reviseDraft({ commandId: commandId(), contractId, shopIds: [sides.shopId], terms: whole, revision: 1 });
  const offer = { commandId: commandId(), contractId, vendorName: '示例服务商', revision: 2 };
  const { textHash, at } = await texts.offerContract(offer);
  return { ...sides, contractId, textHash, at };
}

test('a draft begins with what the client accepted, names what is missing, and is not the client’s to see', async () => {
  const { vendor, client, leadId, shopId } = await accepted('draft');
  const { contractId, at } = await vendor.texts.draftContract({ commandId: commandId(), leadId });
  const draft = await vendor.texts.getDraft({ contractId, after: at });
  expect(draft).toMatchObject({ state: DraftState.DRAFT_STATE_DRAFT, clientName: 'Peony', shops: [{ shopId }], revision: 1 });
  expect(draft.terms).toMatchObject({
    monthlyFee: { minor: 600_000 },
    deposit: { minor: 600_000 },
    trial: { days: 15 },
    staffing: [{ count: 5 }],
    scope: [1, 2],
  });
  expect(draft.problems.map(({ code }) => code)).toEqual([
    'effective-on-invalid',
    'service-window-missing',
    'training-support-missing',
    'quality-standard-missing',
    'assessment-method-missing',
    'service-process-missing',
  ]);
  expect(await failureOf(vendor.texts.offerContract({ commandId: commandId(), contractId, vendorName: 'V', revision: 1 }))).toMatchObject({
    code: 'terms-invalid',
  });
  expect(await failureOf(client.texts.getDraft({ contractId }))).toMatchObject({ status: 'NOT_FOUND' });
  expect((await vendor.texts.draftContract({ commandId: commandId(), leadId })).contractId).toBe(contractId);
  expect(await vendor.sales.getLead({ leadId })).toMatchObject({ contractId, waitsFor: '' });
});

test('of two drafts of one lead that race, one is the lead’s, and the other is told its number; dropped, it makes way', async () => {
  const { vendor, leadId } = await accepted('twice');
  const draft = (number: string) => vendor.texts.draftContract({ commandId: commandId(), leadId, number });
  const raced = await Promise.allSettled([draft('TW-1'), draft('TW-2'), draft('TW-3')]);
  const won = raced.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(won).toHaveLength(1);
  const [{ number = '', contractId = '' } = {}] = won;
  expect(await failureOf(draft('TW-9'))).toMatchObject({ code: 'lead-has-draft', facts: { number, contractId, actedBy: 'vendor-operations' } });
  await vendor.texts.dropDraft({ commandId: commandId(), contractId, reason: 'begun anew' });
  expect(await draft('TW-9')).toMatchObject({ number: 'TW-9' });
});

test('what waits of a contract is listed at the shop that is asked for, whichever of its shops that is', async () => {
  const { vendor, clientId, leadId, shopId } = await accepted('several');
  const added = await vendor.contracts.addShop({ commandId: commandId(), clientId, code: 'south', name: 'south', platform: 'jd' });
  const { contractId } = await vendor.texts.draftContract({ commandId: commandId(), leadId });
  const shopIds = [shopId, added.shopId];
  const { at } = await vendor.texts.reviseDraft({ commandId: commandId(), contractId, shopIds, terms: wholeTerms, revision: 1 });
  await vendor.texts.getDraft({ contractId, ...(at === undefined ? {} : { after: at }) });
  for (const asked of [[shopId], [added.shopId], shopIds, []]) {
    const { items } = await vendor.contracts.listWaiting({ shopIds: asked });
    expect(items.filter(({ kind }) => kind === 'contract-draft-open')).toMatchObject([{ contractId, shopId: asked[0] ?? shopId }]);
  }
});

test('a lead whose draft was made before leads were told of theirs has one draft all the same', async () => {
  const vendorId = 'untold';
  const { vendor, leadId, clientId, shopId } = await accepted(vendorId);
  const event = ContractDrafted.create({ contractId: 'ct_old', number: 'OLD-1', clientId, shopIds: [shopId], terms: wholeTerms, leadId });
  const cause = { vendorId, actor: Actor.create(), correlationId: '', causationId: '', commandId: '' };
  const { source } = service.kit.store;
  const made = await service.kit.store.append({
    cause,
    streams: [{ streamId: 'contract-ct_old', expected: 'none', events: [{ event, occurredAt: NOW, shopId: '' }] }],
  });
  await vendor.texts.getDraft({ contractId: 'ct_old', after: { source, position: made.outcome === 'appended' ? made.lastPosition : 0 } });
  const draft = (number: string) => vendor.texts.draftContract({ commandId: commandId(), leadId, number });
  expect(await failureOf(draft('NEW-1'))).toMatchObject({ code: 'lead-has-draft', facts: { number: 'OLD-1', contractId: 'ct_old' } });
  await vendor.texts.dropDraft({ commandId: commandId(), contractId: 'ct_old', reason: 'begun anew' });
  expect(await draft('NEW-1')).toMatchObject({ number: 'NEW-1' });
  expect(await failureOf(draft('NEW-2'))).toMatchObject({ code: 'lead-has-draft', facts: { number: 'NEW-1' } });
});

test('both sides sign the text they read; the shops are covered and the lead is won in the same append', async () => {
  const { vendor, client, leadId, contractId, textHash, at, shopId } = await offered('sign');
  const waiting = async (side: typeof vendor) => (await side.contracts.listWaiting({})).items.map(({ kind, waitsFor }) => `${kind} ${waitsFor}`);
  const text = await client.texts.getContractText({ contractId });
  expect(text.textHash).toBe(textHash);
  expect(text.text).toContain('甲方（客户）：Peony。乙方（服务商）：示例服务商。');
  expect(await client.texts.getDraft({ contractId, ...(at === undefined ? {} : { after: at }) })).toMatchObject({ state: DraftState.DRAFT_STATE_OFFERED });
  expect(await waiting(client)).toEqual(['contract-awaiting-signature client']);
  expect(await waiting(vendor)).toEqual(['contract-awaiting-signature client', 'contract-awaiting-signature vendor-operations']);
  expect(await failureOf(client.texts.signText({ commandId: commandId(), contractId, textHash: 'another' }))).toMatchObject({ code: 'text-changed' });
  const outcomes = await Promise.all([
    client.texts.signText({ commandId: commandId(), contractId, textHash }),
    vendor.texts.signText({ commandId: commandId(), contractId, textHash, party: Party.PARTY_VENDOR }),
  ]);
  const after = outcomes.map(({ at: position }) => position).sort((a, b) => (b?.position ?? 0) - (a?.position ?? 0))[0];
  expect(outcomes.some(({ signedByBoth }) => signedByBoth)).toBe(true);
  const contract = await client.contracts.getContract({ contractId, ...(after === undefined ? {} : { after }) });
  expect(contract).toMatchObject({
    signedOn: '2026-03-02',
    clientConsent: { decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: 'us_owner' },
    shops: [{ shopId, contractId }],
  });
  expect(await vendor.sales.getLead({ leadId })).toMatchObject({ state: LeadState.LEAD_STATE_WON, contractId });
  expect(await failureOf(vendor.sales.loseLead({ commandId: commandId(), leadId, reason: 'x' }))).toMatchObject({ code: 'lead-won' });
  expect(await failureOf(client.texts.withdrawOffer({ commandId: commandId(), contractId, reason: 'x' }))).toMatchObject({
    code: 'contract-signed',
    facts: { at: '2026-03-02 10:00' },
  });
  const { signatures } = await client.texts.getDraft({ contractId });
  expect(signatures.map(({ party, textHash: seen }) => [party, seen]).sort()).toEqual([
    [Party.PARTY_CLIENT, textHash],
    [Party.PARTY_VENDOR, textHash],
  ]);
});

test('the client sends a contract back with a reason; the signature given to it is void', async () => {
  const { vendor, client, contractId, textHash } = await offered('withdraw');
  await vendor.texts.signText({ commandId: commandId(), contractId, textHash, party: Party.PARTY_VENDOR });
  const { at } = await client.texts.withdrawOffer({ commandId: commandId(), contractId, reason: '通知期太短' });
  expect(await failureOf(client.texts.signText({ commandId: commandId(), contractId, textHash }))).toMatchObject({
    code: 'contract-offer-withdrawn',
    facts: { reason: '通知期太短', actedBy: 'client' },
  });
  const seen = await client.texts.getDraft({ contractId, ...(at === undefined ? {} : { after: at }) });
  expect(seen).toMatchObject({ state: DraftState.DRAFT_STATE_DRAFT, reason: '通知期太短', withdrawnBy: Party.PARTY_CLIENT, signatures: [] });
  expect(seen.terms).toBeUndefined();
});

test('the vendor signs for the client with a note and a file; another client signs nothing', async () => {
  const { vendor, contractId, textHash } = await offered('behalf');
  const sign = { contractId, textHash, party: Party.PARTY_CLIENT };
  expect(await failureOf(vendor.texts.signText({ commandId: commandId(), ...sign, consent: { evidence: 'paper' } }))).toMatchObject({
    code: 'evidence-file-missing',
  });
  await vendor.texts.signText({ commandId: commandId(), ...sign, consent: { evidence: 'paper', fileIds: ['fl_1'] } });
  const stranger = clientsOf({ vendorId: 'behalf', role: 'client', clientId: 'cl_x', shopIds: ['sh_x'], mayAgree: true });
  expect(await failureOf(stranger.texts.signText({ commandId: commandId(), ...sign }))).toMatchObject({ status: 'NOT_FOUND' });
  expect(await failureOf(stranger.texts.getContractText({ contractId }))).toMatchObject({ status: 'NOT_FOUND' });
  const calls = [
    stranger.texts.saveTemplate({}),
    stranger.texts.draftContract({}),
    stranger.texts.reviseDraft({}),
    stranger.texts.checkTerms({}),
    stranger.texts.offerContract({}),
    stranger.texts.dropDraft({}),
    stranger.texts.listTemplates({}),
  ];
  for (const failure of await Promise.all(calls.map((call) => failureOf(call)))) expect(failure).toMatchObject({ status: 'PERMISSION_DENIED' });
});

test('a kept text that was tampered with is never shown as the contract', async () => {
  const { vendor, contractId, textHash } = await offered('tampered');
  const folder = service.config.objects?.kind === 'folder' ? service.config.objects.folder : '';
  for (const name of (await readdir(folder, { recursive: true })).filter((one) => one.includes(textHash))) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) await writeFile(path, (await readFile(path, 'utf8')).replace('CNY 6000.00', 'CNY 60.00'));
  }
  expect(await failureOf(vendor.texts.getContractText({ contractId }))).toMatchObject({ code: '', status: 'INTERNAL' });
});

test('a template is drafted from, and a running contract is followed by its next term', async () => {
  const { vendor, clientId, shopId } = await accepted('follow', 'south');
  const { templateId } = await vendor.texts.saveTemplate({ commandId: commandId(), name: '年度', terms: wholeTerms });
  const { contractId, at } = await vendor.texts.draftContract({ commandId: commandId(), clientId, shopIds: [shopId], templateId });
  expect(await vendor.texts.getDraft({ contractId, after: at })).toMatchObject({ problems: [], terms: { endsOn: '2027-03-31' } });
  const running = await vendor.contracts.importContract({
    commandId: commandId(),
    number: 'OLD',
    clientId,
    shopIds: [shopId],
    terms: wholeTerms,
    importedFrom: 'ledger',
  });
  const next = await vendor.texts.draftContract({ commandId: commandId(), succeedsContractId: running.contractId });
  const { terms } = await vendor.texts.getDraft({ contractId: next.contractId, after: next.at });
  expect(terms).toMatchObject({ effectiveOn: '2027-04-01', endsOn: '2028-03-31', batches: [] });
  expect([terms?.trial, terms?.deposit]).toEqual([undefined, undefined]);
  // The template's own days are taken by the running contract by now: told when it is offered, before anyone signs.
  expect(await failureOf(vendor.texts.offerContract({ commandId: commandId(), contractId, vendorName: 'V', revision: 1 }))).toMatchObject({
    code: 'contract-overlaps',
  });
});

test('every method refuses a call without a token', async () => {
  for (const [name, method] of Object.entries(service.withHeader(undefined, ContractingServiceDefinition)))
    expect(await failureOf(method({})), name).toMatchObject({ status: 'UNAUTHENTICATED' });
});

test('every table is held by a forced policy', async () => expect(await service.unprotectedTables()).toEqual([]));
