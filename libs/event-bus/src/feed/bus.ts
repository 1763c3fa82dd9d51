// The embedded bus: every subscriber reads the owners' logs over gRPC. Nothing is published; the log is the outbox and the bus.
import { type BusOptions, busOver, type EventBus } from '../bus.ts';
import { Leases } from '../lease.ts';
import { FeedReader } from './reader.ts';

/** The bus over the owners' feeds. */
export function createFeedBus(options: BusOptions): EventBus {
  const leases = new Leases(options.db, options.instance);
  return busOver(
    { read: (consumer) => consumer.subscription.sources.map((service) => new FeedReader(consumer, service, options.feedOf(service), leases)) },
    options,
  );
}
