// What an operator sees and decides of events that could not be applied. Queries run as whoever asks (row level security by vendor); what
// changes something names its vendor, and moves under the held stream's lock, as the drain does.
import type { Db, EpochMs, RawEvent, Tx } from '@deskfleet/event-store';
import type { Actor } from '@deskfleet/protocol/platform';
import { type HeldRow, rawOf, type StreamName } from '../consumer/held.ts';
import { run } from '../database.ts';

export type HeldState = 'waiting' | 'ready' | 'parked';

/** A stream that stands still, and the first event behind which the others queue. */
export interface HeldStream {
  readonly group: string;
  readonly source: string;
  readonly streamId: string;
  readonly shopId: string;
  readonly state: HeldState;
  readonly waitKey: string;
  readonly error: string;
  readonly attempts: number;
  readonly since: EpochMs;
  readonly events: number;
  readonly firstPosition: number;
  readonly firstType: string;
}

/** Where a page begins: after the key of the last row of the page before. */
export interface PageAfter {
  readonly limit: number;
  readonly after?: readonly (string | number)[] | undefined;
}

/** Held streams of the reader's vendor, the longest held first; a page's key is since, group, source and stream. */
export async function heldStreams(tx: Tx, filter: { state?: HeldState | undefined; group?: string }, page: PageAfter): Promise<HeldStream[]> {
  const [since, group, source, streamId] = page.after ?? [-1, '', '', ''];
  const { rows } = await run<{
    consumer_group: string;
    source: string;
    stream_id: string;
    shop_id: string | null;
    state: HeldState;
    wait_key: string | null;
    error: string | null;
    attempts: number;
    since: string;
    events: string;
    position: string;
    type: string;
  }>(
    tx,
    `select s.*, q.events, f.position, f.type from bus_held_streams s
      cross join lateral (select count(*) as events from bus_held_events e
        where (e.consumer_group, e.source, e.vendor_id, e.stream_id) = (s.consumer_group, s.source, s.vendor_id, s.stream_id)) q
      cross join lateral (select e.position, e.type from bus_held_events e
        where (e.consumer_group, e.source, e.vendor_id, e.stream_id) = (s.consumer_group, s.source, s.vendor_id, s.stream_id) order by e.position limit 1) f
      where ($1 = '' or s.state = $1) and ($2 = '' or s.consumer_group = $2) and (s.since, s.consumer_group, s.source, s.stream_id) > ($3, $4, $5, $6)
      order by s.since, s.consumer_group, s.source, s.stream_id limit $7`,
    [filter.state ?? '', filter.group ?? '', since, group, source, streamId, page.limit],
  );
  return rows.map((row) => ({
    group: row.consumer_group,
    source: row.source,
    streamId: row.stream_id,
    shopId: row.shop_id ?? '',
    state: row.state,
    waitKey: row.wait_key ?? '',
    error: row.state === 'parked' ? (row.error ?? '') : '',
    attempts: row.attempts,
    since: Number(row.since),
    events: Number(row.events),
    firstPosition: Number(row.position),
    firstType: row.type,
  }));
}

/** The events of a held stream of the reader's vendor, in order, with the bytes they came in; a page's key is the position. */
export async function heldEvents(tx: Tx, stream: { group: string } & Omit<StreamName, 'vendorId'>, page: PageAfter): Promise<RawEvent[]> {
  const { rows } = await run<HeldRow>(
    tx,
    `select source, stream_id, position, version, bucket, type, data, meta, occurred_at, recorded_at from bus_held_events
      where consumer_group = $1 and source = $2 and stream_id = $3 and position > $4 order by position limit $5`,
    [stream.group, stream.source, stream.streamId, page.after?.[0] ?? 0, page.limit],
  );
  return rows.map(rawOf);
}

/** Makes a vendor's held stream ready to be tried again; without a stream all parked ones, of one group or of all. Answers how many. */
export async function retryHeld(db: Db | Tx, vendorId: string, only: { group?: string; stream?: { source: string; streamId: string } } = {}): Promise<number> {
  const { numAffectedRows } = await run(
    db,
    `update bus_held_streams set state = 'ready', wait_key = null
      where vendor_id = $1 and ($2 = '' or consumer_group = $2)
        and case when $4 = '' then state = 'parked' else source = $3 and stream_id = $4 end`,
    [vendorId, only.group ?? '', only.stream?.source ?? '', only.stream?.streamId ?? ''],
  );
  return Number(numAffectedRows);
}

export interface Skip {
  readonly group: string;
  readonly stream: StreamName;
  /** The first held event, as it was seen: another one is not skipped in its place. */
  readonly position: number;
  readonly reason: string;
  readonly by: Actor;
  readonly at: EpochMs;
}

/** An event that was passed over for good. */
export interface SkippedEvent {
  readonly group: string;
  readonly event: RawEvent;
  readonly shopId: string;
  readonly error: string;
  readonly heldSince: EpochMs;
  readonly reason: string;
  readonly by: Pick<Actor, 'kind' | 'id' | 'role'>;
  readonly at: EpochMs;
}

export type SkipOutcome =
  | { readonly outcome: 'skipped'; readonly skipped: SkippedEvent }
  | { readonly outcome: 'not-held' }
  | { readonly outcome: 'not-first'; readonly first: number };

