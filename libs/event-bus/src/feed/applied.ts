// Has this service applied what others' logs held at these heads, and everything that followed from it here? Answered by waiting for its own commits.
import type { Db, EventStore, LogReader } from '@deskfleet/event-store';
import type { AwaitAppliedRequest, SourceHead } from '@deskfleet/protocol/feed';
import { ServerError, Status } from 'nice-grpc-common';
import { FEED_LANE } from '../consumer/slice.ts';
import { Wakeup } from '../consumer/wakeup.ts';
import { run } from '../database.ts';
import type { AnySubscription } from '../subscription.ts';
import type { FeedClient } from './reader.ts';

const WITHIN_DEFAULT_MS = 30_000;
const POLL_FIRST_MS = 5; // for what another instance of this service applies
const POLL_LAST_MS = 250;
const WHOLE_LOG = -1; // no watermark has this bucket: only the feed's offset counts
const NAMED = 5; // how many obstacles an error names

export interface AppliedOptions {
  /** The worker's connections. */
  readonly db: Db;
  readonly store: Pick<EventStore, 'head'>;
  readonly log: Pick<LogReader, 'look'>;
  readonly subscriptions: readonly AnySubscription[];
  /** Called after each slice committed here; returns the way to stop listening. */
  readonly onApplied: (listener: () => void) => () => void;
  /** Resolves when the own projections, timers' among them, have passed a position of the own log. */
  readonly passed: (position: number, signal: AbortSignal) => Promise<void>;
  /** Timers that are due and not fired. */
  readonly dueTimers: () => Promise<number>;
  /** Background work that is not drained, by name. */
  readonly pendingWork: () => Promise<ReadonlyMap<string, number>>;
  /** The owners' feeds; needed on Kafka, where progress is known by bucket and only the owner knows a position's. */
  readonly feedOf?: (service: string) => Pick<FeedClient, 'read'>;
}

/** What must have been applied by one group of one source's bucket. */
interface Mark {
  readonly group: string;
  readonly source: string;
  readonly bucket: number;
  readonly position: number;
}

/** Resolves when all of it is applied. A parked event is FAILED_PRECONDITION by name; when the time is up DEADLINE_EXCEEDED names what waits. */
export async function awaitApplied(options: AppliedOptions, request: AwaitAppliedRequest, cancelled: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(request.withinMs > 0 ? request.withinMs : WITHIN_DEFAULT_MS);
  const signal = AbortSignal.any([deadline, cancelled]);
  const marks = marksOf(options.subscriptions, request.heads);
  const news = new Wakeup();
  const silence = options.onApplied(() => news.wake());
  let waitsFor: readonly string[] = [];
  try {
    for (let pollMs = POLL_FIRST_MS; ; pollMs = Math.min(pollMs * 2, POLL_LAST_MS)) {
      waitsFor = await obstacles(options, marks, signal);
      if (waitsFor.length === 0) return;
      if (signal.aborted) throw signal.reason;
      await news.wait(pollMs);
    }
  } catch (error) {
    if (!deadline.aborted) throw error;
    throw new ServerError(Status.DEADLINE_EXCEEDED, `not-applied: ${waitsFor.join('; ') || 'own projections are behind'}`);
  } finally {
    silence();
  }
}

/** Resolves when this service's groups have applied one position of a foreign source; at once when none reads it. */
export async function awaitSource(options: AppliedOptions, source: string, position: number, cancelled: AbortSignal): Promise<void> {
  const service = serviceOf(source);
  const groups = options.subscriptions.filter(({ sources }) => sources.includes(service)).map(({ group }) => group);
  if (groups.length === 0) return;
  const bucket = options.feedOf === undefined ? WHOLE_LOG : await bucketAt(options.feedOf(service), source, position, cancelled);
  await waitForMarks(
    options,
    groups.map((group) => ({ group, source, bucket, position })),
    cancelled,
  );
}

/** The bucket of the event at a position, from its owner. */
async function bucketAt(feed: Pick<FeedClient, 'read'>, source: string, position: number, signal: AbortSignal): Promise<number> {
  for await (const page of feed.read({ after: position - 1, follow: false, source }, { signal })) {
    const first = page.events[0];
    if (first !== undefined) return first.bucket;
  }
  return WHOLE_LOG;
}

