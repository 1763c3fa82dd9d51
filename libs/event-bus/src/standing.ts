// Exactly what a group has applied, for whoever builds its effects afresh beside it: by source and bucket, with what it holds and what was skipped.
import type { Db, Tx } from '@deskfleet/event-store';
import { lockKeys } from './consumer/held.ts';
import { FEED_LANE } from './consumer/slice.ts';
import { run } from './database.ts';

export interface HeldStanding {
  readonly vendorId: string;
  readonly streamId: string;
  readonly state: string;
  /** The version of the first event that is held: 1 when the group has applied nothing of the stream. */
  readonly firstVersion: number;
}

export interface GroupStanding {
  /** Everything of this source's bucket up to here is applied, held or skipped, and nothing beyond. */
  applied(source: string, bucket: number): number;
  skipped(source: string, position: number): boolean;
  readonly held: readonly HeldStanding[];
}

/** Where a group stands now; it goes on meanwhile. */
export function groupStanding(db: Db | Tx, group: string): Promise<GroupStanding> {
  return read(db, group, '');
}

/** The same, held still until the transaction ends: in the consumer's own order of locks (offsets, watermarks, keys), so that neither waits for the other for ever. */
export async function lockStanding(tx: Tx, group: string): Promise<GroupStanding> {
  await run(tx, 'select from bus_offsets where consumer_group = $1 order by source, lane for update', [group]);
  await run(tx, 'select from bus_watermarks where consumer_group = $1 order by source, bucket for update', [group]);
  await lockKeys(tx, group);
  return read(tx, group, 'for update');
}

async function read(db: Db | Tx, group: string, lock: '' | 'for update'): Promise<GroupStanding> {
  const marks = await run<{ source: string; bucket: number | null; position: string }>(
    db,
    `select source, null::smallint as bucket, position from bus_offsets where consumer_group = $1 and lane = '${FEED_LANE}'
     union all select source, bucket, position from bus_watermarks where consumer_group = $1`,
    [group],
  );
  const applied = new Map(marks.rows.map(({ source, bucket, position }) => [`${source}\n${bucket ?? FEED_LANE}`, Number(position)]));
  const held = await run<{ vendor_id: string; stream_id: string; state: string; first_version: number }>(
    db,
    `select s.vendor_id, s.stream_id, s.state,
            (select min(e.version) from bus_held_events e where (e.consumer_group, e.source, e.vendor_id, e.stream_id)
               = (s.consumer_group, s.source, s.vendor_id, s.stream_id)) as first_version
       from bus_held_streams s where s.consumer_group = $1 order by s.source, s.vendor_id, s.stream_id ${lock}`,
    [group],
  );
  const skipped = await run<{ source: string; position: string }>(db, 'select source, position from bus_skipped_events where consumer_group = $1', [group]);
  const passedOver = new Set(skipped.rows.map(({ source, position }) => `${source}\n${position}`));
  return {
    applied: (source, bucket) => Math.max(applied.get(`${source}\n${FEED_LANE}`) ?? 0, applied.get(`${source}\n${bucket}`) ?? 0),
    skipped: (source, position) => passedOver.has(`${source}\n${position}`),
    held: held.rows.map((row) => ({ vendorId: row.vendor_id, streamId: row.stream_id, state: row.state, firstVersion: row.first_version })),
  };
}
