// From a signed contract to the end of a trial, as both sides meet it: over gRPC, on a real database, with billing's log and agent-pools beside it.
import { AgentPoolServiceDefinition, ListAgentsResponse } from '@deskfleet/protocol/agents-service';
import { DepositReceived } from '@deskfleet/protocol/billing';
import { Consent_DecidedBy, Money, Party } from '@deskfleet/protocol/common';
import { TrainingKind } from '@deskfleet/protocol/onboarding';
import { LaunchServiceDefinition, Verdict } from '@deskfleet/protocol/onboarding-launch';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { Actor } from '@deskfleet/protocol/platform';
import { type ContractTerms, EngagementTerm } from '@deskfleet/protocol/terms';
import { type Caller, grpcService } from '@deskfleet/service-kit';
import { createTestInstallation, failureOf, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standardTerms } from '../src/contract/standard-terms.ts';
import { STANDARD_ITEMS } from '../src/launch/information-items.ts';
import { startOnboarding } from './ground.ts';

const START = Date.parse('2026-03-02T10:00:00+08:00');
const DAY_MS = 86_400_000;
const SECRET = 'shop-main:agent-07 / Tr0ub4dor&3';
const { PARTY_CLIENT, PARTY_VENDOR } = Party;
const onBehalf = { decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF, userId: '', evidence: 'call of 2 March, 10:05', fileIds: [] as string[] };

let now = START;
let billing: TestService;
let pools: TestService;
let service: TestService;
let commands = 0;
const commandId = (): string => `command-${++commands}`;

beforeAll(async () => {
  const installation = await createTestInstallation();
  const agentsOnly = { ...AgentPoolServiceDefinition, methods: { listAgents: AgentPoolServiceDefinition.methods.listAgents } } as const;
  const agents = ['ag_1', 'ag_2'].map((agentId) => ({ agentId, name: `Agent ${agentId}` }));
  const empty = { events: [], projections: [], subscriptions: [] };
  pools = await startTestService(
    {
      name: 'agent-pools',
      migrations: [],
      parts: () => ({ ...empty, api: [grpcService(agentsOnly, { listAgents: async () => ListAgentsResponse.fromPartial({ agents }) })] }),
    },
    { installation, now: () => now },
  );
  billing = await startTestService(
    { name: 'billing', migrations: [], parts: () => ({ ...empty, events: [DepositReceived], api: [] }) },
    { installation, now: () => now },
  );
  service = await startOnboarding({ installation, now: () => now, peers: { billing, 'agent-pools': pools } });
});
afterAll(async () => {
  for (const each of [service, billing, pools]) await each?.remove();
});

const terms: ContractTerms = {
  ...standardTerms,
  ...{ effectiveOn: '2026-03-01', endsOn: '2026-12-31', engagement: EngagementTerm.ENGAGEMENT_TERM_LONG, noticeDays: 30 },
  deposit: Money.create({ currency: 'CNY', minor: 600_000 }),
  trial: { $type: 'deskfleet.common.v1.TrialTerms', days: 15, clauseKeys: [] },
  trainingSupport: ['product', 'shop'],
  batches: [1, 2].map((no) => ({
    ...{ $type: 'deskfleet.common.v1.BatchTerm', key: `batch-${no}`, name: `Batch ${no}`, shopIds: [], products: 200, agents: 1 },
  })),
};

/** A signed contract with both sides at hand. */
async function signed(vendorId: string) {
  now = START;
  const operations = testCaller({ vendorId });
  const shops = service.as(operations, OnboardingServiceDefinition);
  const { clientId } = await shops.registerClient({ commandId: commandId(), name: vendorId });
  const { shopId } = await shops.addShop({ commandId: commandId(), clientId, code: 'north', name: 'North', platform: 'tmall' });
  const { contractId, at } = await shops.signContract({
    ...{ commandId: commandId(), number: 'HT-1', clientId, shopIds: [shopId], terms, signedOn: '2026-03-02' },
    clientConsent: { ...onBehalf, fileIds: ['file-1'] },
  });
  const owner: Partial<Caller> = { vendorId, id: 'owner-1', role: 'client', clientId, shopIds: [shopId], mayAgree: true };
  const vendor = service.as(operations, LaunchServiceDefinition);
  const client = service.as(testCaller(owner), LaunchServiceDefinition);
  const ask = () => ({ commandId: commandId(), contractId });
  await vendor.getLaunch({ contractId, after: at });
  return { vendorId, contractId, clientId, shopId, vendor, client, ask };
}