async function waitForMarks(options: AppliedOptions, marks: readonly Mark[], signal: AbortSignal): Promise<void> {
  const news = new Wakeup();
  const silence = options.onApplied(() => news.wake());
  try {
    for (let pollMs = POLL_FIRST_MS; (await behind(options.db, marks)).length > 0; pollMs = Math.min(pollMs * 2, POLL_LAST_MS)) {
      signal.throwIfAborted();
      await news.wait(pollMs);
    }
  } finally {
    silence();
  }
}

async function obstacles(options: AppliedOptions, marks: readonly Mark[], signal: AbortSignal): Promise<readonly string[]> {
  const foreign = [...(await behind(options.db, marks)), ...(await held(options.db, marks))];
  if (foreign.length > 0) return foreign;
  // What followed from it here: own events, their projections, the timers those set, the work they left.
  const { position } = await options.store.head();
  options.log.look();
  await options.passed(position, signal);
  const own: string[] = [];
  const due = await options.dueTimers();
  if (due > 0) own.push(`${due} due timers`);
  for (const [name, pending] of await options.pendingWork()) if (pending > 0) own.push(`${pending} of ${name}`);
  if (own.length === 0 && (await options.store.head()).position !== position) own.push('own events that came meanwhile');
  return own;
}

function marksOf(subscriptions: readonly AnySubscription[], heads: readonly SourceHead[]): Mark[] {
  return heads.flatMap(({ source, buckets }) =>
    subscriptions
      .filter((subscription) => subscription.sources.includes(serviceOf(source)))
      .flatMap(({ group }) => Object.entries(buckets).map(([bucket, position]) => ({ group, source, bucket: Number(bucket), position }))),
  );
}

/** Groups that have not come so far, named; by the feed's offset or the bucket's watermark, whichever is further. */
async function behind(db: Db, marks: readonly Mark[]): Promise<string[]> {
  if (marks.length === 0) return [];
  const { rows } = await run<{ group: string; source: string; lag: string }>(
    db,
    `select m.g as group, m.source, max(m.position - greatest(o.position, w.position, 0)) as lag
       from unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) m (g, source, bucket, position)
       left join bus_offsets o on o.consumer_group = m.g and o.source = m.source and o.lane = '${FEED_LANE}'
       left join bus_watermarks w on w.consumer_group = m.g and w.source = m.source and w.bucket = m.bucket
      where greatest(o.position, w.position, 0) < m.position
      group by m.g, m.source limit ${NAMED}`,
    columnsOf(marks),
  );
  return rows.map((row) => `${row.group} is ${row.lag} positions behind ${row.source}`);
}

/** Held events at or below the marks. Throws for parked ones: they do not go on by themselves. */
async function held(db: Db, marks: readonly Mark[]): Promise<string[]> {
  if (marks.length === 0) return [];
  const { rows } = await run<{
    consumer_group: string;
    source: string;
    stream_id: string;
    state: string;
    wait_key: string | null;
    error: string | null;
    events: string;
  }>(
    db,
    `select s.consumer_group, s.source, s.stream_id, s.state, s.wait_key, s.error, count(*) as events
       from unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) m (g, source, bucket, position)
       join bus_held_events e on e.consumer_group = m.g and e.source = m.source and e.bucket = m.bucket and e.position <= m.position
       join bus_held_streams s on (s.consumer_group, s.source, s.vendor_id, s.stream_id) = (e.consumer_group, e.source, e.vendor_id, e.stream_id)
      group by s.consumer_group, s.source, s.vendor_id, s.stream_id order by s.state limit ${NAMED}`,
    columnsOf(marks),
  );
  const parked = rows.filter((row) => row.state === 'parked');
  if (parked.length > 0) {
    const named = parked.map((row) => `${row.consumer_group}: ${row.stream_id} of ${row.source} (${row.events} events): ${row.error}`);
    throw new ServerError(Status.FAILED_PRECONDITION, `parked: ${named.join('; ')}`);
  }
  return rows.map(
    (row) => `${row.consumer_group}: ${row.stream_id} of ${row.source} ${row.state === 'waiting' ? `waits for ${row.wait_key}` : 'is about to go on'}`,
  );
}

/** A source is `service/shard/epoch`. */
function serviceOf(source: string): string {
  return source.slice(0, source.indexOf('/'));
}

function columnsOf(marks: readonly Mark[]): [string[], string[], number[], number[]] {
  return [marks.map((m) => m.group), marks.map((m) => m.source), marks.map((m) => m.bucket), marks.map((m) => m.position)];
}
