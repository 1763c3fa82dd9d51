// What the contract suite stands on: real databases, real logs, real gRPC; two owners (conversations, client-onboarding) and one consuming service.
import { createEventStore, type Db, type EventStore, installEventStore, LogTail, type Tx } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { type EventFeedServiceClient, EventFeedServiceDefinition } from '@deskfleet/protocol/feed';
import { Actor } from '@deskfleet/protocol/platform';
import { testDatabase } from '@deskfleet/test-servers';
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import { createChannel, createClient, createServer } from 'nice-grpc';
import { Pool } from 'pg';
import { type AnySubscription, type BusOptions, type EventBus, feedService, installEventBus, type Subscription } from '../src/index.ts';

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
}

/** A service's database with its log and the bus's tables. */
export async function startService(name: string, exits: Exits): Promise<Service> {
  const database = await testDatabase({
    name: `bus_${name}`,
    async migrate(url) {
      const owner = new Pool({ connectionString: url, max: 1 });
      await installEventStore(owner, { service: name, now: Date.now() });
      await installEventBus(owner);
      await owner.query(
        'create table effects (consumer_group text, source text, stream_id text, position bigint, version int, id bigint generated always as identity)',
      );
      await owner.query('create table keys (consumer_group text, key text, primary key (consumer_group, key))');
      await owner.end();
    },
  });
  const pool = new Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => {}); // a test ends connections on purpose: idle ones, and ones in a transaction
  pool.on('connect', (client) => client.on('error', () => {}));
  const db: Db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const { rows } = await pool.query('select service, shard, epoch from log_epochs');
  const store = createEventStore({ db, source: `${rows[0].service}/${rows[0].shard}/${rows[0].epoch}`, clock: Date.now });
  const log = await LogTail.start(store);
  exits.add(async () => {
    await log.stop();
    await pool.end();
    await database.drop();
  });
  return { name, pool, db, store, log };
}

/** Serves a service's feed and answers a client of it. */
export async function serveFeed(
  service: Service,
  exits: Exits,
  applied: { subscriptions?: readonly AnySubscription[]; bus?: EventBus } = {},
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
      pendingWork: async () => new Map(),
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

const VENDOR = 'vendor-1';

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
