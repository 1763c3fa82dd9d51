// Every accepted command's events, once in the log of their service, and every event of every log in its topic.

import { FeedEvent } from '@deskfleet/protocol/feed';
import { EventMeta } from '@deskfleet/protocol/platform';
import { SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { expect } from 'vitest';
import { databaseOf, type Ground, until } from './ground.ts';
import type { Accepted, Input } from './taken.ts';

interface LogRow {
  readonly position: string;
  readonly type: string;
  readonly meta: Buffer;
}

const READ_WITHIN_MS = 120_000;

/** Answers how many events the logs hold. */
export async function checkEvents(ground: Ground, { accepted }: Input): Promise<number> {
  const wanted = Map.groupBy(accepted, ({ service }) => service);
  let count = 0;
  for (const service of SERVICE_NAMES) {
    const log = await ground.query<LogRow>(databaseOf(service), 'select position, type, meta from events order by position');
    expect(
      log.map(({ position }) => Number(position)),
      `positions of ${service}`,
    ).toEqual(log.map((_, index) => index + 1));
    const ids = log.map(({ meta }) => EventMeta.decode(meta).eventId);
    expect(new Set(ids).size, `event ids of ${service}`).toBe(ids.length);
    checkCommands(log, wanted.get(service) ?? []);
    count += log.length;
  }
  return count;
}

/** What is there of each command, compared with what it was answered; and of the load's commands none that was never accepted. */
function checkCommands(log: readonly LogRow[], accepted: readonly Accepted[]): void {
  const found = new Map<string, Record<string, number>>();
  for (const { type, meta } of log) {
    const { commandId } = EventMeta.decode(meta);
    const counts = found.get(commandId) ?? {};
    const name = type.slice(type.lastIndexOf('.') + 1);
    counts[name] = (counts[name] ?? 0) + 1;
    found.set(commandId, counts);
  }
  const wrong = accepted.flatMap(({ commandId, events }) => {
    const counts = found.get(commandId) ?? {};
    const differs = Object.entries(events).filter(([type, wanted]) => (counts[type] ?? 0) !== wanted);
    return differs.length === 0 ? [] : [{ commandId, wanted: events, found: counts }];
  });
  expect(wrong).toEqual([]);
}

interface Topics {
  readonly events: number;
  /** Published more than once. */
  readonly again: number;
  /** Published after a later event of the same bucket, in its partition. */
  readonly late: number;
}

/** Nothing stored goes unpublished: each log is compared with its topic from the first record to the last. */
export async function checkTopics(ground: Ground): Promise<Topics> {
  const sum = { events: 0, again: 0, late: 0 };
  for (const service of SERVICE_NAMES) {
    const [row] = await ground.query<{ head: string }>(databaseOf(service), 'select coalesce(max(position), 0) as head from events');
    const head = Number(row?.head);
    const published = head === 0 ? [] : await recordsOf(ground, service);
    const times = new Map<number, number>();
    const furthest = new Map<string, number>();
    for (const { position, bucket, partition } of published) {
      times.set(position, (times.get(position) ?? 0) + 1);
      const place = `${partition} ${bucket}`;
      if (position < (furthest.get(place) ?? 0)) sum.late += 1;
      furthest.set(place, Math.max(position, furthest.get(place) ?? 0));
    }
    const missing = Array.from({ length: head }, (_, index) => index + 1).filter((position) => !times.has(position));
    expect(missing, `events of ${service} that were never published`).toEqual([]);
    sum.events += times.size;
    sum.again += published.length - times.size;
  }
  return sum;
}

interface Published {
  readonly position: number;
  readonly bucket: number;
  readonly partition: number;
}

/** A topic's records in the order of each partition. */
async function recordsOf(ground: Ground, service: ServiceName): Promise<Published[]> {
  const kafka = ground.kafka();
  const admin = kafka.admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata();
  const topic = topics.map(({ name }) => name).find((name) => name.startsWith('deskfleet.') && CONTEXTS[service] === name.split('.')[1]);
  if (topic === undefined) throw new Error(`${service} has no topic`);
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
  await admin.disconnect();
  const reading = kafka.consumer({ groupId: `faults-${service}-${Date.now()}` });
  await reading.connect();
  await reading.subscribe({ topic, fromBeginning: true });
  const records: Published[] = [];
  const next = new Map<number, number>();
  await reading.run({
    eachBatch: async ({ batch }) => {
      for (const { headers } of batch.messages) {
        const { position, bucket } = FeedEvent.decode(headers?.['deskfleet'] as Buffer);
        records.push({ position, bucket, partition: batch.partition });
      }
      next.set(batch.partition, Number(batch.lastOffset()) + 1);
    },
  });
  try {
    const atEnd = (): boolean => [...ends].every(([partition, end]) => end === 0 || (next.get(partition) ?? 0) >= end);
    await until(`${topic} is read to its end`, READ_WITHIN_MS, async () => (atEnd() ? true : undefined));
  } finally {
    await reading.disconnect();
  }
  return records;
}

const CONTEXTS: Readonly<Record<ServiceName, string>> = {
  'client-onboarding': 'onboarding',
  'agent-pools': 'agents',
  conversations: 'conversations',
  'sla-monitoring': 'sla',
  'qa-inspection': 'qa',
  billing: 'billing',
  portal: 'access',
};
