// Two lanes of one group that bring the same bucket at the same time, as partitions do after their count was raised: the second one's slice begins
// before the first one's is committed, and must not go by what it saw then.
import { MessageReceived } from '@deskfleet/protocol/conversations';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LaneMoved } from '../src/consumer/faults.ts';
import { applySlice, type CarriedEvent } from '../src/consumer/slice.ts';
import type { Subscription } from '../src/index.ts';
import { append, Exits, effectsOf, type Service, startService, writeEffects } from './ground.ts';

let exits: Exits;
let consumer: Service;
let events: CarriedEvent[];

beforeEach(async () => {
  exits = new Exits();
  const [owner, other] = await Promise.all([startService('conversations', exits), startService('consumer', exits)]);
  consumer = other;
  for (let n = 0; n < 4; n += 1) await append(owner, 'conversation-1', MessageReceived.create({ messageId: `m${n}` }));
  const raws = await owner.store.read(0, 10);
  events = raws.map((raw, index) => ({ ...raw, previous: raws[index - 1]?.position ?? 0 }));
  for (const lane of ['kafka/0', 'kafka/1'])
    await consumer.pool.query(`insert into bus_offsets (consumer_group, source, lane, position) values ('g', 'topic', $1, 0)`, [lane]);
});
afterEach(() => exits.run());

const applyAll: Subscription = {
  group: 'g',
  sources: ['conversations'],
  types: [MessageReceived],
  sliceSize: 50,
  handle: (slice, tx) => writeEffects('g', slice, tx),
};

/** Applies a slice of a lane in a transaction that is committed once `mayCommit`; `reached` when everything but the commit is done. */
function apply(subscription: Subscription, lane: string, slice: readonly CarriedEvent[], from = 0, mayCommit = Promise.resolve()) {
  const reached = Promise.withResolvers<void>();
  const committed = consumer.db
    .transaction()
    .execute(async (tx) => {
      const steps = [{ source: 'topic', lane, from, to: slice.length }];
      await applySlice(tx, subscription, new Set([MessageReceived.$type]), { steps, events: slice, byBucket: true }, Date.now());
      reached.resolve();
      await mayCommit;
    })
    .finally(reached.resolve);
  committed.catch(() => {});
  return { reached: reached.promise, committed };
}

/** Resolves when a transaction of this database waits for another one. */
async function someoneWaits(): Promise<void> {
  for (;;) {
    const { rows } = await consumer.pool.query(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows[0].waiting > 0) return;
  }
}

test('what the first lane applies while the second waits for its watermark is not applied again', async () => {
  const gate = Promise.withResolvers<void>();
  const first = apply(applyAll, 'kafka/0', events.slice(0, 3), 0, gate.promise);
  await first.reached;
  const second = apply(applyAll, 'kafka/1', events);
  await someoneWaits();
  gate.resolve();
  await Promise.all([first.committed, second.committed]);
  expect((await effectsOf(consumer, 'g')).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  const { rows } = await consumer.pool.query('select bucket, position from bus_watermarks');
  expect(rows).toEqual([{ bucket: events[0]?.bucket, position: String(events[3]?.position) }]);
});

test('a stream that the first lane begins to hold meanwhile holds the second one’s events too', async () => {
  const waiting: Subscription = { ...applyAll, requires: () => 'key', present: async () => new Set() };
  const gate = Promise.withResolvers<void>();
  const first = apply(waiting, 'kafka/0', events.slice(0, 2), 0, gate.promise);
  await first.reached;
  const second = apply({ ...waiting, present: async (keys) => new Set(keys) }, 'kafka/1', events.slice(2));
  await someoneWaits();
  gate.resolve();
  await Promise.all([first.committed, second.committed]);
  expect(await effectsOf(consumer, 'g')).toEqual([]);
  const { rows } = await consumer.pool.query('select version from bus_held_events order by position');
  expect(rows.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
});

test('a slice whose lane was moved meanwhile moves no watermark and leaves nothing in the journal', async () => {
  await apply(applyAll, 'kafka/0', events.slice(0, 2)).committed;
  await expect(apply(applyAll, 'kafka/0', events).committed).rejects.toThrow(LaneMoved);
  const { rows } = await consumer.pool.query(
    'select (select max(position) from bus_watermarks) as position, (select count(*)::int from bus_journal) as slices',
  );
  expect(rows).toEqual([{ position: String(events[1]?.position), slices: 1 }]);
});

test('a feed that begins where Kafka had come applies what lies beyond, and counts nothing as read because its own offset moves over it', async () => {
  await apply(applyAll, 'kafka/0', events.slice(0, 2)).committed;
  const source = events[0]?.source ?? '';
  await consumer.pool.query(`insert into bus_offsets (consumer_group, source, lane, position) values ('g', $1, 'feed', 0)`, [source]);
  const steps = [{ source, lane: 'feed', from: 0, to: 4 }];
  await consumer.db.transaction().execute((tx) => applySlice(tx, applyAll, new Set([MessageReceived.$type]), { steps, events, byBucket: true }, Date.now()));
  expect((await effectsOf(consumer, 'g')).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
});

test('a commit waits for the disk unless nothing was wanted, or what is written follows from the events alone', async () => {
  const waits = async (subscription: Subscription, lane: string, types = [MessageReceived.$type]): Promise<boolean> =>
    consumer.db.transaction().execute(async (tx) => {
      const steps = [{ source: 'topic', lane, from: 0, to: events.length }];
      await applySlice(tx, subscription, new Set(types), { steps, events, byBucket: true }, Date.now());
      const { rows } = await tx.executeQuery<{ setting: string }>(CompiledQuery.raw(`select current_setting('synchronous_commit') as setting`));
      return rows[0]?.setting === 'on';
    });
  expect(await waits(applyAll, 'kafka/0', [])).toBe(false);
  await consumer.pool.query('delete from bus_watermarks; update bus_offsets set position = 0');
  expect(await waits(applyAll, 'kafka/0')).toBe(true);
  await consumer.pool.query('delete from bus_watermarks');
  expect(await waits({ ...applyAll, repeatable: true }, 'kafka/1')).toBe(false);
  const { rows } = await consumer.pool.query('show synchronous_commit');
  expect(rows).toEqual([{ synchronous_commit: 'on' }]);
});
