// kafkajs hands over what a fetch brought partition by partition. Here it comes together again, so that a slice is what the group has before it, not
// what one of many partitions has.
import { setImmediate as turn } from 'node:timers/promises';
import type { Consumer } from '../consumer/consumer.ts';
import { applyJoined, type Brought } from '../consumer/joined.ts';
import { Wakeup } from '../consumer/wakeup.ts';

/** Slices side by side when more than one is there: this process decodes while the database works. Where slices append, one, for each holds the log from its interactive writers. */
const AT_ONCE = 3;
const REST_MS = 50;

interface Offer {
  readonly brought: Brought;
  readonly between: () => Promise<void>;
  readonly applied: () => void;
  readonly stopped: (reason: unknown) => void;
}

export class Gathering {
  readonly #consumer: Consumer;
  readonly #signal: AbortSignal;
  readonly #rest = new Wakeup();
  #offers: Offer[] = [];
  #running = false;
  #large = 0;
  readonly #lined: (() => void)[] = [];

  /** Nothing is applied once the signal aborts. */
  constructor(consumer: Consumer, signal: AbortSignal) {
    this.#consumer = consumer;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#rest.wake());
  }

  /**
   * Applies what a partition brought, together with what comes beside it. Rejects with what stopped its lane. Unless it was a full slice it resolves
   * only after a rest as long as the work took, at most 50 ms: under load slices grow instead of multiplying, and what comes alone after a pause is
   * applied at once. After records of which none was wanted it is 50 ms: only together are they worth a transaction. `between` runs after each slice.
   */
  apply(brought: Brought, between: () => Promise<void>): Promise<void> {
    return new Promise((applied, stopped) => {
      this.#offers.push({ brought, between, applied, stopped });
      if (!this.#running) void this.#run();
    });
  }

  /**
   * Applies what is more than a slice: the partition is behind and needs no company. Few at a time are decoded and applied, the next while the database
   * works for the last. Rejects with what stopped its lane.
   */
  async applyLarge(decode: () => Promise<Brought>, between: () => Promise<void>): Promise<void> {
    while (this.#large >= this.#atOnce) await new Promise<void>((go) => this.#lined.push(go));
    this.#large += 1;
    try {
      const brought = await decode();
      const stopped = await applyJoined(this.#consumer, [brought], this.#signal, between);
      if (stopped.has(brought)) throw stopped.get(brought);
    } finally {
      this.#large -= 1;
      this.#lined.shift()?.();
    }
  }

  get #atOnce(): number {
    return (this.#consumer.subscription.appends ?? []).length > 0 ? 1 : AT_ONCE;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#offers.length > 0) {
      await turn(); // the other partitions of this fetch come in the same turn of the event loop
      const offers = this.#offers;
      this.#offers = [];
      const from = performance.now();
      const outcomes = await Promise.all(this.#shares(offers).map((share) => this.#applyShare(share)));
      const wanted = this.#wantedOf(offers);
      const restMs = wanted === 0 ? REST_MS : Math.min(performance.now() - from, REST_MS);
      if (wanted < this.#consumer.subscription.sliceSize && !this.#signal.aborted) await this.#rest.wait(restMs);
      for (const tell of outcomes.flat()) tell();
    }
    this.#running = false;
  }

  /** Never rejects: answers how to tell each partition. */
  async #applyShare(share: readonly Offer[]): Promise<(() => void)[]> {
    const between = share[0]?.between ?? (async () => {});
    const brought = share.map((offer) => offer.brought);
    try {
      const stopped = await applyJoined(this.#consumer, brought, this.#signal, between);
      return share.map((offer) => (stopped.has(offer.brought) ? () => offer.stopped(stopped.get(offer.brought)) : offer.applied));
    } catch (error) {
      return share.map((offer) => () => offer.stopped(error));
    }
  }

  /** As many shares as slices may go side by side, of about the same size. */
  #shares(offers: readonly Offer[]): (readonly Offer[])[] {
    if (this.#atOnce === 1 || this.#wantedOf(offers) <= this.#consumer.subscription.sliceSize) return [offers];
    const shares = Array.from({ length: AT_ONCE }, () => ({ offers: [] as Offer[], events: 0 }));
    for (const offer of offers.toSorted((a, b) => b.brought.events.length - a.brought.events.length)) {
      const smallest = shares.reduce((least, share) => (share.events < least.events ? share : least));
      smallest.offers.push(offer);
      smallest.events += offer.brought.events.length;
    }
    return shares.map((share) => share.offers).filter((share) => share.length > 0);
  }

  #wantedOf(offers: readonly Offer[]): number {
    return offers.reduce((sum, { brought: { events } }) => sum + this.#consumer.wanted(events, 0, events.length), 0);
  }
}
