// The contract over a real broker, and what only Kafka can do to a consumer: more partitions, a relay that publishes again, records that are gone.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageReceived } from '@deskfleet/protocol/conversations';
import type { EventFeedServiceClient } from '@deskfleet/protocol/feed';
import { kafka } from '@deskfleet/test-servers';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AnySubscription, awaitSource, type BusKind, createEventBus, type EventBus, type FeedClient } from '../src/index.ts';
import { type Adapter, busContract } from './contract.ts';
import { append, busOptions, Exits, effectsOf, type Service, serveFeed, startService, writeEffects } from './ground.ts';
import { restoreContract } from './restore-contract.ts';
import { GROUP, plain, WITHIN_MS } from './subscriptions.ts';

const adapter: Adapter = {
  name: 'Kafka',
  async start(owners, exits) {
    const settings = {
      kind: 'kafka' as const,
      brokers: await kafka(),
      prefix: `test-${randomBytes(4).toString('hex')}`,
      partitions: 3,
      onStuck: (reason: string) => console.error(reason),
    };
    const feeds = new Map<string, EventFeedServiceClient>();
    for (const owner of owners) feeds.set(owner.name, await serveFeed(owner, exits));
    const feedOf = (service: string): FeedClient => {
      const feed = feeds.get(service);
      if (feed === undefined) throw new Error(`no feed of ${service}`);
      return feed;
    };
    await relay(owners, settings, feedOf, exits);
    return {
      bus: async (service, instance, faults) => createEventBus(settings, busOptions(service, instance, feedOf, faults)),
      // More partitions, and relays that have forgotten what they published: every event comes again, most on another partition.
      async again() {
        await morePartitions(
          settings,
          owners.map((owner) => owner.name),
        );
        for (const owner of owners) await owner.pool.query('delete from bus_leases; delete from bus_relayed');
        await relay(owners, settings, feedOf, exits, 'second');
      },
      // The old relay goes on: whoever restores a database cannot be sure that the old one is dead.
      async replace(owner) {
        feeds.set(owner.name, await serveFeed(owner, exits));
        await relay([owner], settings, feedOf, exits, 'restored');
      },
    };
  },
};

async function relay(owners: readonly Service[], settings: BusKind, feedOf: (service: string) => FeedClient, exits: Exits, instance = 'relay'): Promise<void> {
  for (const owner of owners) {
    const bus = await createEventBus(settings, busOptions(owner, instance, feedOf));
    exits.add(() => bus.stop());
  }
}

