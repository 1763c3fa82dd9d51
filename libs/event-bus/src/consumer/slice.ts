// One slice, one transaction, in this order of locks: offset, watermarks, keys, held streams, the handler's effects, its append, commit.
import { decodeEvent, decodeMeta, type EpochMs, type RawEvent, type Tx } from '@deskfleet/event-store';
import { run } from '../database.ts';
import type { Subscription } from '../subscription.ts';
import { type Admission, admit, readmit } from './admit.ts';
import { Gap, LaneMoved, SourceLeft } from './faults.ts';
import { dropApplied, holdStreams, type Incoming, lockKeys, queueEvents, rawStreamOf, readyEvents, releaseKeys } from './held.ts';
import { type JournalRows, journalOf } from './journal.ts';
import { type SliceSpan, sliceSpan } from './tracing.ts';

export const FEED_LANE = 'feed';
/** The offset and the watermarks of an epoch that a group has left: nothing comes after it. */
export const LEFT = Number.MAX_SAFE_INTEGER;

export interface LaneName {
  readonly group: string;
  readonly source: string;
  readonly lane: string;
}

/** An event as an adapter brings it. */
export interface CarriedEvent extends RawEvent {
  /** The position before it in its bucket, where the carrier says so; 0 or absent: not said, or the first. */
  readonly previous?: number;
}

export interface Slice {
  readonly from: number;
  readonly to: number;
  /** What came, wanted or not. */
  readonly events: readonly CarriedEvent[];
  /** Whether watermarks per bucket decide what is new (a partition of a topic), or the offset alone does (a whole log in order). */
  readonly byBucket: boolean;
  /** The slice holds one event that failed for good: its stream is parked instead of applied. */
  readonly park?: { readonly error: string; readonly attempts: number };
}

export interface Applied {
  readonly handled: number;
  /** Streams were released: there is something to drain. */
  readonly released: boolean;
}

/** Applies a slice within a transaction. Throws `LaneMoved` when the offset is not at `from`, and whatever the handler throws. */
export async function applySlice(
  tx: Tx,
  subscription: Subscription,
  types: ReadonlySet<string>,
  name: LaneName,
  slice: Slice,
  now: EpochMs,
): Promise<Applied & { span?: SliceSpan }> {
  const wanted = slice.events.filter((raw) => types.has(raw.type));
  const decoded = slice.park === undefined ? wanted.map((raw): Incoming => ({ raw, event: decodeEvent(raw) })) : [];
  const journal = journalOf(
    slice.park === undefined ? decoded.map(({ raw, event }) => ({ raw, meta: event.meta })) : wanted.map((raw) => ({ raw, meta: decodeMeta(raw) })),
  );
  const { anyHeld } = await moveOffset(tx, name, slice.from, slice.to, journal, now);
  const fresh = slice.byBucket ? new Set(await passWatermarks(tx, name.group, slice.events)) : undefined;
  const isFresh = (raw: RawEvent): boolean => fresh?.has(raw) ?? true;
  if (slice.park !== undefined) return park(tx, subscription.group, wanted.filter(isFresh), slice.park, now);
  const incoming = decoded.filter(({ raw }) => isFresh(raw));
  if (incoming.length === 0) return { handled: 0, released: false };
  return settleAdmission(tx, subscription, await admit(tx, subscription, incoming, anyHeld || slice.byBucket), now);
}

/** Applies the next events of streams that are ready to go on. With `park`, the first one's stream is parked instead. */
export async function applyReady(
  tx: Tx,
  subscription: Subscription,
  limit: number,
  park: Slice['park'],
  now: EpochMs,
): Promise<Applied & { found: number; span?: SliceSpan }> {
  await lockKeys(tx, subscription.group);
  const raws = await readyEvents(tx, subscription.group, limit);
  if (raws.length === 0) return { found: 0, handled: 0, released: false };
  if (park !== undefined) {
    await holdStreams(
      tx,
      subscription.group,
      raws.map((raw) => ({ ...rawStreamOf(raw), reason: { state: 'parked', ...park } })),
      now,
    );
    return { found: raws.length, handled: 0, released: false };
  }
  const incoming = raws.map((raw): Incoming => ({ raw, event: decodeEvent(raw) }));
  const admission = await readmit(tx, subscription, incoming);
  await dropApplied(
    tx,
    subscription.group,
    admission.apply.map(({ raw }) => raw),
  );
  const applied = await settleAdmission(tx, subscription, { ...admission, behind: [] }, now); // what stays behind is queued already
  return { ...applied, found: raws.length };
}

async function settleAdmission(tx: Tx, subscription: Subscription, admission: Admission, now: EpochMs): Promise<Applied & { span: SliceSpan }> {
  const { group } = subscription;
  await holdStreams(
    tx,
    group,
    admission.waiting.map(({ key, ...stream }) => ({ ...stream, reason: { state: 'waiting', key } })),
    now,
  );
  await queueEvents(
    tx,
    group,
    admission.behind.map(({ raw }) => raw),
  );
  const released = await releaseKeys(tx, group, admission.provided);
  const events = admission.apply.map(({ event }) => event);
  const span = sliceSpan(`apply ${group}`, events);
  try {
    if (events.length > 0) await span.run(() => subscription.handle(events, tx));
  } catch (error) {
    span.end(error);
    throw error;
  }
  return { handled: events.length, released, span };
}

