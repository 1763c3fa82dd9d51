// Fires due timers at their instant: lease a batch, decide afresh, append by the ordinary way, then delete. Late, double and cancelled firings are harmless.
import type { AppendMember, Db, EpochMs, EventStore } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import type { Clock, OnFault } from './database.ts';
import type { SqlProjection } from './projection.ts';
import { countDue, giveBack, type LeasedTimer, leaseDue, nextDueIn, removeFired, type TimerState, timerProjection, timerState } from './timer-rows.ts';
import type { Timer, TimerPlan } from './timers.ts';

const BATCH_TIMERS = 100;
/** A batch while there are more due than one takes: each costs the same four round trips. */
const BACKLOG_TIMERS = 500;
const LEASE_MS = 30_000;
const RETRY_FIRST_MS = 200;
const RETRY_LAST_MS = 60_000;
const CONFLICT_MS = 20;
const LOOK_EVERY_MS = 2_000; // for the timers of an instance that died with its memory
const SLEEP_LAST_MS = 60 * 60 * 1000;

/** The command id of a firing: kind, key and due instant, so that a second firing of the same timer is the same command. */
export function timerCommandId(timer: Pick<Timer, 'kind' | 'key' | 'dueAt'>): string {
  return `${timer.kind}:${timer.key}:${timer.dueAt}`;
}

export interface TimerRunnerOptions {
  readonly worker: Db;
  readonly store: Pick<EventStore, 'append'>;
  // biome-ignore lint/suspicious/noExplicitAny: plans of every event type
  readonly plans: readonly TimerPlan<any>[];
  readonly clock: Clock;
  readonly onFault: OnFault;
}

const NONE: { readonly dueAt: EpochMs; readonly until: number } = { dueAt: Infinity, until: 0 };

/** One loop a kind; its next due instant is kept in memory, and from which instant on any may be due. */
export class TimerRunner {
  readonly #options: TimerRunnerOptions;
  readonly #kinds: readonly KindRunner[];

  constructor(options: TimerRunnerOptions) {
    this.#options = options;
    this.#kinds = options.plans.map((plan) => new KindRunner(plan, options));
  }

  /** The projections that write the rows: to be run with the service's own. */
  get projections(): readonly SqlProjection<UnknownMessage>[] {
    return this.#kinds.map((kind) => kind.projection);
  }

  start(): void {
    for (const kind of this.#kinds) kind.start();
  }

  /** Timers that are due and not fired: such a service is not settled. */
  async due(): Promise<number> {
    return this.#kinds.length === 0 ? 0 : countDue(this.#options.worker, this.#options.clock());
  }

  /** All of them, for whoever operates the service. */
  state(): Promise<TimerState> {
    return timerState(
      this.#options.worker,
      this.#options.plans.map(({ kind }) => kind),
      this.#options.clock(),
    );
  }

  /** Finishes the batches in hand. */
  async stop(): Promise<void> {
    await Promise.all(this.#kinds.map((kind) => kind.stop()));
  }
}

class KindRunner {
  readonly projection: SqlProjection<UnknownMessage>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly #plan: TimerPlan<any>;
  readonly #options: TimerRunnerOptions;
  #batch = BATCH_TIMERS;
  #next: EpochMs = 0;
  /** Of what this instance knows none is due before: what others hold or leave behind is found by the look at all of them. */
  #from: EpochMs = 0;
  /** The first that were given back, and until when (monotonic ms) they are held: until then none of them is found, and none is gone. */
  #givenBack = NONE;
  #lookAt = 0; // by the monotonic clock: the wall clock may be set back
  #stopped = false;
  #wake: () => void = () => {};
  #loop: Promise<void> = Promise.resolve();

  // biome-ignore lint/suspicious/noExplicitAny: as above
  constructor(plan: TimerPlan<any>, options: TimerRunnerOptions) {
    this.#plan = plan;
    this.#options = options;
    this.projection = timerProjection(plan, (dueAt) => {
      this.#from = Math.min(this.#from, dueAt);
      if (dueAt >= this.#next) return;
      this.#next = dueAt;
      this.#wake();
    });
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const now = this.#options.clock();
      try {
        const atAll = performance.now() >= this.#lookAt;
        if (atAll) {
          this.#from = 0;
          this.#lookAt = performance.now() + LOOK_EVERY_MS;
        }
        if (now >= this.#next || atAll) {
          const more = await this.#fireDue(now);
          if (more) continue;
          this.#next = Infinity; // from here on the projection may lower it
          this.#next = Math.min(this.#next, now + ((await nextDueIn(this.#options.worker, this.#plan.kind, this.#from, now)) ?? Infinity));
        }
      } catch (error) {
        this.#options.onFault(`timers ${this.#plan.kind}`, error);
        this.#next = Infinity;
        this.#lookAt = performance.now() + RETRY_FIRST_MS * 5;
      }
      await this.#sleep(Math.min(this.#next - this.#options.clock(), this.#lookAt - performance.now()));
    }
  }

  /** True when a full batch was due: there may be more. */
  async #fireDue(now: EpochMs): Promise<boolean> {
    const { worker } = this.#options;
    const leased = this.#batch;
    const timers = await this.#lease(now, leased);
    if (timers.length === 0) return false;
    try {
      const again = await this.#fire(timers, now);
      await removeFired(
        worker,
        timers.filter((timer) => !again.has(timerCommandId(timer))),
      );
      await this.#giveBack(
        timers.filter((timer) => again.has(timerCommandId(timer))),
        CONFLICT_MS,
      );
      const more = timers.length === leased;
      this.#batch = Math.min(more ? BACKLOG_TIMERS : BATCH_TIMERS, this.#batch * 2);
      return more;
    } catch (error) {
      this.#options.onFault(`timers ${this.#plan.kind}`, error);
      await this.#failed(timers, error);
      return timers.length > 1;
    }
  }

