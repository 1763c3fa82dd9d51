// The consumer of one subscription, whatever carries its events: lanes apply what comes in order, a drain applies what was held and may go on.
import type { Db, EpochMs, LogReader, RawEvent, Tx } from '@deskfleet/event-store';
import type { HeadResponse } from '@deskfleet/protocol/feed';
import { run } from '../database.ts';
import { type EnteredEpoch, enterEpoch } from '../epochs/enter.ts';
import { logOf } from '../epochs/lineage.ts';
import type { Subscription } from '../subscription.ts';
import { Gap, LaneMoved, Pace, SourceLeft, type Verdict } from './faults.ts';
import { lockKeys, readyEvent, readyEvents } from './held.ts';
import { forgetJournal } from './journal.ts';
import { type Applied, applyReady, applySlice, type CarriedEvent, FEED_LANE, type LaneName, type Parking, parkReady, type Slice, type Step } from './slice.ts';
import type { SliceSpan } from './tracing.ts';
import { Wakeup } from './wakeup.ts';

const DRAIN_LOOK_MS = 2_000; // another instance may have released streams, an operator asked for a retry
const FORGET_EVERY_MS = 3_600_000;
const HELD_EVENTS = 'held events'; // what a failing drain is called in health

export interface ConsumerOptions {
  /** The worker's connections. */
  readonly db: Db;
  /** The own log: told of each commit, since the slice's handler may have appended. */
  readonly log: Pick<LogReader, 'committed'>;
  readonly clock: () => EpochMs;
  /** Told of what fails and is tried again, each time: for the log and for health. */
  readonly onFault: (part: string, error: unknown) => void;
  /** Told when a group goes on in a restored log, each time: what it had of the old one is listed from then on. */
  readonly onRestored?: (entered: EnteredEpoch) => void;
}

/** Told of a commit: the types of the events that it handled. */
export type AppliedListener = (handled: ReadonlySet<string>) => void;

export class Consumer {
  readonly subscription: Subscription;
  readonly types: ReadonlySet<string>;
  readonly #options: ConsumerOptions;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<AppliedListener>();
  readonly #drainWake = new Wakeup();
  readonly #entered = new Map<string, string>();
  readonly #draining: Promise<void>;
  #faults = new Map<string, unknown>();

  constructor(subscription: Subscription, options: ConsumerOptions) {
    if (subscription.requires !== undefined && subscription.present === undefined)
      throw new Error(`subscription ${subscription.group} requires keys but cannot say which are present`);
    if (subscription.repeatable === true && (subscription.appends ?? []).length > 0)
      throw new Error(`subscription ${subscription.group} appends: it must wait for the disk`);
    this.subscription = subscription;
    this.types = new Set(subscription.types.map((type) => type.$type));
    this.#options = options;
    this.#draining = this.#drain();
  }

  get group(): string {
    return this.subscription.group;
  }

  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** What fails at the moment, by part. */
  faults(): ReadonlyMap<string, unknown> {
    return this.#faults;
  }

  fault(part: string, error: unknown): void {
    this.#faults.set(part, error);
    this.#options.onFault(`${this.group} ${part}`, error);
  }

  recovered(part: string): void {
    this.#faults.delete(part);
  }