async function morePartitions({ brokers, prefix }: { brokers: readonly string[]; prefix: string }, services: readonly string[]): Promise<void> {
  const admin = new Kafka({ clientId: 'test', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = services.map((service) => `${prefix}.${service === 'client-onboarding' ? 'onboarding' : service}.v1`);
  await admin.createPartitions({ topicPartitions: topics.map((topic) => ({ topic, count: 5 })) });
  await admin.disconnect();
}

busContract(adapter);
restoreContract(adapter);

describe('the bus over Kafka, when Kafka has forgotten', () => {
  let exits: Exits;
  let conversations: Service;
  let consumer: Service;
  let owner: EventFeedServiceClient;
  let settings: BusKind & { readonly kind: 'kafka'; readonly prefix: string };

  beforeEach(async () => {
    exits = new Exits();
    [conversations, consumer] = await Promise.all([startService('conversations', exits), startService('consumer', exits)]);
    owner = await serveFeed(conversations, exits);
    settings = { kind: 'kafka', brokers: await kafka(), prefix: `test-${randomBytes(4).toString('hex')}`, partitions: 2, onStuck: () => {} };
    await relay([conversations], settings, () => owner, exits);
    for (let n = 0; n < 60; n += 1) await say(n);
    await forget(settings, 'conversations', 60);
  });
  afterEach(() => exits.run());

  const say = (n: number) => append(conversations, `conversation-${n % 6}`, MessageReceived.create({ messageId: `m${n}` }));

  const subscription: AnySubscription = {
    group: 'forgotten',
    sources: ['conversations'],
    types: [MessageReceived],
    sliceSize: 50,
    handle: (events, tx) => writeEffects('forgotten', events, tx),
  };

  async function consume(): Promise<EventBus> {
    const bus = await createEventBus(
      settings,
      busOptions(consumer, 'one', () => owner),
    );
    exits.add(() => bus.stop());
    await bus.subscribe(subscription);
    return bus;
  }

  const versionsOf = async (wanted: string): Promise<number[]> =>
    (await effectsOf(consumer, 'forgotten')).filter(({ stream }) => stream === wanted).map(({ version }) => version);

  test('what is gone from a topic comes from its owner, and a position of another service can be waited for', async () => {
    const last = await say(60);
    const bus = await consume();
    const applied = {
      ...consumer,
      subscriptions: [subscription],
      onApplied: bus.onApplied,
      passed: async () => {},
      dueTimers: async () => 0,
      pendingWork: async () => new Map(),
      generations: 0,
      feedOf: () => owner,
    };
    await awaitSource(applied, conversations.store.source, last, AbortSignal.timeout(40_000));
    expect(await versionsOf('conversation-0')).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
  }, 90_000);

  test('what is gone from a topic and followed by nothing comes from its owner too', async () => {
    const bus = await consume();
    const feed = await serveFeed(consumer, exits, { subscriptions: [subscription], bus });
    const { source, buckets } = await owner.head({});
    await feed.awaitApplied({ heads: [{ source, buckets }], withinMs: 60_000 });
    for (let n = 0; n < 6; n += 1) expect(await versionsOf(`conversation-${n}`)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
  }, 90_000);
});

describe('a subscription to what is rare, over Kafka', () => {
  test('asks the owner for it, and goes on where the topic, or the feed, had brought it', async () => {
    const exits = new Exits();
    try {
      const [owner, consumer] = await Promise.all([startService('conversations', exits), startService('consumer', exits)]);
      const bus = await adapter.start([owner], exits);
      const say = (messages: number): Promise<unknown> =>
        append(owner, 'conversation-1', ...Array.from({ length: messages }, () => MessageReceived.create({ conversationId: '1' })));
      const readWith = async (rare: Partial<AnySubscription>, instance: string, versions: number[]): Promise<void> => {
        const running = await bus.bus(consumer, instance, []);
        await running.subscribe({ ...plain(), ...rare });
        await expect.poll(async () => (await effectsOf(consumer, GROUP)).map(({ version }) => version), { timeout: WITHIN_MS }).toEqual(versions);
        await running.stop();
      };
      await say(2);
      await readWith({}, 'from the topic', [1, 2]);
      await say(2);
      await readWith({ rare: true }, 'from the owner', [1, 2, 3, 4]);
      const lanes = await consumer.pool.query("select lane, position from bus_offsets where lane = 'feed'");
      expect(lanes.rows).toEqual([{ lane: 'feed', position: '4' }]);
      await say(1);
      await readWith({}, 'from the topic again', [1, 2, 3, 4, 5]);
    } finally {
      await exits.run();
    }
  }, 90_000);
});

/** Deletes a topic's records once so many are there. */
async function forget({ brokers, prefix }: { brokers: readonly string[]; prefix: string }, context: string, atLeast: number): Promise<void> {
  const topic = `${prefix}.${context}.v1`;
  const admin = new Kafka({ clientId: 'test', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  for (;;) {
    const ends = await admin.fetchTopicOffsets(topic).catch(() => []);
    if (ends.reduce((sum, { high }) => sum + Number(high), 0) < atLeast) {
      await sleep(100);
      continue;
    }
    await admin.deleteTopicRecords({ topic, partitions: ends.map(({ partition, high }) => ({ partition, offset: high })) });
    break;
  }
  await admin.disconnect();
}
