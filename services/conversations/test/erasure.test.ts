// A person erased from the service as it runs: nobody opens their texts again, every count stays, and no import and no restore brings them back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@deskfleet/event-store';
import { conversationIdOf, shopIdOf, type UnknownMessage } from '@deskfleet/protocol';
import { ConversationOpened, MessageReceived, SealedText } from '@deskfleet/protocol/conversations';
import { ConversationServiceDefinition, type Erasure } from '@deskfleet/protocol/conversations-service';
import { ConversationMentionsErased, ShopAdded } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { ConversationNotesErased } from '@deskfleet/protocol/qa';
import { failureOf, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { service as definition } from '../src/main.ts';
import { keysDestroyed } from '../src/subscriptions/keys-destroyed.ts';
import { knownShops } from '../src/subscriptions/shops.ts';

const CACHE_MS = 1_000;
const demo = shopIdOf('v1', 'DemoShop');

let folder: string;
let service: TestService;
let clock = Date.UTC(2026, 10, 23, 6);
let ids = 0;

const env = () => ({ DESKFLEET_MASTER_KEY: join(folder, 'master.key'), DESKFLEET_KEY_CACHE_SECONDS: String(CACHE_MS / 1_000) });
const api = () => service.as(testCaller(), ConversationServiceDefinition);
const commandId = (): string => `command-${++ids}`;
const conversation = (id: string): string => conversationIdOf('v1', demo, 'tmall', id);
const codeOf = async (call: Promise<unknown>): Promise<string> => (await failureOf(call)).code;

/** Another service's event, as the bus would hand it over. */
function happened<Event extends UnknownMessage>(source: string, event: Event): RecordedEvent<Event> {
  const meta = { eventId: 'e1', vendorId: 'v1', shopId: '', correlationId: '', causationId: '', commandId: '', actor: undefined, traceparent: '' };
  return { source, position: 1, streamId: 's', version: 1, bucket: 0, event, meta, occurredAt: clock, recordedAt: clock };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deskfleet-master-'));
  service = await startTestService(definition, { now: () => clock, env: env() });
  const added = ['DemoShop', 'HeldShop'].map((code) => happened('client-onboarding/0/1', ShopAdded.create({ shopId: shopIdOf('v1', code), code })));
  await service.kit.work((tx) => knownShops.handle(added, tx));
});

afterAll(async () => {
  await service?.remove();
  await rm(folder, { recursive: true });
});

const line = (id: string, number: number, fields: Record<string, unknown> = {}) => ({
  conversation_id: id,
  message_id: `${id}-${number}`,
  shop: 'DemoShop',
  channel: 'tmall',
  sent_at: `2026-11-01T10:00:0${number}.000+08:00`,
  sender: 'customer',
  sender_id: `buyer-of-${id}`,
  text: `text ${number} of ${id}`,
  ...fields,
});
const chat = (id: string, fields: Record<string, unknown> = {}) => [
  line(id, 1, { customer_name: `name of ${id}`, ...fields }),
  line(id, 2, { ...fields, sender: 'agent', sender_id: 'seat' }),
];

async function imported(...lines: readonly object[]) {
  const { importId } = await api().startImport({ commandId: commandId(), fileName: 'a file' });
  const ndjson = Buffer.from(lines.map((each) => JSON.stringify(each)).join('\n'));
  const { inserted, duplicates, rejected } = await api().importChunk({ commandId: commandId(), importId, firstLine: 1, ndjson });
  return { inserted, duplicates, rejected: rejected.length };
}

const erase = (asked: object, reason = 'asked for by mail') => api().eraseSubject({ commandId: commandId(), reason, ...asked });
const texts = async (id: string) =>
  (await api().getConversation({ conversationId: conversation(id) })).messages.map(({ text, erased }) => (erased ? 'ERASED' : text));

/** Waits for a state of the one erasure of this id. */
async function erasureThat(erasureId: string, is: (erasure: Erasure) => boolean): Promise<Erasure> {
  return vi.waitFor(
    async () => {
      const erasure = await api().getErasure({ erasureId });
      expect(is(erasure), JSON.stringify(erasure)).toBe(true);
      return erasure;
    },
    { timeout: 15_000 },
  );
}

const said = (erasureId: string, id: string) => ({ erasureId, conversationId: conversation(id), goneAt: clock + CACHE_MS });

/** The other services' word that their keys of these conversations are destroyed. */
async function confirmed(erasureId: string, ...conversations: readonly string[]): Promise<void> {
  const events = conversations.flatMap((id) => [
    happened('qa-inspection/0/1', ConversationNotesErased.create(said(erasureId, id))),
    happened('client-onboarding/0/1', ConversationMentionsErased.create(said(erasureId, id))),
  ]);
  await service.kit.work((tx) => keysDestroyed.handle(events, tx));
}

