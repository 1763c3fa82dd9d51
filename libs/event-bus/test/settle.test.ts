// Settled means: everything that follows from what was appended has happened in every service, however long the path.
import { ConversationImported, MessageReceived } from '@deskfleet/protocol/conversations';
import { Actor } from '@deskfleet/protocol/platform';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AnySubscription, createEventBus, type FeedClient, type SettleClient, settle } from '../src/index.ts';
import { append, busOptions, Exits, effectsOf, type Service, serveFeed, startService, writeEffects } from './ground.ts';

let exits: Exits;
let conversations: Service;
let reactor: Service;
let reporting: Service;
const clients = new Map<string, SettleClient & FeedClient>();

beforeEach(async () => {
  exits = new Exits();
  clients.clear();
  [conversations, reactor, reporting] = await Promise.all([
    startService('conversations', exits),
    startService('reactor', exits),
    startService('reporting', exits),
  ]);
});
afterEach(() => exits.run());

/** Every message makes the reactor append one event of its own, in the slice's transaction. */
const reacting: AnySubscription = {
  group: 'reactor',
  sources: ['conversations'],
  types: [MessageReceived],
  sliceSize: 100,
  async handle(events, tx) {
    const members = events.map(({ event, meta, streamId }) => ({
      cause: { vendorId: meta.vendorId, actor: Actor.create({}), correlationId: '', causationId: meta.eventId, commandId: '' },
      streams: [
        { streamId, expected: 'any' as const, events: [{ event: ConversationImported.create({ importId: event.messageId }), occurredAt: 1, shopId: '' }] },
      ],
    }));
    await reactor.store.appendWithin(tx, members);
  },
};

function reportingOn(broken: () => boolean): AnySubscription {
  return {
    group: 'reporting',
    sources: ['reactor'],
    types: [ConversationImported],
    sliceSize: 500,
    async handle(events, tx) {
      if (broken()) throw new Error('cannot take this');
      await writeEffects('reporting', events, tx);
    },
  };
}

async function join(service: Service, ...subscriptions: AnySubscription[]): Promise<void> {
  const bus = await createEventBus({ kind: 'feed' }, busOptions(service, 'one', feedOf));
  exits.add(() => bus.stop());
  clients.set(service.name, await serveFeed(service, exits, { subscriptions, bus }));
  for (const subscription of subscriptions) await bus.subscribe(subscription);
}

function feedOf(service: string): FeedClient {
  const client = clients.get(service);
  if (client === undefined) throw new Error(`no feed of ${service}`);
  return client;
}

test('after settling, the last service on the longest path has applied what followed', async () => {
  await join(conversations);
  await join(reactor, reacting);
  await join(
    reporting,
    reportingOn(() => false),
  );
  for (let n = 0; n < 120; n += 1) await append(conversations, `conversation-${n % 5}`, MessageReceived.create({ messageId: `m${n}` }));
  await settle(clients, 3, 50_000);
  expect(await effectsOf(reporting, 'reporting')).toHaveLength(120);
  expect(await settle(clients, 3, 50_000)).toBe(1); // nothing moves any more
});

test('settling fails by name where an event is parked', async () => {
  await join(conversations);
  await join(reactor, reacting);
  await join(
    reporting,
    reportingOn(() => true),
  );
  await append(conversations, 'conversation-1', MessageReceived.create({ messageId: 'm' }));
  await expect(settle(clients, 3, 50_000)).rejects.toThrow(/parked: reporting: conversation-1 of reactor\/.*cannot take this/);
});
