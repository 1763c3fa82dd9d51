// The bus over Kafka: this service's relay, and a consumer a group. Old events come from their owner's log.
import { type BusOptions, busOver, type EventBus } from '../bus.ts';
import { Leases } from '../lease.ts';
import { kafkaClient } from './client.ts';
import { TopicReader } from './reader.ts';
import { Relay } from './relay.ts';
import type { KafkaSettings } from './settings.ts';

/** The bus over Kafka. A broker that is away makes nothing fail: the log is the outbox. */
export function createKafkaBus(settings: KafkaSettings, options: BusOptions): EventBus {
  const kafka = kafkaClient(settings, `${options.service}-${options.instance}`);
  const relay = new Relay(kafka, settings, options, new Leases(options.db, options.instance));
  return busOver({ read: (consumer) => [new TopicReader(kafka, settings, consumer, options)], others: [relay] }, options);
}
