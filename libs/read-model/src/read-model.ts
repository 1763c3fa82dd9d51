// What a service starts: its projections and its timers, and the answer to "how far are they".
import type { EventStore, LogReader } from '@deskfleet/event-store';
import { type BuildName, Builds, type ProjectionBuild } from './builds.ts';
import type { Clock, OnFault, ReadModelDatabase } from './database.ts';
import type { Projection } from './projection.ts';
import { ProjectionRunner } from './runner.ts';
import type { TimerState } from './timer-rows.ts';
import { TimerRunner } from './timer-runner.ts';
import type { TimerPlan } from './timers.ts';

export interface ReadModelOptions {
  readonly database: ReadModelDatabase;
  readonly store: EventStore;
  readonly log: LogReader;
  readonly projections: readonly Projection[];
  // biome-ignore lint/suspicious/noExplicitAny: plans of every event type
  readonly timers?: readonly TimerPlan<any>[];
  readonly clock: Clock;
  readonly onFault: OnFault;
  /** Rebuilds that an operator may have running at once (default 2). However many, they take turns on one connection. */
  readonly buildsAtOnce?: number;
}

export interface ReadModel {
  /** The own position each projection (timers' among them) has passed. */
  positions(): ReadonlyMap<string, number>;
  /** Resolves when all have passed this own position; rejects with the signal's reason. */
  passed(position: number, signal?: AbortSignal): Promise<void>;
  /** Every build of every projection: what is live, what is being built beside it and how far, what is kept for a way back. */
  builds(): Promise<readonly ProjectionBuild[]>;
  /** Begins a fresh build of a projection's version beside the live one; it is swapped in when it has caught up. Throws `ProjectionRefused`. */
  rebuild(name: string): Promise<ProjectionBuild>;
  /** Makes a kept build live again: it goes on from where it stood, and is swapped in when it has caught up. Throws `ProjectionRefused`. */
  swap(which: BuildName): Promise<ProjectionBuild>;
  /** Removes a build that is not live, with its table; one that is being built is given up. Throws `ProjectionRefused`. */
  drop(which: BuildName): Promise<void>;
  /** Timers that are due and not fired. */
  dueTimers(): Promise<number>;
  /** Pending timers, those due among them, and since when the first of these is due (epoch ms). */
  timerState(): Promise<TimerState>;
  /** The projections that stand still, with what stops them. */
  faults(): ReadonlyMap<string, unknown>;
  /** Finishes the batches in hand; fired timers first. */
  stop(): Promise<void>;
}

/** Starts projections and timers. `installReadModel` has run before. */
export async function startReadModel(options: ReadModelOptions): Promise<ReadModel> {
  const timers = new TimerRunner({
    worker: options.database.worker,
    store: options.store,
    plans: options.timers ?? [],
    clock: options.clock,
    onFault: options.onFault,
  });
  const runner = await ProjectionRunner.start({ ...options, projections: [...options.projections, ...timers.projections] });
  timers.start();
  const builds = new Builds(options, runner);
  return {
    positions: () => runner.positions(),
    passed: (position, signal) => runner.passed(position, signal),
    builds: () => builds.list(),
    rebuild: (name) => builds.rebuild(name),
    swap: (which) => builds.swap(which),
    drop: (which) => builds.drop(which),
    dueTimers: () => timers.due(),
    timerState: () => timers.state(),
    faults: () => runner.faults(),
    stop: async () => {
      await timers.stop();
      await runner.stop();
    },
  };
}
