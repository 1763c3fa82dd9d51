// After a restore of an owner's log: from where each group went on, and what it had taken in of events that are no more. Asked as the reader.
import type { Db, EpochMs, Tx } from '@deskfleet/event-store';
import { run } from '../database.ts';
import type { PageAfter } from './held.ts';

export interface Restore {
  readonly group: string;
  readonly oldSource: string;
  readonly newSource: string;
  /** The last position both hold. */
  readonly restoredHead: number;
  /** How far the group had read the old one. */
  readonly appliedThrough: number;
  /** Of the reader's vendor: events beyond the restored head that had come in. */
  readonly orphaned: number;
  /** Events up to here came in too long ago to be listed. */
  readonly listedAfter: number;
  readonly adoptedAt: EpochMs;
}

/**
 * What the journal has of a restore's lost positions, once each: a record that came twice stands there twice. Entries stand as `journal.ts` writes them, or,
 * of before, as an array of [position, type, stream, shop] each.
 */
const ORPHANS = `select distinct on (e.position) e.position, e.type, e.stream_id, e.shop_id, j.taken_at
    from bus_journal j cross join lateral (select j.entries::jsonb as entries) t cross join lateral (
      select sum(x.step::bigint) over (order by x.nth)::bigint as position, t.entries -> 'types' ->> x.type::int as type,
             t.entries -> 'streams' ->> x.stream::int as stream_id, t.entries -> 'shops' ->> x.shop::int as shop_id
        from rows from (jsonb_array_elements_text(t.entries -> 'steps'), jsonb_array_elements_text(t.entries -> 'type'),
               jsonb_array_elements_text(t.entries -> 'stream'), jsonb_array_elements_text(t.entries -> 'shop')) with ordinality x (step, type, stream, shop, nth)
      union all
      select (x ->> 0)::bigint, x ->> 1, x ->> 2, x ->> 3
        from jsonb_array_elements(case jsonb_typeof(t.entries) when 'array' then t.entries else '[]' end) x) e
   where j.consumer_group = r.consumer_group and j.source = r.old_source and j.last > r.after_position
     and e.position > r.after_position and e.position <= r.through`;

/** Restores met by this service, the latest first; a page's key is instant, group and both sources. */
export async function restores(tx: Tx, page: PageAfter): Promise<Restore[]> {
  const [at, group, oldSource, newSource] = page.after ?? [Number.MAX_SAFE_INTEGER, '', '', ''];
  const { rows } = await run<{
    consumer_group: string;
    old_source: string;
    new_source: string;
    after_position: string;
    through: string;
    adopted_at: string;
    orphaned: string;
    forgotten: string | null;
  }>(
    tx,
    `select r.*, (select count(*) from (${ORPHANS}) o) as orphaned,
            (select f.through from bus_journal_forgotten f where f.consumer_group = r.consumer_group and f.source = r.old_source) as forgotten
       from bus_restores r
      where adopted_at < $1 or adopted_at = $1 and (consumer_group, old_source, new_source) > ($2, $3, $4)
      order by adopted_at desc, consumer_group, old_source, new_source limit $5`,
    [at, group, oldSource, newSource, page.limit],
  );
  return rows.map((row) => ({
    group: row.consumer_group,
    oldSource: row.old_source,
    newSource: row.new_source,
    restoredHead: Number(row.after_position),
    appliedThrough: Number(row.through),
    orphaned: Number(row.orphaned),
    listedAfter: Number(row.forgotten ?? 0),
    adoptedAt: Number(row.adopted_at),
  }));
}

/** An event that came in here and that its owner lost by a restore. */
export interface OrphanedEvent {
  readonly group: string;
  readonly source: string;
  readonly newSource: string;
  readonly position: number;
  readonly type: string;
  readonly streamId: string;
  readonly shopId: string;
  /** False: it was held when the restore came, and nothing came of it. */
  readonly applied: boolean;
  readonly takenAt: EpochMs;
}

/** What groups had taken in beyond a restored head, of the reader's vendor: by group, both sources and position, which are a page's key. */
export async function orphanedEvents(tx: Tx, filter: { group?: string; oldSource?: string }, page: PageAfter): Promise<OrphanedEvent[]> {
  const [group, oldSource, newSource, position] = page.after ?? ['', '', '', 0];
  const { rows } = await run<{
    consumer_group: string;
    old_source: string;
    new_source: string;
    position: string;
    type: string;
    stream_id: string;
    shop_id: string;
    taken_at: string;
    skipped: boolean;
  }>(
    tx,
    `select r.consumer_group, r.old_source, r.new_source, o.*,
            exists (select from bus_skipped_events s where s.consumer_group = r.consumer_group and s.source = r.old_source and s.position = o.position) as skipped
       from bus_restores r cross join lateral (${ORPHANS}) o
      where ($1 = '' or r.consumer_group = $1) and ($2 = '' or r.old_source = $2)
        and (r.consumer_group, r.old_source, r.new_source, o.position) > ($3, $4, $5, $6)
      order by r.consumer_group, r.old_source, r.new_source, o.position limit $7`,
    [filter.group ?? '', filter.oldSource ?? '', group, oldSource, newSource, position, page.limit],
  );
  return rows.map((row) => ({
    group: row.consumer_group,
    source: row.old_source,
    newSource: row.new_source,
    position: Number(row.position),
    type: row.type,
    streamId: row.stream_id,
    shopId: row.shop_id,
    applied: !row.skipped,
    takenAt: Number(row.taken_at),
  }));
}

/** What a group had taken in beyond the heads that a service's log was restored to. */
export interface OrphanCount {
  readonly group: string;
  /** Whose log it was. */
  readonly service: string;
  readonly events: number;
  /** When the group met the latest of these restores. */
  readonly since: EpochMs;
}

/** Orphaned events of the restores met since an instant, by group and service; of one vendor, or of all when it is empty. None where there are none. */
export async function orphanCounts(db: Db, vendorId: string, metSince: EpochMs): Promise<OrphanCount[]> {
  const { rows } = await run<{ consumer_group: string; service: string; events: string; since: string }>(
    db,
    `select r.consumer_group, split_part(r.old_source, '/', 1) as service, count(*) as events, max(r.adopted_at) as since
       from bus_restores r cross join lateral (${ORPHANS} and ($1 = '' or j.vendor_id = $1)) o
      where r.adopted_at >= $2
      group by 1, 2 order by 1, 2`,
    [vendorId, metSince],
  );
  return rows.map((row) => ({ group: row.consumer_group, service: row.service, events: Number(row.events), since: Number(row.since) }));
}