type Ground = Awaited<ReturnType<typeof signed>>;

/** Billing confirms a receipt in its own log; the gate hears of it. */
async function deposit({ vendorId, contractId, vendor }: Ground, minor: number): Promise<void> {
  const amount = (units: number) => Money.create({ currency: 'CNY', minor: units });
  const event = DepositReceived.create({ contractId, receiptId: `r-${minor}`, amount: amount(minor), received: amount(minor), required: amount(600_000) });
  await billing.kit.store.append({
    cause: { vendorId, actor: Actor.create(), correlationId: '', causationId: '', commandId: '' },
    streams: [{ streamId: `deposit-${contractId}`, expected: 'any', events: [{ event, occurredAt: now, shopId: '' }] }],
  });
  const received = async () => (await vendor.getLaunch({ contractId })).gates.find(({ key }) => key === 'deposit')?.received?.minor ?? 600_000;
  await expect.poll(received, { timeout: 10_000 }).toBe(minor);
}

/** A training told by the vendor and confirmed by the client. */
async function train({ vendor, client, ask }: Ground, kind: TrainingKind) {
  const { trainingId } = await vendor.scheduleTraining({
    ...ask(),
    kind,
    topic: 'All of it',
    givenBy: PARTY_CLIENT,
    plannedOn: '2026-03-02',
    agentIds: ['ag_1'],
  });
  await vendor.recordTraining({ ...ask(), trainingId, heldOn: '2026-03-02', minutes: 60, results: [{ agentId: 'ag_1', scoreBp: 9_200, passed: true }] });
  return client.confirmTraining({ ...ask(), trainingId });
}

async function makeReady(ground: Ground): Promise<void> {
  const { client, ask } = ground;
  await train(ground, TrainingKind.TRAINING_KIND_PRODUCT);
  await train(ground, TrainingKind.TRAINING_KIND_SHOP);
  for (const { key, secret = false } of STANDARD_ITEMS) {
    await client.handOverInformation({ ...ask(), itemKey: key, content: secret ? SECRET : `about ${key}`, secret });
  }
  await deposit(ground, 600_000);
}

async function goneLive(vendorId: string): Promise<Ground> {
  const ground = await signed(vendorId);
  await makeReady(ground);
  await ground.vendor.goLive({ ...ground.ask(), batchKey: 'batch-1' });
  return ground;
}

test('a go-live is refused with all that is missing, whose turn it is and where, and opens gate by gate', async () => {
  // BR-005, BR-006, BR-013, BR-209, BR-210, BR-211
  const ground = await signed('gates');
  const { vendor, client, contractId, ask } = ground;
  const missing = async () => {
    const failure = await failureOf(vendor.goLive({ ...ask(), batchKey: 'batch-1' }));
    expect(failure).toMatchObject({ code: 'not-ready', status: 'FAILED_PRECONDITION' });
    return (failure.facts['missing'] as { code: string; waitsFor: string; path: string }[]).map(({ code, waitsFor }) => `${code} ${waitsFor}`);
  };
  expect(await missing()).toEqual([
    'deposit-missing client',
    'training-not-planned vendor-operations',
    'training-not-planned vendor-operations',
    'information-open client',
    'agents-missing vendor-operations',
  ]);
  const before = await client.getLaunch({ contractId });
  expect(before.gates.map(({ key, passed, since }) => `${key} ${passed} ${since === START}`)).toEqual([
    'signatures true true',
    'deposit false true',
    'training-product false true',
    'training-shop false true',
    'information false true',
    'agents false true',
  ]);
  await makeReady(ground);
  const { gates } = await vendor.getLaunch({ contractId });
  expect(gates.every(({ passed }) => passed)).toBe(true);
  const { at } = await vendor.goLive({ ...ask(), batchKey: 'batch-1' });
  expect(await client.getLaunch({ contractId, after: at })).toMatchObject({
    batches: [
      { batchKey: 'batch-1', status: 'under-review', waitsFor: 'client', agentsTrained: 1 },
      { batchKey: 'batch-2', status: 'planned' },
    ],
    trial: { status: 'running', startsOn: '2026-03-02', endsOn: '2026-03-16', day: 1, days: 15 },
    trainings: [{ agents: [{ name: 'Agent ag_1' }], results: [{ agentName: 'Agent ag_1' }] }, {}],
  });
});

