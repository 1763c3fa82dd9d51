// Every read model, made again from nothing but the logs and compared row by row: projections by folding the own log into emptied tables, what
// is taken from others' logs by a fresh service beside the run's own, that reads them all from their first event.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEventStore, type Db, LogTail, sourceOf } from '@deskfleet/event-store';
import { type Projection, startReadModel } from '@deskfleet/read-model';
import { SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { expect } from 'vitest';
import { databaseOf, type Ground, until } from './ground.ts';

const SERVICES = fileURLToPath(new URL('../../services/', import.meta.url));
const FRESH = 'fresh';
const FRESH_WITHIN_MS = 120_000;
const FOLD_WITHIN_MS = 60_000;

/** What a fold begins with. */
const LOG = ['events', 'log_epochs', 'schema_migrations'];
/** Where the log, the bus and the projections keep what they need: checked by other means, or of one run only. */
const KERNEL = /^(events|log_epochs|command_answers|bus_.+|intake_.+|projection_checkpoints|schema_migrations|timers)$/;
/** Not made from logs: who is signed in, and how; what a user prefers; what was told when it came in, who has read it, and how its calls went. */
const OWN = ['sessions', 'sign_in_accounts', 'shop_sets', 'notifications', 'notification_reads', 'notification_marks', 'webhook_deliveries'];
/** Work in hand: empty when it is done. */
const WORK = ['fact_reassessments', 'bus_held_streams', 'touched_shops'];

type Rows = ReadonlyMap<string, readonly string[]>;

/** A fresh service's tables, by service: what it took from the others' logs is in them. The run's services answer; none of them is disturbed. */
export async function readAfresh(ground: Ground): Promise<ReadonlyMap<ServiceName, Rows>> {
  return new Map(await Promise.all(SERVICE_NAMES.map(async (service) => [service, await tablesAfresh(ground, service)] as const)));
}

async function tablesAfresh(ground: Ground, service: ServiceName): Promise<Rows> {
  const read = await ground.query<Group>(databaseOf(service), 'select distinct consumer_group, source from bus_watermarks');
  if (read.length === 0) return new Map(); // no table is filled by what it takes in
  // What is rare has no watermarks: it is read from its owner's feed on Kafka too.
  const rare = await ground.query<Group>(databaseOf(service), `select consumer_group, source from bus_offsets where lane = 'feed'`);
  const env = { DESKFLEET_DATABASE_PREFIX: FRESH, DESKFLEET_BUS: 'feed', DESKFLEET_OPERATOR_TOKEN_FILE: join(ground.folder, 'fresh-operator-token') };
  const fresh = await ground.another(service, env);
  await fresh.ready;
  await until(`a fresh ${service} has read everything`, FRESH_WITHIN_MS, async () =>
    (await isThrough(ground, service, [...read, ...rare])) ? true : undefined,
  );
  await fresh.stop();
  return tablesOf(ground, databaseOf(service, FRESH));
}

/** Compares every table of every service with the one made again; none may be left out. Answers how many rows. Services must have stopped. */
export async function checkReadModels(ground: Ground, afresh: ReadonlyMap<ServiceName, Rows>): Promise<number> {
  let compared = 0;
  for (const service of SERVICE_NAMES) {
    const projections = await projectionsOf(ground, service);
    const folded = await foldAnew(ground, service, projections);
    for (const [table, rows] of await tablesOf(ground, databaseOf(service), WORK)) expect(rows, `${service}: ${table}`).toEqual([]);
    for (const [table, rows] of await tablesOf(ground, databaseOf(service))) {
      const anew = isProjection(table, projections, folded) ? folded : afresh.get(service);
      expect(rows, `${service}: ${table}`).toEqual(anew?.get(table));
      compared += rows.length;
    }
  }
  return compared;
}

/** Its table is named after a projection, or one wrote into it. */
function isProjection(table: string, projections: readonly Projection[], folded: Rows): boolean {
  return projections.some(({ name, version }) => table === `${name}_v${version}`) || (folded.get(table)?.length ?? 0) > 0;
}

interface Group {
  readonly consumer_group: string;
  readonly source: string;
}

async function isThrough(ground: Ground, service: ServiceName, groups: readonly Group[]): Promise<boolean> {
  const fresh = databaseOf(service, FRESH);
  for (const { consumer_group, source } of groups) {
    const owner = source.slice(0, source.indexOf('/')) as ServiceName;
    const [head] = await ground.query<{ position: string }>(databaseOf(owner), 'select coalesce(max(position), 0) as position from events');
    const [at] = await ground.query<{ position: string }>(
      fresh,
      `select position from bus_offsets where consumer_group = $1 and source = $2 and lane = 'feed'`,
      [consumer_group, source],
    );
    if (Number(at?.position ?? -1) < Number(head?.position)) return false;
  }
  const tables = await tablesOf(ground, fresh, WORK);
  return [...tables.values()].every((rows) => rows.length === 0);
}

/** The projections a service runs, found by the checkpoints it has: one that is not found fails the check. */
async function projectionsOf(ground: Ground, service: ServiceName): Promise<Projection[]> {
  const folders = [`${service}/src/projections/`, ...(service === 'portal' ? ['portal/src/access/', 'portal/src/files/', 'portal/src/webhooks/'] : [])].map(
    (folder) => join(SERVICES, folder),
  );
  const files = folders.flatMap((folder) => filesIn(folder).map((file) => join(folder, file)));
  const modules = await Promise.all(files.map((file): Promise<object> => import(file)));
  const known = modules.flatMap((module) => Object.values(module)).filter(isAProjection);
  const rows = await ground.query<{ name: string; version: number }>(
    databaseOf(service),
    `select name, version from projection_checkpoints where live and name not like 'timers:%'`,
  );
  return rows.map(({ name, version }) => {
    const found = known.find((projection) => projection.name === name && projection.version === version);
    if (found === undefined) throw new Error(`${service}: projection ${name} ${version} is not in ${folders.join(', ')}`);
    return found;
  });
}

function isAProjection(value: unknown): value is Projection {
  return typeof value === 'object' && value !== null && 'name' in value && 'version' in value && 'types' in value && ('apply' in value || 'write' in value);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  } catch {
    return []; // it has none
  }
}

