// What is known of kafkajs 2.2.4 to go wrong, done to it on a real broker: either shown not to hurt, or fenced.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogReader, LogTail } from '@deskfleet/event-store';
import { MessageReceived } from '@deskfleet/protocol/conversations';
import type { EventFeedServiceClient } from '@deskfleet/protocol/feed';
import { kafka } from '@deskfleet/test-servers';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AnySubscription, createEventBus, type EventBus, type KafkaSettings, type Subscription } from '../src/index.ts';
import { isStarting, letGo } from '../src/kafka/client.ts';
import { append, busOptions, Exits, effectsOf, type Service, serveFeed, startService, writeEffects } from './ground.ts';

let exits: Exits;
beforeEach(() => {
  exits = new Exits();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await exits.run();
});

interface Stage {
  readonly owner: Service;
  readonly consumer: Service;
  readonly settings: KafkaSettings & { readonly kind: 'kafka'; readonly prefix: string };
  readonly stuck: string[];
  /** The owner's, for old events. */
  readonly feed: EventFeedServiceClient;
  bus(of: Omit<Service, 'log'> & { readonly log: LogReader }, instance: string): Promise<EventBus>;
}

/** An owner whose relay publishes, and a service that may consume. */
async function stage(partitions: number, more: Partial<KafkaSettings> = {}, relay: 'running' | 'none' = 'running'): Promise<Stage> {
  const [owner, consumer] = await Promise.all([startService('conversations', exits), startService('consumer', exits)]);
  const feed = await serveFeed(owner, exits);
  const stuck: string[] = [];
  const prefix = `test-${randomBytes(4).toString('hex')}`;
  const settings = { kind: 'kafka' as const, brokers: await kafka(), prefix, partitions, onStuck: (reason: string) => stuck.push(reason), ...more };
  const bus: Stage['bus'] = async (of, instance) => {
    const made = await createEventBus(
      settings,
      busOptions(of, instance, () => feed),
    );
    exits.add(() => made.stop());
    return made;
  };
  if (relay === 'running') await bus(owner, 'relay');
  return { owner, consumer, settings, stuck, feed, bus };
}

function subscription(handle: Subscription['handle'] = (events, tx) => writeEffects('g', events, tx)): AnySubscription {
  return { group: 'g', sources: ['conversations'], types: [MessageReceived], sliceSize: 50, handle };
}

const say = (owner: Service, n: number): Promise<number> => append(owner, `conversation-${n}`, MessageReceived.create({ messageId: `m${n}` }));

/** The log as its reader sees it who falls asleep after the first page. */
function sleepingAfterRead(log: LogTail, asleep: () => void, woken: Promise<void>): LogReader {
  return {
    source: log.source,
    get last() {
      return log.last;
    },
    changed: (after, signal) => log.changed(after, signal),
    look: () => log.look(),
    committed: (tx) => log.committed(tx),
    async read(after, limit, filter) {
      const page = await log.read(after, limit, filter);
      asleep();
      await woken;
      return page;
    },
  };
}

async function relayed({ pool }: Service): Promise<number> {
  const { rows } = await pool.query<{ position: string }>('select position from bus_relayed');
  return Number(rows[0]?.position ?? 0);
}

/** None while the topic has only just been made: its leader does not know it yet. */
async function recordsIn({ settings }: Stage): Promise<number> {
  const admin = new Kafka({ clientId: 'test', brokers: [...settings.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const ends = await admin.fetchTopicOffsets(`${settings.prefix}.conversations.v1`);
    return ends.reduce((sum, { high }) => sum + Number(high), 0);
  } catch (error) {
    if (isStarting(error)) return 0;
    throw error;
  } finally {
    await admin.disconnect();
  }
}

async function morePartitions({ settings }: Stage, count: number): Promise<void> {
  const admin = new Kafka({ clientId: 'test', brokers: [...settings.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic: `${settings.prefix}.conversations.v1`, count }] });
  await admin.disconnect();
}

async function deleteTopic({ settings }: Stage): Promise<void> {
  const admin = new Kafka({ clientId: 'test', brokers: [...settings.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [`${settings.prefix}.conversations.v1`] });
  await admin.disconnect();
}

async function until(what: string, condition: () => Promise<boolean> | boolean, withinMs = 45_000): Promise<void> {
  const endsAt = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    await sleep(50);
  }
}

const applied = async ({ consumer }: Stage): Promise<number> => (await effectsOf(consumer, 'g')).length;

/** One event each in so many streams, so that the last event of a bucket may be the only one that goes to a partition. */
async function streams({ owner }: Stage, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 1) await say(owner, n);
}

