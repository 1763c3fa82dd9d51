// Where each build of each projection stands, and which one is live. A build is a copy of a version's table; a new one grows beside the live one and is
// swapped in at once.
import type { Db, EpochMs, Tx } from '@deskfleet/event-store';
import type { Pool, PoolClient } from 'pg';
import { asOwner, type Clock, identifier, type ReadModelDatabase, run } from './database.ts';
import type { Projection } from './projection.ts';
import { createRowTable, definitionOf, pointView, RowTable, type RowTableShape, tableName } from './row-table.ts';
import type { Running } from './runner.ts';

const PREPARE_LOCK = 1684434287; // instances that start together make one table
const LOCK_LIMIT_MS = 2_000; // a swap waits for readers of the view, and every later reader for the swap

type Which = Pick<Running, 'projection' | 'build'>;

/** One build as its row says. */
export interface BuildRow {
  readonly name: string;
  readonly version: number;
  readonly build: number;
  readonly position: number;
  readonly live: boolean;
  readonly following: boolean;
  readonly startedAt: EpochMs;
  readonly liveAt: EpochMs;
}

/** The table of a build; undefined for a projection that writes its own SQL. */
export function shapeOf(projection: Projection, build: number): RowTableShape | undefined {
  return 'write' in projection ? undefined : { ...projection, build };
}

/** Makes tables, views and checkpoints where they are missing. Throws when a table's definition changed without a new version. */
export async function prepare(database: ReadModelDatabase, projections: readonly Projection[], now: EpochMs): Promise<Running[]> {
  return asOwner(database.owner, async (owner) => {
    await owner.query('select pg_advisory_xact_lock($1)', [PREPARE_LOCK]);
    const running: Running[] = [];
    for (const projection of projections) {
      const definition = 'write' in projection ? '' : definitionOf(projection);
      const { rows: known } = await owner.query('select definition from projection_checkpoints where name = $1 and version = $2', [
        projection.name,
        projection.version,
      ]);
      if (known.some((row) => row.definition !== definition)) {
        throw new Error(`projection ${projection.name}: its table changed; raise its version above ${projection.version}`);
      }
      if (known.length === 0) await makeBuild(owner, database, projection, 1, now);
      else await takeUpAgain(owner, projection);
      for (const row of (await buildRows(owner, [projection])).filter(({ following }) => following)) running.push(await open(owner, projection, row));
    }
    return running;
  });
}

/** A new build from the log's start. The first of a name is live from its first row on; a later one when it has caught up. */
export async function makeBuild(owner: PoolClient, database: ReadModelDatabase, projection: Projection, build: number, now: EpochMs): Promise<void> {
  const shape = shapeOf(projection, build);
  if (shape !== undefined) await createRowTable(owner, shape, database.roles);
  const { rows } = await owner.query<{ live: boolean }>(
    `insert into projection_checkpoints (name, version, build, position, live, definition, started_at)
     select $1, $2, $3, 0, not exists (select from projection_checkpoints where name = $1 and live), $4, $5 returning live`,
    [projection.name, projection.version, build, shape === undefined ? '' : definitionOf(shape), now],
  );
  if (shape !== undefined && rows[0]?.live === true) await pointView(owner, shape, database.roles);
}

/** The release that holds this version is back: its last build goes on from where it stood, if none of them does already. */
async function takeUpAgain(owner: PoolClient, { name, version }: Projection): Promise<void> {
  await owner.query(
    `update projection_checkpoints set following = true
      where name = $1 and version = $2
        and build = (select max(build) from projection_checkpoints where name = $1 and version = $2)
        and not exists (select from projection_checkpoints where name = $1 and version = $2 and (live or following))`,
    [name, version],
  );
}

/** A build as the runner needs it. */
export async function open(owner: Pool | PoolClient, projection: Projection, { build, position, live }: BuildRow): Promise<Running> {
  const shape = shapeOf(projection, build);
  return {
    projection,
    build,
    types: new Set(projection.types.map((type) => type.$type)),
    table: shape === undefined ? undefined : await RowTable.open(owner, shape),
    position,
    live,
  };
}

const COLUMNS = 'name, version, build, position, live, following, started_at, live_at';

interface StoredBuild {
  name: string;
  version: number;
  build: number;
  position: string;
  live: boolean;
  following: boolean;
  started_at: string;
  live_at: string;
}

/** The builds of these projections' versions. */
async function buildRows(owner: PoolClient, projections: readonly Projection[]): Promise<BuildRow[]> {
  const { rows } = await owner.query<StoredBuild>(
    `select ${COLUMNS} from projection_checkpoints where (name, version) in (select * from unnest($1::text[], $2::int[])) order by name, version, build`,
    [projections.map(({ name }) => name), projections.map(({ version }) => version)],
  );
  return rows.map(rowOf);
}

/** Every build there is, also of versions and names that no code here knows any more. */
export async function allBuilds(db: Db): Promise<BuildRow[]> {
  const { rows } = await run<StoredBuild>(db, `select ${COLUMNS} from projection_checkpoints order by name, version, build`, []);
  return rows.map(rowOf);
}

