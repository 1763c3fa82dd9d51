// Leases by a row each: one live reader per (group, source), one relay per log. All of a process's leases are renewed in one statement.
import type { Db } from '@deskfleet/event-store';
import { run } from './database.ts';

const RENEW_EVERY_MS = 2_000;
const LEASE_MS = 6_000;

/** A lease while it is held; `lost` aborts when it is somebody else's or the database is away for longer than it lasts. */
export interface Held {
  readonly lost: AbortSignal;
}

interface Wanted {
  held: AbortController | undefined;
  waiting: ((held: Held) => void) | undefined;
}

export class Leases {
  readonly #db: Db;
  readonly #holder: string;
  readonly #wanted = new Map<string, Wanted>();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #renewedAt = performance.now();

  /** `holder` is unique to this process's run. */
  constructor(db: Db, holder: string) {
    this.#db = db;
    this.#holder = holder;
  }

  /** Resolves when the lease is held; rejects when the signal aborts first. */
  async acquire(name: string, signal: AbortSignal): Promise<Held> {
    signal.throwIfAborted();
    const held = new Promise<Held>((resolve, reject) => {
      this.#wanted.set(name, { held: undefined, waiting: resolve });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    held.catch(() => {});
    await this.#renew();
    return held;
  }

  /** Gives the lease up, so that another need not wait for its end. */
  async release(name: string): Promise<void> {
    this.#wanted.get(name)?.held?.abort();
    this.#wanted.delete(name);
    if (this.#wanted.size === 0) clearTimeout(this.#timer);
    await this.#renewing;
    await run(this.#db, 'delete from bus_leases where name = $1 and holder = $2', [name, this.#holder]).catch(() => {});
  }

  #renew(): Promise<void> {
    clearTimeout(this.#timer);
    this.#renewing = this.#renewing.then(() => this.#renewAll());
    return this.#renewing;
  }

  async #renewAll(): Promise<void> {
    const names = [...this.#wanted.keys()].sort();
    if (names.length === 0) return;
    try {
      const { rows } = await run<{ name: string }>(
        this.#db,
        `insert into bus_leases (name, holder, until)
         select name, $2, extract(epoch from clock_timestamp()) * 1000 + $3 from unnest($1::text[]) name
         on conflict (name) do update set holder = excluded.holder, until = excluded.until
          where bus_leases.holder = excluded.holder or bus_leases.until < extract(epoch from clock_timestamp()) * 1000
         returning name`,
        [names, this.#holder, LEASE_MS],
      );
      this.#renewedAt = performance.now();
      const mine = new Set(rows.map((row) => row.name));
      for (const name of names) this.#settle(name, mine.has(name));
    } catch {
      // The database is away. What was held stays so until the lease would have ended.
      if (performance.now() - this.#renewedAt > LEASE_MS) for (const name of names) this.#settle(name, false);
    }
    clearTimeout(this.#timer);
    if (this.#wanted.size > 0) this.#timer = setTimeout(() => void this.#renew(), RENEW_EVERY_MS);
  }

  #settle(name: string, mine: boolean): void {
    const wanted = this.#wanted.get(name);
    if (wanted === undefined) return;
    if (!mine) {
      wanted.held?.abort();
      wanted.held = undefined;
    } else if (wanted.waiting !== undefined) {
      wanted.held = new AbortController();
      wanted.waiting({ lost: wanted.held.signal });
      wanted.waiting = undefined;
    } else if (wanted.held === undefined) {
      // Won back after it was lost, while nobody asks for it any more: its reader asks anew.
      this.#wanted.delete(name);
    }
  }
}
