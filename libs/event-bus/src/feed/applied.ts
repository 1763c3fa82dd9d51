// Has this service applied what others' logs held at these heads, and everything that followed from it here? Answered by waiting for its own commits.
import type { Db, EventStore, LogReader } from '@deskfleet/event-store';
import type { AwaitAppliedRequest, SourceHead } from '@deskfleet/protocol/feed';
import { ServerError, Status } from 'nice-grpc-common';
import { FEED_LANE, LEFT } from '../consumer/slice.ts';
import { Wakeup } from '../consumer/wakeup.ts';
import { run } from '../database.ts';
import { epochTree, sourcesOf } from '../epochs/enter.ts';
import { goesOnFrom, logOf, serviceOf, sharedHead } from '../epochs/lineage.ts';
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
  /** How many own events may follow from one another by timers and background work: the longest such path of the declared reactions. */
  readonly generations: number;
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
  const wait = new Waiting(options.onApplied, signal);
  try {
    await wait.until(async () => {
      const marks = await marksOf(options, request.heads);
      return [...(await behind(options.db, marks)), ...(await held(options.db, marks))];
    });
    await whatFollowedHere(options, wait, signal);
  } catch (error) {
    if (!deadline.aborted) throw error;
    throw new ServerError(Status.DEADLINE_EXCEEDED, `not-applied: ${wait.lastSeen.join('; ') || 'own projections are behind'}`);
  } finally {
    wait.end();
  }
}

/**
 * What followed here from what was applied: own events, their projections, the timers those set, the work they left, and the events of both.
 * Each generation is waited for, as many as the declared reactions may have one after the other; so it ends however much comes meanwhile.
 */
async function whatFollowedHere(options: AppliedOptions, wait: Waiting, signal: AbortSignal): Promise<void> {
  for (let generation = 0; ; generation += 1) {
    const { position } = await options.store.head();
    options.log.look();
    await options.passed(position, signal);
    if (generation === options.generations) return;
    await wait.until(() => unfinished(options));
    if ((await options.store.head()).position === position) return;
  }
}

async function unfinished(options: AppliedOptions): Promise<readonly string[]> {
  const due = await options.dueTimers();
  const work = [...(await options.pendingWork())].filter(([, pending]) => pending > 0);
  return [...(due > 0 ? [`${due} due timers`] : []), ...work.map(([name, pending]) => `${pending} of ${name}`)];
}

/** Waits for commits of this process, and looks now and then for another instance's. */
class Waiting {
  lastSeen: readonly string[] = [];
  readonly #signal: AbortSignal;
  readonly #news = new Wakeup();
  readonly #silence: () => void;

  constructor(onApplied: AppliedOptions['onApplied'], signal: AbortSignal) {
    this.#signal = signal;
    this.#silence = onApplied(() => this.#news.wake());
  }

  /** Resolves when nothing is in the way; rejects with the signal's reason. */
  async until(obstacles: () => Promise<readonly string[]>): Promise<void> {
    for (let pollMs = POLL_FIRST_MS; ; pollMs = Math.min(pollMs * 2, POLL_LAST_MS)) {
      this.lastSeen = await obstacles();
      if (this.lastSeen.length === 0) return;
      this.#signal.throwIfAborted();
      await this.#news.wait(pollMs);
    }
  }

  end(): void {
    this.#silence();
  }
}

/** Resolves when this service's groups have applied one position of a foreign source; at once when none reads it. */
export async function awaitSource(options: AppliedOptions, source: string, position: number, cancelled: AbortSignal): Promise<void> {
  const wait = new Waiting(options.onApplied, cancelled);
  let bucket = options.feedOf === undefined ? WHOLE_LOG : undefined;
  try {
    await wait.until(async () => {
      const [mark, ...others] = await marksOf(options, [{ source, buckets: { [WHOLE_LOG]: position } }]);
      if (mark === undefined) return [];
      bucket ??= await bucketAt(options, mark, cancelled);
      return behind(
        options.db,
        [mark, ...others].map((one) => ({ ...one, bucket: bucket ?? WHOLE_LOG })),
      );
    });
  } finally {
    wait.end();
  }
}

/** The bucket of the event at a position, from its owner. */
async function bucketAt({ feedOf }: AppliedOptions, { source, position }: Mark, signal: AbortSignal): Promise<number> {
  const pages = feedOf?.(serviceOf(source)).read({ after: position - 1, follow: false, source }, { signal }) ?? [];
  for await (const page of pages) {
    const first = page.events[0];
    if (first !== undefined) return first.bucket;
  }
  return WHOLE_LOG;
}

/**
 * The heads as marks of each group that reads them, in the epoch in which it reads. Looked up each time: a group may go on in a restored log
 * meanwhile. Throws when a position lies beyond what the restored log has of it: it will never be applied, or was and is no more.
 */
async function marksOf({ db, subscriptions }: AppliedOptions, heads: readonly Pick<SourceHead, 'source' | 'buckets'>[]): Promise<Mark[]> {
  const read = heads.flatMap((head) =>
    subscriptions.filter(({ sources }) => sources.includes(serviceOf(head.source))).map(({ group }) => ({ group, ...head })),
  );
  if (read.length === 0) return [];
  const groups = [...new Set(read.map(({ group }) => group))];
  let sources = await sourcesOf(db, groups);
  const entered = ({ group, source }: { group: string; source: string }): string => sources.get(`${group}\n${logOf(source)}`) ?? source;
  const tree = read.some((one) => entered(one) !== one.source) ? await epochTree(db) : undefined;
  // Again, after the tree: one that knows an epoch told by the very step in which a group enters it must not be held against where the group was before.
  if (tree !== undefined) sources = await sourcesOf(db, groups);
  return read.flatMap(({ group, source, buckets }) => {
    const now = entered({ group, source });
    // A newer epoch than the group's, or one not told yet: it will be entered.
    const to = tree?.has(source) !== true || goesOnFrom(tree, source, now) ? source : now;
    const shared = to === source || tree === undefined ? Infinity : (sharedHead(tree, source, to) ?? -1);
    return Object.entries(buckets).map(([bucket, position]) => {
      if (position > shared)
        throw new ServerError(Status.FAILED_PRECONDITION, `restored: ${group} reads ${to}, which does not hold ${source} beyond ${shared}`);
      return { group, source: to, bucket: Number(bucket), position };
    });
  });
}

/** Groups that have not come so far, named; by the feed's offset or the bucket's watermark, whichever is further. One just left says nothing. */
async function behind(db: Db, marks: readonly Mark[]): Promise<string[]> {
  if (marks.length === 0) return [];
  const { rows } = await run<{ group: string; source: string; lag: string }>(
    db,
    `select m.g as group, m.source, max(m.position - greatest(o.position, w.position, 0)) as lag
       from unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) m (g, source, bucket, position)
       left join bus_offsets o on o.consumer_group = m.g and o.source = m.source and o.lane = '${FEED_LANE}'
       left join bus_watermarks w on w.consumer_group = m.g and w.source = m.source and w.bucket = m.bucket
      where greatest(o.position, w.position, 0) < m.position or greatest(o.position, w.position, 0) = ${LEFT}
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

function columnsOf(marks: readonly Mark[]): [string[], string[], number[], number[]] {
  return [marks.map((m) => m.group), marks.map((m) => m.source), marks.map((m) => m.bucket), marks.map((m) => m.position)];
}
