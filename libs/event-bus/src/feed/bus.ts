// The embedded bus: every subscriber reads the owners' logs over gRPC. Nothing is published; the log is the outbox and the bus.
import { type BusOptions, busOver, type EventBus } from '../bus.ts';
import type { Consumer } from '../consumer/consumer.ts';
import { Leases } from '../lease.ts';
import type { RunningSubscription } from '../subscription.ts';
import { FeedReader } from './reader.ts';

/** The bus over the owners' feeds. */
export function createFeedBus(options: BusOptions): EventBus {
  return busOver({ read: feedReaders(options, new Leases(options.db, options.instance)) }, options);
}

/** Reads the log of each source of a consumer. */
export function feedReaders(options: BusOptions, leases: Leases): (consumer: Consumer) => readonly RunningSubscription[] {
  return (consumer) => consumer.subscription.sources.map((service) => new FeedReader(consumer, service, options.feedOf(service), leases));
}
