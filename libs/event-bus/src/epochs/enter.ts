// A group reads a log in one epoch. When its owner begins another one after a restore, the group goes on from what both hold: nothing is applied
// again, nothing of the new epoch is skipped, and what was taken in beyond the restored head is kept to be listed.
import { BUCKETS, type Db, type EpochMs, type Tx } from '@deskfleet/event-store';
import type { HeadResponse } from '@deskfleet/protocol/feed';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import { lockKeys } from '../consumer/held.ts';
import { FEED_LANE, LEFT } from '../consumer/slice.ts';
import { run } from '../database.ts';
import { moveToSkipped } from '../desk/held.ts';
import { type EpochTree, epochsOf, goesOnFrom, logOf, lostRanges, serviceOf, sharedHead } from './lineage.ts';

/** Refused: what the owner serves is no successor of what this group has read. A person decides: a restore was not told, or it is another log. */
export class EpochChanged extends Error {
  override readonly name = 'EpochChanged';
}

/** A group went on in a restored log. */
export interface EnteredEpoch {
  readonly group: string;
  readonly from: string;
  readonly to: string;
  /** The last position both hold. */
  readonly shared: number;
  /** How far the group had read the old one. */
  readonly through: number;
}

/** Makes the group read the log that its owner serves. Answers what changed; nothing when it reads it already. Throws `EpochChanged`. */
export async function enterEpoch(db: Db, group: string, head: Pick<HeadResponse, 'source' | 'lineage'>, now: EpochMs): Promise<EnteredEpoch | undefined> {
  const { source } = head;
  return db.transaction().execute(async (tx) => {
    await learn(tx, head);
    const { rows } = await run<{ source: string }>(
      tx,
      `insert into bus_sources (consumer_group, log, source) values ($1, $2, $3)
       on conflict (consumer_group, log) do update set source = bus_sources.source returning source`,
      [group, logOf(source), source],
    );
    const from = rows[0]?.source ?? source;
    if (from === source) return undefined;
    const tree = await epochTree(tx);
    const shared = sharedHead(tree, from, source);
    if (shared === undefined) throw new EpochChanged(`${group} has read ${from}, of which ${source} holds nothing: it is another log, not a restored one`);
    if (goesOnFrom(tree, from, source) || (await hasLeft(tx, group, source)))
      throw new EpochChanged(`${group} reads ${from}, which a restore began after ${source}: the owner serves an old log`);
    const through = await leave(tx, { group, from, to: source, shared }, now);
    await recordRestore(tx, { group, from, to: source, shared, through }, tree, now);
    await run(tx, 'update bus_sources set source = $3 where consumer_group = $1 and log = $2', [group, logOf(source), source]);
    return { group, from, to: source, shared, through };
  });
}

/** The epochs told so far. */
export async function epochTree(db: Db | Tx): Promise<EpochTree> {
  const { rows } = await run<{ source: string; predecessor: string | null; after_position: string }>(db, 'select * from bus_epochs', []);
  return new Map(rows.map((row) => [row.source, { predecessor: row.predecessor ?? undefined, after: Number(row.after_position) }]));
}

/** The epoch in which each of these groups reads its logs, by group and log. */
export async function sourcesOf(db: Db | Tx, groups: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await run<{ consumer_group: string; log: string; source: string }>(db, 'select * from bus_sources where consumer_group = any ($1)', [
    groups,
  ]);
  return new Map(rows.map((row) => [`${row.consumer_group}\n${row.log}`, row.source]));
}

async function hasLeft(tx: Tx, group: string, source: string): Promise<boolean> {
  const { rows } = await run(tx, 'select from bus_restores where consumer_group = $1 and old_source = $2 limit 1', [group, source]);
  return rows.length > 0;
}

async function learn(tx: Tx, { source, lineage }: Pick<HeadResponse, 'source' | 'lineage'>): Promise<void> {
  const epochs = [...epochsOf(lineage.length > 0 ? lineage : [{ source, after: 0, startedAt: 0 }])];
  await run(
    tx,
    `insert into bus_epochs (source, predecessor, after_position) select * from unnest($1::text[], $2::text[], $3::bigint[]) on conflict do nothing`,
    [epochs.map(([name]) => name), epochs.map(([, { predecessor }]) => predecessor ?? null), epochs.map(([, { after }]) => after)],
  );
}

