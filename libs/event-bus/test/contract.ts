// What every adapter of the bus promises. One suite, run on the feed and on Kafka.
import { setTimeout as sleep } from 'node:timers/promises';
import { ConversationImported, MessageReceived } from '@deskfleet/protocol/conversations';
import type { EventFeedServiceClient } from '@deskfleet/protocol/feed';
import { ClientRegistered, ShopAdded } from '@deskfleet/protocol/onboarding';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AnySubscription, type EventBus, type ParkedStream, parkedStreams, retryHeld } from '../src/index.ts';
import { append, Exits, effectsOf, type Service, serveFeed, startService, VENDOR, writeEffects } from './ground.ts';
import { expectOnceInOrder, GROUP, plain, streamsOf, untilAsync, WITHIN_MS, waitingForShop } from './subscriptions.ts';

export interface Adapter {
  readonly name: string;
  /** Makes the owners' logs reachable. */
  start(owners: readonly Service[], exits: Exits): Promise<StartedAdapter>;
}

export interface StartedAdapter {
  /** A bus of a consuming service. */
  bus(service: Service, instance: string, faults: string[]): Promise<EventBus>;
  /** The owners' events come a second time. */
  again(): Promise<void>;
  /** From now on the owner of this name is this service: its database was restored. */
  replace(owner: Service): Promise<void>;
}

