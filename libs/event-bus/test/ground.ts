// What the contract suite stands on: real databases, real logs, real gRPC; two owners (conversations, client-onboarding) and one consuming service.
import { createEventStore, type Db, type Epoch, type EventStore, installEventStore, LogTail, startEpoch, type Tx } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { Declaration, type EventFeedServiceClient, EventFeedServiceDefinition } from '@deskfleet/protocol/feed';
import { Actor } from '@deskfleet/protocol/platform';
import { dropDatabase, testDatabase } from '@deskfleet/test-servers';
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import { createChannel, createClient, createServer } from 'nice-grpc';
import { Pool } from 'pg';
import { type AnySubscription, type BusOptions, type EventBus, feedService, installEventBus, ownGenerations, type Subscription } from '../src/index.ts';

/** Ways to take down what a test put up, last first. */
export class Exits {
  readonly #steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.#steps.unshift(step);
  }

  async run(): Promise<void> {
    for (const step of this.#steps.splice(0)) await step();
  }
}

export interface Service {
  readonly name: string;
  readonly pool: Pool;
  readonly db: Db;
  readonly store: EventStore;
  readonly log: LogTail;
  readonly lineage: readonly Epoch[];
  /** A copy of the database as it is now, which begins a new epoch: what a restore of a backup gives. The original stays as it is. */
  restored(): Promise<Service>;
}

const TEST_TABLES = `
  create table effects (consumer_group text, source text, stream_id text, position bigint, version int, id bigint generated always as identity);
  create table keys (consumer_group text, key text, primary key (consumer_group, key));
  create table todo (stream_id text, message_id text primary key);`;

/** A service's database with its log and the bus's tables. */
export async function startService(name: string, exits: Exits): Promise<Service> {
  const database = await testDatabase({
    name: `bus_${name}`,
    async migrate(url) {
      const owner = new Pool({ connectionString: url, max: 1 });
      await installEventStore(owner, { service: name, now: Date.now() });
      await installEventBus(owner);
      await owner.query(TEST_TABLES);
      await owner.end();
    },
  });
  exits.add(() => database.drop());
  return openService(name, database.url, exits);
}

async function openService(name: string, url: string, exits: Exits): Promise<Service> {
  const pool = new Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {}); // a test ends connections on purpose: idle ones, and ones in a transaction
  pool.on('connect', (client) => client.on('error', () => {}));
  const db: Db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const { source, lineage } = await installEventStore(pool, { service: name, now: Date.now() });
  const store = createEventStore({ db, source, clock: Date.now });
  const log = await LogTail.start(store);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= log.stop().then(() => pool.end());
    return closed;
  };
  exits.add(close);
  return { name, pool, db, store, log, lineage, restored: () => restoredCopy(name, url, exits) };
}

/** A copy of all rows of the log and the bus, taken as a dump is. */
async function restoredCopy(name: string, url: string, exits: Exits): Promise<Service> {
  const copy = `${new URL(url).pathname.slice(1)}_r${Math.random().toString(36).slice(2, 8)}`;
  const admin = new Pool({ connectionString: withName(url, 'postgres'), max: 1 });
  await admin.query(`create database ${copy}`);
  exits.add(async () => {
    await dropDatabase(admin, copy);
    await admin.end();
  });
  const to = new Pool({ connectionString: withName(url, copy), max: 1 });
  const from = new Pool({ connectionString: url, max: 1 });
  await installEventStore(to, { service: name, now: Date.now() });
  await installEventBus(to);
  await to.query(TEST_TABLES);
  await from.query('begin isolation level repeatable read');
  const tables = await from.query<{ name: string }>("select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace");
  for (const { name: table } of tables.rows) {
    await to.query(`delete from ${table}`);
    const { rows } = await from.query<{ row: string }>(`select to_jsonb(t)::text as row from ${table} t`);
    if (rows.length === 0) continue;
    await to.query(
      `insert into ${table} overriding system value select r.* from unnest($1::text[]) line, jsonb_populate_record(null::${table}, line::jsonb) r`,
      [rows.map(({ row }) => row)],
    );
  }
  await from.query('commit');
  await startEpoch(to, Date.now());
  await to.end();
  await from.end();
  return openService(name, withName(url, copy), exits);
}

function withName(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** Serves a service's feed and answers a client of it. */
export async function serveFeed(
  service: Service,
  exits: Exits,
  applied: {
    subscriptions?: readonly AnySubscription[];
    bus?: EventBus;
    declares?: Declaration;
    pendingWork?: () => Promise<ReadonlyMap<string, number>>;
  } = {},
): Promise<EventFeedServiceClient> {
  const server = createServer();
  server.add(
    EventFeedServiceDefinition,
    feedService({
      ...service,
      subscriptions: applied.subscriptions ?? [],
      onApplied: (listener) => applied.bus?.onApplied(listener) ?? (() => {}),
      passed: async () => {},
      dueTimers: async () => 0,
      pendingWork: applied.pendingWork ?? (async () => new Map()),
      generations: ownGenerations(applied.declares ?? Declaration.create()),
      declares: applied.declares ?? Declaration.create(),
    }),
  );
  const port = await server.listen('127.0.0.1:0');
  const channel = createChannel(`127.0.0.1:${port}`);
  exits.add(async () => {
    channel.close();
    server.forceShutdown();
  });
  return createClient(EventFeedServiceDefinition, channel);
}

export const VENDOR = 'vendor-1';

/** Appends events to a stream, whatever its version. */
export async function append(service: Service, streamId: string, ...events: UnknownMessage[]): Promise<number> {
  const outcome = await service.store.append({
    cause: { vendorId: VENDOR, actor: Actor.create({}), correlationId: '', causationId: '', commandId: '' },
    streams: [{ streamId, expected: 'any', events: events.map((event) => ({ event, occurredAt: Date.now(), shopId: 'shop-1' })) }],
  });
  if (outcome.outcome !== 'appended') throw new Error(outcome.outcome);
  return outcome.lastPosition;
}

export function busOptions(
  service: Pick<BusOptions, 'db' | 'log'> & { readonly name: string },
  instance: string,
  feedOf: BusOptions['feedOf'],
  faults: string[] = [],
): BusOptions {
  return {
    service: service.name,
    instance,
    db: service.db,
    log: service.log,
    feedOf,
    clock: Date.now,
    onFault: (part, error) => faults.push(`${part}: ${String(error)}`),
  };
}

/** Writes one row an event; a second application would stand there twice. */
export async function writeEffects(group: string, events: Parameters<Subscription['handle']>[0], tx: Tx): Promise<void> {
  await tx.executeQuery(
    CompiledQuery.raw(
      'insert into effects (consumer_group, source, stream_id, position, version) select $1, e.* from unnest($2::text[], $3::text[], $4::bigint[], $5::int[]) e',
      [
        group,
        events.map((event) => event.source),
        events.map((event) => event.streamId),
        events.map((event) => event.position),
        events.map((event) => event.version),
      ],
    ),
  );
}

export interface Effect {
  readonly stream: string;
  readonly version: number;
}

/** The effects of a group in the order they were committed. */
export async function effectsOf(service: Service, group: string): Promise<Effect[]> {
  const { rows } = await service.pool.query('select stream_id as stream, version from effects where consumer_group = $1 order by id', [group]);
  return rows;
}