test('partitions that are added while the relay runs get their events: the client leaves them out of what it sends without a word', async () => {
  const at = await stage(1);
  await (await at.bus(at.consumer, 'one')).subscribe(subscription());
  await streams(at, 0, 20);
  await until('the first events came', async () => (await applied(at)) === 20);
  await morePartitions(at, 6);
  let said = 20;
  for (const endsAt = performance.now() + 12_000; performance.now() < endsAt; said += 1) {
    await say(at.owner, said);
    await sleep(100);
  }
  await streams(at, said, 64);
  await until('every event came', async () => (await applied(at)) === said + 64);
}, 120_000);

test('a relay that failed is no trouble any more once it runs again, though nothing is left to send', async () => {
  const at = await stage(1, {}, 'none');
  const { log } = at.owner;
  const away = Promise.withResolvers<void>();
  let failed = false;
  const failing: LogReader = {
    source: log.source,
    get last() {
      return log.last;
    },
    changed: (after, signal) => (failed ? log.changed(after, signal) : Promise.race([log.changed(after, signal), away.promise])),
    look: () => log.look(),
    committed: (tx) => log.committed(tx),
    read: (after, limit, filter) => log.read(after, limit, filter),
  };
  const faults: string[] = [];
  const bus = await createEventBus(
    at.settings,
    busOptions({ ...at.owner, log: failing }, 'relay', () => at.feed, faults),
  );
  exits.add(() => bus.stop());
  const position = await say(at.owner, 1);
  await until('it is published', async () => (await relayed(at.owner)) === position);
  failed = true;
  away.reject(new Error('the log cannot be read'));
  await until('it failed', () => faults.length === 1);
  await until('it is no trouble any more', () => bus.faults().size === 0);
  expect(faults).toEqual(['relay: Error: the log cannot be read']);
}, 120_000);

test('an old relay that wakes up publishes old events after new ones: each is applied once, in its order', async () => {
  const at = await stage(2, {}, 'none');
  await (await at.bus(at.consumer, 'one')).subscribe(subscription());
  for (let n = 0; n < 20; n += 1) await say(at.owner, n % 5);
  // It has read the log and falls asleep before it sends; the new one takes its lease over.
  const asleep = Promise.withResolvers<void>();
  const woken = Promise.withResolvers<void>();
  const { log } = at.owner;
  await at.bus({ ...at.owner, log: sleepingAfterRead(log, asleep.resolve, woken.promise) }, 'relay');
  await asleep.promise;
  await at.bus(at.owner, 'relay');
  for (let n = 20; n < 40; n += 1) await say(at.owner, n % 5);
  await until('the new relay published everything', async () => (await relayed(at.owner)) === 40);
  await until('every event came', async () => (await applied(at)) === 40);
  woken.resolve();
  await until('the old one published, too', async () => (await recordsIn(at)) >= 60);
  await say(at.owner, 0); // what comes behind the old ones
  await until('the last event came', async () => (await applied(at)) >= 41);
  const effects = await effectsOf(at.consumer, 'g');
  expect(effects).toHaveLength(41);
  for (const [stream, own] of Map.groupBy(effects, (effect) => effect.stream))
    expect(
      own.map(({ version }) => version),
      stream,
    ).toEqual(own.map((_, index) => index + 1));
}, 90_000);

