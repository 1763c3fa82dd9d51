// One slice, one transaction, in this order of locks: offset, watermarks, keys, held streams, the handler's effects, its append, commit.
import { decodeEvent, decodeMeta, type EpochMs, type RawEvent, type Tx, textArray } from '@deskfleet/event-store';
import { run } from '../database.ts';
import type { Subscription } from '../subscription.ts';
import { type Admission, admit, readmit } from './admit.ts';
import { Gap, LaneMoved, SourceLeft } from './faults.ts';
import { dropApplied, holdStreams, type Incoming, queueEvents, rawStreamOf, readyEvent, releaseKeys } from './held.ts';
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
  return settleAdmission(tx, subscription, await admit(tx, subscription, incoming, anyHeld), now);
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
  readonly position: number;
}

/** Positions by source and bucket. */
type Positions = Map<string, Map<number, number>>;

/** What was found where the slice begins. */
interface Begun {
  /** Whether any stream of the slice's sources is held. */
  readonly anyHeld: boolean;
  /** How far each mark's bucket was applied before. */
  readonly reached: Positions;
}

/** Moves the offsets and the watermarks and writes the journal (begin-slice.sql). `waits`: whether the commit shall wait for the disk. */
async function begin(
  tx: Tx,
  group: string,
  steps: readonly Step[],
  marks: readonly Mark[],
  { sources, vendors, lasts, entries }: JournalRows,
  waits: boolean,
  now: EpochMs,
): Promise<Begun> {
  const { rows } = await run<{ held: boolean; reached: string[] | null }>(
    tx,
    'select held, reached from bus_begin_slice($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)',
    [
      group,
      waits,
      now,
      steps.map(({ source }) => source),
      steps.map(({ lane }) => lane),
      steps.map(({ from }) => from),
      steps.map(({ to }) => to),
      sources,
      vendors,
      lasts,
      textArray(entries),
      marks.map((mark) => mark.source),
      marks.map(({ bucket }) => bucket),
      marks.map(({ position }) => position),
    ],
  );
  const [begun] = rows;
  if (begun === undefined)
    throw new LaneMoved(`${group} is no longer where this slice begins: ${steps.map(({ source, lane, from }) => `${source} ${lane} at ${from}`).join(', ')}`);
  const reached: Positions = new Map();
  for (const [index, { source, bucket }] of marks.entries()) reached.getOrInsertComputed(source, newMap).set(bucket, Number(begun.reached?.[index]));
  return { anyHeld: begun.held, reached };
}

/** The buckets of these events, each with its last position. */
function marksOf(events: readonly CarriedEvent[]): Mark[] {
  const last: Positions = new Map();
  for (const { source, bucket, position } of events) {
    const ofSource = last.getOrInsertComputed(source, newMap);
    if (position > (ofSource.get(bucket) ?? 0)) ofSource.set(bucket, position);
  }
  return [...last].flatMap(([source, buckets]) => [...buckets].map(([bucket, position]) => ({ source, bucket, position })));
}

/** The events above their buckets' watermarks, once each. Throws `Gap` when one before them is missing. */
function freshOf(group: string, events: readonly CarriedEvent[], reached: Positions): Set<RawEvent> {
  const fresh = new Set<RawEvent>();
  for (const event of events) {
    const { source, bucket, position, previous = 0 } = event;
    const ofSource = reached.getOrInsertComputed(source, newMap);
    const passed = ofSource.get(bucket) ?? 0;
    if (passed === LEFT) throw new SourceLeft(`${group} has left ${source}`);
    if (position <= passed) continue;
    if (previous > passed) throw new Gap(source, bucket, passed, previous);
    ofSource.set(bucket, position);
    fresh.add(event);
  }
  return fresh;
}

function newMap(): Map<number, number> {
  return new Map();
}
