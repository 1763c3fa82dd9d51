// What several partitions brought, applied together: one transaction where all goes well, and each on its own where something stands in the way.
import { MessageReceived } from '@deskfleet/protocol/conversations';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Consumer, type Lane } from '../src/consumer/consumer.ts';
import { Gap, LaneMoved } from '../src/consumer/faults.ts';
import { applyJoined, type Brought } from '../src/consumer/joined.ts';
import type { CarriedEvent } from '../src/consumer/slice.ts';
import { parkedStreams, type Subscription } from '../src/index.ts';
import { append, Exits, effectsOf, type Service, startService, writeEffects } from './ground.ts';

const STREAMS = ['conversation-1', 'conversation-2', 'conversation-3'];
const EACH = 4;

let exits: Exits;
let service: Service;
let faults: string[];
let eventsOf: Map<string, CarriedEvent[]>;

beforeEach(async () => {
  exits = new Exits();
  faults = [];
  const [owner, other] = await Promise.all([startService('conversations', exits), startService('consumer', exits)]);
  service = other;
  for (let n = 0; n < EACH; n += 1) for (const stream of STREAMS) await append(owner, stream, MessageReceived.create({ messageId: `${stream} ${n}` }));
  const raws = await owner.store.read(0, 100);
  eventsOf = new Map(
    STREAMS.map((stream) => {
      const ofStream = raws.filter((raw) => raw.streamId === stream);
      return [stream, ofStream.map((raw, index) => ({ ...raw, previous: ofStream[index - 1]?.position ?? 0 }))];
    }),
  );
});
afterEach(() => exits.run());

function consume(changes: Partial<Subscription> = {}): Consumer {
  const subscription: Subscription = {
    ...{ group: 'g', sources: ['conversations'], types: [MessageReceived], sliceSize: 50, handle: (events, tx) => writeEffects('g', events, tx) },
    ...changes,
  };
  const onFault = (part: string, error: unknown) => faults.push(`${part}: ${String(error)}`);
  const consumer = new Consumer(subscription, { db: service.db, log: service.log, clock: Date.now, onFault });
  exits.add(() => consumer.stop());
  return consumer;
}

/** Each stream by a partition of its own, all events from the first on. */
async function broughtBy(consumer: Consumer, events: (stream: string) => readonly CarriedEvent[] = all): Promise<Brought[]> {
  return Promise.all(
    STREAMS.map(async (stream, partition) => {
      const lane: Lane = await consumer.openLane('topic', `kafka/${partition}`);
      return { lane, events: events(stream), offsets: events(stream).map((_, index) => index + 1), through: EACH };
    }),
  );
}

const all = (stream: string): readonly CarriedEvent[] => eventsOf.get(stream) ?? [];
const apply = (consumer: Consumer, brought: readonly Brought[]) => applyJoined(consumer, brought, consumer.stopped, async () => {});
const versionsOf = async (stream: string) => (await effectsOf(service, 'g')).filter((effect) => effect.stream === stream).map(({ version }) => version);
const slices = async (): Promise<number> => (await service.pool.query('select count(*)::int as n from bus_journal')).rows[0].n;
const standing = async (): Promise<number[]> =>
  (await service.pool.query(`select position::int from bus_offsets where source = 'topic' order by lane`)).rows.map(({ position }) => position);

test('what several partitions brought is applied in one transaction, with all their offsets', async () => {
  const consumer = consume();
  const brought = await broughtBy(consumer);
  expect(await apply(consumer, brought)).toEqual(new Map());
  for (const stream of STREAMS) expect(await versionsOf(stream)).toEqual([1, 2, 3, 4]);
  expect(await slices()).toBe(1);
  expect(await standing()).toEqual([EACH, EACH, EACH]);
  expect(brought.map(({ lane }) => lane.position)).toEqual([EACH, EACH, EACH]);
});

test('a slice ends where it is full, also in the middle of what a partition brought', async () => {
  const consumer = consume({ sliceSize: 5 });
  expect(await apply(consumer, await broughtBy(consumer))).toEqual(new Map());
  for (const stream of STREAMS) expect(await versionsOf(stream)).toEqual([1, 2, 3, 4]);
  expect(await slices()).toBe(3);
  expect(await standing()).toEqual([EACH, EACH, EACH]);
});

test('a partition that another consumer has moved on is told so, and nothing of it is applied; the others go on', async () => {
  const consumer = consume();
  const brought = await broughtBy(consumer);
  await service.pool.query(`update bus_offsets set position = 2 where lane = 'kafka/1'`);
  const stopped = await apply(consumer, brought);
  expect([...stopped.keys()]).toEqual([brought[1]]);
  expect([...stopped.values()][0]).toBeInstanceOf(LaneMoved);
  expect(await versionsOf('conversation-2')).toEqual([]);
  for (const stream of ['conversation-1', 'conversation-3']) expect(await versionsOf(stream)).toEqual([1, 2, 3, 4]);
  expect(await standing()).toEqual([EACH, 2, EACH]);
  expect(faults).toEqual([]);
});

test('a partition that lacks an event waits for it; the others go on', async () => {
  const consumer = consume();
  const brought = await broughtBy(consumer, (stream) => (stream === 'conversation-3' ? all(stream).slice(1) : all(stream)));
  const stopped = await apply(consumer, brought);
  expect([...stopped.keys()]).toEqual([brought[2]]);
  expect([...stopped.values()][0]).toBeInstanceOf(Gap);
  for (const stream of ['conversation-1', 'conversation-2']) expect(await versionsOf(stream)).toEqual([1, 2, 3, 4]);
  expect(await standing()).toEqual([EACH, EACH, 0]);
});

test('an event that fails parks its stream alone, whatever came beside it; afterwards nothing is known to fail', async () => {
  const consumer = consume({
    async handle(events, tx) {
      if (events.some(({ streamId, version }) => streamId === 'conversation-2' && version === 2)) throw new Error('poison');
      await writeEffects('g', events, tx);
    },
  });
  expect(await apply(consumer, await broughtBy(consumer))).toEqual(new Map());
  expect(await versionsOf('conversation-2')).toEqual([1]);
  for (const stream of ['conversation-1', 'conversation-3']) expect(await versionsOf(stream)).toEqual([1, 2, 3, 4]);
  expect(await parkedStreams(service.db)).toMatchObject([{ streamId: 'conversation-2' }]);
  expect(consumer.faults()).toEqual(new Map());
  expect(faults[0]).toMatch(/poison/);
});

test('a consumer that may not go on applies nothing more', async () => {
  const consumer = consume({ sliceSize: 4 });
  const brought = await broughtBy(consumer);
  const rebalancing = new Error('the group is rebalancing');
  const stopped = await applyJoined(consumer, brought, consumer.stopped, () => Promise.reject(rebalancing));
  expect(await slices()).toBe(1);
  expect(stopped.get(brought[1] as Brought)).toBe(rebalancing);
  expect(stopped.get(brought[2] as Brought)).toBe(rebalancing);
});