test('a relay whose log was stopped first leaves the process to others, and stops too', async () => {
  const at = await stage(1, {}, 'none');
  const relay = await at.bus(at.owner, 'relay');
  await say(at.owner, 0);
  await until('it published the log', async () => (await relayed(at.owner)) === 1);
  await at.owner.log.stop();
  expect(await relayed(at.owner)).toBe(1);
  await relay.stop();
});

test('a topic that was deleted and made anew is read from its new beginning: where the old one was read to is not waited for', async () => {
  const at = await stage(1);
  const read = vi.spyOn(at.feed, 'read');
  await (await at.bus(at.consumer, 'one')).subscribe(subscription());
  await streams(at, 0, 30);
  await until('the first events came', async () => (await applied(at)) === 30);
  await deleteTopic(at);
  await streams(at, 30, 5);
  await until('every event came', async () => (await applied(at)) === 35);
  await streams(at, 35, 5);
  await until('and what came after', async () => (await applied(at)) === 40);
  expect(new Set((await effectsOf(at.consumer, 'g')).map(({ stream }) => stream)).size).toBe(40);
  expect(read).not.toHaveBeenCalled(); // from Kafka, not from the owner's log
}, 90_000);

test('a client that never disconnects holds up nobody', async () => {
  let asked = 0;
  const never = { disconnect: () => new Promise<void>(() => (asked += 1)) };
  const failing = { disconnect: () => Promise.reject(new Error('was never connected')) };
  await letGo([never, failing], 50);
  expect(asked).toBe(1);
});

test('a rebalance in the middle of slow slices leaves every event applied once: the client lets handlers run on, and two at once', async () => {
  const at = await stage(4);
  const slow = subscription(async (events, tx) => {
    await sleep(150);
    await writeEffects('g', events, tx);
  });
  const one = await at.bus(at.consumer, 'one');
  await one.subscribe({ ...slow, sliceSize: 1 });
  await streams(at, 0, 60);
  await until('the first came', async () => (await applied(at)) > 3);
  const two = await at.bus(at.consumer, 'two');
  await two.subscribe({ ...slow, sliceSize: 1 });
  await sleep(1_000);
  await one.stop();
  await until('every event came', async () => (await applied(at)) >= 60);
  expect(new Set((await effectsOf(at.consumer, 'g')).map(({ stream }) => stream)).size).toBe(60);
  expect(await applied(at)).toBe(60);
}, 120_000);

test('a wall clock set back by an hour holds nothing up: heartbeats, new partitions and what waits for others go on', async () => {
  const at = await stage(2);
  await (await at.bus(at.consumer, 'one')).subscribe(subscription());
  await streams(at, 0, 10);
  await until('the first events came', async () => (await applied(at)) === 10);
  const machine = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => machine() - 3_600_000);
  await morePartitions(at, 5);
  await sleep(11_000); // the relay has seen the new partitions
  await streams(at, 10, 64);
  await until('every event came', async () => (await applied(at)) === 74);
}, 120_000);

test('events recorded while a clock was two hours ahead are published: the broker would hold the relay up until then', async () => {
  const machine = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => machine() + 2 * 3_600_000);
  const at = await stage(2);
  await streams(at, 0, 10);
  await until('every event is in the topic', async () => (await recordsIn(at)) === 10);
}, 120_000);

test('a consumer that takes nothing any more although there is news is noticed, and its process told to end', async () => {
  const at = await stage(2, { stuckAfterMs: 1_500 });
  const released = Promise.withResolvers<void>();
  await (await at.bus(at.consumer, 'one')).subscribe(subscription(() => released.promise));
  await say(at.owner, 1);
  await until('the watchdog barked', () => at.stuck.length > 0);
  expect(at.stuck[0]).toMatch(/^g applied nothing for .* s while .*conversations\.v1\/\d have news$/);
  released.resolve();
}, 90_000);
