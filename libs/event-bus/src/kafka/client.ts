// The connection to Kafka and its topics. kafkajs is known in this folder only.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, logLevel, type SASLOptions } from 'kafkajs';
import type { KafkaSettings } from './settings.ts';

const PARTITIONS = 8;
const LET_GO_MS = 8_000; // a slice in hand takes up to 5 s, and a service that ends gives its consumers 10 s
const RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

/** A client; its own log is silent: what fails is told by whoever called. */
export function kafkaClient(settings: KafkaSettings, clientId: string): Kafka {
  return new Kafka({
    clientId,
    brokers: [...settings.brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
    ...(settings.ssl === undefined ? {} : { ssl: settings.ssl }),
    ...(settings.sasl === undefined ? {} : { sasl: settings.sasl as SASLOptions }),
  });
}

/** The largest 64-bit number, as brokers take it. */
const NO_LIMIT = '9223372036854775807';

/** Makes the topics that are missing; those that exist keep their partitions. */
export async function ensureTopics(admin: Admin, topics: readonly string[], settings: KafkaSettings): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length === 0) return;
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: settings.partitions ?? PARTITIONS,
        replicationFactor: settings.replicationFactor ?? -1,
        configEntries: [
          { name: 'retention.ms', value: String(settings.retentionMs ?? RETENTION_MS) },
          // A record carries when its event was recorded. The broker refuses what is more than an hour ahead of its own clock: a service whose clock
          // was set wrong for a while would be held up by those events until then.
          { name: 'message.timestamp.after.max.ms', value: NO_LIMIT },
        ],
      })),
    });
  } catch (error) {
    // Another service may have made one of them a moment before.
    const now = new Set(await admin.listTopics());
    if (missing.some((topic) => !now.has(topic))) throw error;
  }
}

/** How many partitions a topic has now. Throws while it is not known to have any. */
export async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const count = topics[0]?.partitions.length ?? 0;
  if (count === 0) throw new Error(`${topic} has no partitions`);
  return count;
}

/** What is connected to Kafka: kafkajs' consumers, producers and admins. */
interface Connected {
  disconnect(): Promise<void>;
}

/**
 * Lets clients go. kafkajs waits for whatever they asked last, and at times for what never comes: after so long they are left to themselves, with
 * nothing of ours in them.
 */
export async function letGo(clients: readonly Connected[], withinMs = LET_GO_MS): Promise<void> {
  const waited = new AbortController();
  const gone = Promise.allSettled(clients.map((client) => client.disconnect()));
  await Promise.race([gone, sleep(withinMs, undefined, { signal: waited.signal, ref: false }).catch(() => {})]);
  waited.abort();
}

/** How often a broker or topic that is only just starting is no error to show. */
export const SILENT_FAILURES = 5;

/** A broker that has just started, a topic that was just made: tried again. */
export function isStarting(error: unknown): boolean {
  // By its shape: the class is not among the names that Node finds in this CommonJS package.
  return (
    error instanceof Error &&
    'type' in error &&
    /LOAD_IN_PROGRESS|COORDINATOR_NOT_AVAILABLE|UNKNOWN_TOPIC_OR_PARTITION|LEADER_NOT_AVAILABLE|NOT_LEADER_FOR_PARTITION/.test(String(error.type))
  );
}
