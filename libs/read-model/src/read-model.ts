// What a service starts: its projections and its timers, and the answer to "how far are they".
import type { EventStore, LogReader } from '@deskfleet/event-store';
import type { Clock, OnFault, ReadModelDatabase } from './database.ts';
import type { Projection } from './projection.ts';
import { ProjectionRunner } from './runner.ts';
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
}

export interface ReadModel {
  /** The own position each projection (timers' among them) has passed. */
  positions(): ReadonlyMap<string, number>;
  /** Resolves when all have passed this own position; rejects with the signal's reason. */
  passed(position: number, signal?: AbortSignal): Promise<void>;
  /** Timers that are due and not fired. */
  dueTimers(): Promise<number>;
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
  return {
    positions: () => runner.positions(),
    passed: (position, signal) => runner.passed(position, signal),
    dueTimers: () => timers.due(),
    faults: () => runner.faults(),
    stop: async () => {
      await timers.stop();
      await runner.stop();
    },
  };
}
