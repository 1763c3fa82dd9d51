// What was held goes on in transactions of its own, oldest first; which stream comes first can change between one try and the next.
import { MessageReceived } from '@deskfleet/protocol/conversations';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Consumer, type Lane } from '../src/consumer/consumer.ts';
import { FEED_LANE } from '../src/consumer/slice.ts';
import { type AnySubscription, parkedStreams, type SkipOutcome, skipHeld } from '../src/index.ts';
import { append, Exits, effectsOf, type Service, startService, VENDOR } from './ground.ts';
import { expectOnceInOrder, GROUP, untilAsync, waitingForShop } from './subscriptions.ts';

const ATTEMPTS = 3;

let exits: Exits;
let owner: Service;
let service: Service;

beforeEach(async () => {
  exits = new Exits();
  [owner, service] = await Promise.all([startService('conversations', exits), startService('consumer', exits)]);
});
afterEach(() => exits.run());

/** Consumes the owner's log; `read` applies what it holds and the lane has not read. */
async function consume(subscription: AnySubscription): Promise<{ read: () => Promise<void> }> {
  let now = 0;
  const clock = (): number => (now += 1); // each stream is held a moment after the one before
  const consumer = new Consumer(subscription, { db: service.db, log: service.log, clock, onFault: () => {} });
  exits.add(() => consumer.stop());
  const lane: Lane = await consumer.openLane(owner.store.source, FEED_LANE);
  const read = async (): Promise<void> => {
    const events = await owner.store.read(lane.position, 100);
    await lane.apply(events, (index) => events[index]?.position ?? 0, events.at(-1)?.position ?? lane.position, consumer.stopped);
  };
  return { read };
}

const say = (stream: string, ...shops: string[]): Promise<number> =>
  append(owner, stream, ...shops.map((shop) => MessageReceived.create({ conversationId: stream, messageId: shop })));
const addShop = (shop: string): Promise<number> => append(owner, shop, ShopAdded.create({ shopId: shop }));

/** Waits for shops, and cannot take what is said on `conversation-poison` until told; `failing` runs before each such failure, with its number. */
function poisoned(failing: (attempt: number) => Promise<void>, broken = () => true): AnySubscription {
  const taking = waitingForShop();
  let attempt = 0;
  return {
    ...taking,
    sliceSize: 1,
    async handle(events, tx) {
      if (broken() && events.some(({ streamId }) => streamId === 'conversation-poison')) {
        attempt += 1;
        await failing(attempt);
        throw new Error(`cannot take it (${attempt})`);
      }
      await taking.handle(events, tx);
    },
  };
}

/** Resolves when a transaction of this database waits for another one. */
async function someoneWaits(): Promise<void> {
  await untilAsync(async () => {
    const { rows } = await service.pool.query(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0].waiting > 0;
  });
}

test('a stream let go just before another one is parked is not parked in its place, though it waited longer', async () => {
  const letGo = Promise.withResolvers<void>();
  const { read } = await consume(
    poisoned(async (attempt) => {
      if (attempt !== ATTEMPTS) return;
      // The lane brings the older stream's shop and waits for the keys, which this try holds: it is next.
      await addShop('shop-a');
      read().then(letGo.resolve, letGo.reject);
      await someoneWaits();
    }),
  );
  await say('conversation-innocent', 'shop-a', 'shop-a');
  await say('conversation-poison', 'shop-b', 'shop-b');
  await addShop('shop-b');
  await read();
  await letGo.promise;
  await untilAsync(async () => (await parkedStreams(service.db)).length > 0);
  expect(await parkedStreams(service.db)).toMatchObject([
    { streamId: 'conversation-poison', error: `Error: cannot take it (${ATTEMPTS})`, attempts: ATTEMPTS, events: 2 },
  ]);
  await untilAsync(async () => (await effectsOf(service, GROUP)).length === 4);
  expectOnceInOrder(await effectsOf(service, GROUP));
}, 30_000);

test('an event that an operator skips just before it is parked leaves no other parked in its place', async () => {
  const skipped = Promise.withResolvers<SkipOutcome>();
  const first = await say('conversation-poison', 'shop-a', 'shop-a');
  const stream = { source: owner.store.source, vendorId: VENDOR, streamId: 'conversation-poison' };
  const skip = { group: GROUP, stream, position: first - 1, reason: 'not to be had', by: Actor.create({ id: 'operator' }), at: 1 };
  let broken = true;
  const { read } = await consume(
    poisoned(
      async (attempt) => {
        if (attempt !== ATTEMPTS) return;
        service.db
          .transaction()
          .execute((tx) => skipHeld(tx, skip))
          .then(skipped.resolve, skipped.reject);
        await someoneWaits();
        broken = false; // what is behind it can be taken
      },
      () => broken,
    ),
  );
  await say('conversation-innocent', 'shop-a', 'shop-a');
  await addShop('shop-a');
  await read();
  expect(await skipped.promise).toMatchObject({ outcome: 'skipped' });
  await untilAsync(async () => (await effectsOf(service, GROUP)).length === 4);
  expect(await parkedStreams(service.db)).toEqual([]);
}, 30_000);
