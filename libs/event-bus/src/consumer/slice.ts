// One slice, one transaction, in this order of locks: offset, watermarks, keys, held streams, the handler's effects, its append, commit.
import { decodeEvent, decodeMeta, type EpochMs, type RawEvent, type Tx, textArray } from '@deskfleet/event-store';
import { run } from '../database.ts';
import type { Subscription } from '../subscription.ts';
import { type Admission, admit, readmit } from './admit.ts';
import { Gap, LaneMoved, SourceLeft } from './faults.ts';
import { anyHeldOf, dropApplied, holdStreams, type Incoming, queueEvents, rawStreamOf, readyEvent, releaseKeys } from './held.ts';
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

/** A lane's part in a slice: the offset it must stand at, and the one it stands at once the slice is applied. */
export interface Step {
  readonly source: string;
  readonly lane: string;
  readonly from: number;
  readonly to: number;
}

/** An event as an adapter brings it. */
export interface CarriedEvent extends RawEvent {
  /** The position before it in its bucket, where the carrier says so; 0 or absent: not said, or the first. */
  readonly previous?: number;
}

export interface Slice {
  /** The lanes that the events came by, each once; those of one lane in its order. */
  readonly steps: readonly Step[];
  /** What came, wanted or not. */
  readonly events: readonly CarriedEvent[];
  /** Whether watermarks per bucket decide what is new (a partition of a topic), or the offset alone does (a whole log in order). */
  readonly byBucket: boolean;
  /** The slice holds one event that failed for good: its stream is parked instead of applied. */
  readonly park?: Parking;
}

/** Why a stream is parked. */
export interface Parking {
  readonly error: string;
  readonly attempts: number;
}

export interface Applied {
  /** The types of the events that were handled. */
  readonly handled: ReadonlySet<string>;
  /** Streams were released: there is something to drain. */
  readonly released: boolean;
}

const NOTHING: Applied = { handled: new Set(), released: false };

/** Applies a slice within a transaction. Throws `LaneMoved` when an offset is not at its `from`, and whatever the handler throws. */
export async function applySlice(
  tx: Tx,
  subscription: Subscription,
  types: ReadonlySet<string>,
  slice: Slice,
  now: EpochMs,
): Promise<Applied & { span?: SliceSpan }> {
  const wanted = slice.events.filter((raw) => types.has(raw.type));
  const decoded = slice.park === undefined ? wanted.map((raw): Incoming => ({ raw, event: decodeEvent(raw) })) : [];
  const journal = journalOf(
    slice.park === undefined ? decoded.map(({ raw, event }) => ({ raw, meta: event.meta })) : wanted.map((raw) => ({ raw, meta: decodeMeta(raw) })),
  );
  const waits = !(wanted.length === 0 || subscription.repeatable === true);
  const { anyHeld, reached } = await begin(tx, subscription.group, slice.steps, slice.byBucket ? marksOf(slice.events) : [], journal, waits, now);
  const fresh = slice.byBucket ? freshOf(subscription.group, slice.events, reached) : undefined;
  const isFresh = (raw: RawEvent): boolean => fresh?.has(raw) ?? true;
  if (slice.park !== undefined) return park(tx, subscription.group, wanted.filter(isFresh), slice.park, now);
  const incoming = decoded.filter(({ raw }) => isFresh(raw));
  if (incoming.length === 0) return NOTHING;
  const mayBeHeld = slice.byBucket ? await anyHeldOf(tx, subscription.group, incoming) : anyHeld;
  return settleAdmission(tx, subscription, await admit(tx, subscription, incoming, mayBeHeld), now);
}

/** Applies events of streams that are ready to go on and are locked by the caller, who holds the lock of the keys. */
export async function applyReady(tx: Tx, subscription: Subscription, raws: readonly RawEvent[], now: EpochMs): Promise<Applied & { span?: SliceSpan }> {
  if (raws.length === 0) return NOTHING;
  const incoming = raws.map((raw): Incoming => ({ raw, event: decodeEvent(raw) }));
  const admission = await readmit(tx, subscription, incoming);
  await dropApplied(
    tx,
    subscription.group,
    admission.apply.map(({ raw }) => raw),
  );
  return settleAdmission(tx, subscription, { ...admission, behind: [] }, now); // what stays behind is queued already
}

/** Parks the stream of an event that failed for good, by itself, if the event is still the first of it. */
export async function parkReady(tx: Tx, group: string, event: RawEvent, reason: Parking, now: EpochMs): Promise<void> {
  if ((await readyEvent(tx, group, event)).length === 0) return;
  await holdStreams(tx, group, [{ ...rawStreamOf(event), reason: { state: 'parked', ...reason } }], now);
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
  return { handled: new Set(events.map(({ event }) => event.$type)), released, span };
}

/** One event goes behind its stream, which is parked unless it is held already. Nothing is decoded but the meta: the event itself may be what is broken. */
async function park(tx: Tx, group: string, wanted: readonly RawEvent[], reason: Parking, now: EpochMs): Promise<Applied> {
  const streams = wanted.map((raw) => ({ ...rawStreamOf(raw), reason: { state: 'parked' as const, ...reason } }));
  await holdStreams(tx, group, streams, now);
  await queueEvents(tx, group, wanted);
  return NOTHING;
}

