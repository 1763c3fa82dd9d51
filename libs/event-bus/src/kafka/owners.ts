// What records do not tell: in which epoch their owner's log goes on after a restore, and what lies in the log that no record brings any more.
// The owner's head says both; it is asked for what is unknown, and now and then.
import type { Db } from '@deskfleet/event-store';
import type { HeadResponse } from '@deskfleet/protocol/feed';
import type { BusOptions } from '../bus.ts';
import type { Consumer } from '../consumer/consumer.ts';
import { Gap, LaneMoved } from '../consumer/faults.ts';
import type { CarriedEvent } from '../consumer/slice.ts';
import { run } from '../database.ts';
import { epochTree, sourcesOf } from '../epochs/enter.ts';
import { goesOnFrom, logOf, serviceOf, sharedHead } from '../epochs/lineage.ts';
import { fillGap } from './gap.ts';

const LOOK_EVERY_MS = 5_000;
const HEAD_MS = 2_000;
const PART = 'owners';

/** Up to `shared`, a record's event is one of the log `to` that the group reads; beyond it, the owner has lost it. */
interface Place {
  readonly to: string;
  readonly shared: number;
}

/** A record of an epoch that its owner does not know, though it is no older than the one the owner serves: an old process answers for it. */
export class UnknownEpoch extends Error {
  override readonly name = 'UnknownEpoch';
}

export class Owners {
  readonly #consumer: Consumer;
  readonly #services: ReadonlyMap<string, string>;
  readonly #options: Pick<BusOptions, 'db' | 'feedOf'>;
  readonly #places = new Map<string, Place>();
  /** Buckets that stood behind at the last look, by source and bucket: where, and how far they had to come. */
  #behind = new Map<string, Gap>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  /** `services` by topic. */
  constructor(consumer: Consumer, services: ReadonlyMap<string, string>, options: Pick<BusOptions, 'db' | 'feedOf'>) {
    this.#consumer = consumer;
    this.#services = services;
    this.#options = options;
  }

  /**
   * The event as the log that the group reads has it; undefined when the owner has lost it. Known places answer at once: a promise for each event would
   * cost as much as decoding it. Rejects when the owner must be asked and is away.
   */
  placed(event: CarriedEvent, signal: AbortSignal): CarriedEvent | undefined | Promise<CarriedEvent | undefined> {
    const place = this.#places.get(event.source);
    return place === undefined ? this.#place(event, signal).then((found) => this.#at(found, event)) : this.#at(place, event);
  }

  #at(place: Place, event: CarriedEvent): CarriedEvent | undefined {
    if (event.position > place.shared) return undefined;
    return place.to === event.source ? event : { ...event, source: place.to };
  }

  /** Another instance has gone on in a restored log: what is known here is looked up again. */
  forget(): void {
    this.#places.clear();
  }

  /** Reads an owner's log from now on in the epoch that it serves; says whether that is another one than before. */
  async enter(service: string, signal: AbortSignal): Promise<{ head: HeadResponse; moved: boolean }> {
    const head = await this.#options.feedOf(service).head({}, { signal: AbortSignal.any([signal, AbortSignal.timeout(HEAD_MS)]) });
    const moved = await this.#consumer.enter(head);
    if (moved) this.#places.clear();
    return { head, moved };
  }

  /** Before reading: a restore that happened meanwhile is known before a record of the old epoch is applied. An owner that is away is asked later. */
  async enterAll(signal: AbortSignal): Promise<void> {
    await Promise.allSettled([...this.#services.values()].map((service) => this.enter(service, signal)));
  }

  /** Begins to look, until the signal aborts. `exhausted` says whether a topic has nothing more to bring to this group. */
  look(signal: AbortSignal, exhausted: (topic: string) => Promise<boolean>): void {
    const again = (): void => {
      if (signal.aborted) return;
      this.#timer = setTimeout(() => {
        this.#looking = this.#lookOnce(signal, exhausted).then(again);
      }, LOOK_EVERY_MS);
      this.#timer.unref();
    };
    again();
  }

  /** Stops looking; resolves when the look in hand is over. */
  async rest(): Promise<void> {
    clearTimeout(this.#timer);
    this.#behind.clear();
    await this.#looking;
  }

  async #place(event: CarriedEvent, signal: AbortSignal): Promise<Place> {
    const { source } = event;
    let place = await this.#known(source);
    if (place === undefined) {
      const { head } = await this.enter(serviceOf(source), signal);
      place = await this.#known(source);
      const begun = head.lineage.at(-1)?.startedAt ?? 0;
      if (place === undefined && event.recordedAt >= begun) throw new UnknownEpoch(`${source} is not known to its owner, which serves ${head.source}`);
      place ??= { to: source, shared: -1 }; // an epoch that was given up before the present one began
    }
    this.#places.set(source, place);
    return place;
  }

  /** By what this service knows; undefined when the owner must be asked: the epoch is new to it. */
  async #known(source: string): Promise<Place | undefined> {
    const { group } = this.#consumer;
    const to = (await sourcesOf(this.#options.db, [group])).get(`${group}\n${logOf(source)}`);
    if (to === undefined) return undefined;
    const tree = await epochTree(this.#options.db);
    if (goesOnFrom(tree, source, to)) return undefined;
    const shared = sharedHead(tree, source, to);
    return shared === undefined ? undefined : { to, shared };
  }

  async #lookOnce(signal: AbortSignal, exhausted: (topic: string) => Promise<boolean>): Promise<void> {
    const behind = new Map<string, Gap>();
    try {
      for (const [topic, service] of this.#services) {
        const { head } = await this.enter(service, signal);
        for (const gap of await bucketsBehind(this.#options.db, this.#consumer.group, head)) behind.set(`${gap.source}\n${gap.bucket}`, gap);
        const standing = [...behind].filter(([name, gap]) => gap.source === head.source && this.#behind.get(name)?.after === gap.after);
        if (standing.length === 0 || !(await exhausted(topic))) continue;
        for (const [, gap] of standing) await fillGap(this.#consumer, this.#options.feedOf(service), gap, signal);
      }
      this.#consumer.recovered(PART);
    } catch (error) {
      if (!signal.aborted && !(error instanceof LaneMoved)) this.#consumer.fault(PART, error);
    }
    this.#behind = behind;
  }
}

/** The buckets of a log whose watermark is below its last position, as gaps. */
async function bucketsBehind(db: Db, group: string, head: { readonly source: string; readonly buckets: Readonly<Record<number, number>> }): Promise<Gap[]> {
  const heads = Object.entries(head.buckets);
  if (heads.length === 0) return [];
  const { rows } = await run<{ bucket: number; reached: string; last: string }>(
    db,
    `select h.bucket, coalesce(greatest(w.position, o.position), 0) as reached, h.last
       from unnest($3::int[], $4::bigint[]) h (bucket, last)
       left join bus_watermarks w on w.consumer_group = $1 and w.source = $2 and w.bucket = h.bucket
       left join bus_offsets o on o.consumer_group = $1 and o.source = $2 and o.lane = 'feed'
      where coalesce(greatest(w.position, o.position), 0) < h.last`,
    [group, head.source, heads.map(([bucket]) => Number(bucket)), heads.map(([, last]) => last)],
  );
  return rows.map((row) => new Gap(head.source, row.bucket, Number(row.reached), Number(row.last)));
}
