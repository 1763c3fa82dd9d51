// Keeps a service's projections at the head of its log: a batch's rows and the checkpoints move in one transaction, so every event counts once.
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeEvent, type LogReader, type RecordedEvent, type Tx } from '@deskfleet/event-store';
import { allBuilds, analyze, CheckpointMoved, checkpointsOf, moveCheckpoints, open, prepare, swapIn } from './checkpoints.ts';
import type { Clock, OnFault, ReadModelDatabase } from './database.ts';
import { foldBatch } from './fold.ts';
import type { Projection } from './projection.ts';
import type { RowTable } from './row-table.ts';

const BATCH_EVENTS = 500;
const BUILD_EVENTS = 2_000; // nobody waits for a build's next batch: fewer loads and writes of the rows that many events touch
const CATCH_UP_BATCHES = 4;
const REST_MS = 50;
const RETRY_FIRST_MS = 100;
const RETRY_LAST_MS = 5_000;
const LOOK_EVERY_MS = 2_000; // what another instance or an operator of another instance began, swapped or dropped

/** A build of a projection as it runs. */
export interface Running {
  readonly projection: Projection;
  readonly build: number;
  readonly types: ReadonlySet<string>;
  readonly table: RowTable | undefined;
  position: number;
  live: boolean;
  /** Its statistics were taken for the swap. */
  analyzed?: boolean;
  /** Where and when (monotonic ms) this process began to build it: its rate follows. */
  readonly begun?: { readonly position: number; readonly at: number };
  /** Set while it fails: it stops at the event it cannot take, the others go on. It rests until `retryAt` (monotonic ms). */
  fault?: { readonly error: unknown; readonly attempts: number; readonly retryAt: number };
}

export interface ProjectionRunnerOptions {
  readonly database: ReadModelDatabase;
  readonly log: LogReader;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  readonly onFault: OnFault;
}

/**
 * Runs all projections of a service one batch at a time. Those that stand at the same position share the read, the decoding and the transaction;
 * when that fails each goes alone, so that only the one at fault stops. Builds that grow beside a live one have a loop and a connection of their own,
 * whatever their number: the live ones never wait for them, and the rest of the pool stays with the commands.
 */
export class ProjectionRunner {
  readonly #options: ProjectionRunnerOptions;
  #running: readonly Running[];
  readonly #stop = new AbortController();
  readonly #moved = new Set<() => void>();
  #loops: Promise<unknown> = Promise.resolve();
  #turn = new AbortController(); // aborts when builds came, went, or changed loops
  #looking: NodeJS.Timeout | undefined;

  private constructor(options: ProjectionRunnerOptions, running: readonly Running[]) {
    this.#options = options;
    this.#running = running.map(begin);
  }

