// Builds what a service takes in from other contexts afresh beside the live tables, from the owners' logs over EventFeed.Read, whatever the broker
// still holds; and swaps both in one transaction, at exactly what the consumer group has applied.
import { type FeedClient, type GroupStanding, groupStanding, lockStanding } from '@deskfleet/event-bus';
import { BUCKETS, type DatabaseRoles, decodeEvent, type EpochMs, type Tx } from '@deskfleet/event-store';
import type { HeadResponse } from '@deskfleet/protocol/feed';
import { type BuildName, type ProjectionBuild, ProjectionRefused } from '@deskfleet/read-model';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import { readMigrations } from '../database/migrate.ts';
import type { Database } from '../database/transactions.ts';
import type { TakenIn } from '../service.ts';
import { type IntakeBuild, intakeBuilds, progressOf, saveProgress, schemaOf } from './tables.ts';

const TURN_LOCK = 7101004; // instances begin, swap and drop in turn
const LOOK_EVERY_MS = 1_000;
const ASK_LIMIT_MS = 5_000;
const LOCK_LIMIT_MS = 2_000;
const PAGES_UNDER_LOCK = 4; // 2,000 events: what came between the last look and the locks

export interface IntakeBuildsOptions {
  readonly intakes: readonly TakenIn[];
  readonly worker: Database;
  readonly owner: Pool;
  readonly roles: DatabaseRoles;
  readonly feedOf: (service: string) => FeedClient;
  readonly clock: () => EpochMs;
  readonly onFault: (part: string, error: unknown) => void;
  /** After a swap: what is to be judged anew waits. */
  readonly onSwapped: () => void;
}

interface Level {
  readonly position: number;
  readonly head: number;
}

/** The builds of all a service takes in. One loop a process; several instances are serialised by the build's row. */
export class IntakeBuilds {
  readonly #options: IntakeBuildsOptions;
  readonly #owner: Database;
  readonly #levels = new Map<string, Level & { readonly begun: Level & { readonly at: number } }>();
  readonly #faults = new Map<string, string>();
  readonly #stop = new AbortController();
  #wake: () => void = () => {};
  #loop: Promise<void> = Promise.resolve();

  constructor(options: IntakeBuildsOptions) {
    this.#options = options;
    this.#owner = new Kysely({ dialect: new PostgresDialect({ pool: options.owner }) });
    if (options.intakes.length > 0) this.#loop = this.#run();
  }

  has(name: string): boolean {
    return this.#options.intakes.some((intake) => intake.name === name);
  }