type Move = Omit<EnteredEpoch, 'through'>;

/**
 * Closes the old epoch's offset and watermarks and opens the new one's at what was read, at most the shared head. All buckets' rows are made first: who
 * begins a bucket at the same time waits here, and then finds it closed. Answers how far the old one was read.
 */
async function leave(tx: Tx, move: Move, now: EpochMs): Promise<number> {
  const { group, from, to, shared } = move;
  const offset = await run<{ position: string }>(
    tx,
    `insert into bus_offsets (consumer_group, source, lane, position) values ($1, $2, '${FEED_LANE}', 0)
     on conflict (consumer_group, source, lane) do update set position = bus_offsets.position returning position`,
    [group, from],
  );
  const read = Number(offset.rows[0]?.position);
  await run(
    tx,
    `insert into bus_watermarks (consumer_group, source, bucket, position)
     select $1, $2, bucket, 0 from generate_series(0, ${BUCKETS - 1}) bucket order by bucket on conflict do nothing`,
    [group, from],
  );
  const marks = await run<{ bucket: number; position: string }>(
    tx,
    'select bucket, position from bus_watermarks where consumer_group = $1 and source = $2 order by bucket for update',
    [group, from],
  );
  await lockKeys(tx, group);
  await run(
    tx,
    `insert into bus_watermarks (consumer_group, source, bucket, position)
     select consumer_group, $3, bucket, least(position, $4) from bus_watermarks where consumer_group = $1 and source = $2 and position > 0`,
    [group, from, to, shared],
  );
  await run(tx, `insert into bus_offsets (consumer_group, source, lane, position) values ($1, $2, '${FEED_LANE}', $3)`, [group, to, Math.min(read, shared)]);
  await run(tx, `update bus_offsets set position = ${LEFT} where consumer_group = $1 and source = $2 and lane = '${FEED_LANE}'`, [group, from]);
  await run(tx, `update bus_watermarks set position = ${LEFT} where consumer_group = $1 and source = $2`, [group, from]);
  await moveHeld(tx, move, now);
  return Math.max(read, ...marks.rows.map((row) => Number(row.position)));
}

/** Held streams go on under the new source; what they held of events that are no more is passed over, on record. */
async function moveHeld(tx: Tx, { group, from, to, shared }: Move, now: EpochMs): Promise<void> {
  const by = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: serviceOf(from), role: 'service' });
  const reason = `${serviceOf(from)} was restored: ${to} holds what ${from} held up to ${shared}, not this event`;
  await moveToSkipped(tx, 'e.consumer_group = $1 and e.source = $7 and e.position > $8', { group, reason, by, at: now }, [from, shared]);
  await run(
    tx,
    `delete from bus_held_streams s where consumer_group = $1 and source = $2
        and not exists (select from bus_held_events e where (e.consumer_group, e.source, e.vendor_id, e.stream_id) = (s.consumer_group, s.source, s.vendor_id, s.stream_id))`,
    [group, from],
  );
  await run(tx, 'update bus_held_events set source = $3 where consumer_group = $1 and source = $2', [group, from, to]);
  await run(tx, 'update bus_held_streams set source = $3 where consumer_group = $1 and source = $2', [group, from, to]);
}

/** One row an epoch that brought what is lost: an older backup may take away what an earlier restore had kept. */
async function recordRestore(tx: Tx, { group, from, to, shared, through }: EnteredEpoch, tree: EpochTree, now: EpochMs): Promise<void> {
  const lost = lostRanges(tree, from, shared, through);
  const ranges = lost.length > 0 ? lost : [{ source: from, after: shared, through }];
  await run(
    tx,
    `insert into bus_restores (consumer_group, new_source, adopted_at, old_source, after_position, through)
     select $1, $2, $3, r.* from unnest($4::text[], $5::bigint[], $6::bigint[]) r`,
    [group, to, now, ranges.map((range) => range.source), ranges.map(({ after }) => after), ranges.map((range) => range.through)],
  );
}
