// The two ways into a service's database that projections are handed: the worker's queries, and the owner for tables and views.
import type { DatabaseRoles, Db, EpochMs, Tx } from '@deskfleet/event-store';
import { CompiledQuery, type QueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';

export interface ReadModelDatabase {
  /** The worker's connections: all vendors. */
  readonly worker: Db;
  /** The owner's; used at the start and for swaps only, one connection is enough. */
  readonly owner: Pool;
  /** Without roles no policy is made, and only a superuser can use the tables. */
  readonly roles?: DatabaseRoles;
}

/** Told of what fails and is tried again, each time: for the log and for health. */
export type OnFault = (part: string, error: unknown) => void;

export type Clock = () => EpochMs;

/** SQL whose plan and lock order matter, as written. */
export function run<Row>(db: Db | Tx, text: string, parameters: unknown[]): Promise<QueryResult<Row>> {
  return db.executeQuery<Row>(CompiledQuery.raw(text, parameters));
}

/** A transaction of the owner's. */
export async function asOwner<T>(owner: Pool, task: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    const result = await task(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

/** An identifier as SQL writes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
