// Brings a service's database the log: tables, the append function, the policies of its three roles, and its first epoch. Safe to run at every start.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Client, Pool, PoolClient } from 'pg';
import type { EpochMs } from '../types.ts';
import { type DatabaseRoles, policy, quoted, rowPolicies } from './policies.ts';

const SCHEMA = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');
const APPEND = readFileSync(new URL('./append.sql', import.meta.url), 'utf8');
const INSTALL_LOCK = 1684434285;

export interface InstallOptions {
  /** The service whose log this is, e.g. `billing`. */
  readonly service: string;
  /** The part of the service's vendors this database holds; 0 while one is enough. */
  readonly shard?: number;
  /** The login roles. Without them no policy is made, and only a superuser can use the log. */
  readonly roles?: DatabaseRoles;
  readonly now: EpochMs;
}

/** One life of a log: from its beginning, or from a restore, to the next restore. */
export interface Epoch {
  /** `service/shard/epoch`. */
  readonly source: string;
  /** The head when it began: up to here its log holds the same events as the epoch before it. 0 for the first. */
  readonly after: number;
  readonly startedAt: EpochMs;
}

/** Installs or brings up to date the event log, as the database's owner. Answers the log's source, `service/shard/epoch`, and how it came to it. */
export async function installEventStore(database: Pool | Client | PoolClient, options: InstallOptions): Promise<{ source: string; lineage: readonly Epoch[] }> {
  return inTransaction(database, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
    await client.query(SCHEMA);
    await client.query(APPEND);
    await client.query(APPEND_PRIVILEGES);
    if (options.roles !== undefined) await client.query(rolesSql(options.roles));
    const known = await client.query('select 1 from log_epochs limit 1');
    if (known.rowCount === 0) await insertEpoch(client, options.service, options.shard ?? 0, options.now);
    const lineage = await lineageOf(client);
    return { source: nowOf(lineage), lineage };
  });
}

/**
 * Begins a new epoch: to be run, as the owner, on a database restored from a backup before its service starts. Others may have read events that the
 * restored log does not hold. They go on from its head under the new source, and list what they had of the old one beyond it.
 */
export async function startEpoch(database: Pool | Client | PoolClient, now: EpochMs): Promise<{ source: string }> {
  return inTransaction(database, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
    const { rows } = await client.query('select service, shard from log_epochs order by ordinal desc limit 1');
    const last: { service: string; shard: number } | undefined = rows[0];
    if (last === undefined) throw new Error('this database has no event log');
    await insertEpoch(client, last.service, last.shard, now);
    return { source: await sourceOf(client) };
  });
}

/** The source of the database's log, `service/shard/epoch`. Throws when none is installed. */
export async function sourceOf(database: Pool | Client | PoolClient): Promise<string> {
  return nowOf(await lineageOf(database));
}

/** The epochs of the database's log, each the successor of the one before it; the last is the present one. */
async function lineageOf(database: Pool | Client | PoolClient): Promise<Epoch[]> {
  const { rows } = await database.query<{ service: string; shard: number; epoch: string; after_position: string; started_at: string }>(
    'select service, shard, epoch, after_position, started_at from log_epochs order by ordinal',
  );
  return rows.map((row) => ({
    source: `${row.service}/${row.shard}/${row.epoch}`,
    after: Number(row.after_position),
    startedAt: Number(row.started_at),
  }));
}

function nowOf(lineage: readonly Epoch[]): string {
  const last = lineage.at(-1);
  if (last === undefined) throw new Error('this database has no event log');
  return last.source;
}

const APPEND_PRIVILEGES = `
  do $$ begin
    execute format('revoke all on function %s from public', 'append_events'::regproc::oid::regprocedure);
  end $$;`;

function rolesSql(roles: DatabaseRoles): string {
  const [owner, worker, reader] = [quoted(roles.owner), quoted(roles.worker), quoted(roles.reader)];
  return `
    ${rowPolicies('events', roles, true)}
    ${rowPolicies('command_answers', roles, false)}
    ${policy('log_epochs', 'owner_all', `to ${owner} using (true) with check (true)`)}
    ${policy('log_epochs', 'all_read', `for select to ${worker}, ${reader} using (true)`)}
    grant select, insert on events to ${worker};
    grant select, insert, update, delete on command_answers to ${worker};
    grant select on log_epochs to ${worker}, ${reader};
    grant select on events to ${reader};
    do $$ begin
      execute format('grant execute on function %s to %I', 'append_events'::regproc::oid::regprocedure, ${literal(roles.worker)});
    end $$;`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function insertEpoch(client: Client | PoolClient, service: string, shard: number, now: EpochMs): Promise<void> {
  await client.query(
    `insert into log_epochs (ordinal, service, shard, epoch, after_position, started_at)
     select coalesce(max(ordinal), 0) + 1, $1, $2, $3, (select coalesce(max(position), 0) from events), $4 from log_epochs`,
    [service, shard, randomBytes(5).toString('hex'), now],
  );
}

async function inTransaction<T>(database: Pool | Client | PoolClient, task: (client: Client | PoolClient) => Promise<T>): Promise<T> {
  const pooled = 'totalCount' in database ? await database.connect() : undefined;
  const client = pooled ?? (database as Client | PoolClient);
  try {
    await client.query('begin');
    const result = await task(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    pooled?.release();
  }
}
