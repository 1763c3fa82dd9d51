// What an operator does with the builds of projections: see them, begin another beside the live one, swap forth and back, drop.
import type { EpochMs } from '@deskfleet/event-store';
import { allBuilds, type BuildRow, inTurn, makeBuild } from './checkpoints.ts';
import { identifier, type ReadModelDatabase, run } from './database.ts';
import type { Projection } from './projection.ts';
import { tableName } from './row-table.ts';
import type { ProjectionRunner, ProjectionRunnerOptions, Running } from './runner.ts';

/** Rows are counted up to here; beyond, the planner's estimate does. */
const COUNTED_ROWS = 100_000;
/** Counted again after this long: metrics and pages ask more often than the figure is worth. */
const COUNT_EVERY_MS = 5_000;
/** Builds that grow beside live ones at once when the service does not say; they take turns on one connection. */
const BUILDS_AT_ONCE = 2;

export interface BuildName {
  readonly name: string;
  readonly version: number;
  readonly build: number;
}

export interface ProjectionBuild extends BuildName {
  /** `live` answers queries; `building` grows beside it and is swapped in when it has caught up; `kept` stands still, for a way back. */
  readonly state: 'live' | 'building' | 'kept';
  /** Whether the code that runs here holds this version. One that it does not hold cannot go on. */
  readonly runnable: boolean;
  /** False for what writes its own SQL: it has no table of its own to build beside. */
  readonly rebuildable: boolean;
  /** The own log's position it has passed, and the log's last. */
  readonly position: number;
  readonly head: number;
  /** Rows of its table (estimated above 100,000); -1 where it has none of its own. */
  readonly rows: number;
  /** Epoch ms: when it began to be built; when it was swapped in last (0: live from its first row, or never). */
  readonly startedAt: EpochMs;
  readonly liveAt: EpochMs;
  /** Positions a second since this process builds it; 0 unless it is being built. */
  readonly rate: number;
  /** What stops it; empty when nothing does. */
  readonly fault: string;
}

/** What was asked of a build that it forbids: a code, and the facts that explain it. */
export class ProjectionRefused extends Error {
  override readonly name = 'ProjectionRefused';
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: string, facts: Readonly<Record<string, unknown>>) {
    super(`${code} ${JSON.stringify(facts)}`);
    this.code = code;
    this.facts = facts;
  }
}

export class Builds {
  readonly #options: ProjectionRunnerOptions & { readonly buildsAtOnce?: number };
  readonly #runner: ProjectionRunner;
  #counted: { readonly at: number; readonly tables: string; readonly rows: ReadonlyMap<string, number> } | undefined;

  constructor(options: ProjectionRunnerOptions & { readonly buildsAtOnce?: number }, runner: ProjectionRunner) {
    this.#options = options;
    this.#runner = runner;
  }

  async list(): Promise<readonly ProjectionBuild[]> {
    const { database, log } = this.#options;
    const rows = await allBuilds(database.worker);
    const counts = await this.#countedRows(database, rows.map(tableName));
    return rows.map((row) => this.#described(row, counts.get(tableName(row)) ?? -1, log.last));
  }

  async rebuild(name: string): Promise<ProjectionBuild> {
    const { database, clock, buildsAtOnce = BUILDS_AT_ONCE } = this.#options;
    const projection = this.#runner.projections.find((one) => one.name === name);
    if (projection === undefined) throw new ProjectionRefused('projection-not-found', { name });
    if ('write' in projection) throw new ProjectionRefused('projection-not-rebuildable', { name, because: 'it writes tables that it shares' });
    const build = await inTurn(database, async (owner, rows) => {
      const growing = rows.filter((row) => this.#stateOf(row) === 'building');
      const own = growing.find((row) => row.name === name);
      if (own !== undefined) throw new ProjectionRefused('rebuild-running', { name, version: own.version, build: own.build, position: own.position });
      if (growing.length >= buildsAtOnce) throw new ProjectionRefused('too-many-rebuilds', { limit: buildsAtOnce, running: growing.map((row) => row.name) });
      const next = 1 + Math.max(0, ...rows.filter((row) => row.name === name && row.version === projection.version).map((row) => row.build));
      await makeBuild(owner, database, projection, next, clock());
      return next;
    });
    await this.#runner.look();
    return this.#one({ name, version: projection.version, build });
  }

  async swap(which: BuildName): Promise<ProjectionBuild> {
    await inTurn(this.#options.database, async (owner, rows) => {
      const row = found(rows, which);
      if (row.live) return;
      const running = this.#runner.projections.find((one) => one.name === which.name)?.version;
      if (running !== which.version) {
        // Its table would stand still from here on while queries believed it up to date.
        throw new ProjectionRefused('projection-version-without-code', { ...which, position: row.position, running: running ?? null });
      }
      const growing = rows.find((other) => other !== row && other.name === which.name && this.#stateOf(other) === 'building');
      if (growing !== undefined) throw new ProjectionRefused('rebuild-running', { name: which.name, version: growing.version, build: growing.build });
      await owner.query('update projection_checkpoints set following = true where name = $1 and version = $2 and build = $3', keyOf(which));
    });
    await this.#runner.look();
    return this.#one(which);
  }

  async drop(which: BuildName): Promise<void> {
    await inTurn(this.#options.database, async (owner, rows) => {
      const row = found(rows, which);
      if (row.live) throw new ProjectionRefused('projection-is-live', { ...which });
      await owner.query('delete from projection_checkpoints where name = $1 and version = $2 and build = $3', keyOf(which));
      await owner.query(`drop table if exists ${identifier(tableName(row))}`);
    });
    await this.#runner.look();
  }

  async #countedRows(database: ReadModelDatabase, tables: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const [at, names] = [performance.now(), tables.join()];
    if (this.#counted === undefined || this.#counted.tables !== names || at - this.#counted.at > COUNT_EVERY_MS) {
      this.#counted = { at, tables: names, rows: await countRows(database, tables) };
    }
    return this.#counted.rows;
  }

