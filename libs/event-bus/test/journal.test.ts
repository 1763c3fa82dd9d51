// The journal: what slices took in comes back as it was, after a restore and in whichever form it was written.
import type { RawEvent } from '@deskfleet/event-store';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { journalOf } from '../src/consumer/journal.ts';
import { installEventBus, orphanCounts, orphanedEvents } from '../src/index.ts';
import { Exits, type Service, startService } from './ground.ts';

const exits = new Exits();
let consumer: Service;
beforeAll(async () => {
  consumer = await startService('consumer', exits);
});
afterAll(() => exits.run());
beforeEach(async () => {
  await consumer.pool.query('truncate bus_journal, bus_restores');
  await consumer.pool.query(
    `insert into bus_restores (consumer_group, old_source, new_source, after_position, through, adopted_at) values ('g', 'old', 'new', 0, $1, 1)`,
    [Number.MAX_SAFE_INTEGER],
  );
});

const name = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0') && one.isWellFormed());
const few = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
const taken = fc.tuple(few, few, few).chain(([types, streams, shops]) =>
  fc.uniqueArray(
    fc.record({
      position: fc.maxSafeNat().filter((position) => position > 0),
      type: fc.constantFrom(...types),
      streamId: fc.constantFrom(...streams),
      shopId: fc.constantFrom(...shops),
      vendorId: fc.constantFrom('v1', 'v2'),
    }),
    { selector: ({ position }) => position, maxLength: 30 },
  ),
);
type Taken = typeof taken extends fc.Arbitrary<(infer One)[]> ? One : never;

async function write(sources: string[], vendors: string[], lasts: number[], entries: string[]): Promise<void> {
  await consumer.pool.query(
    `insert into bus_journal (consumer_group, source, vendor_id, last, entries, taken_at)
     select 'g', j.*, 5 from unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) j`,
    [sources, vendors, lasts, entries],
  );
}

async function take(slice: readonly Taken[]): Promise<void> {
  const rest = { source: 'old', version: 1, bucket: 0, data: Buffer.of(), meta: Buffer.of(), occurredAt: 1, recordedAt: 1 };
  const events = slice.map(({ vendorId, shopId, ...event }) => ({ raw: { ...rest, ...event } satisfies RawEvent, meta: { vendorId, shopId } }));
  const { sources, vendors, lasts, entries } = journalOf(events);
  await write(sources, vendors, lasts, entries);
}

const listed = async (): Promise<Omit<Taken, 'vendorId'>[]> => {
  const found = await consumer.db.transaction().execute((tx) => orphanedEvents(tx, {}, { limit: 1_000 }));
  return found.map(({ position, type, streamId, shopId }) => ({ position, type, streamId, shopId }));
};

test('whatever slices took in is listed as it came, in whichever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(taken, { maxLength: 3 }), async (slices) => {
      await consumer.pool.query('truncate bus_journal');
      for (const slice of slices) await take(slice);
      const once = new Map(slices.flat().map((event) => [event.position, event]));
      const all = await listed();
      expect(all.map(({ position }) => position)).toEqual([...once.keys()].sort((a, b) => a - b));
      const came = slices.flat().map(({ vendorId: _, ...event }) => event);
      for (const event of all) expect(came).toContainEqual(event);
    }),
    { numRuns: 50 },
  );
});

test('a slice that was journalled event by event, before names stood once, is listed beside later ones', async () => {
  const [one, two, three] = [1, 2, 3].map((position) => ({ position, type: `type${position % 2}`, streamId: `stream${position}`, shopId: 's1' }));
  await write(['old'], ['v1'], [2], [JSON.stringify([one, two].map((event) => Object.values(event ?? {})))]);
  await take([{ ...three, vendorId: 'v1' } as Taken]);
  expect(await listed()).toEqual([one, two, three]);
  expect(await orphanCounts(consumer.db, 'v1', 0)).toEqual([{ group: 'g', service: 'old', events: 3, since: 1 }]);
});

test('an installation whose journal was compressed writes it as it is from its next start on', async () => {
  const storage = async (): Promise<unknown> =>
    (await consumer.pool.query(`select attstorage from pg_attribute where attrelid = 'bus_journal'::regclass and attname = 'entries'`)).rows;
  await consumer.pool.query('alter table bus_journal alter column entries set storage extended');
  await installEventBus(consumer.pool);
  expect(await storage()).toEqual([{ attstorage: 'e' }]);
});
