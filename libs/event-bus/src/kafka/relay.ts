// Publishes the own log to its topic, in order, one batch in flight; the checkpoint follows the acknowledgement. A second publication is
// harmless: consumers keep a watermark per bucket.

import { setImmediate as turn } from 'node:timers/promises';
import { BUCKETS } from '@deskfleet/event-store';
import type { Admin, Kafka, Message, Producer, RecordMetadata } from 'kafkajs';
import type { BusOptions } from '../bus.ts';
import { Wakeup } from '../consumer/wakeup.ts';
import { run } from '../database.ts';
import type { Leases } from '../lease.ts';
import { ensureTopics, isStarting, letGo, partitionsOf, SILENT_FAILURES } from './client.ts';
import { recordOf } from './record.ts';
import { type KafkaSettings, topicOf } from './settings.ts';

const BATCH_EVENTS = 1_000;
const RETRY_FIRST_MS = 100;
const RETRY_LAST_MS = 5_000;
const PARTITIONS_ASKED_EVERY_MS = 10_000;
const PART = 'relay';

interface Batch {
  readonly messages: Message[];
  readonly through: number;
}

export class Relay {
  readonly #options: BusOptions;
  readonly #settings: KafkaSettings;
  readonly #kafka: Kafka;
  readonly #leases: Leases;
  readonly #topic: string;
  readonly #stop = new AbortController();
  readonly #retry = new Wakeup();
  readonly #done: Promise<void>;
  #fault: unknown;

  constructor(kafka: Kafka, settings: KafkaSettings, options: BusOptions, leases: Leases) {
    this.#options = options;
    this.#settings = settings;
    this.#kafka = kafka;
    this.#leases = leases;
    this.#topic = topicOf(options.service, settings.prefix);
    this.#done = this.#run();
  }

  faults(): ReadonlyMap<string, unknown> {
    return this.#fault === undefined ? new Map() : new Map([[PART, this.#fault]]);
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#retry.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const producer = this.#kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
      const admin = this.#kafka.admin();
      try {
        const { lost } = await this.#leases.acquire(PART, this.#stop.signal);
        await admin.connect();
        await ensureTopics(admin, [this.#topic], this.#settings);
        await producer.connect();
        await this.#publish(producer, admin, AbortSignal.any([this.#stop.signal, lost]), () => {
          failures = 0;
          this.#fault = undefined;
        });
      } catch (error) {
        if (!this.#stop.signal.aborted && !(failures < SILENT_FAILURES && isStarting(error))) {
          this.#fault = error;
          this.#options.onFault(PART, error);
        }
      }
      await letGo([producer, admin]);
      if (!this.#stop.signal.aborted) await this.#retry.wait(Math.min(RETRY_FIRST_MS * 2 ** failures++, RETRY_LAST_MS));
    }
    await this.#leases.release(PART);
  }

  /** Until the signal aborts, or something fails or another relay moved the checkpoint. */
  async #publish(producer: Producer, admin: Admin, signal: AbortSignal, onProgress: () => void): Promise<void> {
    const { log } = this.#options;
    let position = await this.#checkpoint();
    const previous = await this.#previousPositions(position);
    const partitions = await partitionsOf(admin, this.#topic);
    let askedAt = performance.now();
    let ahead: Promise<Batch> | undefined;
    let moved = Promise.resolve();
    while (!signal.aborted) {
      const { messages, through } = await (ahead ?? this.#batch(position, partitions, previous));
      ahead = undefined;
      if (through === position) {
        onProgress(); // the broker answers, and nothing is left to send
        await log.changed(position, signal);
        await turn(); // a log that was stopped answers at once: whoever stops this relay, too, must get that far
        continue;
      }
      if (performance.now() - askedAt > PARTITIONS_ASKED_EVERY_MS) {
        if ((await partitionsOf(admin, this.#topic)) !== partitions) break; // this producer knows only those it began with: another one takes over
        askedAt = performance.now();
      }
      // While this batch is on its way the next one is made ready and the checkpoint moves to the end of the one before: a relay that has lost its
      // lease publishes one batch more than it can answer for, which consumers skip. What fails is thrown where it is awaited.
      ahead = this.#batch(through, partitions, previous);
      ahead.catch(() => {});
      await turn(); // what the database is asked leaves before the client encodes, in one go and for most of the time that a batch takes
      refuseUnsent(messages, await producer.send({ topic: this.#topic, acks: -1, messages }));
      await moved;
      moved = this.#moveCheckpoint(position, through);
      moved.then(onProgress, () => {});
      position = through;
    }
    await moved;
  }

  /** The next events as records, each naming its predecessor in its bucket; none, and the same position, when there are no more. */
  async #batch(after: number, partitions: number, previous: Map<number, number>): Promise<Batch> {
    const { events, through } = await this.#options.log.read(after, BATCH_EVENTS);
    const messages = events.map((raw) => {
      const record = recordOf(raw, raw.bucket % partitions, previous.get(raw.bucket) ?? 0);
      previous.set(raw.bucket, raw.position);
      return record;
    });
    return { messages, through };
  }

  /** A new epoch goes on where the one before it had come: what both hold is published already, under the old source. */
  async #checkpoint(): Promise<number> {
    const { rows } = await run<{ position: string }>(
      this.#options.db,
      `insert into bus_relayed (source, position)
       select $1, least((select coalesce(max(position), 0) from bus_relayed), (select after_position from log_epochs order by ordinal desc limit 1))
       on conflict (source) do update set position = bus_relayed.position returning position`,
      [this.#options.log.source],
    );
    return Number(rows[0]?.position);
  }

  /** Without waiting for the disk: should the database crash, a little is published a second time. */
  async #moveCheckpoint(from: number, to: number): Promise<void> {
    const { numAffectedRows } = await run(
      this.#options.db,
      `update bus_relayed set position = $3 where source = $1 and position = $2 and set_config('synchronous_commit', 'off', true) = 'off'`,
      [this.#options.log.source, from, to],
    );
    if (Number(numAffectedRows) !== 1) throw new Error('another relay publishes this log');
  }

  /** The last position of each bucket up to the checkpoint. */
  async #previousPositions(upTo: number): Promise<Map<number, number>> {
    const { rows } = await run<{ bucket: number; position: string }>(
      this.#options.db,
      `select b.bucket, e.position from generate_series(0, ${BUCKETS - 1}) b (bucket)
        cross join lateral (select position from events where bucket = b.bucket and position <= $1 order by position desc limit 1) e`,
      [upTo],
    );
    return new Map(rows.map((row) => [row.bucket, Number(row.position)]));
  }
}

/**
 * kafkajs (2.2.4, `findLeaderForPartitions`) leaves out the records of partitions it has not heard of yet, without a word: only what was
 * acknowledged partition by partition was sent.
 */
function refuseUnsent(messages: readonly Message[], acknowledged: readonly RecordMetadata[]): void {
  const sent = new Set(acknowledged.map(({ partition }) => partition));
  const unsent = new Set(messages.map(({ partition }) => partition).filter((partition) => partition === undefined || !sent.has(partition)));
  if (unsent.size > 0) throw new Error(`Kafka's client sent nothing to partitions ${[...unsent].join(', ')}`);
}
