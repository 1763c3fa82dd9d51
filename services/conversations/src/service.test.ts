// The service as it runs: gRPC in front, PostgreSQL behind, keys in a database of their own.
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@deskfleet/event-store';
import { conversationIdOf, shopIdOf } from '@deskfleet/protocol';
import { ChannelKind, Sender } from '@deskfleet/protocol/conversations';
import { ConversationServiceDefinition } from '@deskfleet/protocol/conversations-service';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { refusalOf, tablesWithoutForcedPolicy } from '@deskfleet/service-kit';
import { startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { service as definition } from './main.ts';
import { knownShops } from './subscriptions/shops.ts';

let folder: string;
let service: TestService;
let clock = Date.UTC(2026, 10, 23, 6);
let ids = 0;

const operations = testCaller();
const demo = shopIdOf('v1', 'DemoShop');
const other = shopIdOf('v1', 'OtherShop');
const api = (caller = operations) => service.as(caller, ConversationServiceDefinition);
const commandId = () => `command-${++ids}`;

/** client-onboarding's event, as the bus would hand it over. */
function shopAdded(code: string): RecordedEvent<ShopAdded> {
  const shopId = shopIdOf('v1', code);
  const meta = { eventId: 'e1', vendorId: 'v1', shopId, correlationId: '', causationId: '', commandId: '', actor: undefined, traceparent: '' };
  const event = ShopAdded.create({ shopId, code });
  return { source: 'client-onboarding/0/1', position: 1, streamId: `shop-${shopId}`, version: 1, bucket: 0, event, meta, occurredAt: clock, recordedAt: clock };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deskfleet-master-'));
  service = await startTestService(definition, { now: () => clock, env: { DESKFLEET_MASTER_KEY: join(folder, 'master.key') } });
  await service.kit.work((tx) => knownShops.handle([shopAdded('DemoShop'), shopAdded('OtherShop')], tx));
});

afterAll(async () => {
  await service.remove();
  await rm(folder, { recursive: true });
});

const line = (conversation: string, message: string, fields: Record<string, unknown> = {}) => ({
  conversation_id: conversation,
  message_id: `${conversation}-${message}`,
  shop: 'DemoShop',
  channel: 'tmall',
  sent_at: '2026-11-01T10:00:00.000+08:00',
  sender: 'customer',
  sender_id: 'buyer-ea5232f2c6',
  text: 'MARKER 我的快递到哪了',
  ...fields,
});
const ndjson = (...lines: readonly object[]) => Buffer.from(lines.map((each) => JSON.stringify(each)).join('\n'));
const startImport = async () => (await api().startImport({ commandId: commandId(), fileName: 'MARKER.ndjson' })).importId;
const refusal = async (call: Promise<unknown>) =>
  refusalOf(
    await call.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );

test('a file goes in once, its bad lines are named, and importing it again changes nothing', async () => {
  const importId = await startImport();
  const lines = [
    line('c1', '1'),
    line('c1', '2', { sender: 'agent', sender_id: 'DemoShop:小美', text: 'MARKER 马上查', sent_at: '2026-11-01T02:00:30Z' }),
    line('c2', '1', { shop: 'NoSuchShop' }),
    line('c1', '1', { text: 'something else' }),
    line('c3', '1', { sent_at: '2026-11-01T10:00:00' }),
  ];
  const chunk = { commandId: commandId(), importId, firstLine: 11, ndjson: ndjson(...lines) };
  const answer = await api().importChunk(chunk);
  expect(answer).toMatchObject({ lines: 5, inserted: 2, duplicates: 0 });
  expect(answer.rejected).toMatchObject([
    { line: 13, field: 'shop', found: 'NoSuchShop', expected: "the code of one of the vendor's shops" },
    { line: 14, field: 'message_id', found: 'c1-1 with other content' },
    { line: 15, field: 'sent_at', found: '2026-11-01T10:00:00' },
  ]);

  const head = await service.kit.store.head();
  expect(await api().importChunk(chunk)).toMatchObject({ inserted: 2, rejected: answer.rejected });
  expect((await service.kit.store.head()).position).toBe(head.position);
  expect(await api().finishImport({ commandId: commandId(), importId })).toMatchObject({
    fileName: 'MARKER.ndjson',
    messages: 2,
    conversations: 1,
    inserted: 2,
    duplicates: 0,
    rejectedTotal: 3,
    rejected: answer.rejected,
  });

  expect((await api().listImports({})).imports).toMatchObject([{ importId, fileName: 'MARKER.ndjson' }]);
  expect((await api().listWaiting({})).items).toMatchObject([{ kind: 'import-lines-rejected', subject: 'MARKER.ndjson', count: 3 }]);

  const again = await startImport();
  expect(await api().importChunk({ ...chunk, commandId: commandId(), importId: again })).toMatchObject({ inserted: 0, duplicates: 2 });
  expect(await api().finishImport({ commandId: commandId(), importId: again })).toMatchObject({ messages: 2, conversations: 1, inserted: 0, duplicates: 2 });
});

