// `deskfleet backup`: the cluster's folder, copied while everything runs, then opened once: a backup nobody has opened is a hope. The databases of
// keys are taken out of it and stand beside it as files, to be thrown away after days: what was erased since would come back from older ones.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { copyRunningCluster, segmentsBefore, startPostgres, tableToFile, withDatabase } from '@deskfleet/servers';
import { databaseName } from '@deskfleet/service-kit';
import type { Client } from 'pg';
import { objectsOf, ownBucket } from '../environment.ts';
import { say, step, Unable } from '../output.ts';
import { clusterOf, databasePrefix, databasesOf, embeddedServer, passwordFile, servicesAsked, withClient } from './databases.ts';

export interface BackupOptions {
  readonly dataDir: string;
  readonly to: string;
  readonly service?: string;
  readonly json?: boolean;
}

/** What stands in a backup's `backup.json`. */
export interface BackupRecord {
  readonly takenAt: string;
  /** By service: the log's source and its head. */
  readonly services: Readonly<Record<string, { readonly source: string; readonly position: number }>>;
  /** The databases of keys, as files of `keys/`. */
  readonly keys: readonly string[];
}

const RECORD = 'backup.json';

/** A backup's folder of key files: one folder a database, one file a table. */
export function keysOf(backup: string): string {
  return join(backup, 'keys');
}

/** The record of a backup; its being there says that the backup is whole. */
export function readRecord(backup: string): BackupRecord {
  const file = join(backup, RECORD);
  if (!existsSync(file)) throw new Unable(`${backup} is no backup: it has no ${RECORD}.`);
  return JSON.parse(readFileSync(file, 'utf8')) as BackupRecord;
}

export async function backup({ dataDir, to, service, json }: BackupOptions): Promise<void> {
  const services = servicesAsked(service);
  if (existsSync(to) && readdirSync(to).length > 0) throw new Unable(`${to} is not empty; a backup goes into a folder of its own.`);
  const server = await embeddedServer(dataDir);
  try {
    mkdirSync(to, { recursive: true, mode: 0o700 });
    await step('Copying the databases', async () => {
      await copyRunningCluster(server.url, clusterOf(dataDir), clusterOf(to));
      copyFileSync(passwordFile(dataDir), passwordFile(to));
    });
    const takenAt = new Date().toISOString();
    const wanted = new Map(services.map((name) => [databaseName(databasePrefix(), name), name]));
    const heads = await step('Opening the copy', () => openOnce(to, wanted));
    // After the copy, so that no key is missing that one of its events was sealed with.
    const keys = await step('Copying the keys', () => copyKeys(server.url, [...wanted.keys()], to));
    // After the copy as well: whatever file an event of it names is there.
    await step('Copying the files', async () => copyFiles(dataDir, to));
    const record: BackupRecord = { takenAt, services: heads, keys };
    writeFileSync(join(to, RECORD), `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
    say(`Backed up to ${to}. Remove ${keysOf(to)} after some days; the files in ${join(dataDir, 'keys')} are not in it and belong elsewhere.`);
    if (json === true) process.stdout.write(`${JSON.stringify({ to, ...record })}\n`);
  } catch (error) {
    rmSync(to, { recursive: true, force: true });
    throw error;
  } finally {
    await server.release();
  }
}

/** Starts the copy, which recovers it; leaves in it only the databases wanted, and none of the log in which the others stand. */
async function openOnce(to: string, wanted: ReadonlyMap<string, string>): Promise<BackupRecord['services']> {
  const heads: Record<string, { source: string; position: number }> = {};
  const copy = await startPostgres({ dataDir: to });
  let last: string;
  try {
    last = await withClient(copy.url, async (client) => {
      for (const name of (await databasesOf(client)).filter((each) => each !== 'postgres' && !wanted.has(each))) {
        await client.query(`drop database ${client.escapeIdentifier(name)}`);
      }
      for (const name of await databasesOf(client)) {
        const service = wanted.get(name);
        if (service !== undefined) heads[service] = await withClient(withDatabase(copy.url, name), headOf);
      }
      await client.query('select pg_switch_wal()');
      await client.query('checkpoint');
      return (await client.query<{ file: string }>('select pg_walfile_name(pg_current_wal_insert_lsn()) as file')).rows[0]?.file ?? '';
    });
  } finally {
    await copy.stop();
  }
  for (const segment of segmentsBefore(clusterOf(to), last)) rmSync(segment);
  rmSync(join(to, 'logs'), { recursive: true, force: true });
  return heads;
}

async function headOf(client: Client): Promise<{ source: string; position: number }> {
  const { rows } = await client.query<{ source: string; position: string }>(`
    select service || '/' || shard || '/' || epoch as source, (select coalesce(max(position), 0) from events) as position
      from log_epochs order by ordinal desc limit 1`);
  return { source: rows[0]?.source ?? '', position: Number(rows[0]?.position ?? 0) };
}

/** Files are written once and never change, so a copy made while more come is right for all that were there. */
function copyFiles(dataDir: string, to: string): void {
  const bucket = ownBucket();
  if (bucket !== undefined) say(`Files are kept in the bucket ${bucket}; its own means back it up.`);
  const folder = filesOf(dataDir);
  if (bucket === undefined && existsSync(folder)) cpSync(folder, objectsOf(to), { recursive: true, filter: (path) => basename(path) !== '.growing' });
}

/** The folder of an installation's files. */
export function filesOf(dataDir: string): string {
  return process.env['DESKFLEET_OBJECTS_DIR'] || objectsOf(dataDir);
}

async function copyKeys(url: string, services: readonly string[], to: string): Promise<string[]> {
  const there = await withClient(url, databasesOf);
  const copied = services.map((name) => `${name}_keys`).filter((name) => there.includes(name));
  for (const database of copied) {
    const folder = join(keysOf(to), database);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await withClient(withDatabase(url, database), async (client) => {
      const { rows } = await client.query<{ table: string }>(
        `select relname as table from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
      );
      await client.query('begin isolation level repeatable read read only');
      for (const { table } of rows) await tableToFile(client, table, join(folder, `${table}.copy`));
      await client.query('commit');
    });
  }
  return copied;
}
