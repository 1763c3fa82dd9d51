// `deskfleet restore`: each service's database as it was in the backup, in the place of today's, which is kept beside it until the next restore.
// Each begins a new epoch before its service starts, so that nobody takes its log for the one they have read. The databases of keys are never
// rolled back: only where there are none are they taken from the backup, so a restored log brings nobody back who was erased.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEpoch } from '@deskfleet/event-store';
import { openKeyDatabase } from '@deskfleet/event-store/sealing';
import { copyCluster, moveDatabase, startPostgres, tableFromFile, withDatabase } from '@deskfleet/servers';
import { databaseName, provision, type ServiceName } from '@deskfleet/service-kit';
import type { Client } from 'pg';
import { borrow, type Loan } from '../control.ts';
import { objectsOf, ownBucket } from '../environment.ts';
import { openFolder, readState } from '../installation.ts';
import { say, step, Unable } from '../output.ts';
import { answersReady } from '../supervisor.ts';
import { filesOf, keysOf, readRecord } from './backup.ts';
import { clusterOf, databasePrefix, databasesOf, embeddedServer, ownServer, passwordFile, type Server, servicesAsked, withClient } from './databases.ts';

export interface RestoreOptions {
  readonly dataDir: string;
  readonly from?: string;
  readonly service?: string;
  readonly epochOnly?: boolean;
  readonly json?: boolean;
}

/** What became of the databases of keys. */
interface Keys {
  readonly kept: readonly string[];
  readonly restored: readonly string[];
}

type Sources = Readonly<Record<string, string>>;

const READY_MS = 120_000;

export async function restore({ dataDir, from, service, epochOnly, json }: RestoreOptions): Promise<void> {
  if (epochOnly === true) return report(json, { epochs: await beginEpochs(dataDir, servicesAsked(service)) });
  if (from === undefined) throw new Unable('restore needs --from DIR, or --epoch-only after the database was restored by other means.');
  const record = readRecord(from);
  const asked = servicesAsked(service).filter((name) => record.services[name] !== undefined);
  if (asked.length === 0) throw new Unable(`${from} holds no database of ${service ?? 'any service'}.`);
  openFolder(dataDir);
  const server = await embeddedServer(dataDir, { make: true });
  try {
    const loans = await stopServices(dataDir, server, asked);
    try {
      const keys = await step('Looking at the keys', () => restoreKeys(server.url, from, asked));
      await step('Bringing back files', async () => restoreFiles(dataDir, from));
      const sources = await fromBackup(dataDir, from, (backupUrl) => replaceAll(dataDir, server.url, backupUrl, asked));
      await goOn(loans);
      for (const name of keys.kept) say(`${name} stays as it is: what was erased since the backup stays erased.`);
      report(json, { from, takenAt: record.takenAt, epochs: sources, keys });
    } finally {
      for (const loan of loans) loan.giveBack();
    }
  } finally {
    await server.release();
  }
}

/** Begins a new epoch in databases that were restored by other means, on whichever server they are. */
async function beginEpochs(dataDir: string, services: readonly ServiceName[]): Promise<Sources> {
  const own = ownServer();
  const server = own === undefined ? await embeddedServer(dataDir) : { url: own, running: readState(dataDir) !== undefined, release: async () => undefined };
  try {
    const loans = await stopServices(dataDir, server, services);
    try {
      const sources: Record<string, string> = {};
      for (const name of services) sources[name] = await withClient(withDatabase(server.url, databaseName(databasePrefix(), name)), epochAsOwner);
      await goOn(loans);
      return sources;
    } finally {
      for (const loan of loans) loan.giveBack();
    }
  } finally {
    await server.release();
  }
}

async function epochAsOwner(client: Client): Promise<string> {
  const { rows } = await client.query<{ owner: string }>('select datdba::regrole::text as owner from pg_database where datname = current_database()');
  await client.query(`set role ${rows[0]?.owner ?? ''}`);
  return (await startEpoch(client, Date.now())).source;
}

/** The services of a running installation stand still while their databases are replaced; the others go on. */
async function stopServices(dataDir: string, server: Pick<Server, 'running'>, services: readonly ServiceName[]): Promise<Loan[]> {
  const state = readState(dataDir);
  if (!server.running || state === undefined) return [];
  const loans: Loan[] = [];
  try {
    await step(`Stopping ${services.join(', ')}`, async () => {
      for (const name of services) loans.push(await borrow(state, name));
    });
    return loans;
  } catch (error) {
    for (const loan of loans) loan.giveBack();
    throw error;
  }
}