test('what the client hands over lies sealed, secrets are shown on demand only, and every look is told', async () => {
  const { vendor, client, contractId, vendorId, ask } = await signed('secrets');
  await client.handOverInformation({ ...ask(), itemKey: 'sub-accounts', content: SECRET, secret: true });
  const { at } = await client.handOverInformation({ ...ask(), itemKey: 'return-address', content: '12 Long Lane', secret: false });
  const stream = (await service.kit.store.load(vendorId, [`launch-${contractId}`])).get(`launch-${contractId}`);
  const bytes = (stream?.events ?? []).map(({ event }) =>
    'content' in event && event.content instanceof Uint8Array ? Buffer.from(event.content).toString('latin1') : '',
  );
  expect(bytes.join()).not.toMatch(/Tr0ub4dor|Long Lane/);
  const item = async (caller: typeof vendor, itemKey: string) =>
    (await caller.getLaunch({ contractId, after: at })).information.find((each) => each.itemKey === itemKey);
  expect(await item(vendor, 'return-address')).toMatchObject({ content: '12 Long Lane', consent: { decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT } });
  expect(await item(vendor, 'sub-accounts')).toMatchObject({ content: '', secret: true, looked: 0 });
  expect(await item(service.as(testCaller({ vendorId, role: 'finance' }), LaunchServiceDefinition), 'return-address')).toMatchObject({ content: '' });
  expect(await vendor.revealInformation({ ...ask(), itemKey: 'sub-accounts' })).toMatchObject({ content: SECRET });
  expect(await item(client, 'sub-accounts')).toMatchObject({ looked: 1, looks: [{ userId: 'user-1', at: START }] });
  const finance = service.as(testCaller({ vendorId, role: 'finance' }), LaunchServiceDefinition);
  expect(await failureOf(finance.revealInformation({ ...ask(), itemKey: 'sub-accounts' }))).toMatchObject({ status: 'PERMISSION_DENIED' });
});

test('a verdict needs the client’s word; on its behalf, a note and a file that shows it', async () => {
  // BR-206, BR-207
  const { vendor, client, contractId, ask } = await goneLive('verdict');
  now = START + 30 * DAY_MS;
  const pass = (consent?: typeof onBehalf) => vendor.giveVerdict({ ...ask(), verdict: Verdict.VERDICT_PASSED, ...(consent === undefined ? {} : { consent }) });
  expect(await failureOf(pass())).toMatchObject({ code: 'client-verdict-missing' });
  expect(await failureOf(pass({ ...onBehalf, evidence: '' }))).toMatchObject({ code: 'evidence-missing' });
  expect(await failureOf(pass(onBehalf))).toMatchObject({ code: 'evidence-file-missing' });
  expect(await failureOf(vendor.giveVerdict({ ...ask() }))).toMatchObject({ code: 'verdict-missing' });
  const { at } = await pass({ ...onBehalf, fileIds: ['file-7'] });
  expect((await client.getLaunch({ contractId, after: at })).trial).toMatchObject({
    ...{ status: 'passed', month: '2026-04' },
    consent: { decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF, userId: 'user-1', evidence: onBehalf.evidence, fileIds: ['file-7'] },
  });
});

test('of a verdict and a termination at the same moment one wins, and the other is told who did what and when', async () => {
  const { vendor, client, contractId, ask } = await goneLive('race');
  const outcomes = await Promise.all([
    client.giveVerdict({ ...ask(), verdict: Verdict.VERDICT_FAILED, reason: 'too slow' }).then(
      () => undefined,
      (error: unknown) => failureOf(Promise.reject(error)),
    ),
    vendor.terminateContract({ ...ask(), reason: 'they do not pay' }).then(
      () => undefined,
      (error: unknown) => failureOf(Promise.reject(error)),
    ),
  ]);
  const lost = outcomes.find((outcome) => outcome !== undefined);
  expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
  expect(lost).toMatchObject({
    status: 'FAILED_PRECONDITION',
    facts: { at: '2026-03-02 10:00', actedBy: lost?.code === 'trial-failed' ? 'client' : 'vendor-operations' },
  });
  expect(['trial-failed', 'trial-cut-short']).toContain(lost?.code);
  const { ending, handback } = await client.getLaunch({ contractId });
  expect(ending?.serviceEndsAt).toBeGreaterThanOrEqual(START);
  expect(handback?.items.map(({ key }) => key)).toEqual(['open-tickets', 'sub-accounts', 'backend-access']);
});

