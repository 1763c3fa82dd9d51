// The bus over Kafka: this service's relay, and a consumer a group. Old events come from their owner's log, and rare ones.
import { type BusOptions, busOver, type EventBus } from '../bus.ts';
import type { Consumer } from '../consumer/consumer.ts';
import { feedReaders } from '../feed/bus.ts';
import { Leases } from '../lease.ts';
import type { RunningSubscription } from '../subscription.ts';
import { kafkaClient } from './client.ts';
import { TopicReader } from './reader.ts';
import { Relay } from './relay.ts';
import type { KafkaSettings } from './settings.ts';

/** The bus over Kafka. A broker that is away makes nothing fail: the log is the outbox. */
export function createKafkaBus(settings: KafkaSettings, options: BusOptions): EventBus {
  const kafka = kafkaClient(settings, `${options.service}-${options.instance}`);
  const leases = new Leases(options.db, options.instance);
  const relay = new Relay(kafka, settings, options, leases);
  const feeds = feedReaders(options, leases);
  const read = (consumer: Consumer): readonly RunningSubscription[] =>
    consumer.subscription.rare === true ? feeds(consumer) : [new TopicReader(kafka, settings, consumer, options)];
  return busOver({ read, others: [relay] }, options);
}
