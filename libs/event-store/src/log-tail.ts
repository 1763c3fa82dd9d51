// The log as its readers in this process see it: the newest part in memory, older pages from the table, and the news of what was appended.
// One reader of the table serves the feed, the relay, the projections and the timers.
import type { EventStore, Tx } from './store.ts';
import type { RawEvent } from './types.ts';

export interface LogFilter {
  readonly types?: ReadonlySet<string>;
  readonly buckets?: ReadonlySet<number>;
}

export interface LogPage {
  readonly events: readonly RawEvent[];
  /** Every wanted event up to here is in this page or before it. */
  readonly through: number;
}

export interface LogReader {
  readonly source: string;
  /** The last position known here. */
  readonly last: number;
  /** Wanted events after a position in order: at most `limit`, at most 1 MB (but at least one). */
  read(after: number, limit: number, filter?: LogFilter): Promise<LogPage>;
  /** Resolves when there is something after the position, or when the signal aborts or the reader stops. */
  changed(after: number, signal?: AbortSignal): Promise<void>;
  /** Looks into the table at once instead of at the next poll: another process may have appended. */
  look(): void;
  /** A transaction of this process was committed: what was appended within it is news. */
  committed(tx: Tx): void;
}

const PAGE_BYTES = 1_000_000;
const FETCH_EVENTS = 1_000;
const SCAN_EVENTS = 10_000; // how far one page looks for wanted events in memory
const POLL_FIRST_MS = 10;
const POLL_LAST_MS = 500;

export interface LogTailOptions {
  /** Events kept in memory (default 20,000). */
  readonly events?: number;
  /** Bytes kept in memory (default 16 MB). */
  readonly bytes?: number;
}

/** Follows the log from its head on. Positions are gapless, so an event's place in memory is its position minus the first one's. */
export class LogTail implements LogReader {
  readonly #store: EventStore;
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: () => void;
  readonly #following: Promise<void>;
  #window: RawEvent[] = [];
  #bytes = 0;
  #last: number;
  #stopped = false;
  #looked = false;
  #wake: () => void = () => {};

  private constructor(store: EventStore, head: number, options: LogTailOptions) {
    this.#store = store;
    this.#last = head;
    this.#maxEvents = options.events ?? 20_000;
    this.#maxBytes = options.bytes ?? 16_000_000;
    this.#stopListening = store.onAppend((position, events) => {
      if (events?.[0]?.position === this.#last + 1) this.#add(events);
      else if (position > this.#last) this.look();
    });
    this.#following = this.#follow();
  }

  /** Starts at the head of the store's log. */
  static async start(store: EventStore, options: LogTailOptions = {}): Promise<LogTail> {
    return new LogTail(store, (await store.head()).position, options);
  }

  get source(): string {
    return this.#store.source;
  }

  get last(): number {
    return this.#last;
  }

  look(): void {
    this.#looked = true;
    this.#wake();
  }

  committed(tx: Tx): void {
    this.#store.committed(tx);
  }

  async read(after: number, limit: number, filter: LogFilter = {}): Promise<LogPage> {
    const known = this.#last;
    if (after >= known) return { events: [], through: after };
    const first = known - this.#window.length + 1;
    if (after + 1 >= first) return this.#fromMemory(after, limit, filter);
    const events = await this.#store.read(after, limit, {
      ...(filter.types === undefined ? {} : { types: [...filter.types] }),
      ...(filter.buckets === undefined ? {} : { buckets: [...filter.buckets] }),
    });
    return cut(events, events.length < limit ? known : undefined);
  }

  changed(after: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#last <= after && signal?.aborted !== true && !this.#stopped) return;
        this.#listeners.delete(check);
        signal?.removeEventListener('abort', check);
        resolve();
      };
      this.#listeners.add(check);
      signal?.addEventListener('abort', check);
      check();
    });
  }

  /** Stops following; whoever waits for news is let go. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    this.#wake();
    await this.#following;
    this.#tell();
  }

  #fromMemory(after: number, limit: number, filter: LogFilter): LogPage {
    const window = this.#window;
    const first = this.#last - window.length + 1;
    const from = after + 1 - first;
    const to = Math.min(window.length, from + SCAN_EVENTS);
    const events: RawEvent[] = [];
    let bytes = 0;
    let index = from;
    for (; index < to; index += 1) {
      const event = window[index] as RawEvent;
      if (filter.types !== undefined && !filter.types.has(event.type)) continue;
      if (filter.buckets !== undefined && !filter.buckets.has(event.bucket)) continue;
      bytes += sizeOf(event);
      if (events.length === limit || (bytes > PAGE_BYTES && events.length > 0)) break;
      events.push(event);
    }
    return { events, through: first + index - 1 };
  }

  async #follow(): Promise<void> {
    let pollMs = POLL_FIRST_MS;
    while (!this.#stopped) {
      this.#looked = false;
      const fetched = await this.#fetch();
      if (fetched === FETCH_EVENTS) continue;
      pollMs = fetched > 0 ? POLL_FIRST_MS : Math.min(pollMs * 2, POLL_LAST_MS);
      if (!this.#looked) await this.#pause(pollMs);
    }
  }

  async #fetch(): Promise<number> {
    let events: readonly RawEvent[];
    try {
      events = await this.#store.read(this.#last, FETCH_EVENTS);
    } catch {
      // The database is away: its own health check says so. Asked again at the slow pace, a call of look() notwithstanding.
      await this.#pause(POLL_LAST_MS);
      return 0;
    }
    // What this process appended meanwhile came without the table.
    this.#add(events.filter(({ position }) => position > this.#last));
    return events.length;
  }

  /** Events that follow the last one known. */
  #add(events: readonly RawEvent[]): void {
    for (const event of events) {
      this.#window.push(event);
      this.#bytes += sizeOf(event);
    }
    this.#last = events.at(-1)?.position ?? this.#last;
    this.#trim();
    if (events.length > 0) this.#tell();
  }

  #trim(): void {
    // A fifth is dropped at once, so that shifting the rest costs little per event.
    if (this.#window.length <= this.#maxEvents && this.#bytes <= this.#maxBytes) return;
    const count = Math.ceil(this.#window.length / 5);
    for (const event of this.#window.slice(0, count)) this.#bytes -= sizeOf(event);
    this.#window = this.#window.slice(count);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function sizeOf(event: RawEvent): number {
  return event.data.length + event.meta.length + event.streamId.length + 100;
}

function cut(events: readonly RawEvent[], throughWhenWhole: number | undefined): LogPage {
  let bytes = 0;
  for (const [index, event] of events.entries()) {
    bytes += sizeOf(event);
    if (bytes > PAGE_BYTES && index > 0) return { events: events.slice(0, index), through: events[index - 1]?.position ?? event.position };
  }
  const last = events.at(-1)?.position ?? 0;
  return { events, through: Math.max(throughWhenWhole ?? last, last) };
}
