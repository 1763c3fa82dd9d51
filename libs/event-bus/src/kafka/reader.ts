// Reads the topics of one subscription. Where a partition stands is known in PostgreSQL only; Kafka's own offsets are written as a hint for lag tools.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, EachBatchPayload, Kafka, Consumer as KafkaConsumer, KafkaMessage } from 'kafkajs';
import type { BusOptions } from '../bus.ts';
import type { Consumer, Lane } from '../consumer/consumer.ts';
import { Gap, LaneMoved, SourceLeft } from '../consumer/faults.ts';
import type { Brought } from '../consumer/joined.ts';
import type { CarriedEvent } from '../consumer/slice.ts';
import { Wakeup } from '../consumer/wakeup.ts';
import { run } from '../database.ts';
import { ensureTopics, isStarting, letGo, SILENT_FAILURES } from './client.ts';
import { fillGap } from './gap.ts';
import { Gathering } from './gathering.ts';
import { Owners } from './owners.ts';
import { eventOf } from './record.ts';
import { type KafkaSettings, topicOf } from './settings.ts';
import { type Assignment, Watchdog } from './watchdog.ts';

/** A consumer that was killed is missed so late; one that lives is asked to say so every 3 s, and can between any two slices. */
const SESSION_MS = 15_000;
/** Partitions whose events are handed over side by side; they are applied together (`Gathering`). Topics have at most 64. */
const HANDED_OVER_AT_ONCE = 64;
const REBALANCE_MS = 60_000;
const HINT_EVERY_MS = 5_000;
const GAP_PATIENCE_MS = 2_000; // another partition may hold what is missing, after a change of their count
const GAP_PAUSE_MS = 100;
const RETRY_FIRST_MS = 100;
const RETRY_LAST_MS = 5_000;
const CLOCK_LOOKED_AT_EVERY_MS = 2_000;
const CLOCK_SLACK_MS = 1_000; // slewing by NTP
const PART = 'kafka';

interface Partition {
  readonly lane: Lane;
  /** The first offset Kafka gave although an earlier one was asked for: the earlier ones are gone. */
  soughtBack: boolean;
  gapSince: number | undefined;
  hintedAt: number;
}

export class TopicReader {
  readonly #kafka: Kafka;
  readonly #settings: KafkaSettings;
  readonly #consumer: Consumer;
  readonly #options: BusOptions;
  readonly #services: ReadonlyMap<string, string>;
  readonly #stop = new AbortController();
  readonly #retry = new Wakeup();
  readonly #watchdog: Watchdog;
  readonly #owners: Owners;
  readonly #done: Promise<void>;
  readonly #partitions = new Map<string, Partition>();

