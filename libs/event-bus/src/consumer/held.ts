// The streams of a group that cannot go on, and the events queued behind them.
import { type Db, decodeMeta, type EpochMs, type RawEvent, type RecordedEvent, type Tx } from '@deskfleet/event-store';
import { run } from '../database.ts';

/** An event with the bytes it came in. */
export interface Incoming {
  readonly raw: RawEvent;
  readonly event: RecordedEvent;
}

export interface StreamName {
  readonly source: string;
  readonly vendorId: string;
  readonly streamId: string;
}

export type HoldReason = { readonly state: 'waiting'; readonly key: string } | { readonly state: 'parked'; readonly error: string; readonly attempts: number };

export function streamOf({ source, meta, streamId }: RecordedEvent): StreamName {
  return { source, vendorId: meta.vendorId, streamId };
}

/** The same from an undecoded event: its own bytes may be broken, its meta is ours. */
export function rawStreamOf(raw: RawEvent): StreamName & { readonly shopId: string } {
  const { vendorId, shopId } = decodeMeta(raw);
  return { source: raw.source, vendorId, streamId: raw.streamId, shopId };
}

export function nameOf({ source, vendorId, streamId }: StreamName): string {
  return `${source}\n${vendorId}\n${streamId}`;
}

/**
 * Serialises, within a group, those that find a key missing and those that provide one: else an event could begin to wait for a key
 * that was provided a moment before. Taken before any held stream's row.
 */
export async function lockKeys(tx: Tx, group: string): Promise<void> {
  await run(tx, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`deskfleet bus keys ${group}`]);
}

/** Of these streams, those held, locked until the commit: nobody releases one while an event is put behind it. */
export async function lockHeld(tx: Tx, group: string, streams: readonly StreamName[]): Promise<Set<string>> {
  const { rows } = await run<{ source: string; vendor_id: string; stream_id: string }>(
    tx,
    `select source, vendor_id, stream_id from bus_held_streams
      where consumer_group = $1 and (source, vendor_id, stream_id) in (select * from unnest($2::text[], $3::text[], $4::text[]))
      order by source, vendor_id, stream_id for no key update`,
    [group, ...columnsOf(streams)],
  );
  return new Set(rows.map((row) => nameOf({ source: row.source, vendorId: row.vendor_id, streamId: row.stream_id })));
}

/** Begins to hold streams, each for its reason; one held already takes the new reason. */
export async function holdStreams(
  tx: Tx,
  group: string,
  streams: readonly (StreamName & { shopId: string; reason: HoldReason })[],
  now: EpochMs,
): Promise<void> {
  if (streams.length === 0) return;
  const sorted = [...streams].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  await run(
    tx,
    `insert into bus_held_streams as h (consumer_group, source, vendor_id, stream_id, shop_id, state, wait_key, error, attempts, since)
     select $1, s.*, $10 from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[]) s
     on conflict (consumer_group, source, vendor_id, stream_id) do update
       set state = excluded.state, wait_key = excluded.wait_key, error = excluded.error, attempts = h.attempts + excluded.attempts`,
    [
      group,
      ...columnsOf(sorted),
      sorted.map(({ shopId }) => (shopId === '' ? null : shopId)),
      sorted.map(({ reason }) => reason.state),
      sorted.map(({ reason }) => (reason.state === 'waiting' ? reason.key : null)),
      sorted.map(({ reason }) => (reason.state === 'parked' ? reason.error : null)),
      sorted.map(({ reason }) => (reason.state === 'parked' ? reason.attempts : 0)),
      now,
    ],
  );
}

/** Queues events behind their streams. */
export async function queueEvents(tx: Tx, group: string, raws: readonly RawEvent[]): Promise<void> {
  if (raws.length === 0) return;
  const streams = raws.map(rawStreamOf);
  await run(
    tx,
    `insert into bus_held_events
       (consumer_group, source, vendor_id, stream_id, shop_id, position, version, bucket, type, data, meta, occurred_at, recorded_at)
     select $1, e.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::int[], $8::smallint[], $9::text[],
                                $10::bytea[], $11::bytea[], $12::bigint[], $13::bigint[]) e`,
    [
      group,
      ...columnsOf(streams),
      streams.map(({ shopId }) => (shopId === '' ? null : shopId)),
      raws.map((raw) => raw.position),
      raws.map((raw) => raw.version),
      raws.map((raw) => raw.bucket),
      raws.map((raw) => raw.type),
      raws.map((raw) => Buffer.from(raw.data)),
      raws.map((raw) => Buffer.from(raw.meta)),
      raws.map((raw) => raw.occurredAt),
      raws.map((raw) => raw.recordedAt),
    ],
  );
}

/** Lets go what waited for these keys; answers whether there was any. The keys are locked. */
export async function releaseKeys(tx: Tx, group: string, keys: readonly string[]): Promise<boolean> {
  if (keys.length === 0) return false;
  const { numAffectedRows } = await run(
    tx,
    `with freed as (
       select source, vendor_id, stream_id from bus_held_streams
        where consumer_group = $1 and state = 'waiting' and wait_key = any ($2)
        order by source, vendor_id, stream_id for update)
     update bus_held_streams h set state = 'ready', wait_key = null from freed f
      where h.consumer_group = $1 and (h.source, h.vendor_id, h.stream_id) = (f.source, f.vendor_id, f.stream_id)`,
    [group, keys],
  );
  return Number(numAffectedRows) > 0;
}

