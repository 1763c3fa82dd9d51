// The contract over a real broker, and what only Kafka can do to a consumer: more partitions, a relay that publishes again, records that are gone.
import { randomBytes } from 'node:crypto';
import type { EventFeedServiceClient } from '@deskfleet/protocol/feed';
import { kafka } from '@deskfleet/test-servers';
import { Kafka, logLevel } from 'kafkajs';
import { type BusKind, createEventBus, type FeedClient } from '../src/index.ts';
import { type Adapter, busContract } from './contract.ts';
import { busOptions, type Exits, type Service, serveFeed } from './ground.ts';

const adapter: Adapter = {
  name: 'Kafka',
  async start(owners, exits) {
    const settings = {
      kind: 'kafka' as const,
      brokers: await kafka(),
      prefix: `test-${randomBytes(4).toString('hex')}`,
      partitions: 3,
      onStuck: (reason: string) => console.error(reason),
    };
    const feeds = new Map<string, EventFeedServiceClient>();
    for (const owner of owners) feeds.set(owner.name, await serveFeed(owner, exits));
    const feedOf = (service: string): FeedClient => {
      const feed = feeds.get(service);
      if (feed === undefined) throw new Error(`no feed of ${service}`);
      return feed;
    };
    await relay(owners, settings, feedOf, exits);
    return {
      bus: async (service, instance, faults) => createEventBus(settings, busOptions(service, instance, feedOf, faults)),
      // More partitions, and relays that have forgotten what they published: every event comes again, most on another partition.
      async again() {
        await morePartitions(
          settings,
          owners.map((owner) => owner.name),
        );
        for (const owner of owners) await owner.pool.query('delete from bus_leases; delete from bus_relayed');
        await relay(owners, settings, feedOf, exits, 'second');
      },
    };
  },
};

async function relay(owners: readonly Service[], settings: BusKind, feedOf: (service: string) => FeedClient, exits: Exits, instance = 'relay'): Promise<void> {
  for (const owner of owners) {
    const bus = await createEventBus(settings, busOptions(owner, instance, feedOf));
    exits.add(() => bus.stop());
  }
}

async function morePartitions({ brokers, prefix }: { brokers: readonly string[]; prefix: string }, services: readonly string[]): Promise<void> {
  const admin = new Kafka({ clientId: 'test', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = services.map((service) => `${prefix}.${service === 'client-onboarding' ? 'onboarding' : service}.v1`);
  await admin.createPartitions({ topicPartitions: topics.map((topic) => ({ topic, count: 5 })) });
  await admin.disconnect();
}

busContract(adapter);