async function eraseWholly(asked: object, ...conversations: readonly string[]): Promise<string> {
  const { erasures } = await erase(asked);
  const erasureId = erasures[0]?.erasureId ?? '';
  await erasureThat(erasureId, (erasure) => erasure.conversations >= conversations.length);
  await confirmed(erasureId, ...conversations);
  clock += CACHE_MS;
  await erasureThat(erasureId, ({ state }) => state === 'done');
  return erasureId;
}

test('a person is erased from every conversation of theirs, the answers they got included; what others wrote elsewhere stays', async () => {
  await imported(...chat('a'), ...chat('b', { sender_id: 'buyer-of-a' }), ...chat('c'), line('c', 3, { sender_id: 'buyer-of-a' }));
  expect(await texts('a')).toEqual(['text 1 of a', 'text 2 of a']);
  const { erasures } = await erase({ channel: 'tmall', buyerId: 'buyer-of-a' });
  const [{ erasureId, reason, requestedBy } = { erasureId: '', reason: '', requestedBy: '' }] = erasures;
  expect([erasures.length, reason, requestedBy]).toEqual([1, 'asked for by mail', 'user-1']);

  // Done is said when every process of every service must have forgotten the keys, not before.
  expect(await erasureThat(erasureId, (erasure) => erasure.conversations === 3)).toMatchObject({
    state: 'running',
    waitsFor: ['caches', 'qa-inspection', 'client-onboarding'],
  });
  expect(await texts('a')).toEqual(['ERASED', 'ERASED']);
  expect(await texts('b')).toEqual(['ERASED', 'ERASED']);
  expect(await texts('c')).toEqual(['text 1 of c', 'ERASED', 'ERASED']);
  expect((await api().getConversation({ conversationId: conversation('a') })).customerName).toBe('');
  await confirmed(erasureId, 'a', 'b');
  clock += CACHE_MS;
  await erasureThat(erasureId, ({ waitsFor }) => waitsFor.join() === 'qa-inspection,client-onboarding');
  await service.kit.work((tx) => keysDestroyed.handle([happened('qa-inspection/0/1', ConversationNotesErased.create(said(erasureId, 'c')))], tx));
  expect((await api().getErasure({ erasureId })).waitsFor).toEqual(['caches', 'client-onboarding']);
  await confirmed(erasureId, 'c');
  expect((await api().getErasure({ erasureId })).waitsFor).toEqual(['caches']);
  clock += CACHE_MS;
  expect(await erasureThat(erasureId, ({ state }) => state === 'done')).toMatchObject({ conversations: 3, waitsFor: [] });
  expect((await api().listConversations({})).conversations.map(({ messages }) => messages).sort()).toEqual([2, 2, 3]);
});

test('what came in while a process still remembered the key is told when none can any more', async () => {
  await imported(...chat('late'));
  const { erasures } = await erase({ conversationId: conversation('late') });
  const [{ erasureId, subjectId } = { erasureId: '', subjectId: '' }] = erasures;
  await erasureThat(erasureId, (erasure) => erasure.conversations === 1);
  // Another process takes a conversation in under the key it still remembers.
  const [opening, message] = [
    { conversationId: 'cv_late', channel: 'tmall', customerSubject: subjectId },
    { conversationId: 'cv_late', messageId: 'm-1' },
  ];
  const events = [
    ConversationOpened.create(opening),
    MessageReceived.create({ ...message, customerSubject: subjectId, text: SealedText.create({ subjectId }) }),
  ];
  const cause = { vendorId: 'v1', actor: Actor.create(), correlationId: '', causationId: '', commandId: '' };
  const late = { streamId: 'conversation-cv_late', expected: 'none' as const, events: events.map((event) => ({ event, occurredAt: clock, shopId: demo })) };
  await service.kit.store.append({ cause, streams: [late] });
  await confirmed(erasureId, 'late');
  clock += CACHE_MS;
  await erasureThat(erasureId, (erasure) => erasure.conversations === 2 && erasure.waitsFor.join() === 'qa-inspection,client-onboarding');
});

test('erased again, by buyer or by conversation, nothing more happens', async () => {
  await imported(...chat('twice'));
  const erasureId = await eraseWholly({ shopId: demo, buyerId: 'buyer-of-twice' }, 'twice');
  const before = await service.kit.store.head();
  expect((await erase({ channel: 'tmall', buyerId: 'buyer-of-twice' })).erasures).toEqual([]); // the mapping is gone: nobody knows this buyer
  expect((await erase({ conversationId: conversation('twice') })).erasures).toMatchObject([{ erasureId, state: 'done' }]);
  expect((await service.kit.store.head()).position).toBe(before.position);
});

