// The bus as a service sees it: subscribe, and know how it goes. The feed and Kafka stand behind this one interface.
import type { Db, EpochMs, EventStore, LogReader } from '@deskfleet/event-store';
import type { AnySubscription, RunningSubscription } from './subscription.ts';

export interface BusOptions {
  /** This service's name, e.g. `billing`. */
  readonly service: string;
  /** Unique to this process's run: holds the leases. */
  readonly instance: string;
  /** The worker's connections. */
  readonly db: Db;
  readonly store: EventStore;
  /** The own log. */
  readonly log: LogReader;
  readonly clock: () => EpochMs;
  /** Told of what fails and is tried again, each time. */
  readonly onFault: (part: string, error: unknown) => void;
}

export interface EventBus {
  subscribe(subscription: AnySubscription): Promise<RunningSubscription>;
  /** What fails at the moment, by part: for health. */
  faults(): ReadonlyMap<string, unknown>;
  /** Called after each slice that this process committed. Returns the way to stop listening. */
  onApplied(listener: () => void): () => void;
  /** Tries at once what was made ready (`retryParked`). */
  wake(): void;
  /** Stops pulling and relaying; resolves when the slices in hand are committed. */
  stop(): Promise<void>;
}
