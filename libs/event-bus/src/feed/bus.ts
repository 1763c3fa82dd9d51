// The embedded bus: every subscriber reads the owners' logs over gRPC. Nothing is published; the log is the outbox and the bus.
import type { BusOptions, EventBus } from '../bus.ts';
import { Consumer } from '../consumer/consumer.ts';
import { Leases } from '../lease.ts';
import { type FeedClient, FeedReader } from './reader.ts';

export interface FeedBusOptions extends BusOptions {
  /** A client of another service's feed. */
  readonly feedOf: (service: string) => FeedClient;
}

/** The bus over the owners' feeds. */
export function createFeedBus(options: FeedBusOptions): EventBus {
  const leases = new Leases(options.db, options.instance);
  const consumers = new Map<string, { consumer: Consumer; stop: () => Promise<void> }>();
  const listeners = new Set<() => void>();
  return {
    async subscribe(subscription) {
      const { group, sources } = subscription;
      if (consumers.has(group)) throw new Error(`two subscriptions of group ${group}`);
      const consumer = new Consumer(subscription, options);
      const silence = consumer.onApplied(() => {
        for (const listener of [...listeners]) listener();
      });
      const readers = sources.map((service) => new FeedReader(consumer, service, options.feedOf(service), leases));
      const stop = async (): Promise<void> => {
        await Promise.all([...readers.map((reader) => reader.stop()), consumer.stop()]);
        silence();
        consumers.delete(group);
      };
      consumers.set(group, { consumer, stop });
      return { stop };
    },
    faults: () => new Map([...consumers.values()].flatMap(({ consumer }) => [...consumer.faults()].map(([part, error]) => [`${consumer.group} ${part}`, error] as const))),
    onApplied(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake: () => {
      for (const { consumer } of consumers.values()) consumer.wakeDrain();
    },
    stop: async () => {
      await Promise.all([...consumers.values()].map(({ stop }) => stop()));
    },
  };
}
