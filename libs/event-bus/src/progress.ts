// How far the groups of a service have come, and what they hold: for whoever operates it. Never for correctness.
import type { Db, EpochMs } from '@deskfleet/event-store';
import type { HeadResponse } from '@deskfleet/protocol/feed';
import { FEED_LANE } from './consumer/slice.ts';
import { run } from './database.ts';
import type { FeedClient } from './feed/reader.ts';
import type { AnySubscription } from './subscription.ts';

export interface GroupProgress {
  readonly group: string;
  /** Whose log it reads. */
  readonly service: string;
  /** Empty when that service does not answer; nothing else is known then. */
  readonly source: string;
  readonly known: boolean;
  /** Everything up to here is applied, held or skipped. */
  readonly applied: number;
  /** Positions from there to the source's head: events at most. */
  readonly behind: number;
  /** When the first event that is not applied was recorded; 0 when there is none. */
  readonly behindSince: EpochMs;
}

export interface HeldCount {
  readonly group: string;
  readonly service: string;
  readonly state: string;
  /** Empty but for waiting streams. */
  readonly waitKey: string;
  readonly streams: number;
  readonly events: number;
  readonly since: EpochMs;
}

const KEYS_NAMED = 100; // waiting keys told apart; an import of unknown shops may wait for many

/** How far each group is behind each source, asked of the sources' owners: their heads, and of those ahead the first event not applied. */
export function groupProgress(
  db: Db,
  subscriptions: readonly AnySubscription[],
  feedOf: (service: string) => FeedClient,
  limitMs: number,
): Promise<GroupProgress[]> {
  const heads = new Map<string, Promise<HeadResponse | undefined>>();
  const headOf = (service: string): Promise<HeadResponse | undefined> => {
    const asked =
      heads.get(service) ??
      feedOf(service)
        .head({}, { signal: AbortSignal.timeout(limitMs) })
        .catch(() => undefined);
    heads.set(service, asked);
    return asked;
  };
  return Promise.all(
    subscriptions.flatMap(({ group, sources }) =>
      sources.map(async (service): Promise<GroupProgress> => {
        const unknown = { group, service, source: '', known: false, applied: 0, behind: 0, behindSince: 0 };
        const head = await headOf(service);
        if (head === undefined) return unknown;
        const applied = await appliedByBucket(db, group, head.source);
        const lagging = Object.entries(head.buckets).filter(([bucket, position]) => applied(Number(bucket)) < position);
        const { source, position } = head;
        if (lagging.length === 0) return { group, service, source, known: true, applied: position, behind: 0, behindSince: 0 };
        const buckets = lagging.map(([bucket]) => Number(bucket));
        const first = await firstAfter(feedOf(service), source, buckets, applied, limitMs).catch(() => undefined);
        if (first === undefined) return unknown;
        return { group, service, source, known: true, applied: first.position - 1, behind: position - first.position + 1, behindSince: first.recordedAt };
      }),
    ),
  );
}

/** What a group has applied of a source's bucket: by the feed's offset or the bucket's watermark, whichever is further. */
async function appliedByBucket(db: Db, group: string, source: string): Promise<(bucket: number) => number> {
  const { rows } = await run<{ bucket: number | null; position: string }>(
    db,
    `select null::smallint as bucket, position from bus_offsets where consumer_group = $1 and source = $2 and lane = '${FEED_LANE}'
     union all select bucket, position from bus_watermarks where consumer_group = $1 and source = $2`,
    [group, source],
  );
  const feed = Number(rows.find(({ bucket }) => bucket === null)?.position ?? 0);
  const marks = new Map(rows.map(({ bucket, position }) => [bucket, Number(position)]));
  return (bucket) => Math.max(feed, marks.get(bucket) ?? 0);
}

/** The first event of these buckets that is not applied. One page of the owner's log is looked at: where it holds none, its last stands for it. */
async function firstAfter(
  feed: FeedClient,
  source: string,
  buckets: readonly number[],
  applied: (bucket: number) => number,
  limitMs: number,
): Promise<{ position: number; recordedAt: EpochMs } | undefined> {
  const after = Math.min(...buckets.map(applied));
  for await (const page of feed.read({ after, buckets: [...buckets], source }, { signal: AbortSignal.timeout(limitMs) })) {
    return page.events.find((event) => event.position > applied(event.bucket)) ?? page.events.at(-1);
  }
  return undefined;
}

/** Streams that cannot go on, counted by group, source, state and key; of one vendor, or of all when it is empty. */
export async function heldCounts(db: Db, vendorId: string): Promise<HeldCount[]> {
  const { rows } = await run<{
    consumer_group: string;
    service: string;
    state: string;
    wait_key: string | null;
    streams: string;
    events: string;
    since: string;
  }>(
    db,
    `select s.consumer_group, split_part(s.source, '/', 1) as service, s.state, s.wait_key, count(*) as streams, sum(e.events) as events, min(s.since) as since
       from bus_held_streams s
       join (select consumer_group, source, vendor_id, stream_id, count(*) as events from bus_held_events
              where $1 = '' or vendor_id = $1 group by consumer_group, source, vendor_id, stream_id) e using (consumer_group, source, vendor_id, stream_id)
      group by 1, 2, 3, 4 order by min(s.since) limit ${KEYS_NAMED}`,
    [vendorId],
  );
  return rows.map((row) => ({
    group: row.consumer_group,
    service: row.service,
    state: row.state,
    waitKey: row.wait_key ?? '',
    streams: Number(row.streams),
    events: Number(row.events),
    since: Number(row.since),
  }));
}

/** How far the own log is published to its topic; 0 before the relay's first batch. */
export async function relayedThrough(db: Db, source: string): Promise<number> {
  const { rows } = await run<{ position: string }>(db, 'select position from bus_relayed where source = $1', [source]);
  return Number(rows[0]?.position ?? 0);
}