  async list(): Promise<readonly ProjectionBuild[]> {
    const { intakes, worker } = this.#options;
    if (intakes.length === 0) return [];
    const builds = await intakeBuilds(worker);
    return intakes.flatMap(({ name }) => {
      const own = builds.filter((build) => build.name === name);
      return (own.length === 0 ? [{ ...FIRST, name }] : own).map((build) => this.#described(build));
    });
  }

  async rebuild(name: string): Promise<ProjectionBuild> {
    const intake = this.#named(name);
    const { roles, clock } = this.#options;
    const build = await this.#inTurn(async (tx, builds) => {
      const growing = builds.find(({ state }) => state === 'building');
      if (growing !== undefined) throw new ProjectionRefused('rebuild-running', { name, version: 1, build: growing.build });
      if (builds.length === 0) await sql`insert into intake_builds values (${name}, 1, 'live', 0, 0)`.execute(tx);
      const next = 1 + Math.max(1, ...builds.map((one) => one.build));
      const schema = schemaOf(name, next);
      await sql.raw(`create schema ${schema}; grant usage on schema ${schema} to ${roles.worker}, ${roles.reader}`).execute(tx);
      await setPath(tx, schema);
      for (const migration of readMigrations([intake.migrations])) await sql.raw(migration.sql).execute(tx);
      await setPath(tx);
      await sql`insert into intake_builds values (${name}, ${next}, 'building', ${clock()}, 0)`.execute(tx);
      return next;
    }, name);
    this.#wake();
    return this.#one({ name, version: 1, build });
  }

  async swap(which: BuildName): Promise<ProjectionBuild> {
    const { name, build } = which;
    this.#named(name);
    await this.#inTurn(async (tx, builds) => {
      const found = builds.find((one) => one.build === build);
      if (found === undefined) throw new ProjectionRefused('projection-not-found', { ...which });
      const growing = builds.find(({ state }) => state === 'building');
      if (growing !== undefined && growing !== found) throw new ProjectionRefused('rebuild-running', { name, version: 1, build: growing.build });
      if (found.state === 'kept') await sql`update intake_builds set state = 'building' where name = ${name} and build = ${build}`.execute(tx);
    }, name);
    this.#wake();
    return this.#one(which);
  }

  async drop(which: BuildName): Promise<void> {
    const { name, build } = which;
    this.#named(name);
    await this.#inTurn(async (tx, builds) => {
      const found = builds.find((one) => one.build === build);
      if (found === undefined) throw new ProjectionRefused('projection-not-found', { ...which });
      if (found.state === 'live') throw new ProjectionRefused('projection-is-live', { ...which });
      await sql`delete from intake_progress where name = ${name} and build = ${build}`.execute(tx);
      await sql`delete from intake_builds where name = ${name} and build = ${build}`.execute(tx);
      await sql.raw(`drop schema if exists ${schemaOf(name, build)} cascade`).execute(tx);
    }, name);
    this.#faults.delete(name);
  }

  /** Finishes the page in hand. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      let moved = false;
      const builds = await intakeBuilds(this.#options.worker).catch(() => []);
      for (const { name, build, state } of builds) {
        const intake = this.#options.intakes.find((one) => one.name === name);
        if (state !== 'building' || intake === undefined || this.#stop.signal.aborted) continue;
        try {
          const grew = await this.#grow(intake, build);
          moved ||= grew || (await this.#swapIn(intake, build));
          this.#faults.delete(name);
        } catch (error) {
          this.#faults.set(name, error instanceof Error ? error.message : String(error));
          this.#options.onFault(`rebuild of ${name}`, error);
        }
      }
      if (!moved) await this.#pause();
    }
  }

  /** One page of each source into the build, never beyond what the group has applied. True when there was any. */
  async #grow(intake: TakenIn, build: number): Promise<boolean> {
    const { worker, feedOf } = this.#options;
    let moved = false;
    let [position, all] = [0, 0];
    for (const service of intake.subscription.sources) {
      const head = await feedOf(service).head({}, { signal: AbortSignal.timeout(ASK_LIMIT_MS) });
      const marks = await progressOf(worker, intake.name, build, head.source);
      const standing = await groupStanding(worker, intake.subscription.group);
      const page = await this.#nextPage(intake, service, head, marks, standing);
      position += page === undefined ? head.position : page.from;
      all += head.position;
      if (page === undefined) continue;
      const grew = await worker.transaction().execute(async (tx) => {
        if (!(await lockBuilding(tx, intake.name, build))) return false;
        // Another instance may have taken this page.
        const now = await progressOf(tx, intake.name, build, head.source);
        if ([...page.marks.keys()].some((bucket) => now.get(bucket) !== marks.get(bucket))) return true;
        await this.#take(tx, intake, build, head.source, page);
        return true;
      });
      moved ||= grew;
    }
    const begun = this.#levels.get(intake.name)?.begun ?? { position, head: all, at: performance.now() };
    this.#levels.set(intake.name, { position, head: all, begun });
    return moved;
  }

  async #take(tx: Tx, intake: TakenIn, build: number, source: string, page: Page): Promise<void> {
    await setPath(tx, schemaOf(intake.name, build));
    if (page.events.length > 0) await intake.fill(page.events, tx);
    await saveProgress(tx, intake.name, build, source, page.marks);
    await setPath(tx);
  }

  /** The next events of a source that the group has applied and the build has not; undefined when there are none. */
  async #nextPage(
    intake: TakenIn,
    service: string,
    head: HeadResponse,
    marks: ReadonlyMap<number, number>,
    standing: GroupStanding,
  ): Promise<Page | undefined> {
    const { source } = head;
    const limits = new Map<number, number>();
    for (const [bucket, last] of Object.entries(head.buckets)) {
      const limit = Math.min(last, standing.applied(source, Number(bucket)));
      if (limit > (marks.get(Number(bucket)) ?? 0)) limits.set(Number(bucket), limit);
    }
    if (limits.size === 0) return undefined;
    const from = Math.min(...[...limits.keys()].map((bucket) => marks.get(bucket) ?? 0));
    const types = intake.subscription.types.map(({ $type }) => $type);
    const request = { after: from, buckets: [...limits.keys()], types, source };
    for await (const page of this.#options.feedOf(service).read(request, { signal: AbortSignal.timeout(ASK_LIMIT_MS) })) {
      const moved = [...limits].map(([bucket, limit]) => [bucket, Math.max(marks.get(bucket) ?? 0, Math.min(page.through, limit))] as const);
      const events = page.events
        .filter(({ bucket, position }) => position > (marks.get(bucket) ?? 0) && position <= (limits.get(bucket) ?? 0) && !standing.skipped(source, position))
        .map((event) => decodeEvent({ ...event, source }));
      return { from, events, marks: new Map(moved) };
    }
    return undefined;
  }

  /** Holds the group still, takes what it has applied meanwhile, and exchanges the tables. False when too much came: it goes on growing first. */
  async #swapIn(intake: TakenIn, build: number): Promise<boolean> {
    const { name, tables, subscription } = intake;
    const schema = schemaOf(name, build);
    // Tables that were filled in one go have no statistics yet.
    for (const table of tables) await this.#options.owner.query(`analyze ${schema}.${table}`);
    const swapped = await this.#owner.transaction().execute(async (tx) => {
      await sql.raw(`set local lock_timeout = ${LOCK_LIMIT_MS}`).execute(tx);
      await sql`select pg_advisory_xact_lock(${TURN_LOCK})`.execute(tx);
      if (!(await lockBuilding(tx, name, build))) return false;
      const standing = await lockStanding(tx, subscription.group);
      refuseHalfHeld(standing);
      const sources: string[] = [];
      for (const service of subscription.sources) {
        const head = await this.#options.feedOf(service).head({}, { signal: AbortSignal.timeout(ASK_LIMIT_MS) });
        sources.push(head.source);
        for (let pages = 0; ; pages += 1) {
          const page = await this.#nextPage(intake, service, head, await progressOf(tx, name, build, head.source), standing);
          if (page === undefined) break;
          if (pages === PAGES_UNDER_LOCK) return false;
          await this.#take(tx, intake, build, head.source, page);
        }
      }
      // What waits is in the build like everything the sources hold, but the group has not applied it: it will when its key comes.
      await setPath(tx, schema);
      await intake.forget(standing.held, tx);
      await setPath(tx);
      await exchange(tx, intake, build, standing, sources, this.#options);
      await intake.swapped(tx);
      return true;
    });
    if (swapped) {
      this.#levels.delete(name);
      this.#options.onSwapped();
    }
    return swapped;
  }

  #inTurn<T>(task: (tx: Tx, builds: readonly IntakeBuild[]) => Promise<T>, name: string): Promise<T> {
    return this.#owner.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(${TURN_LOCK})`.execute(tx);
      return task(
        tx,
        (await intakeBuilds(tx)).filter((build) => build.name === name),
      );
    });
  }

  async #one(which: BuildName): Promise<ProjectionBuild> {
    const one = (await this.list()).find(({ name, build }) => name === which.name && build === which.build);
    if (one === undefined) throw new ProjectionRefused('projection-not-found', { ...which });
    return one;
  }

  #named(name: string): TakenIn {
    const intake = this.#options.intakes.find((one) => one.name === name);
    if (intake === undefined) throw new ProjectionRefused('projection-not-found', { name });
    return intake;
  }

  #described({ name, build, state, startedAt, liveAt }: IntakeBuild): ProjectionBuild {
    const level = this.#levels.get(name);
    const building = state === 'building';
    const seconds = level === undefined ? 0 : (performance.now() - level.begun.at) / 1_000;
    return {
      ...{ name, version: 1, build, state, runnable: true, rebuildable: true, rows: -1, startedAt, liveAt },
      position: building ? (level?.position ?? 0) : 0,
      head: building ? (level?.head ?? 0) : 0,
      rate: building && level !== undefined && seconds > 0 ? (level.position - level.begun.position) / seconds : 0,
      fault: building ? (this.#faults.get(name) ?? '') : '',
    };
  }

  #pause(): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const FIRST: IntakeBuild = { name: '', build: 1, state: 'live', startedAt: 0, liveAt: 0 };

