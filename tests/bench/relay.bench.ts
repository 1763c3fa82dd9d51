// Events a second from the log to Kafka: our relay (read the log, make records, send, move the checkpoint) beside a bare producer of the same
// client that sends the same records in the same batches from memory, and the broker's own perf tool.
import { setTimeout as sleep } from 'node:timers/promises';
import { createEventBus } from '@deskfleet/event-bus';
import { kafkaTool } from '@deskfleet/servers';
import { kafka } from '@deskfleet/test-servers';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { recordOf } from '../../libs/event-bus/src/kafka/record.ts';
import { busOptions, Exits, type Service, startService } from '../../libs/event-bus/test/ground.ts';
import { type Bench, figure, lowerMedian } from './bench.ts';
import { fillWithMessages, topicPrefix } from './bus.ts';

const EVENTS = 200_000;
const ROUNDS = 3;
const BATCH = 1_000;
const PARTITIONS = 8;
const TOOL_BYTES = 250;

export const relay: Bench = {
  name: 'relay',
  async run() {
    const exits = new Exits();
    try {
      const brokers = await kafka();
      const service = await startService('conversations', exits);
      await fillWithMessages(service.store, EVENTS);
      const batches = await batchesOf(service);
      const rounds = { ours: [] as number[], bare: [] as number[] };
      for (let round = 0; round < ROUNDS; round += 1) {
        rounds.ours.push(await relayOnce(service, brokers));
        rounds.bare.push(await sendOnce(brokers, batches));
      }
      const bare = lowerMedian(rounds.bare.toSorted((a, b) => a - b));
      const ours = lowerMedian(rounds.ours.toSorted((a, b) => a - b));
      const tool = await toolRates(brokers);
      return [
        figure('relay, log to Kafka', 'events/s', rounds.ours, { name: 'bare kafkajs, same records and batches', median: bare }),
        ...(tool.length === 0 ? [] : [figure('beside it: the broker’s own ProducerPerformance', 'records/s', tool, { name: 'our relay', median: ours })]),
      ];
    } finally {
      await exits.run();
    }
  },
};

async function relayOnce(service: Service, brokers: readonly string[]): Promise<number> {
  await service.pool.query('delete from bus_relayed');
  await service.pool.query('delete from bus_leases');
  const prefix = topicPrefix();
  const faults: string[] = [];
  const bus = await createEventBus(
    {
      kind: 'kafka',
      brokers,
      prefix,
      partitions: PARTITIONS,
      onStuck: (reason) => {
        throw new Error(reason);
      },
    },
    busOptions(
      service,
      prefix,
      () => {
        throw new Error('nothing is read');
      },
      faults,
    ),
  );
  try {
    // Connecting and making the topic are not what is measured: it begins when the first batch has been acknowledged.
    let begun: { position: number; at: number } | undefined;
    for (;;) {
      const { rows } = await service.pool.query('select position from bus_relayed');
      const position = Number(rows[0]?.position ?? 0);
      if (begun === undefined && position > 0) begun = { position, at: performance.now() };
      if (begun !== undefined && position >= EVENTS) return ((EVENTS - begun.position) / (performance.now() - begun.at)) * 1_000;
      if (faults.length > 3) throw new Error(faults.join('\n'));
      await sleep(10);
    }
  } finally {
    await bus.stop();
  }
}

async function batchesOf(service: Service): Promise<Message[][]> {
  const batches: Message[][] = [];
  const previous = new Map<number, number>();
  for (let after = 0; after < EVENTS; ) {
    const page = await service.log.read(after, BATCH);
    batches.push(
      page.events.map((raw) => {
        const record = recordOf(raw, raw.bucket % PARTITIONS, previous.get(raw.bucket) ?? 0);
        previous.set(raw.bucket, raw.position);
        return record;
      }),
    );
    after = page.through;
  }
  return batches;
}

async function sendOnce(brokers: readonly string[], batches: readonly Message[][]): Promise<number> {
  const client = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const topic = `${topicPrefix()}.bare`;
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
  await admin.disconnect();
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  const [first, ...rest] = batches;
  await producer.send({ topic, acks: -1, messages: first ?? [] });
  const from = performance.now();
  for (const messages of rest) await producer.send({ topic, acks: -1, messages });
  const rate = (rest.reduce((sum, { length }) => sum + length, 0) / (performance.now() - from)) * 1_000;
  await producer.disconnect();
  return rate;
}

/** What the broker's own tool says it sent, where its jars are at hand. */
async function toolRates(brokers: readonly string[]): Promise<number[]> {
  const topic = `${topicPrefix()}.tool`;
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
  await admin.disconnect();
  const said = await kafkaTool('org.apache.kafka.tools.ProducerPerformance', [
    ...['--topic', topic, '--num-records', String(EVENTS), '--record-size', String(TOOL_BYTES), '--throughput', '-1'],
    ...['--bootstrap-server', brokers.join(','), '--command-property', 'acks=all'],
  ]);
  const rates = [...said.matchAll(/([\d.]+) records\/sec/g)].map((found) => Number(found[1]));
  return rates.slice(-1);
}