  constructor(kafka: Kafka, settings: KafkaSettings, consumer: Consumer, options: BusOptions) {
    this.#kafka = kafka;
    this.#settings = settings;
    this.#consumer = consumer;
    this.#options = options;
    this.#services = new Map(consumer.subscription.sources.map((service) => [topicOf(service, settings.prefix), service]));
    this.#watchdog = new Watchdog({
      group: consumer.group,
      onStuck: settings.onStuck,
      ...(settings.stuckAfterMs === undefined ? {} : { stuckAfterMs: settings.stuckAfterMs }),
    });
    this.#owners = new Owners(consumer, this.#services, options);
    this.#done = this.#run();
  }

  /** Finishes the slice in hand and leaves the group. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#retry.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const topics = [...this.#services.keys()];
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const admin = this.#kafka.admin();
      const reading = this.#kafka.consumer({
        groupId: `${this.#settings.prefix ?? 'deskfleet'}.${this.#consumer.group}`,
        sessionTimeout: SESSION_MS,
        rebalanceTimeout: REBALANCE_MS,
        metadataMaxAge: 10_000, // how soon new partitions are seen
        maxWaitTimeInMs: 250,
        retry: { retries: 5, restartOnFailure: async () => false },
      });
      const over = new AbortController();
      const gathering = new Gathering(this.#consumer, AbortSignal.any([this.#stop.signal, over.signal]));
      try {
        await admin.connect();
        await ensureTopics(admin, topics, this.#settings);
        await reading.connect();
        await reading.subscribe({ topics, fromBeginning: true });
        await this.#owners.enterAll(this.#stop.signal);
        const crashed = this.#crash(reading);
        this.#watchdog.watch((assigned) => this.#behind(admin, topics, assigned));
        await reading.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: HANDED_OVER_AT_ONCE,
          eachBatch: async (payload) => {
            over.signal.throwIfAborted();
            await this.#eachBatch(reading, gathering, payload);
          },
        });
        this.#owners.look(this.#stop.signal, (topic) => this.#isExhausted(admin, topic));
        failures = 0;
        this.#consumer.recovered(PART);
        const error = await Promise.race([crashed, clockSetBack(this.#stop.signal)]);
        if (error !== undefined) throw error;
      } catch (error) {
        if (!this.#stop.signal.aborted && !(failures < SILENT_FAILURES && isStarting(error))) this.#consumer.fault(PART, error);
      }
      this.#watchdog.rest();
      await this.#owners.rest();
      over.abort(new Error('this client was let go'));
      await letGo([reading, admin]);
      this.#partitions.clear();
      if (!this.#stop.signal.aborted) await this.#retry.wait(Math.min(RETRY_FIRST_MS * 2 ** failures++, RETRY_LAST_MS));
    }
  }

  /** Resolves with what crashed the client, or with nothing when this reader is stopped. */
  #crash(reading: KafkaConsumer): Promise<Error | undefined> {
    return new Promise((resolve) => {
      reading.on(reading.events.GROUP_JOIN, ({ payload }) => {
        this.#partitions.clear(); // others may have read them meanwhile
        this.#watchdog.joined(payload.memberAssignment);
        this.#seekAll(reading, payload.memberAssignment).catch(resolve);
      });
      reading.on(reading.events.CRASH, ({ payload }) => resolve(payload.error));
      this.#stop.signal.addEventListener('abort', () => resolve(undefined));
      if (this.#stop.signal.aborted) resolve(undefined);
    });
  }

  /**
   * Begins where PostgreSQL says. kafkajs begins at the hint, which lies ahead when this service's database was restored: where nothing more came, no
   * batch would ever show that something is missing.
   */
  async #seekAll(reading: KafkaConsumer, assigned: Assignment): Promise<void> {
    const positions = await this.#consumer.positions();
    for (const [topic, partitions] of Object.entries(assigned)) {
      for (const partition of partitions) reading.seek({ topic, partition, offset: String(positions.get(`${topic} kafka/${partition}`) ?? 0) });
    }
  }

  async #eachBatch(reading: KafkaConsumer, gathering: Gathering, { batch, heartbeat, isStale, resolveOffset, pause }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    const first = batch.messages[0];
    if (first === undefined || isStale() || this.#stop.signal.aborted) return;
    const state = await this.#partition(topic, partition);
    const seek = (): void => reading.seek({ topic, partition, offset: String(state.lane.position) });

    if (Number(first.offset) > state.lane.position && !state.soughtBack) {
      state.soughtBack = true;
      return seek();
    }
    const between = async (): Promise<void> => {
      this.#watchdog.alive();
      await heartbeat();
      if (isStale()) throw new LaneMoved(`${topic}/${partition} was given to another consumer`);
    };
    try {
      // A topic that was deleted and made anew, or whose broker lost its end, counts from a lower offset: watermarks say what of it is new.
      if (Number(batch.highWatermark) < state.lane.position) await state.lane.beginAgain(Number(first.offset));
      const messages = batch.messages.filter((message) => Number(message.offset) >= state.lane.position);
      if (messages.length === 0) return seek();
      const decode = (): Promise<Brought> => this.#brought(state.lane, messages, Number(batch.lastOffset()) + 1);
      if (messages.length > this.#consumer.subscription.sliceSize) await gathering.applyLarge(decode, between);
      else await gathering.apply(await decode(), between);
      state.gapSince = undefined;
      resolveOffset(batch.lastOffset());
      await this.#hint(reading, topic, partition, state);
    } catch (error) {
      if (error instanceof SourceLeft) {
        this.#owners.forget();
        return seek();
      }
      if (error instanceof Gap) {
        if (await this.#mind(state, error, topic, between)) return seek();
        const resume = pause();
        setTimeout(resume, GAP_PAUSE_MS);
        return seek();
      }
      if (this.#stop.signal.aborted) return;
      this.#partitions.delete(nameOf(topic, partition));
      if (!(error instanceof LaneMoved)) throw error;
      if (!isStale()) reading.seek({ topic, partition, offset: String((await this.#partition(topic, partition)).lane.position) });
    }
  }

  async #brought(lane: Lane, messages: readonly KafkaMessage[], through: number): Promise<Brought> {
    const events: CarriedEvent[] = [];
    const offsets: number[] = [];
    for (const message of messages) {
      const carried = eventOf(message);
      if (carried === undefined) continue; // not one of ours: somebody wrote to our topic
      const placed = this.#owners.placed(carried, this.#stop.signal);
      const event = placed instanceof Promise ? await placed : placed;
      if (event === undefined) continue; // its owner has lost it by a restore
      events.push(event);
      offsets.push(Number(message.offset) + 1);
    }
    return { lane, events, offsets, through };
  }

  /** True when the gap was filled from the owner's log; false while another partition may still bring what is missing. */
  async #mind(state: Partition, gap: Gap, topic: string, between: () => Promise<void>): Promise<boolean> {
    state.gapSince ??= performance.now();
    if (performance.now() - state.gapSince < GAP_PATIENCE_MS) return false;
    const service = this.#services.get(topic);
    if (service === undefined) throw gap;
    if ((await this.#owners.enter(service, this.#stop.signal)).moved) return true;
    await fillGap(this.#consumer, this.#options.feedOf(service), gap, this.#stop.signal, between); // further gaps before the next success: at once
    return true;
  }

  async #partition(topic: string, partition: number): Promise<Partition> {
    const name = nameOf(topic, partition);
    const known = this.#partitions.get(name);
    if (known !== undefined) return known;
    const opened = { lane: await this.#consumer.openLane(topic, `kafka/${partition}`), soughtBack: false, gapSince: undefined, hintedAt: -Infinity };
    this.#partitions.set(name, opened);
    return opened;
  }

  async #hint(reading: KafkaConsumer, topic: string, partition: number, state: Partition): Promise<void> {
    if (performance.now() - state.hintedAt < HINT_EVERY_MS) return;
    state.hintedAt = performance.now();
    await reading.commitOffsets([{ topic, partition, offset: String(state.lane.position) }]);
  }

  /** Whether every partition of a topic is read to its end, by whichever instance. */
  async #isExhausted(admin: Admin, topic: string): Promise<boolean> {
    const { rows } = await run<{ lane: string; position: string }>(
      this.#options.db,
      `select lane, position from bus_offsets where consumer_group = $1 and source = $2 and lane like 'kafka/%'`,
      [this.#consumer.group, topic],
    );
    const read = new Map(rows.map((row) => [row.lane, Number(row.position)]));
    const ends = await admin.fetchTopicOffsets(topic);
    return ends.every(({ partition, high, low }) => high === low || (read.get(`kafka/${partition}`) ?? 0) >= Number(high));
  }

  /** The partitions that have news, by name, with where they stand; of those assigned, or of all before any were. Nothing while something is known to fail. */
  async #behind(admin: Admin, topics: readonly string[], assigned: Assignment | undefined): Promise<ReadonlyMap<string, number>> {
    const behind = new Map<string, number>();
    if (this.#consumer.faults().size > 0) return behind;
    const positions = await this.#consumer.positions();
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (assigned !== undefined && !assigned[topic]?.includes(partition)) continue;
        const position = positions.get(`${topic} kafka/${partition}`) ?? 0;
        if (Math.max(position, Number(low)) < Number(high)) behind.set(nameOf(topic, partition), position);
      }
    }
    return behind;
  }
}

/**
 * Resolves when the wall clock was set back, or with nothing when the signal aborts. kafkajs measures by the wall clock when a heartbeat, a request's
 * end and fresh metadata are due: until it comes to where it was, the group takes this member for dead and new partitions go unseen.
 */
async function clockSetBack(signal: AbortSignal): Promise<Error | undefined> {
  let ahead = Date.now() - performance.now();
  while (!signal.aborted) {
    await sleep(CLOCK_LOOKED_AT_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    const now = Date.now() - performance.now();
    if (now < ahead - CLOCK_SLACK_MS) return new Error(`the clock was set back by ${Math.round(ahead - now)} ms: a new client begins`);
    ahead = now;
  }
  return undefined;
}

/** `topic/partition` */
function nameOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
