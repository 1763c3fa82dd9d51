// The service as it runs: gRPC in front, PostgreSQL behind, other contexts' events as their owners store them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@deskfleet/event-store';
import { AccountParty, Presence, QueueReason } from '@deskfleet/protocol/agents';
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { ChannelKind, ConversationOpened, MessageReceived, Sender, ServiceType } from '@deskfleet/protocol/conversations';
import { ShopAdded, TrainedForShop, TrainingCompleted } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { refusalOf, tablesWithoutForcedPolicy } from '@deskfleet/service-kit';
import { startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { service as definition } from './main.ts';
import { intake } from './subscriptions/conversations.ts';
import { trainings } from './subscriptions/trainings.ts';

let service: TestService;
let keys: string;
let clock = Date.UTC(2026, 10, 23, 6);
let ids = 0;
let positions = 0;

const api = (caller = testCaller()) => service.as(caller, AgentPoolServiceDefinition);
const commandId = () => `command-${++ids}`;
const refusal = async (call: Promise<unknown>) =>
  refusalOf(
    await call.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );

type Foreign = ShopAdded | ConversationOpened | MessageReceived;

/** Other contexts' events, as the bus would hand them over. */
async function arrive(shopId: string, ...events: readonly Foreign[]): Promise<void> {
  const recorded = events.map((event): RecordedEvent<Foreign> => {
    const position = ++positions;
    const meta = { eventId: `e${position}`, vendorId: 'v1', shopId, correlationId: '', causationId: '', commandId: '', actor: Actor.create(), traceparent: '' };
    return { source: 'conversations/0/1', position, streamId: 's', version: 1, bucket: 0, event, meta, occurredAt: clock, recordedAt: clock };
  });
  await service.kit.work((tx) => intake.handle(recorded, tx));
}

const opened = (conversationId: string, fields: Partial<ConversationOpened> = {}) =>
  ConversationOpened.create({
    conversationId,
    channel: 'web',
    channelKind: ChannelKind.CHANNEL_KIND_OWN,
    live: true,
    serviceType: ServiceType.SERVICE_TYPE_PRE_SALE,
    ...fields,
  });
const said = (account: string, fields: Partial<MessageReceived> = {}) =>
  MessageReceived.create({ conversationId: 'cv_0', messageId: `m${++ids}`, sentAt: 1_000, sender: Sender.SENDER_AGENT, account, ...fields });
const assignments = async (...shopIds: string[]) =>
  new Map((await api().listAssignments({ shopIds })).assignments.map(({ conversationId, agentId, reason }) => [conversationId, { agentId, reason }]));

async function hire(name: string, fields: { maxLoad?: number; shops?: string[]; presence?: Presence } = {}): Promise<string> {
  const { agentId } = await api().hireAgent({ commandId: commandId(), name, skills: ['pre-sale'], maxLoad: fields.maxLoad ?? 2 });
  for (const shopId of fields.shops ?? []) await api().trainAgent({ commandId: commandId(), agentId, shopId, trainedOn: '2026-11-01' });
  await api().setPresence({ commandId: commandId(), agentId, presence: fields.presence ?? Presence.PRESENCE_ONLINE });
  return agentId;
}

beforeAll(async () => {
  keys = await mkdtemp(join(tmpdir(), 'deskfleet-agents-'));
  service = await startTestService(definition, { now: () => clock, env: { DESKFLEET_MASTER_KEY: join(keys, 'master.key') } });
  for (const shopId of ['sh_a', 'sh_b', 'sh_c', 'sh_d']) await arrive(shopId, ShopAdded.create({ shopId, code: shopId }));
});

afterAll(async () => {
  await service.remove();
  await rm(keys, { recursive: true });
});

test('an agent not trained on the shop never gets its conversations; they queue until somebody is trained', async () => {
  // BR-014
  await hire('untrained', { shops: ['sh_b'], maxLoad: 50 });
  await arrive('sh_a', opened('cv_1'));
  await expect.poll(() => assignments('sh_a')).toEqual(new Map([['cv_1', { agentId: '', reason: 'no-agent-trained' }]]));
  const trained = await hire('trained', { shops: ['sh_a'] });
  await expect.poll(() => assignments('sh_a')).toEqual(new Map([['cv_1', { agentId: trained, reason: 'trained, pre-sale, load 0 of 2' }]]));
});

test('who has passed all that a contract asks for is trained for its shops; the training heard again trains nobody twice', async () => {
  // BR-014
  const agentId = await hire('passed', { maxLoad: 5 });
  await arrive('sh_e', ShopAdded.create({ shopId: 'sh_e', code: 'sh_e' }));
  await arrive('sh_e', opened('cv_5'));
  await expect.poll(() => assignments('sh_e')).toEqual(new Map([['cv_5', { agentId: '', reason: 'no-agent-trained' }]]));
  const event = TrainingCompleted.create({
    contractId: 'ct_1',
    trainingId: 'tr_1',
    heldOn: '2026-11-20',
    trained: [TrainedForShop.create({ shopId: 'sh_e', agentIds: [agentId, 'ag_unknown'] })],
  });
  const meta = { eventId: 'e-training', vendorId: 'v1', shopId: '', correlationId: '', causationId: '', commandId: '', actor: Actor.create(), traceparent: '' };
  const heard = {
    source: 'client-onboarding/0/1',
    position: 1,
    streamId: 'launch-ct_1',
    version: 1,
    bucket: 0,
    event,
    meta,
    occurredAt: clock,
    recordedAt: clock,
  };
  for (let times = 0; times < 2; times++) await service.kit.work((tx) => trainings(service.kit).handle([heard], tx));
  await expect.poll(() => assignments('sh_e')).toEqual(new Map([['cv_5', { agentId, reason: 'trained, pre-sale, load 0 of 5' }]]));
  const stream = (await service.kit.store.load('v1', [`agent-${agentId}`])).get(`agent-${agentId}`);
  expect(stream?.events.filter((each) => each.event.$type === 'deskfleet.agents.v1.AgentTrainedForShop')).toHaveLength(1);
});

test('a full agent gets the next conversation when a place is free again', async () => {
  const agentId = await hire('小美', { shops: ['sh_c'], maxLoad: 1 });
  await arrive('sh_c', opened('cv_10'), opened('cv_11'));
  await expect
    .poll(() => assignments('sh_c'))
    .toEqual(
      new Map([
        ['cv_10', { agentId, reason: 'trained, pre-sale, load 0 of 1' }],
        ['cv_11', { agentId: '', reason: 'all-agents-full' }],
      ]),
    );
  clock += 20 * 60_000;
  await arrive('sh_c', said('', { conversationId: 'cv_11', sender: Sender.SENDER_CUSTOMER }));
  clock += 10 * 60_000;
  await expect.poll(async () => (await assignments('sh_c')).get('cv_11')).toEqual({ agentId, reason: 'trained, pre-sale, load 0 of 1' });
  const stream = (await service.kit.store.load('v1', ['assignment-cv_11'])).get('assignment-cv_11');
  expect(stream?.events.map(({ event }) => event.$type.split('.').at(-1))).toEqual(['ConversationQueued', 'ConversationAssigned']);
  expect(stream?.events[0]?.event).toMatchObject({ why: QueueReason.QUEUE_REASON_ALL_AGENTS_FULL });
});

test("a platform's conversations and imported ones are never assigned", async () => {
  await hire('ready', { shops: ['sh_d'], maxLoad: 50 });
  await arrive('sh_d', opened('cv_20', { channelKind: ChannelKind.CHANNEL_KIND_PLATFORM }), opened('cv_21', { live: false }), opened('cv_22'));
  await expect.poll(async () => [...(await assignments('sh_d')).keys()]).toEqual(['cv_22']);
});

test('accounts that speak are listed with their counts, unmapped agent accounts first', async () => {
  await arrive(
    'sh_b',
    said('bot-1', { sender: Sender.SENDER_BOT }),
    said('agent-1', { sentAt: 3_000 }),
    said('agent-1', { sentAt: 2_000 }),
    said('agent-2'),
    said('', { sender: Sender.SENDER_CUSTOMER }),
  );
  const agentId = await hire('小红');
  const mapping = { shopId: 'sh_b', account: 'agent-2', party: AccountParty.ACCOUNT_PARTY_AGENT, agentId, fromAt: 0, toAt: 0 };
  const { at, ...counts } = await api().mapAccounts({ commandId: commandId(), mappings: [mapping] });
  expect(counts).toMatchObject({ mapped: 1, unchanged: 0 });
  const listed = await api().listAccounts({ after: at, shopIds: ['sh_b'] });
  expect(
    listed.accounts.map(({ account, sender, messages, firstSeenAt, lastSeenAt, mappings }) => [
      account,
      sender,
      messages,
      firstSeenAt,
      lastSeenAt,
      mappings.length,
    ]),
  ).toEqual([
    ['agent-1', 'agent', 2, 2_000, 3_000, 0],
    ['agent-2', 'agent', 1, 1_000, 1_000, 1],
    ['bot-1', 'bot', 1, 1_000, 1_000, 0],
  ]);
  expect(listed.unmapped).toBe(1);
  expect((await api().listAccounts({ shopIds: ['sh_b'], unmappedOnly: true })).accounts).toHaveLength(1);
  expect((await api().listAccounts({ agentId })).accounts.map(({ account }) => account)).toEqual(['agent-2']);
  expect((await api().listWaiting({ shopIds: ['sh_b'] })).items).toMatchObject([{ kind: 'account-unmapped', shopId: 'sh_b', count: 1, since: 2_000 }]);
  const client = testCaller({ role: 'client', shopIds: ['sh_a'], clientId: 'cl_1' });
  expect((await api(client).listWaiting({})).items).toEqual([]);

  expect(await api().mapAccounts({ commandId: commandId(), mappings: [mapping] })).toMatchObject({ mapped: 0, unchanged: 1 });
  const first = await api().listAccounts({ shopIds: ['sh_b'], page: { size: 1 } });
  const second = await api().listAccounts({ shopIds: ['sh_b'], page: { size: 2, token: first.nextToken } });
  expect([...first.accounts, ...second.accounts].map(({ account }) => account)).toEqual(['agent-1', 'agent-2', 'bot-1']);
});

test('a batch with one bad mapping maps none and names each by its place', async () => {
  const shop = { shopId: 'sh_b', account: 'staff-1', party: AccountParty.ACCOUNT_PARTY_SHOP_STAFF, agentId: '', fromAt: 0, toAt: 0 };
  const mappings = [
    shop,
    { ...shop, shopId: 'sh_zz' },
    { ...shop, party: AccountParty.ACCOUNT_PARTY_AGENT, agentId: 'ag_none' },
    { ...shop, fromAt: 5, toAt: 5 },
  ];
  expect(await refusal(api().mapAccounts({ commandId: commandId(), mappings }))).toEqual({
    accepted: false,
    code: 'mappings-invalid',
    facts: {
      problems: [
        { field: 'mappings[1].shopId', found: 'sh_zz', expected: "one of the vendor's shops" },
        { field: 'mappings[2].agentId', found: 'ag_none', expected: 'an agent who was hired' },
        { field: 'mappings[3].toAt', found: '5 to 5', expected: 'an end after its begin' },
      ],
    },
  });
  expect((await service.kit.store.load('v1', ['account-sh_b-staff-1'])).get('account-sh_b-staff-1')?.version).toBe(0);
});

test('agents are listed with their load; nobody trains one who was never hired', async () => {
  const names = (await api().listAgents({ shopIds: ['sh_c'] })).agents.map(({ name, load, trainedShopIds }) => [name, load, trainedShopIds]);
  expect(names).toEqual([['小美', 1, ['sh_c']]]);
  expect(await refusal(api().trainAgent({ commandId: commandId(), agentId: 'ag_none', shopId: 'sh_a', trainedOn: '2026-11-01' }))).toMatchObject({
    code: 'agent-not-found',
  });
  expect(await refusal(api().trainAgent({ commandId: commandId(), agentId: 'ag_none', shopId: 'sh_zz', trainedOn: '2026-11-01' }))).toMatchObject({
    code: 'shop-not-found',
  });
  expect(await refusal(api(testCaller({ role: 'client', shopIds: ['sh_c'] })).listAgents({}))).toMatchObject({ code: 'not-allowed' });
});

test('every table is held by row level security', async () => {
  const admin = new Client({ connectionString: service.adminUrl });
  await admin.connect();
  try {
    expect(await tablesWithoutForcedPolicy(admin)).toEqual([]);
  } finally {
    await admin.end();
  }
});