function rowOf(row: StoredBuild): BuildRow {
  const { name, version, build, live, following } = row;
  return { name, version, build, position: Number(row.position), live, following, startedAt: Number(row.started_at), liveAt: Number(row.live_at) };
}

/** Somebody else moved a checkpoint, or put another build in its place: another instance of this service, or a swap. The batch is rolled back. */
export class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

/**
 * Compare-and-set of all of them, first in the batch's transaction. Throws `CheckpointMoved` when one no longer stands at `from`, or
 * follows the log no more: a live one that waited here for its successor's swap must not say that it has passed what the successor has yet to apply. The
 * commit does not wait for the disk: rows and checkpoint come from the log, which did, and should the database crash they stand where they stood a moment before, together.
 */
export async function moveCheckpoints(tx: Tx, group: readonly Which[], from: number, to: number): Promise<void> {
  const { numAffectedRows } = await run(
    tx,
    `with mine as (
       select name, version, build from projection_checkpoints
        where (name, version, build) in (select * from unnest($1::text[], $2::int[], $3::int[])) and position = $4 and following
        order by name, version, build for update)
     update projection_checkpoints c set position = $5 from mine
      where (c.name, c.version, c.build) = (mine.name, mine.version, mine.build) and set_config('synchronous_commit', 'off', true) = 'off'`,
    [...keysOf(group), from, to],
  );
  if (Number(numAffectedRows) !== group.length) throw new CheckpointMoved();
}

/** Where they stand now, those that follow the log. */
export async function checkpointsOf(db: Db, group: readonly Which[]): Promise<(one: Which) => number | undefined> {
  const { rows } = await run<{ name: string; build: number; position: string }>(
    db,
    `select name, build, position from projection_checkpoints
      where (name, version, build) in (select * from unnest($1::text[], $2::int[], $3::int[])) and following`,
    keysOf(group),
  );
  const found = new Map(rows.map((row) => [`${row.name} ${row.build}`, Number(row.position)]));
  return ({ projection, build }) => found.get(`${projection.name} ${build}`);
}

/** A table that was filled in one go has no statistics yet: planned without them its first queries would be slow. */
export async function analyze(database: ReadModelDatabase, { projection, build }: Which): Promise<void> {
  const shape = shapeOf(projection, build);
  if (shape !== undefined) await database.owner.query(`analyze ${identifier(tableName(shape))}`);
}

/**
 * Makes this build the live one: view and mark in one transaction. The live one is held still meanwhile, and `catchUp` takes what it is ahead by: nobody
 * who has read it shall see less in its successor. False when that was too much, or the build is no longer wanted. The table that was live stays, for a way back.
 */
export async function swapIn(database: ReadModelDatabase, one: Which, clock: Clock, catchUp: (to: number | undefined) => Promise<boolean>): Promise<boolean> {
  const { projection, build } = one;
  const shape = shapeOf(projection, build);
  const key = [projection.name, projection.version, build];
  return asOwner(database.owner, async (owner) => {
    await owner.query('select pg_advisory_xact_lock($1)', [PREPARE_LOCK]);
    await owner.query(`set local lock_timeout = ${LOCK_LIMIT_MS}`);
    const { rows: live } = await owner.query<StoredBuild>(`select ${COLUMNS} from projection_checkpoints where name = $1 and live for update`, [
      projection.name,
    ]);
    // One of a version that no code here follows stands still, or another release moves it: it is passed in any case.
    const ahead = live.map(rowOf).find(({ version }) => version === projection.version);
    if (!(await catchUp(ahead?.position))) return false;
    const { rows: mine } = await owner.query<StoredBuild>(
      `select ${COLUMNS} from projection_checkpoints where name = $1 and version = $2 and build = $3 and following for update`,
      key,
    );
    if (mine[0] === undefined) return false;
    await owner.query('update projection_checkpoints set live = false, following = false where name = $1 and live and (version, build) <> ($2, $3)', key);
    await owner.query('update projection_checkpoints set live = true, live_at = $4 where name = $1 and version = $2 and build = $3', [...key, clock()]);
    if (shape !== undefined) await pointView(owner, shape, database.roles);
    return true;
  });
}

/** In turn with starts and swaps of all instances. */
export function inTurn<T>(database: ReadModelDatabase, task: (owner: PoolClient, rows: readonly BuildRow[]) => Promise<T>): Promise<T> {
  return asOwner(database.owner, async (owner) => {
    await owner.query('select pg_advisory_xact_lock($1)', [PREPARE_LOCK]);
    await owner.query(`set local lock_timeout = ${LOCK_LIMIT_MS}`);
    const { rows } = await owner.query<StoredBuild>(`select ${COLUMNS} from projection_checkpoints order by name, version, build`);
    return task(owner, rows.map(rowOf));
  });
}

function keysOf(group: readonly Which[]): [string[], number[], number[]] {
  return [group.map((one) => one.projection.name), group.map((one) => one.projection.version), group.map((one) => one.build)];
}
