// Brings a service's database what consuming needs, with the policies of its three roles; and the one way SQL is run here.
import { readFileSync } from 'node:fs';
import { type DatabaseRoles, type Db, rowPolicies, type Tx } from '@deskfleet/event-store';
import { CompiledQuery, type QueryResult } from 'kysely';
import type { Pool } from 'pg';

const TABLES = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');
const BEGIN_SLICE = readFileSync(new URL('./consumer/begin-slice.sql', import.meta.url), 'utf8');

const OWN = ['bus_offsets', 'bus_watermarks', 'bus_leases', 'bus_relayed', 'bus_epochs', 'bus_sources', 'bus_journal_forgotten', 'bus_restores'];
const BY_SHOP = ['bus_held_streams', 'bus_held_events', 'bus_skipped_events'];
const BY_VENDOR = ['bus_journal'];
/** Of the own tables, what says nothing of any vendor and is asked for with what does. */
const TOLD = ['bus_restores', 'bus_journal_forgotten'];
const INSTALL_LOCK = 1684434288;

/** Installs or brings up to date, as the database's owner. Safe to run at every start. Without roles no policy is made (superusers only). */
export async function installEventBus(owner: Pool, roles?: DatabaseRoles): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
    await client.query(TABLES);
    await client.query(BEGIN_SLICE);
    await client.query('revoke all on function bus_begin_slice from public');
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
  const told = TOLD.map((table) => `drop policy if exists reader_all on ${table}; create policy reader_all on ${table} for select to ${reader} using (true);`);
  const others = [...BY_SHOP.map((table) => rowPolicies(table, roles, true)), ...BY_VENDOR.map((table) => rowPolicies(table, roles, false))];
  return `${own.join('')}${told.join('')}${others.join('')}
    grant execute on function bus_begin_slice to ${worker};
    grant select, insert, update, delete on ${[...OWN, ...BY_SHOP, ...BY_VENDOR].join(', ')} to ${worker};
    grant select on ${[...TOLD, ...BY_SHOP, ...BY_VENDOR].join(', ')} to ${reader};`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** SQL whose plan and lock order matter, as written. */
export function run<Row>(db: Db | Tx, text: string, parameters: unknown[]): Promise<QueryResult<Row>> {
  return db.executeQuery<Row>(CompiledQuery.raw(text, parameters));
}