/** The next events of streams that are ready to go on, in order, at most `limit`; their streams are locked, those another drains passed over. */
export async function readyEvents(tx: Tx, group: string, limit: number): Promise<RawEvent[]> {
  const { rows } = await run<HeldRow>(
    tx,
    `with ready as materialized (
       select source, vendor_id, stream_id from bus_held_streams
        where consumer_group = $1 and state = 'ready' order by since, source, vendor_id, stream_id limit $2 for update skip locked)
     select ${columns('e')} from ready join bus_held_events e using (source, vendor_id, stream_id)
      where e.consumer_group = $1 order by e.source, e.position limit $2`,
    [group, limit],
  );
  return rows.map(rawOf);
}

/** This one event, if it is still the first of a stream that is ready; else none. The stream is locked then, whoever else has it is waited for. */
export async function readyEvent(tx: Tx, group: string, event: RawEvent): Promise<RawEvent[]> {
  const { source, vendorId, streamId } = rawStreamOf(event);
  const name = [group, source, vendorId, streamId];
  const held = await run(
    tx,
    `select from bus_held_streams where (consumer_group, source, vendor_id, stream_id) = ($1, $2, $3, $4) and state = 'ready' for update`,
    name,
  );
  if (held.rows.length === 0) return [];
  // In a statement of its own: what changed the stream while it was waited for is seen.
  const { rows } = await run<HeldRow>(
    tx,
    `select ${columns('e')} from bus_held_events e where (consumer_group, source, vendor_id, stream_id) = ($1, $2, $3, $4) order by position limit 1`,
    name,
  );
  return rows.map(rawOf).filter(({ position }) => position === event.position);
}

/** Forgets applied events, and lets go of their streams when nothing is left behind them. */
export async function dropApplied(tx: Tx, group: string, events: readonly RawEvent[]): Promise<void> {
  if (events.length === 0) return;
  const streams = events.map(rawStreamOf);
  await run(
    tx,
    `delete from bus_held_events where consumer_group = $1
        and (source, vendor_id, stream_id, position) in (select * from unnest($2::text[], $3::text[], $4::text[], $5::bigint[]))`,
    [group, ...columnsOf(streams), events.map((raw) => raw.position)],
  );
  await run(
    tx,
    `delete from bus_held_streams s where consumer_group = $1
        and (source, vendor_id, stream_id) in (select * from unnest($2::text[], $3::text[], $4::text[]))
        and not exists (select from bus_held_events e where e.consumer_group = $1
                           and (e.source, e.vendor_id, e.stream_id) = (s.source, s.vendor_id, s.stream_id))`,
    [group, ...columnsOf(streams)],
  );
}

/** A parked stream, for the operations page and health. */
export interface ParkedStream extends StreamName {
  readonly group: string;
  readonly error: string;
  readonly attempts: number;
  readonly since: EpochMs;
  readonly events: number;
}

/** The oldest parked streams of every group, at most `limit`. */
export async function parkedStreams(db: Db | Tx, limit = 200): Promise<ParkedStream[]> {
  const { rows } = await run<{
    consumer_group: string;
    source: string;
    vendor_id: string;
    stream_id: string;
    error: string;
    attempts: number;
    since: string;
    events: string;
  }>(
    db,
    `select s.*, (select count(*) from bus_held_events e where (e.consumer_group, e.source, e.vendor_id, e.stream_id)
                   = (s.consumer_group, s.source, s.vendor_id, s.stream_id)) as events
       from bus_held_streams s where state = 'parked' order by since limit $1`,
    [limit],
  );
  return rows.map((row) => ({
    group: row.consumer_group,
    source: row.source,
    vendorId: row.vendor_id,
    streamId: row.stream_id,
    error: row.error,
    attempts: row.attempts,
    since: Number(row.since),
    events: Number(row.events),
  }));
}

/** A held event as the driver gives it: int8 is text. */
export interface HeldRow {
  source: string;
  stream_id: string;
  position: string;
  version: number;
  bucket: number;
  type: string;
  data: Buffer;
  meta: Buffer;
  occurred_at: string;
  recorded_at: string;
}

/** The event of a row, with the bytes it came in. */
export function rawOf(row: HeldRow): RawEvent {
  return {
    source: row.source,
    position: Number(row.position),
    streamId: row.stream_id,
    version: row.version,
    bucket: row.bucket,
    type: row.type,
    data: row.data,
    meta: row.meta,
    occurredAt: Number(row.occurred_at),
    recordedAt: Number(row.recorded_at),
  };
}

function columns(table: string): string {
  return ['source', 'stream_id', 'position', 'version', 'bucket', 'type', 'data', 'meta', 'occurred_at', 'recorded_at']
    .map((name) => `${table}.${name}`)
    .join(', ');
}

function columnsOf(streams: readonly StreamName[]): [string[], string[], string[]] {
  return [streams.map((s) => s.source), streams.map((s) => s.vendorId), streams.map((s) => s.streamId)];
}