/** Passes over the first event of a held stream and lets those behind it go on. Of one skipped already it answers the record. */
export async function skipHeld(tx: Tx, { group, stream, position, reason, by, at }: Skip): Promise<SkipOutcome> {
  const name = [group, stream.source, stream.vendorId, stream.streamId];
  const { rows } = await run<{ first: string }>(
    tx,
    `select (select min(position) from bus_held_events e where (e.consumer_group, e.source, e.vendor_id, e.stream_id) = ($1, $2, $3, $4)) as first
       from bus_held_streams where (consumer_group, source, vendor_id, stream_id) = ($1, $2, $3, $4) for update`,
    name,
  );
  const known = await skippedAt(tx, group, stream, position);
  if (known !== undefined) return { outcome: 'skipped', skipped: known };
  const held = rows[0];
  if (held === undefined) return { outcome: 'not-held' };
  if (Number(held.first) !== position) return { outcome: 'not-first', first: Number(held.first) };
  await moveToSkipped(tx, `e.position = $10 and (e.consumer_group, e.source, e.vendor_id, e.stream_id) = ($1, $7, $8, $9)`, { group, reason, by, at }, [
    stream.source,
    stream.vendorId,
    stream.streamId,
    position,
  ]);
  await run(
    tx,
    `with rest as (select exists (select from bus_held_events e where (e.consumer_group, e.source, e.vendor_id, e.stream_id) = ($1, $2, $3, $4)) as more),
          gone as (delete from bus_held_streams where (consumer_group, source, vendor_id, stream_id) = ($1, $2, $3, $4) and not (select more from rest))
     update bus_held_streams set state = 'ready', wait_key = null, error = null, attempts = 0
      where (consumer_group, source, vendor_id, stream_id) = ($1, $2, $3, $4) and (select more from rest)`,
    name,
  );
  const skipped = await skippedAt(tx, group, stream, position);
  if (skipped === undefined) throw new Error(`${group}: the skip of ${stream.streamId} at ${position} was not recorded`);
  return { outcome: 'skipped', skipped };
}

/**
 * Held events become skipped ones, with who decided it and why. `which` is SQL over `e`, a held event; its own parameters follow as $7 and on,
 * since group, reason, actor and instant are $1 to $6.
 */
export async function moveToSkipped(
  tx: Tx,
  which: string,
  { group, reason, by, at }: Pick<Skip, 'group' | 'reason' | 'by' | 'at'>,
  parameters: readonly unknown[],
): Promise<void> {
  await run(
    tx,
    `with gone as (delete from bus_held_events e where ${which} returning e.*)
     insert into bus_skipped_events
       (consumer_group, source, vendor_id, shop_id, stream_id, position, version, bucket, type, data, meta, occurred_at, recorded_at,
        error, held_since, reason, skipped_by, skipped_by_kind, skipped_by_role, skipped_at)
     select g.consumer_group, g.source, g.vendor_id, g.shop_id, g.stream_id, g.position, g.version, g.bucket, g.type, g.data, g.meta, g.occurred_at, g.recorded_at,
            coalesce(case when s.state = 'waiting' then 'waits for ' || s.wait_key else s.error end, 'queued behind its stream'), coalesce(s.since, g.recorded_at), $2, $3, $4, $5, $6
       from gone g left join bus_held_streams s using (consumer_group, source, vendor_id, stream_id)
      where g.consumer_group = $1`,
    [group, reason, by.id, by.kind, by.role, at, ...parameters],
  );
}

async function skippedAt(tx: Tx, group: string, { source, vendorId }: StreamName, position: number): Promise<SkippedEvent | undefined> {
  const { rows } = await run<SkippedRow>(tx, 'select * from bus_skipped_events where (consumer_group, source, vendor_id, position) = ($1, $2, $3, $4)', [
    group,
    source,
    vendorId,
    position,
  ]);
  return rows[0] && skippedOf(rows[0]);
}

/** What was skipped of the reader's vendor, the latest first; a page's key is instant, group, source and position. */
export async function skippedEvents(tx: Tx, filter: { group?: string }, page: PageAfter): Promise<SkippedEvent[]> {
  const [at, group, source, position] = page.after ?? [Number.MAX_SAFE_INTEGER, '', '', 0];
  const { rows } = await run<SkippedRow>(
    tx,
    `select * from bus_skipped_events
      where ($1 = '' or consumer_group = $1) and (skipped_at < $2 or skipped_at = $2 and (consumer_group, source, position) > ($3, $4, $5))
      order by skipped_at desc, consumer_group, source, position limit $6`,
    [filter.group ?? '', at, group, source, position, page.limit],
  );
  return rows.map(skippedOf);
}

interface SkippedRow extends HeldRow {
  consumer_group: string;
  shop_id: string | null;
  error: string;
  held_since: string;
  reason: string;
  skipped_by: string;
  skipped_by_kind: Actor['kind'];
  skipped_by_role: string;
  skipped_at: string;
}

function skippedOf(row: SkippedRow): SkippedEvent {
  return {
    group: row.consumer_group,
    event: rawOf(row),
    shopId: row.shop_id ?? '',
    error: row.error,
    heldSince: Number(row.held_since),
    reason: row.reason,
    by: { kind: row.skipped_by_kind, id: row.skipped_by, role: row.skipped_by_role },
    at: Number(row.skipped_at),
  };
}
