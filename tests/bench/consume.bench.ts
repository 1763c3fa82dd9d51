// Events a second from Kafka into a table, each counted once (offset, watermarks and effects in one transaction), beside raw batched upserts of
// the same rows without Kafka, and the broker's own perf tool.
import { setTimeout as sleep } from 'node:timers/promises';
import { createEventBus, type EventBus, type FeedClient } from '@deskfleet/event-bus';
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import { MessageReceived } from '@deskfleet/protocol/conversations';
import { kafkaTool } from '@deskfleet/servers';
import { kafka } from '@deskfleet/test-servers';
import { CompiledQuery } from 'kysely';
import { busOptions, Exits, type Service, serveFeed, startService } from '../../libs/event-bus/test/ground.ts';
import { type Bench, figure, lowerMedian } from './bench.ts';
import { fillWithMessages, topicPrefix } from './bus.ts';

const EVENTS = 200_000;
const ROUNDS = 3;
const SLICE = 500;
const PARTITIONS = 8;
const WITHIN_MS = 120_000;

export const consume: Bench = {
  name: 'consume',
  async run() {
    const exits = new Exits();
    try {
      const brokers = await kafka();
      const owner = await startService('conversations', exits);
      const reader = await startService('sla-monitoring', exits);
      await reader.pool.query(
        `create table said (consumer_group text, stream_id text, message_id text, sent_at bigint not null, sender int not null,
                            primary key (consumer_group, stream_id, message_id))`,
      );
      await fillWithMessages(owner.store, EVENTS);
      const prefix = topicPrefix();
      // Kafka carries the events; their owner says what its log's epoch is.
      const feed = await serveFeed(owner, exits);
      await publish(owner, brokers, prefix, feed);
      const slices = await slicesOf(owner);
      const rounds = { ours: [] as number[], raw: [] as number[] };
      for (let round = 0; round < ROUNDS; round += 1) {
        rounds.ours.push(await consumeOnce(reader, brokers, prefix, `round-${round}`, feed));
        rounds.raw.push(await upsertOnce(reader, slices, `raw-${round}`));
      }
      const raw = lowerMedian(rounds.raw.toSorted((a, b) => a - b));
      const ours = lowerMedian(rounds.ours.toSorted((a, b) => a - b));
      const said = await kafkaTool('org.apache.kafka.tools.ConsumerPerformance', [
        ...['--topic', `${prefix}.conversations.v1`, '--num-records', String(EVENTS), '--bootstrap-server', brokers.join(',')],
      ]);
      const tool = perfRate(said);
      return [
        figure('consume from Kafka with effects', 'events/s', rounds.ours, { name: 'raw batched upserts of the same rows', median: raw }),
        ...(tool === undefined ? [] : [figure('beside it: the broker’s own ConsumerPerformance', 'records/s', [tool], { name: 'ours', median: ours })]),
      ];
    } finally {
      await exits.run();
    }
  },
};

function busOf(service: Service, brokers: readonly string[], prefix: string, instance: string, feed: FeedClient, faults: string[]): Promise<EventBus> {
  const onStuck = (reason: string): void => {
    faults.push(reason);
  };
  return createEventBus(
    { kind: 'kafka', brokers, prefix, partitions: PARTITIONS, onStuck },
    busOptions(service, instance, () => feed, faults),
  );
}

async function publish(owner: Service, brokers: readonly string[], prefix: string, feed: FeedClient): Promise<void> {
  const faults: string[] = [];
  const bus = await busOf(owner, brokers, prefix, 'publisher', feed, faults);
  await until(faults, async () => Number((await owner.pool.query('select position from bus_relayed')).rows[0]?.position ?? 0) >= EVENTS);
  await bus.stop();
}

async function consumeOnce(reader: Service, brokers: readonly string[], prefix: string, group: string, feed: FeedClient): Promise<number> {
  const faults: string[] = [];
  const bus = await busOf(reader, brokers, prefix, group, feed, faults);
  let applied = 0;
  let begun: { applied: number; at: number } | undefined;
  let ended = 0;
  await bus.subscribe({
    group,
    sources: ['conversations'],
    types: [MessageReceived],
    sliceSize: SLICE,
    async handle(events: readonly RecordedEvent<MessageReceived>[], tx) {
      await upsert(tx, group, events);
      applied += events.length;
      begun ??= { applied, at: performance.now() }; // joining the group is not what is measured
      ended = performance.now();
    },
  });
  await until(faults, async () => applied >= EVENTS);
  await bus.stop();
  await expectAll(reader, group);
  if (begun === undefined) throw new Error('nothing was applied');
  return ((EVENTS - begun.applied) / (ended - begun.at)) * 1_000;
}

async function upsertOnce(reader: Service, slices: readonly (readonly RecordedEvent<MessageReceived>[])[], group: string): Promise<number> {
  const from = performance.now();
  for (const events of slices) await reader.db.transaction().execute((tx) => upsert(tx, group, events));
  const rate = (EVENTS / (performance.now() - from)) * 1_000;
  await expectAll(reader, group);
  return rate;
}

/** The effects: a row a message, as the services keep them of conversations. */
async function upsert(tx: Tx, group: string, events: readonly RecordedEvent<MessageReceived>[]): Promise<void> {
  const rows = events.toSorted((a, b) => (a.streamId < b.streamId ? -1 : 1));
  await tx.executeQuery(
    CompiledQuery.raw(
      `insert into said select $1, * from unnest($2::text[], $3::text[], $4::bigint[], $5::int[])
       on conflict (consumer_group, stream_id, message_id) do update set sent_at = excluded.sent_at, sender = excluded.sender`,
      [
        group,
        rows.map(({ streamId }) => streamId),
        rows.map(({ event }) => event.messageId),
        rows.map(({ event }) => event.sentAt),
        rows.map(({ event }) => event.sender),
      ],
    ),
  );
}

async function slicesOf(owner: Service): Promise<RecordedEvent<MessageReceived>[][]> {
  const slices: RecordedEvent<MessageReceived>[][] = [];
  for (let after = 0; after < EVENTS; ) {
    const page = await owner.log.read(after, SLICE);
    slices.push(
      page.events.map((raw) => ({
        ...raw,
        event: MessageReceived.decode(raw.data),
        meta: { eventId: '', vendorId: '', shopId: '', correlationId: '', causationId: '', commandId: '', actor: undefined, traceparent: '' },
      })),
    );
    after = page.through;
  }
  return slices;
}

async function expectAll(reader: Service, group: string): Promise<void> {
  const { rows } = await reader.pool.query('select count(*)::int as messages from said where consumer_group = $1', [group]);
  if (rows[0].messages !== EVENTS) throw new Error(`${group}: ${rows[0].messages} of ${EVENTS} events were counted`);
}

async function until(faults: readonly string[], condition: () => Promise<boolean>): Promise<void> {
  for (const endsAt = Date.now() + WITHIN_MS; !(await condition()); ) {
    if (faults.length > 3 || Date.now() > endsAt) throw new Error(`not done: ${faults.join('\n')}`);
    await sleep(20);
  }
}

/** The column nMsg.sec of the tool's one line of figures. */
function perfRate(said: string): number | undefined {
  const [header, figures] = said.split('\n').filter((line) => line.includes(','));
  const at = header?.split(',').findIndex((name) => name.trim() === 'nMsg.sec') ?? -1;
  const found = Number(figures?.split(',')[at]);
  return Number.isFinite(found) ? found : undefined;
}
