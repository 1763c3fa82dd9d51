// Which adapter carries the events is configuration; what is not configured is not loaded.
import type { BusOptions, EventBus } from './bus.ts';
import { createFeedBus } from './feed/bus.ts';
import type { KafkaSettings } from './kafka/settings.ts';

export type BusKind = { readonly kind: 'feed' } | ({ readonly kind: 'kafka' } & KafkaSettings);

/** The bus of a service. On Kafka its relay starts with it. */
export async function createEventBus(kind: BusKind, options: BusOptions): Promise<EventBus> {
  if (kind.kind === 'feed') return createFeedBus(options);
  const { createKafkaBus } = await import('./kafka/bus.ts');
  return createKafkaBus(kind, options);
}