  /** The earliest that are due. What the projection sets while they are looked for may be due before them. */
  async #lease(now: EpochMs, limit: number): Promise<LeasedTimer[]> {
    const from = this.#from;
    let reached = from;
    this.#from = Infinity;
    if (performance.now() >= this.#givenBack.until) this.#givenBack = NONE;
    try {
      const timers = await leaseDue(this.#options.worker, this.#plan.kind, from, now, LEASE_MS, limit);
      reached = timers.length === limit ? (timers.at(-1)?.dueAt ?? now) : now;
      return timers;
    } finally {
      this.#from = Math.min(this.#from, reached, this.#givenBack.dueAt);
    }
  }

  async #giveBack(timers: readonly LeasedTimer[], inMs: number, error?: string): Promise<void> {
    const [first] = timers;
    if (first === undefined) return;
    await giveBack(this.#options.worker, timers, inMs, error);
    const { dueAt, until } = this.#givenBack;
    this.#givenBack = { dueAt: Math.min(dueAt, first.dueAt), until: Math.max(until, performance.now() + inMs) };
    this.#from = Math.min(this.#from, first.dueAt);
  }

  /** Appends what the batch leads to; answers the command ids of those whose stream moved meanwhile: they are decided again. */
  async #fire(timers: readonly LeasedTimer[], now: EpochMs): Promise<ReadonlySet<string>> {
    const members = await this.#plan.fire(timers, now);
    const outcomes = await Promise.all(members.map((member) => this.#options.store.append(member)));
    return new Set(outcomes.flatMap((outcome, index) => (outcome.outcome === 'conflict' ? [commandIdOf(members[index])] : [])));
  }

  /** A batch that fails is halved down to the timer at fault; that one is tried again ever later, the others go on. */
  async #failed(timers: readonly LeasedTimer[], error: unknown): Promise<void> {
    const only = timers.length === 1 ? timers[0] : undefined;
    this.#batch = Math.max(1, Math.floor(timers.length / 2));
    if (only === undefined) return this.#giveBack(timers, 0);
    const delay = Math.min(RETRY_FIRST_MS * 2 ** only.attempts, RETRY_LAST_MS);
    await this.#giveBack(timers, delay, error instanceof Error ? error.message : String(error));
  }

  #sleep(ms: number): Promise<void> {
    if (ms <= 0 || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, SLEEP_LAST_MS));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function commandIdOf(member: AppendMember | undefined): string {
  return member?.cause.commandId ?? '';
}
