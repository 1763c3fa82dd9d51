// The two ways to a transaction: a query's, as its caller and read-only, and the worker's own. None lasts longer than 5 s.
import { READER_SETTINGS, type Tx } from '@deskfleet/event-store';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool } from 'pg';
import type { Caller } from '../service.ts';

const TRANSACTION_LIMIT_MS = 5_000;
const CONNECT_LIMIT_MS = 10_000;
const IDLE_MS = 30_000;

// biome-ignore lint/suspicious/noExplicitAny: kysely's table map is the one thing every service types for itself
export type Database = Kysely<any>;

export interface OpenPool {
  readonly pool: Pool;
  readonly db: Database;
}

/** Opens a pool of at most `max` connections. Idle ones are closed after 30 s. */
export function openPool(url: string, max: number, name: string, onError: (error: Error) => void): OpenPool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: name,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    idleTimeoutMillis: IDLE_MS,
    options: `-c plan_cache_mode=force_custom_plan -c idle_in_transaction_session_timeout=${2 * TRANSACTION_LIMIT_MS} -c statement_timeout=${TRANSACTION_LIMIT_MS}`,
  });
  pool.on('error', onError);
  // One lost in the middle of a transaction fails its next query; without a listener it would end the process first.
  pool.on('connect', (client) => client.on('error', () => {}));
  return { pool, db: new Kysely({ dialect: new PostgresDialect({ pool }) }) };
}

/** A query in a read-only transaction that sees only the caller's vendor and shops. */
export function readAs<T>(reader: Database, caller: Caller, query: (tx: Tx) => Promise<T>): Promise<T> {
  return reader
    .transaction()
    .setAccessMode('read only')
    .execute(async (tx) => {
      const shops = caller.shopIds === 'all' ? '*' : caller.shopIds.join(',');
      await sql`select set_config(${READER_SETTINGS.vendorId}, ${caller.vendorId}, true), set_config(${READER_SETTINGS.shopIds}, ${shops}, true)`.execute(tx);
      return query(tx);
    });
}

/** A transaction of the worker: all vendors. */
export function workIn<T>(worker: Database, task: (tx: Tx) => Promise<T>): Promise<T> {
  return worker.transaction().execute(task);
}
