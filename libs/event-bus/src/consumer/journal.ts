// What came in, kept for a while: after a restore of the owner it says which of the events taken in are no longer there. One row a slice and vendor,
// written in the statement that moves the offset; read only after a restore.
import type { Db, EpochMs, RawEvent } from '@deskfleet/event-store';
import { run } from '../database.ts';

/** Longer than anybody would go back for a backup. What is older is counted, not listed. */
const KEPT_MS = 90 * 24 * 3_600_000;
const FORGET_AT_ONCE = 10_000;

/** The columns of a slice's journal rows. */
export interface JournalRows {
  readonly sources: string[];
  readonly vendors: string[];
  readonly lasts: number[];
  readonly entries: string[];
}

/** Of these events, by source and vendor: position, type, stream and shop. */
export function journalOf(events: readonly { readonly raw: RawEvent; readonly meta: { readonly vendorId: string; readonly shopId: string } }[]): JournalRows {
  const rows = new Map<string, JournalRow>();
  let row: JournalRow | undefined;
  for (const { raw, meta } of events) {
    if (row?.source !== raw.source || row.vendorId !== meta.vendorId) row = rowOf(rows, raw.source, meta.vendorId); // most come from where the one before did
    row.entries.add(raw, meta.shopId);
    row.last = Math.max(row.last, raw.position);
  }
  const all = [...rows.values()];
  return {
    sources: all.map((row) => row.source),
    vendors: all.map((row) => row.vendorId),
    lasts: all.map((row) => row.last),
    entries: all.map((row) => row.entries.toString()),
  };
}

interface JournalRow {
  readonly source: string;
  readonly vendorId: string;
  readonly entries: Entries;
  last: number;
}

function rowOf(rows: Map<string, JournalRow>, source: string, vendorId: string): JournalRow {
  const name = `${source}\n${vendorId}`;
  const known = rows.get(name);
  if (known !== undefined) return known;
  const row = { source, vendorId, entries: new Entries(), last: 0 };
  rows.set(name, row);
  return row;
}

/**
 * A row's entries as text: JSON, `{types, streams, shops, steps, type, stream, shop}`. The first three are names, each once; the others have a number for
 * each event: how far its position lies behind the one before (the first one's: 0), and which of the names are its own. 26 bytes an event where two share
 * a stream, against 104 with everything spelt out. PostgreSQL stores it as it is (schema.sql): to compress it costs more than to write it.
 */
class Entries {
  readonly #types = new Names();
  readonly #streams = new Names();
  readonly #shops = new Names();
  readonly #steps: number[] = [];
  readonly #type: number[] = [];
  readonly #stream: number[] = [];
  readonly #shop: number[] = [];
  #position = 0;

  add({ position, type, streamId }: RawEvent, shopId: string): void {
    this.#steps.push(position - this.#position);
    this.#position = position;
    this.#type.push(this.#types.indexOf(type));
    this.#stream.push(this.#streams.indexOf(streamId));
    this.#shop.push(this.#shops.indexOf(shopId));
  }

  toString(): string {
    const [types, streams, shops] = [this.#types, this.#streams, this.#shops].map((names) => names.all());
    return JSON.stringify({ types, streams, shops, steps: this.#steps, type: this.#type, stream: this.#stream, shop: this.#shop });
  }
}

class Names {
  readonly #indexes = new Map<string, number>();

  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    this.#indexes.set(name, this.#indexes.size);
    return this.#indexes.size - 1;
  }

  all(): string[] {
    return [...this.#indexes.keys()];
  }
}

/** Forgets a group's old rows, and keeps up to where it did. What a restore has orphaned stays. */
export async function forgetJournal(db: Db, group: string, now: EpochMs): Promise<void> {
  await run(
    db,
    `with old as (
       delete from bus_journal where ctid = any (array(
         select j.ctid from bus_journal j where j.consumer_group = $1 and j.taken_at < $2
            and not exists (select from bus_restores r where r.consumer_group = j.consumer_group and r.old_source = j.source and r.after_position < j.last)
          limit ${FORGET_AT_ONCE}))
       returning source, last)
     insert into bus_journal_forgotten (consumer_group, source, through) select $1, source, max(last) from old group by source
     on conflict (consumer_group, source) do update set through = greatest(bus_journal_forgotten.through, excluded.through)`,
    [group, now - KEPT_MS],
  );
}