test('a chunk repeated under its command id with other content is refused', async () => {
  const importId = await startImport();
  const chunk = { commandId: commandId(), importId, firstLine: 1, ndjson: ndjson(line('r1', '1')) };
  await api().importChunk(chunk);
  expect(await refusal(api().importChunk({ ...chunk, ndjson: ndjson(line('r1', '2')) }))).toMatchObject({ code: 'command-id-reused' });
});

test('a transcript is served in order, to those who may see its shop', async () => {
  const conversationId = conversationIdOf('v1', demo, 'tmall', 'c1');
  const transcript = await api().getConversation({ conversationId });
  expect(transcript.messages.map(({ sender, account, text, erased }) => [sender, account, text, erased])).toEqual([
    [Sender.SENDER_CUSTOMER, '', 'MARKER 我的快递到哪了', false],
    [Sender.SENDER_AGENT, 'DemoShop:小美', 'MARKER 马上查', false],
  ]);
  expect(transcript).toMatchObject({ customerName: 'b***6', summary: { shopId: demo, messages: 2, lastSender: Sender.SENDER_AGENT } });
  const client = testCaller({ role: 'client', shopIds: [demo], clientId: 'cl_1' });
  expect((await api(client).getConversation({ conversationId })).messages).toHaveLength(2);
});

test("another client's or vendor's conversation answers as one that does not exist", async () => {
  const conversationId = conversationIdOf('v1', demo, 'tmall', 'c1');
  const stranger = testCaller({ role: 'client', shopIds: [other], clientId: 'cl_2' });
  expect(await refusal(api(stranger).getConversation({ conversationId }))).toMatchObject({ code: 'conversation-not-found' });
  expect(await refusal(api(testCaller({ vendorId: 'v2' })).getConversation({ conversationId }))).toMatchObject({ code: 'conversation-not-found' });
  expect((await api(stranger).listConversations({})).conversations).toEqual([]);
  expect(await refusal(api(stranger).listConversations({ shopIds: [demo] }))).toMatchObject({ code: 'shop-not-found' });
  expect(await refusal(api(stranger).startImport({ commandId: commandId(), fileName: 'x' }))).toMatchObject({ code: 'not-allowed' });
});

test('conversations are listed the newest first, page by page', async () => {
  const importId = await startImport();
  const many = Array.from({ length: 5 }, (_, index) => line(`l${index}`, '1', { shop: 'OtherShop', sent_at: `2026-11-0${index + 2}T00:00:00Z` }));
  const { at } = await api().importChunk({ commandId: commandId(), importId, firstLine: 1, ndjson: ndjson(...many) });
  await service.kit.awaitPosition(at);
  const first = await api().listConversations({ shopIds: [other], page: { size: 3 } });
  const second = await api().listConversations({ shopIds: [other], page: { size: 3, token: first.nextToken } });
  const listed = [...first.conversations, ...second.conversations].map(({ firstMessageAt }) => new Date(firstMessageAt).toISOString().slice(0, 10));
  expect(listed).toEqual(['2026-11-06', '2026-11-05', '2026-11-04', '2026-11-03', '2026-11-02']);
  expect(second.nextToken).toBe('');
});

test('a chunk beyond 500 lines or 1 MB is refused whole', async () => {
  const importId = await startImport();
  const chunk = { commandId: commandId(), importId, firstLine: 1 };
  expect(await refusal(api().importChunk({ ...chunk, ndjson: Buffer.from('{}\n'.repeat(501)) }))).toMatchObject({
    code: 'chunk-too-large',
    facts: { found: 501 },
  });
  expect(await refusal(api().importChunk({ ...chunk, ndjson: Buffer.alloc(1024 * 1024 + 1, ' ') }))).toMatchObject({ code: 'chunk-too-large' });
  expect(await api().importChunk({ ...chunk, ndjson: Buffer.from('\n'), overlong: [{ line: 1, bytes: 5 * 1024 * 1024 }] })).toMatchObject({
    rejected: [{ line: 1, found: 'a line of 5242880 bytes' }],
  });
});