  /** Called after each commit of this process. Returns the way to stop listening. */
  onApplied(listener: AppliedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tries to go on with what is ready at once: an operator asked for a retry. */
  wakeDrain(): void {
    this.#drainWake.wake();
  }

  /** Opens a lane where it stands; a new one at `start`. */
  async openLane(source: string, lane: string, start = 0): Promise<Lane> {
    const name = { group: this.group, source, lane };
    const { rows } = await run<{ position: string }>(
      this.#options.db,
      `insert into bus_offsets (consumer_group, source, lane, position) values ($1, $2, $3, $4)
       on conflict (consumer_group, source, lane) do update set position = bus_offsets.position returning position`,
      [name.group, source, lane, start],
    );
    // A feed begun after Kafka: what Kafka brought is skipped by its watermarks.
    const marks = await run<{ last: string | null }>(
      this.#options.db,
      'select max(position) as last from bus_watermarks where consumer_group = $1 and source = $2',
      [name.group, source],
    );
    const position = Number(rows[0]?.position);
    return new Lane(this, this.#options, name, position, lane === FEED_LANE ? Number(marks.rows[0]?.last ?? 0) : Infinity);
  }

  /** Reads the owner's log from now on in the epoch that it serves; true when that is another one. Throws `EpochChanged` when it is no successor. */
  async enter(head: Pick<HeadResponse, 'source' | 'lineage'>): Promise<boolean> {
    if (this.#entered.get(logOf(head.source)) === head.source) return false;
    const entered = await enterEpoch(this.#options.db, this.group, head, this.#options.clock());
    this.#entered.set(logOf(head.source), head.source);
    if (entered === undefined) return false;
    this.#options.onRestored?.(entered);
    this.committed({ handled: new Set(), released: true });
    return true;
  }

  /** Where this group's lanes stand, by `<source> <lane>`, whoever moved them. */
  async positions(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await run<{ source: string; lane: string; position: string }>(
      this.#options.db,
      'select source, lane, position from bus_offsets where consumer_group = $1',
      [this.group],
    );
    return new Map(rows.map(({ source, lane, position }) => [`${source} ${lane}`, Number(position)]));
  }

  /**
   * Applies what several lanes bring in one transaction. Throws whatever stands in the way, and then nothing was done: what that is each lane tells
   * when it is applied alone.
   */
  async applyJoined(parts: readonly LanePart[]): Promise<void> {
    await this.applyOne({ steps: parts.map(({ lane, to }) => lane.step(to)), events: parts.flatMap(({ events }) => events), byBucket: true });
    for (const { lane, to } of parts) {
      lane.moved(to);
      this.recovered(lane.part);
    }
  }

  /** Applies a slice in a transaction of its own and tells the world. */
  async applyOne(slice: Slice): Promise<void> {
    this.committed(await inTransaction(this.#options, (tx) => applySlice(tx, this.subscription, this.types, slice, this.#options.clock())));
  }

  /** The end of a slice of so many wanted events; what is not wanted costs next to nothing and goes along. */
  endOfSlice(events: readonly CarriedEvent[], from: number, size: number): number {
    let wanted = 0;
    for (let index = from; index < events.length; index += 1) {
      if (!this.types.has(events[index]?.type ?? '')) continue;
      if (wanted === size) return index;
      wanted += 1;
    }
    return events.length;
  }

  /** How many events of a stretch are wanted. */
  wanted(events: readonly CarriedEvent[], from: number, to: number): number {
    let wanted = 0;
    for (let index = from; index < to; index += 1) if (this.types.has(events[index]?.type ?? '')) wanted += 1;
    return wanted;
  }

  /** Tells the world that a transaction with effects was committed. */
  committed({ handled, released }: Applied): void {
    if (released) this.#drainWake.wake();
    for (const listener of [...this.#listeners]) listener(handled);
  }

  /** Stops pulling; resolves when the slice in hand is committed. Lanes are stopped by whoever feeds them. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#drainWake.wake();
    await this.#draining;
  }

  async #drain(): Promise<void> {
    const drain = new Drain(this, this.#options);
    let forgetAt = 0;
    while (!this.#stop.signal.aborted) {
      const now = this.#options.clock();
      try {
        if (now >= forgetAt) {
          forgetAt = now + FORGET_EVERY_MS;
          await forgetJournal(this.#options.db, this.group, now);
        }
        if (await drain.step()) continue;
        this.recovered(HELD_EVENTS);
        await this.#drainWake.wait(DRAIN_LOOK_MS);
      } catch (error) {
        this.fault(HELD_EVENTS, error);
        await pause(drain.failed(error), this.#stop.signal);
      }
    }
  }
}

/** What a lane gives to a slice that several share; `to` is its offset once that is applied. */
export interface LanePart {
  readonly lane: Lane;
  readonly events: readonly CarriedEvent[];
  readonly to: number;
}

/**
 * Applies what was held and may go on, the longest held first. Which stream is the first changes while one fails, since lanes and operators let others
 * go: so the event that failed by itself is the one tried again and the one parked, by its name.
 */
class Drain {
  readonly #consumer: Consumer;
  readonly #options: ConsumerOptions;
  readonly #pace: Pace;
  #tried: readonly RawEvent[] = [];
  #alone: { readonly event: RawEvent; readonly park?: Parking } | undefined;

  constructor(consumer: Consumer, options: ConsumerOptions) {
    this.#consumer = consumer;
    this.#options = options;
    this.#pace = new Pace(consumer.subscription.sliceSize);
  }

  /** One transaction; false when there was nothing to do. */
  async step(): Promise<boolean> {
    const { group, subscription } = this.#consumer;
    const { db, clock } = this.#options;
    this.#tried = [];
    const alone = this.#alone;
    if (alone?.park !== undefined) {
      const { event, park } = alone;
      await db.transaction().execute((tx) => parkReady(tx, group, event, park, clock()));
      this.#goOn({ handled: new Set(), released: false });
      return true;
    }
    const applied = await inTransaction(this.#options, async (tx) => {
      await lockKeys(tx, group);
      this.#tried = await (alone === undefined ? readyEvents(tx, group, this.#pace.size) : readyEvent(tx, group, alone.event));
      return applyReady(tx, subscription, this.#tried, clock());
    });
    if (this.#tried.length > 0) this.#pace.succeeded();
    else if (alone === undefined) return false;
    this.#goOn(applied);
    return true;
  }

  /** In how many ms to go on after a failure. */
  failed(error: unknown): number {
    const [first, ...others] = this.#tried;
    if (first !== undefined && others.length === 0 && this.#alone === undefined) {
      this.#alone = { event: first };
      this.#pace.another();
    }
    const verdict = this.#pace.failed(error, this.#tried.length);
    if ('retryInMs' in verdict) return verdict.retryInMs;
    if (first === undefined || this.#alone === undefined) return DRAIN_LOOK_MS; // nothing was tried: there is nobody to blame
    this.#alone = { event: this.#alone.event, park: verdict.park };
    return 0;
  }

  #goOn(applied: Applied): void {
    if (this.#alone !== undefined) this.#pace.another();
    this.#alone = undefined;
    this.#consumer.committed(applied);
  }
}

/** One (group, source, lane): applies events in order, from its offset on. */
export class Lane {
  readonly #consumer: Consumer;
  readonly #options: ConsumerOptions;
  readonly #name: LaneName;
  readonly #byBucketUpTo: number;
  readonly #pace: Pace;
  #position: number;

  constructor(consumer: Consumer, options: ConsumerOptions, name: LaneName, position: number, byBucketUpTo: number) {
    this.#consumer = consumer;
    this.#options = options;
    this.#name = name;
    this.#position = position;
    this.#byBucketUpTo = byBucketUpTo;
    this.#pace = new Pace(consumer.subscription.sliceSize);
  }

  /** The offset up to which everything is applied, held or parked. */
  get position(): number {
    return this.#position;
  }

  /** Where its faults are told. */
  get part(): string {
    return `${this.#name.source} ${this.#name.lane}`;
  }

  /** Its part in a slice that brings it so far. */
  step(to: number): Step {
    return { source: this.#name.source, lane: this.#name.lane, from: this.#position, to };
  }

  /** A slice that it had a part in was committed. */
  moved(to: number): void {
    this.#position = to;
  }

  /**
   * Applies events that follow the offset, slice by slice; `offsets[i]` is the offset once event i is applied, `through` once all are.
   * Throws `LaneMoved` when somebody else reads the lane, `Gap` when a predecessor is missing, and the signal's reason when it aborts between slices. `between` runs after each slice.
   */
  async apply(
    events: readonly CarriedEvent[],
    offsets: (index: number) => number,
    through: number,
    signal: AbortSignal,
    between: () => Promise<void> = async () => {},
  ): Promise<void> {
    let from = 0;
    let park: Parking | undefined;
    while (from < events.length || this.#position < through) {
      signal.throwIfAborted();
      const to = this.#consumer.endOfSlice(events, from, park === undefined ? this.#pace.size : 1);
      const next = to === events.length ? through : offsets(to - 1);
      try {
        await this.#applyOne(events.slice(from, to), next, park);
        park = undefined;
        from = to;
        this.#pace.succeeded();
        this.#consumer.recovered(this.part);
      } catch (error) {
        if (error instanceof LaneMoved || error instanceof Gap || error instanceof SourceLeft) throw error;
        this.#consumer.fault(this.part, error);
        const verdict: Verdict = this.#pace.failed(error, this.#consumer.wanted(events, from, to));
        if ('park' in verdict) park = verdict.park;
        else await pause(verdict.retryInMs, signal);
      }
      await between();
    }
  }

  /** Goes back to an offset: what the lane reads was made anew. Only where watermarks say what was applied. Throws `LaneMoved` as `apply` does. */
  async beginAgain(position: number): Promise<void> {
    const { group, source, lane } = this.#name;
    const { numAffectedRows } = await run(
      this.#options.db,
      'update bus_offsets set position = $5 where consumer_group = $1 and source = $2 and lane = $3 and position = $4',
      [group, source, lane, this.#position, position],
    );
    if (Number(numAffectedRows) !== 1) throw new LaneMoved(`${group} ${source} ${lane} is no longer at ${this.#position}`);
    this.#position = position;
  }

  async #applyOne(events: readonly CarriedEvent[], next: number, park: Parking | undefined): Promise<void> {
    await this.#consumer.applyOne({
      steps: [this.step(next)],
      events,
      byBucket: this.#position < this.#byBucketUpTo,
      ...(park === undefined ? {} : { park }),
    });
    this.#position = next;
  }
}

/** Runs, commits and tells the log; the slice's span ends after the commit, with its error if it fails. */
async function inTransaction<T extends { span?: SliceSpan }>({ db, log }: ConsumerOptions, task: (tx: Tx) => Promise<T>): Promise<T> {
  let done: T | undefined;
  try {
    let within: Tx | undefined;
    const result = await db.transaction().execute(async (tx) => {
      within = tx;
      done = await task(tx);
      return done;
    });
    if (within !== undefined) log.committed(within);
    result.span?.end();
    return result;
  } catch (error) {
    done?.span?.end(error); // the commit failed; a failed handler has ended the span itself
    throw error;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