interface Page {
  readonly from: number;
  readonly events: readonly ReturnType<typeof decodeEvent>[];
  /** Where the buckets stand once it is taken. */
  readonly marks: ReadonlyMap<number, number>;
}

/** False when it is no longer to be built: dropped, or swapped in by another instance. */
async function lockBuilding(tx: Tx, name: string, build: number): Promise<boolean> {
  const { rows } = await sql<{ state: string }>`select state from public.intake_builds where name = ${name} and build = ${build} for update`.execute(tx);
  return rows[0]?.state === 'building';
}

/** A stream of which a part is applied and a part held has no row of its own in the build: retry or skip it first. Streams held whole are left out. */
function refuseHalfHeld({ held }: GroupStanding): void {
  const half = held.filter(({ state, firstVersion }) => state !== 'waiting' || firstVersion > 1);
  if (half.length === 0) return;
  throw new Error(`not swapped in while ${half.length} streams are held in part, e.g. ${half[0]?.streamId} (${half[0]?.state}): retry or skip them`);
}

async function exchange(
  tx: Tx,
  { name, tables }: TakenIn,
  build: number,
  standing: GroupStanding,
  sources: readonly string[],
  { roles, clock }: Pick<IntakeBuildsOptions, 'roles' | 'clock'>,
): Promise<void> {
  const live = (await intakeBuilds(tx)).find((one) => one.name === name && one.state === 'live')?.build ?? 1;
  const [kept, grown] = [schemaOf(name, live), schemaOf(name, build)];
  await sql.raw(`create schema if not exists ${kept}; grant usage on schema ${kept} to ${roles.worker}, ${roles.reader}`).execute(tx);
  for (const table of tables) {
    await sql.raw(`alter table public.${table} set schema ${kept}; alter table ${grown}.${table} set schema public`).execute(tx);
  }
  // From here the one that was live stands still; it knows where, so that it can catch up one day.
  for (const source of sources) {
    await saveProgress(tx, name, live, source, new Map(Array.from({ length: BUCKETS }, (_, bucket) => [bucket, standing.applied(source, bucket)])));
  }
  await sql`delete from intake_progress where name = ${name} and build = ${build}`.execute(tx);
  await sql`update intake_builds set state = 'kept' where name = ${name} and build = ${live}`.execute(tx);
  await sql`update intake_builds set state = 'live', live_at = ${clock()} where name = ${name} and build = ${build}`.execute(tx);
}

/** Within the transaction: a build's tables before the live ones, or the live ones alone. */
async function setPath(tx: Tx, schema?: string): Promise<void> {
  await sql.raw(`set local search_path = ${schema === undefined ? 'public' : `${schema}, public`}`).execute(tx);
}