test('messages imported again after an erasure are known by their ids and stay erased; who writes anew is another person', async () => {
  await imported(...chat('back'));
  await eraseWholly({ conversationId: conversation('back') }, 'back');
  expect(await imported(...chat('back'), line('back', 1, { text: 'not what it was' }))).toEqual({ inserted: 0, duplicates: 3, rejected: 0 });
  expect(await texts('back')).toEqual(['ERASED', 'ERASED']);
  expect(await imported(line('back', 3), line('back', 4, { sender: 'agent', sender_id: 'seat' }))).toMatchObject({ inserted: 2 });
  expect(await texts('back')).toEqual(['ERASED', 'ERASED', 'text 3 of back', 'text 4 of back']);
  const stream = (await service.kit.store.load('v1', [`conversation-${conversation('back')}`])).get(`conversation-${conversation('back')}`);
  const subjects = stream?.events.flatMap(({ event }) => (event.$type === MessageReceived.$type ? [(event as MessageReceived).customerSubject] : []));
  expect(new Set(subjects?.filter((id) => id !== '')).size).toBe(2);
  expect(await eraseWholly({ conversationId: conversation('back') }, 'back')).not.toBe('');
  expect(await texts('back')).toEqual(['ERASED', 'ERASED', 'ERASED', 'ERASED']);
});

test('a legal hold on the person or on the shop refuses the erasure by name, until it is released', async () => {
  await imported(...chat('held'), ...chat('elsewhere', { shop: 'HeldShop' }));
  const asked = { channel: 'tmall', buyerId: 'buyer-of-held' };
  const { holdId } = await api().placeLegalHold({ commandId: commandId(), ...asked, reason: 'case 17' });
  expect((await failureOf(erase(asked))).facts).toMatchObject({ hold: holdId, by: 'user-1', since: new Date(clock).toISOString() });
  expect(await texts('held')).toEqual(['text 1 of held', 'text 2 of held']);
  expect((await api().listLegalHolds({ standingOnly: true })).holds).toMatchObject([{ holdId, reason: 'case 17', placedBy: 'user-1', releasedAt: 0 }]);
  const { at } = await api().releaseLegalHold({ commandId: commandId(), holdId, reason: 'settled' });
  expect((await api().listLegalHolds({ after: at })).holds).toMatchObject([{ holdId, releasedBy: 'user-1', releaseReason: 'settled', releasedAt: clock }]);
  const [begun] = (await erase(asked)).erasures;
  await erasureThat(begun?.erasureId ?? '', (erasure) => erasure.conversations === 1);
  expect(await codeOf(api().placeLegalHold({ commandId: commandId(), ...asked, reason: 'too late' }))).toBe('person-not-found');

  const shop = await api().placeLegalHold({ commandId: commandId(), shopId: shopIdOf('v1', 'HeldShop'), reason: 'audit' });
  const there = { channel: 'tmall', buyerId: 'buyer-of-elsewhere' };
  expect((await failureOf(erase(there))).facts).toMatchObject({ hold: shop.holdId });
  await api().releaseLegalHold({ commandId: commandId(), holdId: shop.holdId, reason: 'over' });
  expect((await erase(there)).erasures).toHaveLength(1);
});

test('who would be erased is told before: how much is kept of them, what forbids it, and that they were', async () => {
  const find = async (asked: object) => (await api().findPersons(asked)).persons;
  const heldShop = shopIdOf('v1', 'HeldShop');
  await imported(...chat('k'), ...chat('l', { sender_id: 'buyer-of-k', shop: 'HeldShop' }));
  const buyer = { channel: 'tmall', buyerId: 'buyer-of-k' };
  const [person] = await find(buyer);
  expect(person).toMatchObject({ conversations: 2, holds: [], erasure: undefined });
  expect([...(person?.shopIds ?? [])].sort()).toEqual([demo, heldShop].sort());
  expect(await find({ conversationId: conversation('k') })).toEqual([person]);
  expect(await find({ channel: 'tmall', buyerId: 'nobody' })).toEqual([]);

  const { holdId } = await api().placeLegalHold({ commandId: commandId(), ...buyer, reason: 'a claim' });
  const { holdId: ofShop } = await api().placeLegalHold({ commandId: commandId(), shopId: heldShop, reason: 'an audit' });
  const held = (await find(buyer))[0]?.holds.map((hold) => [hold.holdId, hold.shopId, hold.reason]);
  expect(held?.sort()).toEqual(
    [
      [holdId, '', 'a claim'],
      [ofShop, heldShop, 'an audit'],
    ].sort(),
  );
  for (const each of [holdId, ofShop]) await api().releaseLegalHold({ commandId: commandId(), holdId: each, reason: 'over' });
  expect((await find(buyer))[0]?.holds).toEqual([]);

  const [begun] = (await erase(buyer)).erasures;
  await erasureThat(begun?.erasureId ?? '', (erasure) => erasure.conversations === 2);
  expect(await find(buyer)).toEqual([]);
  expect(await find({ conversationId: conversation('k') })).toMatchObject([{ conversations: 2, holds: [], erasure: { erasureId: begun?.erasureId } }]);
});