async function goOn(loans: readonly Loan[]): Promise<void> {
  if (loans.length === 0) return;
  await step('Starting them again', async () => {
    for (const loan of loans) loan.giveBack();
    for (const { spec } of loans) {
      for (let waited = 0; !(await answersReady(spec.readyUrl)); waited += 100) {
        if (waited > READY_MS) throw new Error(`${spec.name} was not ready within ${READY_MS / 1_000} s after its restore`);
        await sleep(100);
      }
    }
  });
}

/** Runs the backup's cluster, or rather a copy of it: the backup stays as it is. */
async function fromBackup<T>(dataDir: string, from: string, task: (url: string) => Promise<T>): Promise<T> {
  const place = join(dataDir, 'restoring');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true, mode: 0o700 });
  try {
    const source = await step('Opening the backup', async () => {
      copyCluster(clusterOf(from), clusterOf(place), { stopped: true });
      copyFileSync(passwordFile(from), passwordFile(place));
      return startPostgres({ dataDir: place });
    });
    try {
      return await task(source.url);
    } finally {
      await source.stop();
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** All are brought over before the first is put in place: a backup that cannot be read changes nothing. */
async function replaceAll(dataDir: string, url: string, backupUrl: string, services: readonly ServiceName[]): Promise<Sources> {
  const sources: Record<string, string> = {};
  for (const name of services) {
    const database = databaseName(databasePrefix(), name);
    sources[name] = await step(`Restoring ${name}`, async () => {
      await ensureDatabase(dataDir, url, name);
      await moveDatabase({ from: backupUrl, database, to: url, as: `${database}_restoring` });
      return withClient(withDatabase(url, `${database}_restoring`), epochAsOwner);
    });
  }
  for (const name of services) await withClient(url, (client) => swap(client, databaseName(databasePrefix(), name)));
  return sources;
}

/** On a new machine: the roles, and an empty database to be replaced. */
async function ensureDatabase(dataDir: string, url: string, service: ServiceName): Promise<void> {
  if ((await withClient(url, databasesOf)).includes(databaseName(databasePrefix(), service))) return;
  await provision({ service, adminUrl: url, databasePrefix: databasePrefix(), secret: openFolder(dataDir).secret('secret') });
}

async function swap(client: Client, database: string): Promise<void> {
  const [today, before, restored] = [database, `${database}_replaced`, `${database}_restoring`].map((name) => client.escapeIdentifier(name));
  await client.query(`drop database if exists ${before} with (force)`);
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)', [[database, `${database}_restoring`]]);
  await client.query(`alter database ${today} rename to ${before}`);
  await client.query(`alter database ${restored} rename to ${today}`);
}

/** Files that are missing come back; none is replaced or removed, since a file never changes and later events may name it. */
function restoreFiles(dataDir: string, from: string): void {
  if (ownBucket() === undefined && existsSync(objectsOf(from))) cpSync(objectsOf(from), filesOf(dataDir), { recursive: true, force: false });
}

/** A database of keys that holds any stays; one that is missing or empty is filled from the backup, where that still has it. */
async function restoreKeys(url: string, from: string, services: readonly ServiceName[]): Promise<Keys> {
  const [kept, restored]: [string[], string[]] = [[], []];
  for (const service of services) {
    const database = `${databaseName(databasePrefix(), service)}_keys`;
    const files = join(keysOf(from), database);
    const there = (await withClient(url, databasesOf)).includes(database) && (await withClient(withDatabase(url, database), holdsKeys));
    if (there) kept.push(database);
    else if (existsSync(files)) {
      await fillKeys(withDatabase(url, database), files);
      restored.push(database);
    }
  }
  return { kept, restored };
}

async function holdsKeys(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ any: boolean }>(`select to_regclass('vendor_keys') is not null as any`);
  if (rows[0]?.any !== true) return false;
  const found = await client.query('select 1 from vendor_keys limit 1');
  return found.rowCount === 1;
}

async function fillKeys(url: string, files: string): Promise<void> {
  const pool = await openKeyDatabase(url, { maxConnections: 1 });
  await pool.end();
  await withClient(url, async (client) => {
    await client.query('begin');
    for (const file of readdirSync(files)) await tableFromFile(client, file.replace(/\.copy$/, ''), join(files, file));
    await client.query('commit');
  });
}

function report<Restored extends { readonly epochs: Sources }>(json: boolean | undefined, restored: Restored): void {
  for (const [name, source] of Object.entries(restored.epochs)) say(`${name} goes on as ${source}.`);
  if (json === true) process.stdout.write(`${JSON.stringify(restored)}\n`);
}
