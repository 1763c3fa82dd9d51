// The bus as a service sees it: subscribe, and know how it goes. The feed and Kafka stand behind this one interface.
import type { Db, EpochMs, LogReader } from '@deskfleet/event-store';
import { type AppliedListener, Consumer } from './consumer/consumer.ts';
import type { EnteredEpoch } from './epochs/enter.ts';
import type { FeedClient } from './feed/reader.ts';
import type { AnySubscription, RunningSubscription } from './subscription.ts';

export interface BusOptions {
  /** This service's name, e.g. `billing`. */
  readonly service: string;
  /** Unique to this process's run: holds the leases. */
  readonly instance: string;
  /** The worker's connections. */
  readonly db: Db;
  /** The own log. */
  readonly log: LogReader;
  /** A client of another service's feed: what the feed bus reads, and where old events come from on Kafka. */
  readonly feedOf: (service: string) => FeedClient;
  readonly clock: () => EpochMs;
  /** Told of what fails and is tried again, each time. */
  readonly onFault: (part: string, error: unknown) => void;
  /** Told when a group goes on in a restored log. */
  readonly onRestored?: (entered: EnteredEpoch) => void;
}

export interface EventBus {
  /** Starts at once; what cannot be reached yet is tried again. */
  subscribe(subscription: AnySubscription): Promise<RunningSubscription>;
  /** What fails at the moment, by part: for health. */
  faults(): ReadonlyMap<string, unknown>;
  /** Called after each slice that this process committed, with the types of the events it handled. Returns the way to stop listening. */
  onApplied(listener: AppliedListener): () => void;
  /** Tries at once what was made ready (`retryHeld`, `skipHeld`). */
  wake(): void;
  /** Stops pulling and relaying; resolves when the slices in hand are committed. */
  stop(): Promise<void>;
}

/** What an adapter adds: how a consumer's events are read, and what else runs (a relay). */
export interface Adapter {
  /** Starts reading for a consumer. */
  read(consumer: Consumer): readonly RunningSubscription[];
  readonly others?: readonly (RunningSubscription & { faults(): ReadonlyMap<string, unknown> })[];
}

/** A bus over an adapter. */
export function busOver(adapter: Adapter, options: BusOptions): EventBus {
  const running = new Map<string, { consumer: Consumer; stop: () => Promise<void> }>();
  const listeners = new Set<AppliedListener>();
  const others = adapter.others ?? [];
  return {
    async subscribe(subscription) {
      const { group } = subscription;
      if (running.has(group)) throw new Error(`two subscriptions of group ${group}`);
      const consumer = new Consumer(subscription, options);
      const silence = consumer.onApplied((handled) => {
        for (const listener of [...listeners]) listener(handled);
      });
      const readers = adapter.read(consumer);
      const stop = async (): Promise<void> => {
        await Promise.all([...readers, consumer].map((part) => part.stop()));
        silence();
        running.delete(group);
      };
      running.set(group, { consumer, stop });
      return { stop };
    },
    faults() {
      const ofConsumers = [...running.values()].flatMap(({ consumer }) =>
        [...consumer.faults()].map(([part, error]) => [`${consumer.group} ${part}`, error] as const),
      );
      return new Map([...ofConsumers, ...others.flatMap((other) => [...other.faults()])]);
    },
    onApplied(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake() {
      for (const { consumer } of running.values()) consumer.wakeDrain();
    },
    async stop() {
      await Promise.all([...running.values(), ...others].map((part) => part.stop()));
    },
  };
}
