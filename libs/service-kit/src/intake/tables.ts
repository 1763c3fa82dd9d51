// The builds of what a service takes in from other contexts: which is live, which grows beside it, how far each has read each source.
import type { DatabaseRoles, EpochMs, Tx } from '@deskfleet/event-store';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Database } from '../database/transactions.ts';

const TABLES = `
  create table if not exists intake_builds (
    name       text collate "C" not null,
    build      integer not null,
    state      text    not null check (state in ('live', 'building', 'kept')),
    started_at bigint  not null,            -- epoch ms
    live_at    bigint  not null,            -- epoch ms, swapped in last; 0 = live from its first row, or never
    primary key (name, build)
  );
  create unique index if not exists intake_builds_one on intake_builds (name, state) where state <> 'kept';

  -- What of a source's bucket is in a build that is not live; the live one stands where its consumer group stands.
  create table if not exists intake_progress (
    name     text     collate "C" not null,
    build    integer  not null,
    source   text     collate "C" not null,
    bucket   smallint not null,
    position bigint   not null,
    primary key (name, build, source, bucket)
  );`;

const INSTALL_LOCK = 7101003;

/** Installs, as the database's owner; safe at every start. */
export async function installIntakeBuilds(owner: Pool, roles: DatabaseRoles): Promise<void> {
  const own = ['intake_builds', 'intake_progress'].map(
    (table) => `
      alter table ${table} enable row level security;
      alter table ${table} force row level security;
      drop policy if exists own_service on ${table};
      create policy own_service on ${table} to ${roles.owner}, ${roles.worker} using (true) with check (true);
      grant select, insert, update, delete on ${table} to ${roles.worker};`,
  );
  await owner.query(`begin; select pg_advisory_xact_lock(${INSTALL_LOCK}); ${TABLES} ${own.join('')} commit;`);
}

export interface IntakeBuild {
  readonly name: string;
  readonly build: number;
  readonly state: 'live' | 'building' | 'kept';
  readonly startedAt: EpochMs;
  readonly liveAt: EpochMs;
}

/** All builds, by name and number. */
export async function intakeBuilds(db: Database | Tx): Promise<IntakeBuild[]> {
  const { rows } = await sql<{ name: string; build: number; state: IntakeBuild['state']; started_at: string; live_at: string }>`
    select name, build, state, started_at, live_at from intake_builds order by name, build`.execute(db);
  return rows.map(({ name, build, state, started_at, live_at }) => ({ name, build, state, startedAt: Number(started_at), liveAt: Number(live_at) }));
}

/** Where a build stands in a source, by bucket. */
export async function progressOf(db: Database | Tx, name: string, build: number, source: string): Promise<Map<number, number>> {
  const { rows } = await sql<{ bucket: number; position: string }>`
    select bucket, position from public.intake_progress where name = ${name} and build = ${build} and source = ${source}`.execute(db);
  return new Map(rows.map(({ bucket, position }) => [bucket, Number(position)]));
}

export async function saveProgress(tx: Tx, name: string, build: number, source: string, marks: ReadonlyMap<number, number>): Promise<void> {
  await sql`
    insert into public.intake_progress (name, build, source, bucket, position)
    select ${name}, ${build}, ${source}, * from unnest(${[...marks.keys()]}::smallint[], ${[...marks.values()]}::bigint[])
    on conflict (name, build, source, bucket) do update set position = excluded.position`.execute(tx);
}

/** The schema that holds the tables of a build that is not live. */
export function schemaOf(name: string, build: number): string {
  return `taken_in_${name}_b${build}`;
}