test('the client is refused on every command of the vendor’s, and sees no other client’s launch', async () => {
  const { client, contractId, vendorId, ask } = await signed('refused');
  const vendors = {
    goLive: () => client.goLive({ ...ask(), batchKey: 'batch-1' }),
    setInformationItem: () => client.setInformationItem({ ...ask(), itemKey: 'campaigns', required: false, reason: 'none' }),
    reportRework: () => client.reportRework({ ...ask(), batchKey: 'batch-1', note: 'done' }),
    returnHandbackItem: () => client.returnHandbackItem({ ...ask(), key: 'open-tickets', note: 'none' }),
  };
  for (const [name, call] of Object.entries(vendors)) expect(await failureOf(call()), name).toMatchObject({ status: 'PERMISSION_DENIED', code: 'not-allowed' });
  const other = service.as(testCaller({ vendorId, role: 'client', clientId: 'cl_other', shopIds: ['sh_other'], mayAgree: true }), LaunchServiceDefinition);
  const theirs = {
    getLaunch: () => other.getLaunch({ contractId }),
    handOverInformation: () => other.handOverInformation({ ...ask(), itemKey: 'campaigns', content: 'x' }),
    giveVerdict: () => other.giveVerdict({ ...ask(), verdict: Verdict.VERDICT_PASSED }),
    terminateContract: () => other.terminateContract({ ...ask(), reason: 'x' }),
  };
  for (const [name, call] of Object.entries(theirs)) expect(await failureOf(call()), name).toMatchObject({ status: 'NOT_FOUND', code: 'contract-not-found' });
  const reader = service.as(testCaller({ vendorId, role: 'client', clientId: 'cl_other', shopIds: [], mayAgree: false }), LaunchServiceDefinition);
  expect((await reader.listWaiting({})).items).toEqual([]);
});

test('who sees any of a contract’s shops sees its launch and what waits in it; who sees none does not', async () => {
  const { vendorId, clientId, vendor } = await signed('several');
  const shops = service.as(testCaller({ vendorId }), OnboardingServiceDefinition);
  const [first = '', second = ''] = await Promise.all(
    ['east', 'west'].map(async (code) => (await shops.addShop({ commandId: commandId(), clientId, code, name: code, platform: 'jd' })).shopId),
  );
  const { contractId, at } = await shops.signContract({
    ...{ commandId: commandId(), number: 'HT-2', clientId, shopIds: [first, second], terms, signedOn: '2026-03-02' },
    clientConsent: { ...onBehalf, fileIds: ['file-1'] },
  });
  await vendor.getLaunch({ contractId, after: at });
  const as = (shopIds: string[]) => service.as(testCaller({ vendorId, role: 'client', clientId, shopIds, mayAgree: true }), LaunchServiceDefinition);
  const waiting = async (shopIds: string[]) =>
    (await as(shopIds).listWaiting({})).items.filter((item) => item.contractId === contractId).map(({ kind, shopId }) => [kind, shopId]);
  for (const shopId of [first, second]) {
    expect(await as([shopId]).getLaunch({ contractId })).toMatchObject({ contractId });
    expect(await waiting([shopId])).toEqual([['information-open', shopId]]);
  }
  expect(await waiting([first, second])).toEqual([['information-open', first]]);
  expect(await failureOf(as(['sh_other']).getLaunch({ contractId }))).toMatchObject({ code: 'contract-not-found' });
  expect(await waiting(['sh_other'])).toEqual([]);
});

test('each open step waits for a side since an instant; both sides are reminded of the verdict by the clock', async () => {
  // BR-012, BR-207
  const ground = await signed('waiting');
  const { vendor, client, contractId, ask } = ground;
  const waiting = async (api: typeof vendor) => (await api.listWaiting({})).items.map(({ kind, waitsFor, since }) => `${kind} ${waitsFor} ${since - START}`);
  expect(await waiting(client)).toEqual(['information-open client 0']);
  expect((await waiting(vendor)).toSorted()).toEqual(['information-open client 0', 'training-not-planned vendor-operations 0']);
  now = START + 60_000;
  await makeReady(ground);
  now = START + 120_000;
  await expect.poll(() => waiting(vendor)).toEqual(['go-live-open vendor-operations 60000']);
  await vendor.goLive({ ...ask(), batchKey: 'batch-1' });
  await expect.poll(() => waiting(client)).toEqual(['batch-under-review client 120000']);
  await client.requestRework({ ...ask(), batchKey: 'batch-1', reason: 'sizes' });
  await expect.poll(() => waiting(vendor)).toEqual(['batch-in-rework vendor-operations 120000']);
  await vendor.reportRework({ ...ask(), batchKey: 'batch-1', note: 'learned' });
  await client.acceptBatch({ ...ask(), batchKey: 'batch-1' });
  const beginning = Date.parse('2026-03-13T00:00:00+08:00');
  now = beginning - 1;
  await expect.poll(() => waiting(client)).toEqual([]);
  now = beginning;
  await expect.poll(() => waiting(client), { timeout: 10_000 }).toEqual([`trial-verdict-open client ${beginning - START}`]);
  expect((await client.getLaunch({ contractId })).trial).toMatchObject({ reminded: true, day: 12 });
  await client.giveVerdict({ ...ask(), verdict: Verdict.VERDICT_PASSED });
  await expect.poll(() => waiting(client)).toEqual([]);
  // 30 days ahead of its last day both sides are reminded that the contract runs out.
  const ahead = Date.parse('2026-12-01T00:00:00+08:00');
  now = ahead;
  await expect.poll(() => waiting(client), { timeout: 10_000 }).toEqual([`contract-expiring client ${ahead - START}`]);
});