test('each conversation an import touched learns that its part is complete, and no other', async () => {
  const importId = await startImport();
  const lines = [line('t1', '1'), line('t2', '1'), line('c1', '1')];
  await api().importChunk({ commandId: commandId(), importId, firstLine: 1, ndjson: ndjson(...lines) });
  await api().finishImport({ commandId: commandId(), importId });
  const told = async (conversation: string) => {
    const streamId = `conversation-${conversationIdOf('v1', demo, 'tmall', conversation)}`;
    const stream = (await service.kit.store.load('v1', [streamId])).get(streamId);
    return stream?.events.filter(({ event }) => 'importId' in event && event.importId === importId && event.$type.endsWith('ConversationImported')).length;
  };
  await expect.poll(() => Promise.all(['t1', 't2', 'c1'].map(told)), { timeout: 5_000 }).toEqual([1, 1, 0]);
});

test('an import that nobody finishes is finished after 10 minutes without a chunk', async () => {
  const importId = await startImport();
  await api().importChunk({ commandId: commandId(), importId, firstLine: 1, ndjson: ndjson(line('i1', '1')) });
  clock += 10 * 60_000 + 1;
  await expect.poll(async () => (await api().getImport({ importId })).finishedAt, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(await api().getImport({ importId })).toMatchObject({ inserted: 1, conversations: 1 });
  expect(await refusal(api().importChunk({ commandId: commandId(), importId, firstLine: 2, ndjson: ndjson(line('i1', '2')) }))).toMatchObject({
    code: 'import-finished',
  });
});

const portal = testCaller({ kind: 'service', id: 'portal', role: 'service' });

async function call(secret: string, body: object, fields: { key?: string; timestamp?: number; signature?: string } = {}) {
  const bytes = Buffer.from(JSON.stringify(body));
  const timestamp = fields.timestamp ?? clock;
  const signature = fields.signature ?? createHmac('sha256', secret).update(`${timestamp}.`).update(bytes).digest('hex');
  return api(portal).receiveWebhook({ vendorId: 'v1', shopCode: 'DemoShop', timestamp, signature, idempotencyKey: fields.key ?? commandId(), body: bytes });
}

const live = (message: string, fields: Record<string, unknown> = {}) => {
  const { shop: _, channel: __, ...rest } = line('live', message, { sent_at: new Date(clock).toISOString(), ...fields });
  return rest;
};

test('a signed webhook takes messages live, and the same call again gets the same answer', async () => {
  const { secret } = await api().connectChannel({ commandId: commandId(), shopId: demo, channel: 'web', channelKind: ChannelKind.CHANNEL_KIND_OWN });
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  const body = { messages: [live('1', { customer_name: '王小红' }), live('2', { sender: 'bot', sender_id: 'DemoShop:bot', text: '您好' })] };
  expect(await call(secret, body, { key: 'k1' })).toMatchObject({ messageIds: ['live-1', 'live-2'], inserted: 2, duplicates: 0 });
  const streamId = `conversation-${conversationIdOf('v1', demo, 'web', 'live')}`;
  const version = async () => (await service.kit.store.load('v1', [streamId])).get(streamId)?.version;
  expect(await version()).toBe(3);
  expect(await call(secret, body, { key: 'k1', timestamp: clock + 1_000 })).toMatchObject({ inserted: 2 });
  expect(await call(secret, body)).toMatchObject({ inserted: 0, duplicates: 2 });
  expect(await version()).toBe(3);
  expect(await refusal(call(secret, { messages: [live('3')] }, { key: 'k1' }))).toMatchObject({ code: 'command-id-reused' });

  const transcript = await api().getConversation({ conversationId: conversationIdOf('v1', demo, 'web', 'live') });
  expect(transcript).toMatchObject({ customerName: '王小红', summary: { channel: 'web', messages: 2 } });
});

test('a webhook that is unsigned, wrongly signed, too old or of an unknown shop is not heard', async () => {
  const { secret } = await api().connectChannel({ commandId: commandId(), shopId: demo, channel: 'web', channelKind: ChannelKind.CHANNEL_KIND_OWN });
  const body = { messages: [live('9')] };
  const status = async (answer: Promise<unknown>) =>
    (
      await answer.then(
        () => undefined,
        (error: { code: number; details: string }) => error,
      )
    )?.code;
  const UNAUTHENTICATED = 16;
  expect(await status(call(secret, body, { signature: '' }))).toBe(UNAUTHENTICATED);
  expect(await status(call('another secret', body))).toBe(UNAUTHENTICATED);
  expect(await status(call(secret, body, { timestamp: clock - 300_001 }))).toBe(UNAUTHENTICATED);
  expect(
    await status(
      api(portal).receiveWebhook({
        vendorId: 'v1',
        shopCode: 'Nowhere',
        timestamp: clock,
        signature: 'ab'.repeat(32),
        idempotencyKey: 'k',
        body: Buffer.from('{}'),
      }),
    ),
  ).toBe(UNAUTHENTICATED);
  expect(await call(secret, body)).toMatchObject({ inserted: 1 });
});

test('connecting again replaces the secret', async () => {
  const connect = () => api().connectChannel({ commandId: commandId(), shopId: demo, channel: 'web', channelKind: ChannelKind.CHANNEL_KIND_OWN });
  const [before, after] = [await connect(), await connect()];
  expect(await refusal(call(before.secret, { messages: [live('20')] }))).toMatchObject({ code: 'signature-invalid' });
  expect(await call(after.secret, { messages: [live('20')] })).toMatchObject({ inserted: 1 });
});

test('a webhook with one bad message takes none, names its place, and the message id whose content differs', async () => {
  const { secret } = await api().connectChannel({ commandId: commandId(), shopId: demo, channel: 'web', channelKind: ChannelKind.CHANNEL_KIND_OWN });
  expect(await refusal(call(secret, { messages: [live('30'), live('31', { sent_at: 'yesterday' })] }))).toMatchObject({
    code: 'webhook-body-invalid',
    facts: { field: 'messages[1].sent_at', found: 'yesterday' },
  });
  await call(secret, { messages: [live('30')] });
  expect(await refusal(call(secret, { messages: [live('32'), live('30', { text: 'other' })] }))).toMatchObject({
    code: 'message-id-reused',
    facts: { field: 'messages[1].message_id', message_id: 'live-30' },
  });
  expect(await refusal(call(secret, { messages: [] }))).toMatchObject({ facts: { field: 'messages', found: 'a list of 0' } });
});

test('what came by another way since is known to the next call: a new message is taken, the same one is told from another content', async () => {
  const { secret } = await api().connectChannel({ commandId: commandId(), shopId: demo, channel: 'web', channelKind: ChannelKind.CHANNEL_KIND_OWN });
  await call(secret, { messages: [live('40')] }); // remembered from here on
  const imported = async (message: string) => {
    const { shop: _, channel: __, ...rest } = live(message) as Record<string, unknown>;
    const importId = await startImport();
    const taken = await api().importChunk({ commandId: commandId(), importId, firstLine: 1, ndjson: ndjson({ ...rest, shop: 'DemoShop', channel: 'web' }) });
    expect(taken).toMatchObject({ inserted: 1 });
  };
  await imported('41');
  expect(await call(secret, { messages: [live('41')] })).toMatchObject({ inserted: 0, duplicates: 1 });
  await imported('42');
  expect(await refusal(call(secret, { messages: [live('42', { text: 'other' })] }))).toMatchObject({ code: 'message-id-reused' });
  await imported('43');
  expect(await call(secret, { messages: [live('43'), live('44')] })).toMatchObject({ inserted: 1, duplicates: 1 });
});

test('no text, name or buyer id stands in the clear in any table', async () => {
  const admin = new Client({ connectionString: service.adminUrl });
  await admin.connect();
  try {
    const { rows } = await admin.query(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname = 'public'`,
    );
    for (const { name } of rows) {
      // Bytes as latin-1 text beside the row's own, so that a marker inside a bytea is seen too.
      const found = await admin.query(`select t::text as row from ${name} t`);
      for (const { row } of found.rows) {
        for (const marker of ['MARKER', 'buyer-ea5232f2c6', '王小红']) {
          expect(row).not.toContain(marker);
          expect(row).not.toContain(Buffer.from(marker).toString('hex'));
        }
      }
    }
    expect(rows.length).toBeGreaterThan(8);
    expect(await tablesWithoutForcedPolicy(admin)).toEqual([]);
  } finally {
    await admin.end();
  }
});