  async #one(which: BuildName): Promise<ProjectionBuild> {
    const one = (await this.list()).find((row) => row.name === which.name && row.version === which.version && row.build === which.build);
    if (one === undefined) throw new ProjectionRefused('projection-not-found', { ...which });
    return one;
  }

  #projectionOf({ name, version }: BuildRow): Projection | undefined {
    return this.#runner.projections.find((one) => one.name === name && one.version === version);
  }

  #stateOf(row: BuildRow): ProjectionBuild['state'] {
    if (row.live) return 'live';
    return row.following && this.#projectionOf(row) !== undefined ? 'building' : 'kept';
  }

  #described(row: BuildRow, rows: number, head: number): ProjectionBuild {
    const projection = this.#projectionOf(row);
    const state = this.#stateOf(row);
    const running = this.#runner.running.find((one) => one.projection === projection && one.build === row.build);
    const { name, version, build, startedAt, liveAt } = row;
    return {
      name,
      version,
      build,
      state,
      runnable: projection !== undefined,
      rebuildable: projection !== undefined && !('write' in projection),
      position: Math.max(row.position, running?.position ?? 0),
      head: Math.max(head, row.position),
      rows,
      startedAt,
      liveAt,
      rate: state === 'building' ? rateOf(running) : 0,
      fault: running?.fault === undefined ? '' : String(running.fault.error),
    };
  }
}

function rateOf(running: Running | undefined): number {
  if (running?.begun === undefined) return 0;
  const seconds = (performance.now() - running.begun.at) / 1_000;
  return seconds <= 0 ? 0 : (running.position - running.begun.position) / seconds;
}

function found(rows: readonly BuildRow[], which: BuildName): BuildRow {
  const row = rows.find(({ name, version, build }) => name === which.name && version === which.version && build === which.build);
  if (row === undefined) throw new ProjectionRefused('projection-not-found', { ...which });
  return row;
}

function keyOf({ name, version, build }: BuildName): [string, number, number] {
  return [name, version, build];
}

/** Rows by table, in one query; a table that is gone is left out. */
async function countRows({ worker }: ReadModelDatabase, tables: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows: there } = await run<{ name: string; estimate: string }>(
    worker,
    `select relname as name, reltuples::bigint as estimate from pg_class
      where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname = any ($1)`,
    [tables],
  );
  const counted = there.filter(({ estimate }) => Number(estimate) <= COUNTED_ROWS).map(({ name }) => name);
  const counts = new Map(there.map(({ name, estimate }) => [name, Number(estimate)]));
  if (counted.length === 0) return counts;
  const each = counted.map(
    (table, index) => `select $${index + 1}::text as name, (select count(*) from (select from ${identifier(table)} limit ${COUNTED_ROWS + 1}) t) as rows`,
  );
  const { rows } = await run<{ name: string; rows: string }>(worker, each.join(' union all '), counted);
  for (const row of rows) counts.set(row.name, Number(row.rows));
  return counts;
}