export function busContract(adapter: Adapter): void {
  describe(`the bus over ${adapter.name}`, { timeout: 90_000 }, () => {
    let exits: Exits;
    let conversations: Service;
    let onboarding: Service;
    let consumer: Service;
    let faults: string[];
    let started: StartedAdapter;

    beforeEach(async () => {
      exits = new Exits();
      faults = [];
      [conversations, onboarding, consumer] = await Promise.all([
        startService('conversations', exits),
        startService('client-onboarding', exits),
        startService('consumer', exits),
      ]);
      started = await adapter.start([conversations, onboarding], exits);
    });
    afterEach(() => exits.run());

    /** Subscribes as one instance; answers the bus and the service's own feed, which says what is applied. */
    async function consume(subscription: AnySubscription, instance = 'one'): Promise<{ bus: EventBus; feed: EventFeedServiceClient }> {
      const bus = await started.bus(consumer, instance, faults);
      exits.add(() => bus.stop());
      await bus.subscribe(subscription);
      return { bus, feed: await serveFeed(consumer, exits, { subscriptions: [subscription], bus }) };
    }

    async function applied(feed: EventFeedServiceClient, withinMs = WITHIN_MS): Promise<void> {
      const heads = await Promise.all(
        [conversations, onboarding].map(async ({ store }) => ({ source: store.source, buckets: Object.fromEntries((await store.head()).buckets) })),
      );
      await feed.awaitApplied({ heads, withinMs });
    }

    /** Until this is all that anything waits for: what else there is has been applied by then. */
    async function untilOnly(feed: EventFeedServiceClient, what: RegExp): Promise<void> {
      const deadline = Date.now() + WITHIN_MS;
      for (;;) {
        const said = await applied(feed, 500).then(
          () => 'all is applied',
          (error: unknown) => String(error),
        );
        if (what.test(said) && !said.includes(';') && !said.includes('behind')) return;
        if (Date.now() > deadline) throw new Error(`not within the time: ${said}`);
      }
    }

    const say = (stream: string, ...texts: string[]): Promise<number> =>
      append(conversations, stream, ...texts.map((messageId) => MessageReceived.create({ conversationId: stream, messageId })));

    test('every wanted event is applied once and in the order of its stream, the others are passed over', async () => {
      await say('conversation-1', 'before', 'the', 'start');
      const { feed } = await consume(plain());
      await Promise.all(Array.from({ length: 300 }, (_, n) => say(`conversation-${n % 7}`, `m${n}`)));
      await append(conversations, 'conversation-1', ConversationImported.create({ conversationId: 'conversation-1' }));
      await append(onboarding, 'client-1', ClientRegistered.create({ clientId: 'client-1' }));
      await applied(feed);
      const effects = await effectsOf(consumer, GROUP);
      expect(effects).toHaveLength(303);
      expectOnceInOrder(effects);
      expect(faults).toEqual([]);
    });

    test('what comes a second time changes nothing', async () => {
      const { feed } = await consume(plain());
      for (let n = 0; n < 50; n += 1) await say(`conversation-${n % 5}`, `m${n}`);
      await applied(feed);
      await started.again();
      for (let n = 0; n < 20; n += 1) await say(`conversation-${n % 5}`, `later${n}`);
      await applied(feed);
      const effects = await effectsOf(consumer, GROUP);
      expect(effects).toHaveLength(70);
      expectOnceInOrder(effects);
    });

    test('instances that come and go in the middle leave every event applied once', async () => {
      const first = await consume(plain(), 'one');
      const saying = (async () => {
        for (let n = 0; n < 400; n += 1) await say(`conversation-${n % 9}`, `m${n}`);
      })();
      await sleep(200);
      const second = await consume(plain(), 'two');
      await sleep(300);
      await first.bus.stop();
      await saying;
      await applied(second.feed);
      const effects = await effectsOf(consumer, GROUP);
      expect(effects).toHaveLength(400);
      expectOnceInOrder(effects);
    });

    test('a connection that dies between the effects and the commit leaves no effect twice', async () => {
      let crashes = 2;
      const { feed } = await consume(
        plain({
          async handle(events, tx) {
            await writeEffects(GROUP, events, tx);
            if (crashes-- > 0) await tx.executeQuery(CompiledQuery.raw('select pg_terminate_backend(pg_backend_pid())', []));
          },
        }),
      );
      await say('conversation-1', 'a', 'b');
      await say('conversation-2', 'c');
      await applied(feed);
      expect(await effectsOf(consumer, GROUP)).toHaveLength(3);
      expect(faults.length).toBeGreaterThan(0);
    });

    test('an event whose key is missing waits, later ones of its stream behind it, others pass; it is applied when the key comes', async () => {
      const { feed } = await consume(waitingForShop());
      await say('conversation-1', 'shop-a', 'shop-b'); // the message id says which shop it needs
      await append(onboarding, 'shop-c', ShopAdded.create({ shopId: 'shop-c' }));
      await say('conversation-2', 'shop-c');
      await untilOnly(feed, /conversation-1 of conversations\/.* waits for shop-a$/);
      expect(await streamsOf(consumer)).toEqual(['conversation-2', 'shop-c']);

      await append(onboarding, 'shop-b', ShopAdded.create({ shopId: 'shop-b' }));
      await untilOnly(feed, /conversation-1 of conversations\/.* waits for shop-a$/);
      await append(onboarding, 'shop-a', ShopAdded.create({ shopId: 'shop-a' }));
      await applied(feed);
      await say('conversation-1', 'shop-a');
      await applied(feed);
      const effects = await effectsOf(consumer, GROUP);
      expectOnceInOrder(effects);
      expect(effects.filter(({ stream }) => stream === 'conversation-1')).toHaveLength(3);
    });

    test('keys that come while many events begin to wait for them leave none behind', async () => {
      const { feed } = await consume(waitingForShop());
      const shops = Array.from({ length: 20 }, (_, n) => `shop-${n}`);
      await Promise.all([
        ...shops.map((shop, n) => say(`conversation-${n}`, shop, shop)),
        ...shops.map(async (shop, n) => {
          await sleep((n % 5) * 10);
          await append(onboarding, shop, ShopAdded.create({ shopId: shop }));
        }),
      ]);
      await applied(feed);
      const effects = await effectsOf(consumer, GROUP);
      expect(effects).toHaveLength(60);
      expectOnceInOrder(effects);
    });

    test('an event that fails is parked with its stream and named, the others go on; a retry applies it in order', async () => {
      let broken = true;
      const { bus, feed } = await consume(
        plain({
          async handle(events, tx) {
            if (broken && events.some(({ event }) => event.messageId === 'poison')) throw new Error('cannot take this');
            await writeEffects(GROUP, events, tx);
          },
        }),
      );
      for (let n = 0; n < 40; n += 1) await say(`conversation-${n % 4}`, n === 17 ? 'poison' : `m${n}`);
      await expect(applied(feed)).rejects.toThrow(/parked: .*conversation-1 of conversations\/.*cannot take this/);
      await untilAsync(async () => (await effectsOf(consumer, GROUP)).length === 34);
      const [parked] = await parkedStreams(consumer.db);
      expect(parked).toMatchObject({ group: GROUP, streamId: 'conversation-1', attempts: 3, events: 6, vendorId: 'vendor-1' });
      expect(parked?.error).toContain('cannot take this');

      broken = false;
      expect(await retryHeld(consumer.db, VENDOR, { group: GROUP, stream: parked as ParkedStream })).toBe(1);
      bus.wake();
      await applied(feed);
      const effects = await effectsOf(consumer, GROUP);
      expect(effects).toHaveLength(40);
      expectOnceInOrder(effects);
      expect(await parkedStreams(consumer.db)).toEqual([]);
    });
  });
}
