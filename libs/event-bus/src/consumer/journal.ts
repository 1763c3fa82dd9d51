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
  const rows = new Map<string, { source: string; vendorId: string; last: number; entries: (readonly [number, string, string, string])[] }>();
  for (const { raw, meta } of events) {
    const { vendorId, shopId } = meta;
    const name = `${raw.source}\n${vendorId}`;
    const row = rows.get(name);
    const entry = [raw.position, raw.type, raw.streamId, shopId] as const;
    if (row === undefined) rows.set(name, { source: raw.source, vendorId, last: raw.position, entries: [entry] });
    else {
      row.entries.push(entry);
      row.last = Math.max(row.last, raw.position);
    }
  }
  const all = [...rows.values()];
  return {
    sources: all.map((row) => row.source),
    vendors: all.map((row) => row.vendorId),
    lasts: all.map((row) => row.last),
    entries: all.map((row) => JSON.stringify(row.entries)),
  };
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