/** One event goes behind its stream, which is parked unless it is held already. Nothing is decoded but the meta: the event itself may be what is broken. */
async function park(tx: Tx, group: string, wanted: readonly RawEvent[], reason: NonNullable<Slice['park']>, now: EpochMs): Promise<Applied> {
  const streams = wanted.map((raw) => ({ ...rawStreamOf(raw), reason: { state: 'parked' as const, ...reason } }));
  await holdStreams(tx, group, streams, now);
  await queueEvents(tx, group, wanted);
  return { handled: 0, released: false };
}

/**
 * Compare-and-set; answers whether any stream of the source is held. That is the truth for a whole log read in order: only its one lane begins
 * to hold its streams. Partitions can follow one another on a bucket, so they look again under the watermarks' locks.
 */
async function moveOffset(
  tx: Tx,
  { group, source, lane }: LaneName,
  from: number,
  to: number,
  { sources, vendors, lasts, entries }: JournalRows,
  now: EpochMs,
): Promise<{ anyHeld: boolean }> {
  const { rows } = await run<{ held: boolean }>(
    tx,
    `with moved as (
       update bus_offsets set position = $5 where consumer_group = $1 and source = $2 and lane = $3 and position = $4
       returning exists (select from bus_held_streams h where h.consumer_group = $1 and h.source = $2) as held),
     journal as (
       insert into bus_journal (consumer_group, source, vendor_id, last, entries, taken_at)
       select $1, j.*, $10 from moved, unnest($6::text[], $7::text[], $8::bigint[], $9::text[]) j)
     select held from moved`,
    [group, source, lane, from, to, sources, vendors, lasts, entries, now],
  );
  if (rows[0] === undefined) throw new LaneMoved(`${group} ${source} ${lane} is no longer at ${from}`);
  return { anyHeld: rows[0].held };
}

/** Moves the watermarks of the events' buckets; answers the events above them, once each. Throws `Gap` when one before them is missing. */
async function passWatermarks(tx: Tx, group: string, events: readonly CarriedEvent[]): Promise<readonly RawEvent[]> {
  const buckets = new Map<string, Mark>();
  for (const { source, bucket } of events) buckets.set(markName({ source, bucket }), { source, bucket, position: 0 });
  const passed = await lockWatermarks(tx, group, [...buckets.values()]);
  const moved = new Set<string>();
  const fresh = events.filter(({ source, bucket, position, previous = 0 }) => {
    const name = markName({ source, bucket });
    const reached = passed.get(name) ?? 0;
    if (reached === LEFT) throw new SourceLeft(`${group} has left ${source}`);
    if (position <= reached) return false;
    if (previous > reached) throw new Gap(source, bucket, reached, previous);
    passed.set(name, position);
    moved.add(name);
    return true;
  });
  if (fresh.length === 0) return fresh;
  const marks = [...moved].map((name) => ({ ...(buckets.get(name) as Mark), position: passed.get(name) ?? 0 }));
  await run(
    tx,
    `update bus_watermarks w set position = m.position from unnest($2::text[], $3::int[], $4::bigint[]) m (source, bucket, position)
      where w.consumer_group = $1 and w.source = m.source and w.bucket = m.bucket`,
    [group, marks.map((m) => m.source), marks.map((m) => m.bucket), marks.map((m) => m.position)],
  );
  return fresh;
}

interface Mark {
  readonly source: string;
  readonly bucket: number;
  readonly position: number;
}

function markName({ source, bucket }: Omit<Mark, 'position'>): string {
  return `${source}\n${bucket}`;
}

/** The watermarks of these buckets, made where missing, locked in order; never below what the group's feed had read of the source. */
async function lockWatermarks(tx: Tx, group: string, marks: readonly { source: string; bucket: number }[]): Promise<Map<string, number>> {
  const columns = [group, marks.map((m) => m.source), marks.map((m) => m.bucket)];
  const lock = async () =>
    run<{ source: string; bucket: number; position: string; feed: string | null }>(
      tx,
      `select w.source, w.bucket, w.position,
              (select o.position from bus_offsets o where o.consumer_group = $1 and o.source = w.source and o.lane = '${FEED_LANE}') as feed
         from bus_watermarks w where w.consumer_group = $1 and (w.source, w.bucket) in (select * from unnest($2::text[], $3::int[]))
        order by w.source, w.bucket for update`,
      columns,
    );
  let { rows } = await lock();
  if (rows.length < marks.length) {
    await run(
      tx,
      `insert into bus_watermarks (consumer_group, source, bucket, position)
       select $1, source, bucket, 0 from unnest($2::text[], $3::int[]) m (source, bucket) order by source, bucket on conflict do nothing`,
      columns,
    );
    ({ rows } = await lock());
  }
  return new Map(rows.map((row) => [markName(row), Math.max(Number(row.position), Number(row.feed ?? 0))]));
}