interface Mark {
  readonly source: string;
  readonly bucket: number;
  /** The bucket's last position in the slice. */
  position: number;
}

/** What was found where the slice begins. */
interface Begun {
  /**
   * Whether any stream of the lanes' sources is held. That is the truth for a whole log read in order: only its one lane begins to hold its streams.
   * Partitions can follow one another on a bucket, so they look again under the watermarks' locks.
   */
  readonly anyHeld: boolean;
  /** How far each mark's bucket was applied before, by its name. */
  readonly reached: Map<string, number>;
}

/**
 * Moves the offsets by compare-and-set, all or none, then the watermarks, in order, never back and never below what the group's feed had read; writes
 * the journal. One statement, for the round trips of a slice are most of what it costs. A watermark that another lane moves meanwhile is waited for
 * and read anew. `waits`: whether the commit shall wait for the disk.
 */
async function begin(
  tx: Tx,
  group: string,
  steps: readonly Step[],
  marks: readonly Mark[],
  { sources, vendors, lasts, entries }: JournalRows,
  waits: boolean,
  now: EpochMs,
): Promise<Begun> {
  const { rows } = await run<{ held: boolean; source: string | null; bucket: number; reached: string | null; feed: string | null }>(
    tx,
    `with standing as (
       select o.source, o.lane, s.to_position from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) s (source, lane, from_position, to_position)
         join bus_offsets o on o.consumer_group = $1 and o.source = s.source and o.lane = s.lane and o.position = s.from_position
        order by o.source, o.lane for update of o),
     moved as (
       update bus_offsets o set position = s.to_position from standing s where o.consumer_group = $1 and o.source = s.source and o.lane = s.lane returning 1),
     begun as (
       select case when $14 then '' else set_config('synchronous_commit', 'off', true) end from moved having count(*) = cardinality($2::text[])),
     journal as (
       insert into bus_journal (consumer_group, source, vendor_id, last, entries, taken_at)
       select $1, j.*, $10 from begun, unnest($6::text[], $7::text[], $8::bigint[], $9::text[]) j),
     marks as (
       insert into bus_watermarks as w (consumer_group, source, bucket, position)
       select $1, m.* from begun, unnest($11::text[], $12::int[], $13::bigint[]) m (source, bucket, position) order by source collate "C", bucket
       on conflict (consumer_group, source, bucket) do update set position = greatest(w.position, excluded.position)
       returning source, bucket, old.position as reached)
     select exists (select from bus_held_streams h where h.consumer_group = $1 and h.source = any ($2)) as held, marks.*,
            (select o.position from bus_offsets o where o.consumer_group = $1 and o.source = marks.source and o.lane = '${FEED_LANE}') as feed
       from begun left join marks on true`,
    [
      group,
      steps.map(({ source }) => source),
      steps.map(({ lane }) => lane),
      steps.map(({ from }) => from),
      steps.map(({ to }) => to),
      sources,
      vendors,
      lasts,
      textArray(entries),
      now,
      marks.map((mark) => mark.source),
      marks.map(({ bucket }) => bucket),
      marks.map(({ position }) => position),
      waits,
    ],
  );
  const [first] = rows;
  if (first === undefined)
    throw new LaneMoved(`${group} is no longer where this slice begins: ${steps.map(({ source, lane, from }) => `${source} ${lane} at ${from}`).join(', ')}`);
  const reached = new Map<string, number>();
  for (const row of rows) {
    if (row.source !== null) reached.set(markName({ source: row.source, bucket: row.bucket }), Math.max(Number(row.reached ?? 0), Number(row.feed ?? 0)));
  }
  return { anyHeld: first.held, reached };
}

/** The buckets of these events, each with its last position. */
function marksOf(events: readonly CarriedEvent[]): Mark[] {
  const marks = new Map<string, Mark>();
  for (const { source, bucket, position } of events) {
    const name = markName({ source, bucket });
    const mark = marks.get(name);
    if (mark === undefined) marks.set(name, { source, bucket, position });
    else mark.position = Math.max(mark.position, position);
  }
  return [...marks.values()];
}

/** The events above their buckets' watermarks, once each. Throws `Gap` when one before them is missing. */
function freshOf(group: string, events: readonly CarriedEvent[], reached: Map<string, number>): Set<RawEvent> {
  const fresh = new Set<RawEvent>();
  for (const event of events) {
    const { source, bucket, position, previous = 0 } = event;
    const name = markName({ source, bucket });
    const passed = reached.get(name) ?? 0;
    if (passed === LEFT) throw new SourceLeft(`${group} has left ${source}`);
    if (position <= passed) continue;
    if (previous > passed) throw new Gap(source, bucket, passed, previous);
    reached.set(name, position);
    fresh.add(event);
  }
  return fresh;
}

function markName({ source, bucket }: Pick<Mark, 'source' | 'bucket'>): string {
  return `${source}\n${bucket}`;
}