/** Empties a copy of a service's database but for its log, and folds that. */
async function foldAnew(ground: Ground, service: ServiceName, projections: readonly Projection[]): Promise<Rows> {
  const database = databaseOf(service, 'folded');
  await ground.query('postgres', `create database ${database} template ${databaseOf(service)}`);
  const pool = new Pool({ connectionString: ground.databaseUrl(database), max: 4 });
  try {
    const { rows } = await pool.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public' and tablename <> all ($1)`, [LOG]);
    await pool.query(`truncate ${rows.map(({ name }) => `"${name}"`).join(', ')}`);
    await fold(pool, projections);
  } finally {
    await pool.end();
  }
  return tablesOf(ground, database);
}

async function fold(pool: Pool, projections: readonly Projection[]): Promise<void> {
  const db: Db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const store = createEventStore({ db, source: await sourceOf(pool), clock: Date.now });
  const log = await LogTail.start(store);
  const faults: string[] = [];
  const onFault = (part: string, error: unknown): void => void faults.push(`${part}: ${String(error)}`);
  const model = await startReadModel({ database: { worker: db, owner: pool }, store, log, projections, clock: Date.now, onFault });
  try {
    await model.passed((await store.head()).position, AbortSignal.timeout(FOLD_WITHIN_MS));
  } finally {
    await model.stop();
    await log.stop();
  }
  expect(faults).toEqual([]);
}

/** The rows of every table that is made from logs, as text in one order. */
async function tablesOf(ground: Ground, database: string, only?: readonly string[]): Promise<Rows> {
  const names = await ground.query<{ name: string }>(database, `select tablename as name from pg_tables where schemaname = 'public' order by tablename`);
  const tables = new Map<string, readonly string[]>();
  for (const { name } of names) {
    if (only === undefined ? KERNEL.test(name) || OWN.includes(name) || WORK.includes(name) : !only.includes(name)) continue;
    const rows = await ground.query<{ row: string }>(database, `select to_jsonb(t)::text as row from "${name}" t order by 1`);
    tables.set(
      name,
      rows.map(({ row }) => row),
    );
  }
  return tables;
}
