// What every adapter promises when an owner's database is restored from a backup, and of what an operator decides about held events.
import { ConversationImported, MessageReceived } from '@deskfleet/protocol/conversations';
import type { EventFeedServiceClient } from '@deskfleet/protocol/feed';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AnySubscription,
  type EventBus,
  heldEvents,
  heldStreams,
  orphanCounts,
  orphanedEvents,
  restores,
  retryHeld,
  skipHeld,
  skippedEvents,
} from '../src/index.ts';
import type { Adapter, StartedAdapter } from './contract.ts';
import { append, Exits, effectsOf, type Service, serveFeed, startService, VENDOR, writeEffects } from './ground.ts';
import { expectOnceInOrder, GROUP, plain, untilAsync, WITHIN_MS, waitingForShop } from './subscriptions.ts';

const OPERATOR = Actor.create({ kind: Actor_Kind.KIND_USER, id: 'user-9', role: 'vendor-operations' });
const ALL = { limit: 200 };

export function restoreContract(adapter: Adapter): void {
  describe(`restores and held events over ${adapter.name}`, { timeout: 90_000 }, () => {
    let exits: Exits;
    let conversations: Service;
    let onboarding: Service;
    let consumer: Service;
    let started: StartedAdapter;

    beforeEach(async () => {
      exits = new Exits();
      [conversations, onboarding, consumer] = await Promise.all([
        startService('conversations', exits),
        startService('client-onboarding', exits),
        startService('consumer', exits),
      ]);
      started = await adapter.start([conversations, onboarding], exits);
    });
    afterEach(() => exits.run());

    async function consume(subscription: AnySubscription, faults: string[] = []): Promise<{ bus: EventBus; feed: EventFeedServiceClient }> {
      const bus = await started.bus(consumer, 'one', faults);
      exits.add(() => bus.stop());
      await bus.subscribe(subscription);
      return { bus, feed: await serveFeed(consumer, exits, { subscriptions: [subscription], bus }) };
    }

    const say = (owner: Service, stream: string, ...texts: string[]): Promise<number> =>
      append(owner, stream, ...texts.map((messageId) => MessageReceived.create({ conversationId: stream, messageId })));

    async function applied(feed: EventFeedServiceClient, ...owners: Service[]): Promise<void> {
      const heads = await Promise.all(owners.map(async ({ store }) => ({ source: store.source, buckets: Object.fromEntries((await store.head()).buckets) })));
      await feed.awaitApplied({ heads, withinMs: WITHIN_MS });
    }

    const asked = <T>(query: (tx: Parameters<typeof restores>[0]) => Promise<T>): Promise<T> => consumer.db.transaction().execute(query);
    const sourceOf = ({ store }: Service): string => store.source;

    test('after a restore the common part is not applied again, everything of the new epoch is, and what was applied beyond it is listed by event', async () => {
      const { feed } = await consume(plain());
      for (let n = 0; n < 30; n += 1) await say(conversations, `conversation-${n % 5}`, `kept${n}`);
      const backup = await conversations.restored();
      for (let n = 0; n < 7; n += 1) await say(conversations, `conversation-${n % 3}`, `lost${n}`);
      await append(conversations, 'conversation-0', ConversationImported.create({ conversationId: 'conversation-0' })); // not wanted: never came in
      await applied(feed, conversations);

      await started.replace(backup);
      for (let n = 0; n < 12; n += 1) await say(backup, `conversation-${n % 4}`, `new${n}`); // the same positions, other events
      await applied(feed, backup);

      const { rows } = await consumer.pool.query('select source, stream_id, position from effects order by id');
      expect(rows.filter(({ source }) => source === sourceOf(conversations))).toHaveLength(37);
      expect(
        rows
          .filter(({ source }) => source === sourceOf(backup))
          .map(({ position }) => Number(position))
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 12 }, (_, n) => 31 + n));
      expect(await asked((tx) => restores(tx, ALL))).toMatchObject([
        { group: GROUP, oldSource: sourceOf(conversations), newSource: sourceOf(backup), restoredHead: 30, orphaned: 7, listedAfter: 0 },
      ]);
      expect(
        (await asked((tx) => orphanedEvents(tx, {}, ALL))).map(({ group, source, position, type, streamId, applied }) => [
          group,
          source,
          position,
          type,
          streamId,
          applied,
        ]),
      ).toEqual(Array.from({ length: 7 }, (_, n) => [GROUP, sourceOf(conversations), 31 + n, MessageReceived.$type, `conversation-${n % 3}`, true]));
      const [{ adoptedAt = 0 } = {}] = await asked((tx) => restores(tx, ALL));
      const counted = [{ group: GROUP, service: 'conversations', events: 7, since: adoptedAt }];
      expect(await orphanCounts(consumer.db, '', adoptedAt)).toEqual(counted);
      expect(await orphanCounts(consumer.db, VENDOR, adoptedAt)).toEqual(counted);
      expect(await orphanCounts(consumer.db, 'another-vendor', adoptedAt)).toEqual([]);
      expect(await orphanCounts(consumer.db, '', adoptedAt + 1)).toEqual([]);
    });

    test('a group that was behind when the owner was restored applies the rest of the common part, and nothing stands orphaned', async () => {
      const first = await consume(plain());
      for (let n = 0; n < 10; n += 1) await say(conversations, `conversation-${n % 5}`, `early${n}`);
      await applied(first.feed, conversations);
      await first.bus.stop();
      for (let n = 0; n < 25; n += 1) await say(conversations, `conversation-${n % 5}`, `kept${n}`);
      const backup = await conversations.restored();
      await say(conversations, 'conversation-0', 'lost'); // never reaches the group
      await started.replace(backup);
      const { feed } = await consume(plain());
      await applied(feed, backup);
      const effects = await effectsOf(consumer, GROUP);
      expect(effects.filter(({ version }) => version > 0).length).toBeGreaterThanOrEqual(35);
      const { rows } = await consumer.pool.query('select position, count(*)::int as times from effects where position <= 35 group by position');
      expect(rows.every(({ times }) => times === 1)).toBe(true);
      expect(rows).toHaveLength(35);
      await say(backup, 'conversation-0', 'new');
      await applied(feed, backup);
      const { rows: news } = await consumer.pool.query('select source from effects where position = 36 and source = $1', [sourceOf(backup)]);
      expect(news).toHaveLength(1);
    });

    test('a group whose own database was restored applies again what it had applied since, though nothing more comes', async () => {
      await say(conversations, 'one', 'm-1', 'm-2');
      const before = await consume(plain());
      await applied(before.feed, conversations);
      await before.bus.stop();
      for (const table of ['bus_offsets', 'bus_watermarks', 'effects']) await consumer.pool.query(`delete from ${table}`);
      const { feed } = await consume(plain());
      await applied(feed, conversations);
      const effects = await effectsOf(consumer, GROUP);
      expect(effects).toHaveLength(2);
      expectOnceInOrder(effects);
    });

    test('a position that the restored log no longer holds is refused by name; one that it holds counts as applied', async () => {
      const { feed } = await consume(plain());
      await say(conversations, 'conversation-1', 'a', 'b');
      const kept = await conversations.store.head();
      const backup = await conversations.restored();
      await say(conversations, 'conversation-1', 'lost');
      const lost = await conversations.store.head();
      await applied(feed, conversations);
      await started.replace(backup);
      await say(backup, 'conversation-2', 'new');
      await applied(feed, backup);
      const ask = (head: typeof kept) =>
        feed.awaitApplied({ heads: [{ source: sourceOf(conversations), buckets: Object.fromEntries(head.buckets) }], withinMs: 5_000 });
      await expect(ask(kept)).resolves.toBeDefined();
      await expect(ask(lost)).rejects.toThrow(new RegExp(`restored: ${GROUP} .*${sourceOf(conversations)}`));
    });

    test('restored twice, the second time from an older backup, a group lists what each epoch had brought', async () => {
      const { feed } = await consume(plain());
      await say(conversations, 'conversation-1', 'a', 'b');
      const older = await conversations.restored();
      await say(conversations, 'conversation-1', 'c', 'd');
      const newer = await conversations.restored();
      await say(conversations, 'conversation-1', 'e');
      await applied(feed, conversations);
      await started.replace(newer);
      await say(newer, 'conversation-1', 'f', 'g');
      await applied(feed, newer);
      await started.replace(older);
      await say(older, 'conversation-1', 'h');
      await applied(feed, older);
      expect((await asked((tx) => orphanedEvents(tx, {}, ALL))).map(({ source, newSource, position }) => [source, newSource, position]).sort()).toEqual(
        [
          [sourceOf(conversations), sourceOf(newer), 5],
          [sourceOf(conversations), sourceOf(older), 3],
          [sourceOf(conversations), sourceOf(older), 4],
          [sourceOf(newer), sourceOf(older), 5],
          [sourceOf(newer), sourceOf(older), 6],
        ].sort(),
      );
    });

    test('a stream that waited goes on in the restored log; what it held of lost events is passed over, on record', async () => {
      const { feed } = await consume(waitingForShop());
      await say(conversations, 'conversation-1', 'shop-a');
      const backup = await conversations.restored();
      await say(conversations, 'conversation-1', 'shop-a');
      await untilAsync(async () => (await asked((tx) => heldStreams(tx, {}, ALL)))[0]?.events === 2);
      await started.replace(backup);
      await say(backup, 'conversation-1', 'shop-a', 'shop-a');
      await untilAsync(async () => (await asked((tx) => heldStreams(tx, {}, ALL)))[0]?.events === 3);
      expect(await asked((tx) => heldStreams(tx, {}, ALL))).toMatchObject([
        { source: sourceOf(backup), state: 'waiting', waitKey: 'shop-a', firstPosition: 1 },
      ]);
      expect(await asked((tx) => skippedEvents(tx, {}, ALL))).toMatchObject([
        { event: { source: sourceOf(conversations), position: 2 }, error: 'waits for shop-a', by: { kind: Actor_Kind.KIND_SERVICE, id: 'conversations' } },
      ]);
      expect(await asked((tx) => orphanedEvents(tx, {}, ALL))).toMatchObject([{ position: 2, applied: false }]);
      await append(onboarding, 'shop-a', ShopAdded.create({ shopId: 'shop-a' }));
      await applied(feed, backup, onboarding);
      const effects = await effectsOf(consumer, GROUP);
      expectOnceInOrder(effects);
      expect(effects.filter(({ stream }) => stream === 'conversation-1')).toHaveLength(3);
    });

    test('a parked event is skipped with a reason, on record; those behind it go on', async () => {
      const { bus, feed } = await consume(
        plain({
          async handle(events, tx) {
            if (events.some(({ event }) => event.messageId.startsWith('poison'))) throw new Error('cannot take this');
            await writeEffects(GROUP, events, tx);
          },
        }),
      );
      await say(conversations, 'conversation-1', 'a', 'poison-1', 'b', 'poison-2', 'c');
      await untilAsync(async () => (await asked((tx) => heldStreams(tx, { state: 'parked' }, ALL)))[0]?.events === 4);
      const [stream] = await asked((tx) => heldStreams(tx, {}, ALL));
      expect(stream).toMatchObject({
        group: GROUP,
        streamId: 'conversation-1',
        state: 'parked',
        firstPosition: 2,
        firstType: MessageReceived.$type,
        attempts: 3,
      });
      const name = { group: GROUP, source: sourceOf(conversations), streamId: 'conversation-1' };
      const events = await asked((tx) => heldEvents(tx, name, ALL));
      expect(events.map(({ position, data }) => [position, MessageReceived.decode(data).messageId])).toEqual([
        [2, 'poison-1'],
        [3, 'b'],
        [4, 'poison-2'],
        [5, 'c'],
      ]);

      const skip = (position: number, vendorId = VENDOR) =>
        asked((tx) =>
          skipHeld(tx, { group: GROUP, stream: { ...name, vendorId }, position, reason: 'sent by a test of the channel', by: OPERATOR, at: 1_000 + position }),
        );
      expect(await skip(3)).toEqual({ outcome: 'not-first', first: 2 });
      expect(await skip(2, 'vendor-2')).toEqual({ outcome: 'not-held' });
      expect(await retryHeld(consumer.db, 'vendor-2')).toBe(0);
      const skipped = await skip(2);
      expect(skipped).toMatchObject({ outcome: 'skipped', skipped: { event: { position: 2 }, reason: 'sent by a test of the channel', by: { id: 'user-9' } } });
      expect(await skip(2)).toEqual(skipped); // said twice, done once
      bus.wake();
      await untilAsync(async () => (await asked((tx) => heldStreams(tx, { state: 'parked' }, ALL)))[0]?.firstPosition === 4);
      await skip(4);
      bus.wake();
      await applied(feed, conversations);
      expect((await effectsOf(consumer, GROUP)).map(({ version }) => version)).toEqual([1, 3, 5]);
      expect((await asked((tx) => skippedEvents(tx, {}, ALL))).map(({ event, error }) => [event.position, error])).toEqual([
        [4, 'Error: cannot take this'],
        [2, 'Error: cannot take this'],
      ]);
      expect(await asked((tx) => heldStreams(tx, {}, ALL))).toEqual([]);
    });
  });
}