  /** Makes what is missing of tables and checkpoints, then starts to follow the log. */
  static async start(options: ProjectionRunnerOptions): Promise<ProjectionRunner> {
    const names = new Set(options.projections.map((projection) => projection.name));
    if (names.size < options.projections.length) throw new Error('two projections have the same name');
    const runner = new ProjectionRunner(options, await prepare(options.database, options.projections, options.clock()));
    runner.#loops = Promise.all([
      runner.#follow(() => runner.#running.filter(({ live }) => live)),
      runner.#follow(() => runner.#running.filter(({ live }) => !live)),
    ]);
    runner.#looking = setInterval(() => void runner.look().catch((error) => options.onFault('projections', error)), LOOK_EVERY_MS);
    runner.#looking.unref();
    return runner;
  }

  /** The projections of the code that runs here. */
  get projections(): readonly Projection[] {
    return this.#options.projections;
  }

  /** Their builds that are live or grow. */
  get running(): readonly Running[] {
    return this.#running;
  }

  /** The own position each projection has passed. */
  positions(): ReadonlyMap<string, number> {
    return new Map(this.#serving().map((one) => [one.projection.name, one.position]));
  }

  /** What keeps failing, by projection. */
  faults(): ReadonlyMap<string, unknown> {
    return new Map(this.#running.flatMap((one) => (one.fault === undefined ? [] : [[nameOf(one), one.fault.error]])));
  }

  /** Resolves when every projection has passed this own position. Rejects with the signal's reason when it aborts first. */
  passed(position: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#moved.delete(check);
        signal?.removeEventListener('abort', check);
      };
      const check = (): void => {
        if (this.#serving().every((one) => one.position >= position)) {
          end();
          resolve();
        } else if (signal?.aborted === true) {
          end();
          reject(signal.reason);
        }
      };
      this.#moved.add(check);
      signal?.addEventListener('abort', check);
      if (position > this.#options.log.last) this.#options.log.look();
      check();
    });
  }

  /** Takes up what was begun, swapped or dropped, here or by another instance. */
  async look(): Promise<void> {
    const { database, projections } = this.#options;
    const rows = await allBuilds(database.worker);
    const running: Running[] = [];
    for (const projection of projections) {
      for (const row of rows) {
        if (row.name !== projection.name || row.version !== projection.version || !row.following) continue;
        const known = this.#running.find((one) => one.projection === projection && one.build === row.build);
        if (known !== undefined) known.live = row.live;
        running.push(known ?? begin(await open(database.owner, projection, row)));
      }
    }
    this.#running = running;
    this.#turn.abort();
    this.#turn = new AbortController();
    this.#tell();
  }

  /** Finishes the batches in hand. */
  async stop(): Promise<void> {
    clearInterval(this.#looking);
    this.#stop.abort();
    await this.#loops;
  }

  /** Of each projection the build that answers queries; where that is a version no code here follows, the one that will. */
  #serving(): readonly Running[] {
    const live = new Set(this.#running.filter((one) => one.live).map((one) => one.projection));
    return this.#running.filter((one) => one.live || !live.has(one.projection));
  }

  async #follow(mine: () => readonly Running[]): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const { signal: turn } = this.#turn;
      const able = mine().filter((one) => one.fault === undefined || one.fault.retryAt <= performance.now());
      let progressed = false;
      const from = performance.now();
      for (const group of Map.groupBy(able, (one) => one.position).values()) {
        if (this.#stop.signal.aborted) return;
        progressed = (await this.#advance(group)) || progressed;
      }
      if (!progressed) await this.#news(mine(), turn);
      else if (this.#waiting(mine()) < BATCH_EVENTS) await this.#rest(performance.now() - from, turn);
    }
  }

  /** How many events lie before the hindmost of those that are able to go on. */
  #waiting(mine: readonly Running[]): number {
    const able = mine.filter((one) => one.fault === undefined);
    return able.length === 0 ? 0 : this.#options.log.last - Math.min(...able.map((one) => one.position));
  }

  /** As long as the batches took, at most 50 ms: a batch costs its statements and a commit however few its events, so under load batches grow instead of multiplying. */
  async #rest(tookMs: number, turn: AbortSignal): Promise<void> {
    await sleep(Math.min(tookMs, REST_MS), undefined, { signal: AbortSignal.any([this.#stop.signal, turn]) }).catch(() => {});
  }

  /** One batch of projections that stand at the same position; false when there was nothing to do. */
  async #advance(group: readonly Running[]): Promise<boolean> {
    const from = group[0]?.position ?? 0;
    try {
      const most = group.some(({ live }) => live) ? BATCH_EVENTS : BUILD_EVENTS;
      const page = await this.#options.log.read(from, most, { types: group.reduce((all, one) => all.union(one.types), new Set<string>()) });
      if (page.through > from)
        await this.#apply(
          group,
          page.events.map((raw) => decodeEvent(raw)),
          from,
          page.through,
        );
      for (const one of group) {
        delete one.fault;
        if (!one.live && this.#options.log.last - one.position < BATCH_EVENTS) await this.#swapIn(one);
      }
      return page.through > from;
    } catch (error) {
      if (group.length > 1 && group.every((one) => one.position === from)) {
        for (const one of group) await this.#advance([one]);
        return true;
      }
      for (const one of group) this.#failed(one, error);
      return false;
    } finally {
      this.#tell();
    }
  }

  async #swapIn(one: Running): Promise<void> {
    const { database, clock } = this.#options;
    if (one.analyzed !== true) await analyze(database, one);
    one.analyzed = true;
    if (await swapIn(database, one, clock, (to) => this.#catchUp(one, to ?? this.#options.log.last))) await this.look();
  }

  /** What came since the build was last at the head: a few batches at most, as the live one is held still meanwhile. */
  async #catchUp(one: Running, to: number): Promise<boolean> {
    for (let batches = 0; one.position < to && batches < CATCH_UP_BATCHES; batches += 1) {
      const from = one.position;
      const page = await this.#options.log.read(from, BATCH_EVENTS, { types: one.types });
      if (page.through === from) return false;
      await this.#apply(
        [one],
        page.events.map((raw) => decodeEvent(raw)),
        from,
        page.through,
      );
    }
    return one.position >= to;
  }

  async #apply(group: readonly Running[], events: readonly RecordedEvent[], from: number, through: number): Promise<void> {
    const { worker } = this.#options.database;
    const committed: (() => void)[] = [];
    try {
      await worker.transaction().execute(async (tx) => {
        await moveCheckpoints(tx, group, from, through);
        for (const one of group) {
          const wanted = events.filter((event) => one.types.has(event.event.$type));
          if (wanted.length > 0) committed.push(await write(one, wanted, tx));
        }
      });
      for (const one of group) one.position = through;
      for (const tell of committed) tell();
    } catch (error) {
      // What was remembered of the tables may no longer be what they hold.
      for (const one of group) one.table?.forget();
      if (!(error instanceof CheckpointMoved)) throw error;
      // Another instance of this service was faster: go on from where it stands. A build that is gone was dropped or has its successor.
      const found = await checkpointsOf(worker, group);
      for (const one of group) one.position = found(one) ?? one.position;
      if (group.some((one) => found(one) === undefined)) await this.look();
    }
  }

  #failed(one: Running, error: unknown): void {
    const attempts = (one.fault?.attempts ?? 0) + 1;
    one.fault = { error, attempts, retryAt: performance.now() + Math.min(RETRY_FIRST_MS * 2 ** (attempts - 1), RETRY_LAST_MS) };
    this.#options.onFault(`projection ${nameOf(one)}`, error);
  }

  #tell(): void {
    for (const check of [...this.#moved]) check();
  }

  /** Waits until the log has something that a projection able to go on has not seen, or a failing one may be tried again. */
  async #news(mine: readonly Running[], turn: AbortSignal): Promise<void> {
    const faulty = mine.filter((one) => one.fault !== undefined);
    const able = mine.filter((one) => one.fault === undefined);
    const signals = [this.#stop.signal, turn];
    if (faulty.length > 0) {
      const retryAt = Math.min(...faulty.map((one) => one.fault?.retryAt ?? 0));
      signals.push(AbortSignal.timeout(Math.max(1, Math.ceil(retryAt - performance.now()))));
    }
    const after = able.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...able.map((one) => one.position));
    await this.#options.log.changed(after, AbortSignal.any(signals));
  }
}

/** A build that is not live is told from the one that is. */
function nameOf({ projection, build, live }: Running): string {
  return live ? projection.name : `${projection.name} v${projection.version} build ${build}`;
}

function begin(one: Running): Running {
  return one.live ? one : { ...one, begun: { position: one.position, at: performance.now() } };
}

/** Answers what to call once it is committed. */
async function write(one: Running, events: readonly RecordedEvent[], tx: Tx): Promise<() => void> {
  if (!('write' in one.projection)) return one.table === undefined ? () => {} : foldBatch(one.projection, one.table, events, tx);
  await one.projection.write(events, tx);
  return one.projection.committed ?? (() => {});
}