test('a conversation in which no customer wrote is erased as well, and held as well', async () => {
  await imported(line('mute', 1, { sender: 'agent', sender_id: 'seat', shop: 'HeldShop' }));
  const mute = conversationIdOf('v1', shopIdOf('v1', 'HeldShop'), 'tmall', 'mute');
  const { holdId } = await api().placeLegalHold({ commandId: commandId(), shopId: shopIdOf('v1', 'HeldShop'), reason: 'audit' });
  expect(await codeOf(erase({ conversationId: mute }))).toBe('legal-hold');
  await api().releaseLegalHold({ commandId: commandId(), holdId, reason: 'over' });
  const [begun] = (await erase({ conversationId: mute })).erasures;
  await erasureThat(begun?.erasureId ?? '', (erasure) => erasure.conversations === 1);
  expect((await api().getConversation({ conversationId: mute })).messages.map(({ erased }) => erased)).toEqual([true]);
});

test('what cannot be done is refused by name', async () => {
  expect(await codeOf(erase({ channel: 'tmall', buyerId: 'x' }, ' '))).toBe('reason-missing');
  expect(await codeOf(erase({ channel: 'tmall', buyerId: 'buyer-x' }, 'buyer-x asked'))).toBe('reason-names-person');
  expect(await codeOf(erase({ buyerId: 'buyer-x' }))).toBe('person-missing');
  expect(await codeOf(erase({}))).toBe('person-missing');
  expect(await codeOf(erase({ shopId: 'sh_none', buyerId: 'x' }))).toBe('shop-not-found');
  expect(await codeOf(erase({ conversationId: 'cv_none' }))).toBe('conversation-not-found');
  expect(await codeOf(api().getErasure({ erasureId: 'er_none' }))).toBe('erasure-not-found');
  expect(await codeOf(api().releaseLegalHold({ commandId: commandId(), holdId: 'ho_none', reason: 'x' }))).toBe('legal-hold-not-found');
  expect((await erase({ channel: 'tmall', buyerId: 'never here' })).erasures).toEqual([]);
  await imported(line('one', 1, { sender_id: 'same' }), line('two', 1, { sender_id: 'same', channel: 'jd' }));
  expect(await codeOf(erase({ shopId: demo, buyerId: 'same' }))).toBe('channel-ambiguous');
  for (const role of ['team-lead', 'qa-inspector', 'finance', 'client'] as const) {
    const caller = testCaller({ role, shopIds: [demo] });
    const call = service.as(caller, ConversationServiceDefinition).eraseSubject({ commandId: commandId(), channel: 'tmall', buyerId: 'same', reason: 'x' });
    expect(await codeOf(call)).toBe('not-allowed');
  }
});

test('a log that was restored to before the erasure is erased again: the keys stay gone', async () => {
  await imported(...chat('restored'));
  const erasureId = await eraseWholly({ conversationId: conversation('restored') }, 'restored');
  const { installation } = service;
  await service.stop();
  await forget(erasureId);
  service = await startTestService(definition, { now: () => clock, env: env(), installation });
  expect(await erasureThat(erasureId, (erasure) => erasure.conversations === 1)).toMatchObject({ again: true });
  expect(await texts('restored')).toEqual(['ERASED', 'ERASED']);
  expect(await imported(...chat('restored'))).toEqual({ inserted: 0, duplicates: 2, rejected: 0 });
});

/** Takes the last events and what was made of them out of the database, as a restore to an older backup does. */
async function forget(erasureId: string): Promise<void> {
  const admin = new Client({ connectionString: service.adminUrl });
  await admin.connect();
  try {
    const stream = `(select 'subject-' || subject_id from erasures where erasure_id = '${erasureId}')`;
    await admin.query(`delete from events where position >= (select min(position) from events where stream_id = ${stream})`);
    for (const table of ['erasures_v1', 'erased_conversations_v1', 'erasure_confirmations']) {
      await admin.query(`delete from ${table} where erasure_id = $1`, [erasureId]);
    }
    await admin.query('update projection_checkpoints set position = least(position, (select max(position) from events))');
  } finally {
    await admin.end();
  }
}