test('both sides make a trial longer, and hand back on a list that both sign', async () => {
  // BR-228
  const { vendor, client, contractId, vendorId, clientId, shopId, ask } = await goneLive('longer');
  await vendor.proposeTrialExtension({ ...ask(), endsOn: '2026-03-31' });
  expect(await failureOf(vendor.agreeTrialExtension({ ...ask(), endsOn: '2026-03-31' }))).toMatchObject({ code: 'extension-own-proposal' });
  await client.agreeTrialExtension({ ...ask(), endsOn: '2026-03-31' });
  await client.giveVerdict({ ...ask(), verdict: Verdict.VERDICT_FAILED, reason: 'too slow' });
  for (const key of ['open-tickets', 'sub-accounts', 'backend-access']) {
    expect(await failureOf(client.signHandback(ask())), key).toMatchObject({ code: 'handback-open' });
    await vendor.returnHandbackItem({ ...ask(), key, note: 'returned on 2 March' });
  }
  await client.signHandback(ask());
  await vendor.signHandback(ask());
  // The shop is free for another contract from the day after.
  const shops = service.as(testCaller({ vendorId }), OnboardingServiceDefinition);
  const next = (number: string, effectiveOn: string) =>
    shops.importContract({ commandId: commandId(), number, clientId, shopIds: [shopId], terms: { ...standardTerms, effectiveOn }, importedFrom: 'ledger' });
  expect(await failureOf(next('HT-2', '2026-03-02'))).toMatchObject({ code: 'contract-overlaps', facts: { to: '2026-03-02' } });
  await next('HT-3', '2026-03-03');
  expect(await client.getLaunch({ contractId })).toMatchObject({
    trial: { status: 'failed', endsOn: '2026-03-31' },
    ending: { how: 'trial-failed', serviceEndsAt: START, by: PARTY_CLIENT },
    handback: {
      signatures: [
        { party: PARTY_CLIENT, at: START },
        { party: PARTY_VENDOR, at: START },
      ],
    },
  });
});

test('a shop whose service ended early waits for a contract from the day after, whatever the terms say', async () => {
  const { vendorId, client, ask } = await goneLive('early-end');
  const shops = service.as(testCaller({ vendorId }), OnboardingServiceDefinition);
  const missing = async () => (await shops.listWaiting({})).items.filter(({ kind }) => kind === 'contract-missing').map(({ subject }) => subject);
  expect(await missing()).toEqual([]);
  await client.giveVerdict({ ...ask(), verdict: Verdict.VERDICT_FAILED, reason: 'too slow' });
  now = Date.parse('2026-03-02T23:59:59+08:00');
  expect(await missing()).toEqual([]);
  now += 1_000;
  await expect.poll(missing).toEqual(['north']);
  expect((await shops.listShops({})).shops).toMatchObject([{ code: 'north', contractId: '' }]);
});

test('what another service does not answer is unknown, never zero', async () => {
  const { client, contractId } = await goneLive('unknown');
  expect(await client.getTrial({ contractId })).toMatchObject({ clausesKnown: false, clauses: [], standingKnown: false });
});

test('every method refuses a call without a token', async () => {
  const anonymous = service.withHeader(undefined, LaunchServiceDefinition);
  for (const [name, method] of Object.entries(anonymous)) expect(await failureOf(method({})), name).toMatchObject({ status: 'UNAUTHENTICATED' });
});
