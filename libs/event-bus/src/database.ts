// Brings a service's database what consuming needs, with the policies of its three roles; and the one way SQL is run here.
import { type DatabaseRoles, type Db, rowPolicies, type Tx } from '@deskfleet/event-store';
import { CompiledQuery, type QueryResult } from 'kysely';
import type { Pool } from 'pg';

const TABLES = `
  -- How far a group has read a lane of a source: a whole log ('feed': log positions), or a partition of a topic (Kafka offsets).
  create table if not exists bus_offsets (
    consumer_group text   collate "C" not null,
    source         text   collate "C" not null,
    lane           text   collate "C" not null,
    position       bigint not null,
    primary key (consumer_group, source, lane)
  ) with (fillfactor = 50);

  -- What a group has applied of a source, by bucket: what is not above it is skipped, whichever way it comes.
  create table if not exists bus_watermarks (
    consumer_group text     collate "C" not null,
    source         text     collate "C" not null,
    bucket         smallint not null,
    position       bigint   not null,
    primary key (consumer_group, source, bucket)
  ) with (fillfactor = 50);

  -- Streams that cannot go on, and why: waiting for a key, ready to go on, or parked after an error. Their events queue behind them.
  create table if not exists bus_held_streams (
    consumer_group text   collate "C" not null,
    source         text   collate "C" not null,
    vendor_id      text   collate "C" not null,
    shop_id        text   collate "C",
    stream_id      text   collate "C" not null,
    state          text   not null check (state in ('waiting', 'ready', 'parked')),
    wait_key       text   collate "C",
    error          text,
    attempts       integer not null default 0,
    since          bigint not null,             -- epoch ms
    primary key (consumer_group, source, vendor_id, stream_id)
  );
  create index if not exists bus_held_streams_key on bus_held_streams (consumer_group, wait_key) where state = 'waiting';
  create index if not exists bus_held_streams_ready on bus_held_streams (consumer_group) where state = 'ready';

  create table if not exists bus_held_events (
    consumer_group text     collate "C" not null,
    source         text     collate "C" not null,
    vendor_id      text     collate "C" not null,
    shop_id        text     collate "C",
    stream_id      text     collate "C" not null,
    position       bigint   not null,
    version        integer  not null,
    bucket         smallint not null,
    type           text     not null,
    data           bytea    not null,
    meta           bytea    not null,
    occurred_at    bigint   not null,
    recorded_at    bigint   not null,
    primary key (consumer_group, source, vendor_id, stream_id, position)
  );

  -- Who reads or relays at the moment. Only a matter of economy: compare-and-set keeps a second reader harmless.
  create table if not exists bus_leases (
    name   text   collate "C" not null primary key,
    holder text   not null,
    until  bigint not null                      -- epoch ms by the database's clock
  ) with (fillfactor = 50);

  -- How far the relay has published a log to its topic.
  create table if not exists bus_relayed (
    source   text   collate "C" not null primary key,
    position bigint not null
  ) with (fillfactor = 50);`;

const OWN = ['bus_offsets', 'bus_watermarks', 'bus_leases', 'bus_relayed'];
const BY_VENDOR = ['bus_held_streams', 'bus_held_events'];
const INSTALL_LOCK = 1684434288;

/** Installs or brings up to date, as the database's owner. Safe to run at every start. Without roles no policy is made (superusers only). */
export async function installEventBus(owner: Pool, roles?: DatabaseRoles): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
    await client.query(TABLES);
    if (roles !== undefined) await client.query(rolesSql(roles));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

function rolesSql(roles: DatabaseRoles): string {
  const [owner, worker, reader] = [identifier(roles.owner), identifier(roles.worker), identifier(roles.reader)];
  const own = OWN.map(
    (table) => `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    drop policy if exists own_service on ${table};
    create policy own_service on ${table} to ${owner}, ${worker} using (true) with check (true);`,
  );
  const byVendor = BY_VENDOR.map((table) => rowPolicies(table, roles, true));
  return `${own.join('')}${byVendor.join('')}
    grant select, insert, update, delete on ${[...OWN, ...BY_VENDOR].join(', ')} to ${worker};
    grant select on bus_held_streams to ${reader};`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** SQL whose plan and lock order matter, as written. */
export function run<Row>(db: Db | Tx, text: string, parameters: unknown[]): Promise<QueryResult<Row>> {
  return db.executeQuery<Row>(CompiledQuery.raw(text, parameters));
}
