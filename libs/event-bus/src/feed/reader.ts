// Reads one source's log for one group over gRPC: one live reader by lease, from the offset on, until stopped.

import type { RawEvent } from '@deskfleet/event-store';
import type { EventFeedServiceClient, FeedEvent } from '@deskfleet/protocol/feed';
import type { Consumer, Lane } from '../consumer/consumer.ts';
import { LaneMoved } from '../consumer/faults.ts';
import { FEED_LANE } from '../consumer/slice.ts';
import { Wakeup } from '../consumer/wakeup.ts';
import { EpochChanged } from '../epochs/enter.ts';
import type { Leases } from '../lease.ts';

const READ_AHEAD_EVENTS = 2_000;
const RETRY_FIRST_MS = 50;
const RETRY_LAST_MS = 2_000;
const EMPTY_PAGE_WAIT_MS = 30; // news without wanted events are worth a transaction only together
const REST_MS = 50;

/** The part of the owner's feed that a reader calls. */
export type FeedClient = Pick<EventFeedServiceClient, 'read' | 'head'>;

export class FeedReader {
  readonly #consumer: Consumer;
  readonly #service: string;
  readonly #client: FeedClient;
  readonly #leases: Leases;
  readonly #stop = new AbortController();
  readonly #retry = new Wakeup();
  readonly #done: Promise<void>;

  constructor(consumer: Consumer, service: string, client: FeedClient, leases: Leases) {
    this.#consumer = consumer;
    this.#service = service;
    this.#client = client;
    this.#leases = leases;
    this.#done = this.#run();
  }

  /** Finishes the slice in hand. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#retry.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const lease = `feed ${this.#consumer.group} ${this.#service}`;
    const part = `feed of ${this.#service}`;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        const { lost } = await this.#leases.acquire(lease, this.#stop.signal);
        const signal = AbortSignal.any([this.#stop.signal, lost]);
        const { source, lineage } = await this.#client.head({}, { signal });
        await this.#consumer.enter({ source, lineage });
        const lane = await this.#consumer.openLane(source, FEED_LANE);
        await this.#refuseShorter(source, lane.position, signal);
        await follow(this.#client, this.#consumer, lane, source, signal, () => {
          failures = 0;
          this.#consumer.recovered(part);
        });
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        if (!(error instanceof LaneMoved)) this.#consumer.fault(part, error);
        await this.#retry.wait(Math.min(RETRY_FIRST_MS * 2 ** failures++, RETRY_LAST_MS));
      }
    }
    await this.#leases.release(lease);
  }

  /** A log never becomes shorter, unless an older copy of its database was put in place without a new epoch: then news would be taken for known. */
  async #refuseShorter(source: string, read: number, signal: AbortSignal): Promise<void> {
    if (read === 0) return;
    const head = await this.#client.head({}, { signal });
    if (head.source === source && head.position < read)
      throw new EpochChanged(`${source} ends at ${head.position}, but was read up to ${read}: an older database without a new epoch`);
  }
}

/**
 * Reads until the signal aborts or something fails. Pages are read ahead while a slice is applied, and taken together. After a slice the reader
 * rests as long as it took, at most 50 ms, unless a full slice waits already: a slice costs a dozen statements and a commit however few its
 * events, so under load slices grow instead of multiplying, and what comes alone after a pause is applied at once.
 */
async function follow(client: FeedClient, consumer: Consumer, lane: Lane, source: string, signal: AbortSignal, onProgress: () => void): Promise<void> {
  const ended = new AbortController();
  const stream = client.read({ after: lane.position, types: [...consumer.types], follow: true, source }, { signal: AbortSignal.any([signal, ended.signal]) });
  const queue = new PageQueue();
  const reading = queue.fill(stream, source);
  try {
    for (let restUntil = 0; ; ) {
      await queue.gather(consumer.subscription.sliceSize, restUntil);
      const page = await queue.take();
      const from = performance.now();
      await lane.apply(page.events, (index) => page.events[index]?.position ?? page.through, page.through, signal);
      const to = performance.now();
      restUntil = to + Math.min(to - from, REST_MS);
      onProgress();
    }
  } finally {
    ended.abort();
    queue.end();
    await reading;
  }
}

/** What was read and not yet applied: at most `READ_AHEAD_EVENTS`, then the stream is left to wait. */
class PageQueue {
  #events: RawEvent[] = [];
  #through = 0;
  #filled = false;
  #error: unknown;
  #ended = false;
  readonly #news = new Wakeup();
  readonly #room = new Wakeup();

  async fill(stream: AsyncIterable<{ source: string; events: FeedEvent[]; through: number }>, source: string): Promise<void> {
    try {
      for await (const page of stream) {
        for (const event of page.events) this.#events.push(rawOf(event, source));
        this.#through = page.through;
        this.#filled = true;
        this.#news.wake();
        while (this.#events.length >= READ_AHEAD_EVENTS && !this.#ended) await this.#room.wait(60_000);
        if (this.#ended) return;
      }
      this.#error = new Error('the feed ended');
    } catch (error) {
      this.#error = error;
    }
    this.#news.wake();
  }

  /** Waits until so many events are there, the instant (of `performance.now`) has come, or the stream has ended. */
  async gather(events: number, until: number): Promise<void> {
    for (let left = until - performance.now(); left > 0 && this.#events.length < events && this.#error === undefined; left = until - performance.now()) {
      this.#news.forget();
      await this.#news.wait(left);
    }
  }

  /** All that is there; waits for the first. Throws what ended the stream once everything before it was taken. */
  async take(): Promise<{ events: RawEvent[]; through: number }> {
    while (!this.#filled) {
      if (this.#error !== undefined) throw this.#error;
      await this.#news.wait(60_000);
    }
    if (this.#events.length === 0 && this.#error === undefined) {
      this.#news.forget();
      await this.#news.wait(EMPTY_PAGE_WAIT_MS);
    }
    const page = { events: this.#events, through: this.#through };
    this.#events = [];
    this.#filled = false;
    this.#room.wake();
    return page;
  }

  end(): void {
    this.#ended = true;
    this.#room.wake();
  }
}

function rawOf(event: FeedEvent, source: string): RawEvent {
  return {
    source,
    position: event.position,
    streamId: event.streamId,
    version: event.version,
    bucket: event.bucket,
    type: event.type,
    data: event.data,
    meta: event.meta,
    occurredAt: event.occurredAt,
    recordedAt: event.recordedAt,
  };
}
