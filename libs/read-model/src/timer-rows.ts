// Timer rows: written by a projection of the own log, leased in batches when due, deleted when fired.
import { type Db, type EpochMs, recordset, type Tx } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { run } from './database.ts';
import type { SqlProjection } from './projection.ts';
import type { Timer, TimerPlan } from './timers.ts';

/** A leased timer; `attempts` counts the failed firings before this one. */
export interface LeasedTimer extends Timer {
  readonly attempts: number;
}

// biome-ignore lint/suspicious/noExplicitAny: a plan of whatever events it is for
type AnyPlan = TimerPlan<any>;

/** The projection that keeps the rows of a plan. `onSet` hears of the earliest due instant of each batch, after its commit. */
export function timerProjection(plan: AnyPlan, onSet: (dueAt: EpochMs) => void): SqlProjection<UnknownMessage> {
  let earliest = Infinity;
  return {
    name: `timers:${plan.kind}`,
    version: 1,
    types: plan.types,
    write: async (events, tx) => {
      const last = new Map<string, TimerChangeRow>(); // the last change of a timer is the one that counts
      for (const event of events) {
        for (const change of plan.changes(event)) {
          const { kind, key } = 'set' in change ? change.set : change.clear;
          const { vendorId, shopId } = event.meta;
          const row = 'set' in change ? { due_at: change.set.dueAt, stream_id: change.set.streamId } : { due_at: null, stream_id: null };
          last.set(`${vendorId}\n${kind}\n${key}`, { vendor_id: vendorId, shop_id: shopId === '' ? null : shopId, kind, key, ...row });
        }
      }
      const rows = [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
      await saveTimers(tx, rows);
      earliest = rows.reduce((min, { due_at }) => Math.min(min, due_at ?? Infinity), Infinity);
    },
    committed: () => {
      if (earliest < Infinity) onSet(earliest);
      earliest = Infinity;
    },
  };
}

type TimerChangeRow = {
  readonly vendor_id: string;
  readonly shop_id: string | null;
  readonly kind: string;
  readonly key: string;
  /** Null: cleared. */
  readonly due_at: number | null;
  readonly stream_id: string | null;
};

const KEY = [
  { name: 'vendor_id', type: 'text' },
  { name: 'kind', type: 'text' },
  { name: 'key', type: 'text' },
];
const DUE = { name: 'due_at', type: 'bigint' };
const COLUMNS = [...KEY, DUE, { name: 'shop_id', type: 'text' }, { name: 'stream_id', type: 'text' }];
const NAMES = COLUMNS.map(({ name }) => name).join(', ');

async function saveTimers(tx: Tx, rows: readonly TimerChangeRow[]): Promise<void> {
  const cleared = rows.filter((row) => row.due_at === null);
  const set = rows.filter((row) => row.due_at !== null);
  if (cleared.length > 0) {
    const { from, parameters } = recordset(cleared, KEY);
    await run(tx, `delete from timers t using ${from} where (t.vendor_id, t.kind, t.key) = (r.vendor_id, r.kind, r.key)`, [...parameters]);
  }
  if (set.length > 0) {
    const { from, parameters } = recordset(set, COLUMNS);
    await run(
      tx,
      `insert into timers (${NAMES}) select ${NAMES} from ${from}
       on conflict (vendor_id, kind, key) do update
         set due_at = excluded.due_at, stream_id = excluded.stream_id, shop_id = excluded.shop_id, held_until = 0, attempts = 0, error = null`,
      [...parameters],
    );
  }
}

// A hold is measured by the database's clock: instances whose clocks differ must agree on when it is over.
const DATABASE_NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

/**
 * Leases the earliest due timers of a kind for so many ms; other instances pass over them. None due before `from` is looked for: at the front of the index
 * lie the entries of those that were fired, thousands a second, until a vacuum takes them away, and each look would go through all of them.
 */
export async function leaseDue(db: Db, kind: string, from: EpochMs, now: EpochMs, forMs: number, limit: number): Promise<LeasedTimer[]> {
  const { rows } = await run<{ vendor_id: string; key: string; due_at: string; stream_id: string; attempts: number }>(
    db,
    `with due as (
       select vendor_id, kind, key from timers
        where kind = $1 and due_at between $5 and $2 and held_until <= ${DATABASE_NOW}
        order by due_at limit $4 for update skip locked)
     update timers t set held_until = ${DATABASE_NOW} + $3 from due where (t.vendor_id, t.kind, t.key) = (due.vendor_id, due.kind, due.key)
     returning t.vendor_id, t.key, t.due_at, t.stream_id, t.attempts`,
    [kind, now, forMs, limit, from],
  );
  return rows
    .map((row) => ({ vendorId: row.vendor_id, kind, key: row.key, dueAt: Number(row.due_at), streamId: row.stream_id, attempts: row.attempts }))
    .sort((a, b) => a.dueAt - b.dueAt);
}

const SAME = '(t.vendor_id, t.kind, t.key, t.due_at) = (r.vendor_id, r.kind, r.key, r.due_at)';

function dueRows(timers: readonly Timer[]): ReturnType<typeof recordset> {
  return recordset(
    timers.map((timer) => ({ vendor_id: timer.vendorId, kind: timer.kind, key: timer.key, due_at: timer.dueAt })),
    [...KEY, DUE],
  );
}

/** Deletes fired timers; one that was moved meanwhile stays. */
export async function removeFired(db: Db, timers: readonly Timer[]): Promise<void> {
  if (timers.length === 0) return;
  const { from, parameters } = dueRows(timers);
  await run(db, `delete from timers t using ${from} where ${SAME}`, [...parameters]);
}

/** Gives leased timers back, to be fired again after so many ms; with an error it counts as an attempt. */
export async function giveBack(db: Db, timers: readonly Timer[], inMs: number, error?: string): Promise<void> {
  if (timers.length === 0) return;
  const { from, parameters } = dueRows(timers);
  const [ms, failure] = [parameters.length + 1, parameters.length + 2];
  const set = `held_until = ${DATABASE_NOW} + $${ms}${error === undefined ? '' : `, attempts = attempts + 1, error = $${failure}`}`;
  await run(db, `update timers t set ${set} from ${from} where ${SAME}`, [...parameters, inMs, ...(error === undefined ? [] : [error])]);
}

/** How many timers are due and not fired. */
export async function countDue(db: Db, now: EpochMs): Promise<number> {
  const { rows } = await run<{ due: string }>(db, 'select count(*) as due from timers where due_at <= $1', [now]);
  return Number(rows[0]?.due);
}

export interface TimerState {
  readonly pending: number;
  readonly due: number;
  /** When the first of those that are due was due; 0 when none is. */
  readonly dueSince: EpochMs;
  /** Those whose firing failed and is tried again. */
  readonly failing: number;
}

/** All timers, counted. `pending` is the planner's estimate above 100,000: counting a million rows each time costs more than the figure is worth. */
export async function timerState(db: Db, kinds: readonly string[], now: EpochMs): Promise<TimerState> {
  const { rows } = await run<{ pending: string; due: string; due_since: string | null; failing: string }>(
    db,
    `select case when (select reltuples from pg_class where oid = 'timers'::regclass) > 100000
                 then (select reltuples::bigint from pg_class where oid = 'timers'::regclass) else (select count(*) from timers) end as pending,
            count(*) as due, min(due_at) as due_since, count(*) filter (where error is not null) as failing
       from timers where kind = any ($2) and due_at <= $1`, // by the index timers_due
    [now, kinds],
  );
  const row = rows[0];
  return { pending: Number(row?.pending ?? 0), due: Number(row?.due ?? 0), dueSince: Number(row?.due_since ?? 0), failing: Number(row?.failing ?? 0) };
}

/** In how many ms the next timer of a kind, of those due from `from` on, may be fired, by a clock that says `now`; undefined when there is none. */
export async function nextDueIn(db: Db, kind: string, from: EpochMs, now: EpochMs): Promise<number | undefined> {
  // The earliest due is found by the index; a held one among the first hundred only delays the look, never a firing of the others.
  const { rows } = await run<{ ms: string | null }>(
    db,
    `select min(greatest(due_at - $2, held_until - ${DATABASE_NOW})) as ms from (select due_at, held_until from timers where kind = $1 and due_at >= $3 order by due_at limit 100) t`,
    [kind, now, from],
  );
  const ms = rows[0]?.ms;
  return ms === null || ms === undefined ? undefined : Number(ms);
}
