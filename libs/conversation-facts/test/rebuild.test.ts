// The facts are built afresh from their owners' logs beside the live ones and swapped in, at exactly what was applied, while messages go on.

import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import { AccountMapped, AccountParty } from '@deskfleet/protocol/agents';
import { LogPosition } from '@deskfleet/protocol/common';
import { ConversationImported, ConversationOpened, MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { ContractImported } from '@deskfleet/protocol/onboarding';
import { OperationsServiceDefinition } from '@deskfleet/protocol/operations';
import { Actor } from '@deskfleet/protocol/platform';
import { ContractTerms } from '@deskfleet/protocol/terms';
import type { ServiceDefinition, ServiceName } from '@deskfleet/service-kit';
import { createTestInstallation, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conversationFactsMigrations, conversationIntake } from '../src/index.ts';

const NAME = 'conversation_facts';
const judged: string[] = [];
let failing = 0;
let owners: Record<'client-onboarding' | 'agent-pools' | 'conversations', TestService>;
let reading: TestService;

const definition: ServiceDefinition = {
  name: 'billing',
  migrations: [conversationFactsMigrations],
  parts: (kit) => {
    const intake = conversationIntake({
      ...{ group: 'billing', appends: [], sliceSize: 500 },
      async assess(conversations) {
        failing -= 1;
        if (failing >= 0) throw new Error('not this time');
        judged.push(...conversations.map(({ facts: { conversationId, messages } }) => `${conversationId}:${messages.length}`));
        return [];
      },
      work: (task) => kit.work(task),
    });
    return { events: [], projections: [], subscriptions: [intake.subscription], intakes: [intake.facts], work: [intake.reassessment], api: [] };
  },
};

beforeAll(async () => {
  const installation = await createTestInstallation();
  const owner = (name: ServiceName, events: readonly MessageType[]): Promise<TestService> =>
    startTestService({ name, migrations: [], parts: () => ({ events, projections: [], subscriptions: [], api: [] }) }, { installation });
  owners = {
    'client-onboarding': await owner('client-onboarding', [ContractImported]),
    'agent-pools': await owner('agent-pools', [AccountMapped]),
    conversations: await owner('conversations', [ConversationOpened, MessageReceived, ConversationImported]),
  };
  reading = await startTestService(definition, { installation, peers: owners });
});
afterAll(async () => {
  await reading?.remove();
  for (const owner of Object.values(owners ?? {})) await owner.remove();
});

async function happened(service: keyof typeof owners, streamId: string, shopId: string, ...events: UnknownMessage[]): Promise<LogPosition> {
  const { store } = owners[service].kit;
  const outcome = await store.append({
    cause: { vendorId: 'v1', actor: Actor.create({}), correlationId: '', causationId: '', commandId: '' },
    streams: [{ streamId, expected: 'any', events: events.map((event) => ({ event, occurredAt: 1, shopId })) }],
  });
  if (outcome.outcome !== 'appended') throw new Error(outcome.outcome);
  return LogPosition.create({ source: store.source, position: outcome.lastPosition });
}

const contract = (shopId: string) =>
  happened(
    'client-onboarding',
    `contract-${shopId}`,
    '',
    ContractImported.create({
      contractId: shopId,
      number: shopId,
      clientId: 'c',
      shopIds: [shopId],
      terms: ContractTerms.create({ zone: 'Asia/Shanghai', effectiveOn: '2026-01-01' }),
    }),
  );
const opened = (conversationId: string) => ConversationOpened.create({ conversationId, channel: 'tmall' });
let sent = 0;
const said = (conversationId: string, account = '') =>
  MessageReceived.create({
    ...{ conversationId, messageId: `m-${++sent}`, sentAt: Date.UTC(2026, 2, 5) + sent, ordinal: sent, account },
    sender: account === '' ? Sender.SENDER_CUSTOMER : Sender.SENDER_AGENT,
  });
const talk = (shopId: string, conversationId: string, ...events: UnknownMessage[]) =>
  happened('conversations', `conversation-${conversationId}`, shopId, ...events);

/** Message ids by conversation, as the live facts hold them. */
async function facts(): Promise<Record<string, string[]>> {
  const { rows } = await reading.kit.work((tx) =>
    sql<{ conversation_id: string; messages: string }>`select conversation_id, messages from fact_conversations order by 1`.execute(tx),
  );
  return Object.fromEntries(rows.map((row) => [row.conversation_id, (JSON.parse(row.messages) as [string][]).map(([id]) => id)]));
}

const operations = () => reading.as(testCaller(), OperationsServiceDefinition);
const stateOf = async (build: number) => (await operations().listProjections({})).projections.find((one) => one.name === NAME && one.build === build);

test('facts that a bug spoiled are built afresh beside the live ones and swapped in; what waits still waits, once', async () => {
  await contract('s1');
  await happened(
    'agent-pools',
    'account-s1-a',
    's1',
    AccountMapped.create({ shopId: 's1', account: 'a', party: AccountParty.ACCOUNT_PARTY_AGENT, agentId: 'ag' }),
  );
  await reading.kit.awaitPosition(await talk('s1', 'c1', opened('c1'), said('c1'), said('c1', 'a')));
  await reading.kit.awaitPosition(await talk('s2', 'c2', opened('c2'), said('c2'))); // no contract: it waits
  await until(async () => (await facts())['c1']?.length === 2);
  await reading.kit.work((tx) => sql`update fact_conversations set messages = '[]'`.execute(tx));
  await reading.kit.work((tx) => sql`delete from fact_account_mappings`.execute(tx));
  judged.length = 0;

  expect((await operations().rebuildProjection({ name: NAME })).projection).toMatchObject({ build: 2, state: 'building' });
  for (let n = 0; n < 5; n += 1) await talk('s1', 'c1', said('c1')); // messages go on
  await until(async () => (await stateOf(2))?.state === 'live');
  expect(await stateOf(1)).toMatchObject({ state: 'kept' });
  await reading.kit.awaitPosition(await talk('s1', 'c1', said('c1')));
  const ids = ['m-1', 'm-2', ...Array.from({ length: 6 }, (_, n) => `m-${n + 4}`)];
  await until(async () => (await facts())['c1']?.length === ids.length);
  expect(await facts()).toEqual({ c1: ids });
  const mappings = await reading.kit.work((tx) => sql`select account from fact_account_mappings`.execute(tx));
  expect(mappings.rows).toEqual([{ account: 'a' }]);
  await until(async () => judged.some((one) => one === `c1:${ids.length}`)); // judged again by the facts as they are
  expect(await reading.unprotectedTables()).toEqual([]);

  await reading.kit.awaitPosition(await contract('s2'));
  await until(async () => (await facts())['c2'] !== undefined);
  expect((await facts())['c2']).toEqual(['m-3']);
});

test('a slice that failed, and a row that another hand wrote: what is remembered of them is not gone on from', async () => {
  const before = (await facts())['c1'] ?? [];
  failing = 1;
  await reading.kit.awaitPosition(await talk('s1', 'c1', said('c1')));
  expect((await facts())['c1']).toEqual([...before, `m-${sent}`]);

  await reading.kit.work((tx) => sql`update fact_conversations set messages = '[]' where conversation_id = 'c1'`.execute(tx));
  await reading.kit.awaitPosition(await talk('s1', 'c1', said('c1')));
  expect((await facts())['c1']).toEqual([`m-${sent}`]);
});

test('the way back: the kept tables catch up with what came since, each message once, and are live again', async () => {
  await operations().swapProjection({ name: NAME, version: 1, build: 1 });
  await talk('s1', 'c1', said('c1'));
  await until(async () => (await stateOf(1))?.state === 'live');
  const last = `m-${sent}`;
  await until(async () => (await facts())['c1']?.at(-1) === last);
  const { c1 = [] } = await facts();
  expect(new Set(c1).size).toBe(c1.length);
  expect(c1).not.toContain('m-1'); // spoiled as it was, but none of what came since is missing
  expect(await stateOf(2)).toMatchObject({ state: 'kept' });
  await operations().dropProjection({ name: NAME, version: 1, build: 2 });
  expect(await stateOf(2)).toBeUndefined();
});

test('a stream held in part keeps the swap waiting, by name, and the live facts serve on', async () => {
  await reading.kit.work((tx) =>
    sql`insert into bus_held_streams (consumer_group, source, vendor_id, stream_id, state, error, attempts, since)
        values ('billing', ${owners.conversations.kit.store.source}, 'v1', 'conversation-c1', 'parked', 'poison', 3, 1)`.execute(tx),
  );
  await operations().rebuildProjection({ name: NAME });
  await until(async () => (await stateOf(2))?.fault.includes('conversation-c1') === true);
  expect((await facts())['c1']?.length).toBeGreaterThan(0);
  await reading.kit.work((tx) => sql`delete from bus_held_streams where stream_id = 'conversation-c1'`.execute(tx));
  await until(async () => (await stateOf(2))?.state === 'live');
  expect((await facts())['c1']?.slice(0, 2)).toEqual(['m-1', 'm-2']);
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('not within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
