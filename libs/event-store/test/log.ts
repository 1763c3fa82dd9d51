// A fresh log on real PostgreSQL, and the words the store's tests are written in.

import type { UnknownMessage } from '@deskfleet/protocol';
import { ClientRegistered } from '@deskfleet/protocol/onboarding';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import { type TestDatabase, testDatabase } from '@deskfleet/test-servers';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import {
  type AppendMember,
  type Cause,
  createEventStore,
  type EventStore,
  type EventStoreOptions,
  type Expectation,
  installEventStore,
  type NewEvent,
  type StreamAppend,
} from '../src/index.ts';

export interface TestLog {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly db: Kysely<Record<string, never>>;
  readonly store: EventStore;
  /** Another process's store on the same database, by another way to it where one is given. */
  another(options?: Partial<EventStoreOptions>, url?: string): Promise<TestLog>;
  /** Resolves when every connection answers: one that was cut may fail the next statement too, before the pool knows. */
  recovered(): Promise<void>;
  close(): Promise<void>;
}

const CONNECTIONS = 4;
export const NOON = Date.UTC(2026, 4, 20, 4);

export async function testLog(options: Partial<EventStoreOptions> = {}): Promise<TestLog> {
  const database = await testDatabase();
  return open(database, options, () => database.drop());
}

async function open(database: TestDatabase, options: Partial<EventStoreOptions>, end: () => Promise<void>): Promise<TestLog> {
  const pool = new Pool({ connectionString: database.url, max: CONNECTIONS });
  // A test that cuts connections looks at what the store says. The pool listens to idle connections only; one in use that nobody listens to ends the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const { source } = await installEventStore(pool, { service: 'test', now: NOON });
  const db = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) });
  const others: TestLog[] = [];
  return {
    database,
    pool,
    db,
    store: createEventStore({ db, source, clock: () => NOON, ...options }),
    async another(more = {}, url = database.url) {
      const log = await open({ ...database, url }, { ...options, ...more }, async () => {});
      others.push(log);
      return log;
    },
    async recovered() {
      for (;;) {
        const asked = await Promise.allSettled(Array.from({ length: CONNECTIONS }, () => pool.query('select 1')));
        if (asked.every(({ status }) => status === 'fulfilled')) return;
      }
    },
    async close() {
      for (const log of others) await log.close();
      await db.destroy();
      await end();
    },
  };
}

export const by = (vendorId: string, commandId = ''): Cause => ({
  vendorId,
  actor: Actor.create({ kind: Actor_Kind.KIND_USER, id: 'li.na', role: 'vendor-operations' }),
  correlationId: 'correlation-1',
  causationId: 'causation-1',
  commandId,
});

export const registered = (name: string): NewEvent => ({
  event: ClientRegistered.create({ clientId: 'client-1', name }),
  occurredAt: NOON,
  shopId: '',
});

export const to = (streamId: string, expected: Expectation, ...names: string[]): StreamAppend => ({ streamId, expected, events: names.map(registered) });

export const member = (...streams: StreamAppend[]): AppendMember => ({ cause: by('vendor-a'), streams });

export const answered = (commandId: string, content: string, answer: string, ...streams: StreamAppend[]): AppendMember => ({
  cause: by('vendor-a', commandId),
  streams,
  answer: { fingerprint: Buffer.from(content), bytes: Buffer.from(answer) },
});

/** The name an event of `registered` gives. */
export function registeredName(event: UnknownMessage): string {
  return 'name' in event && typeof event.name === 'string' ? event.name : event.$type;
}

/** The names registered in a stream, in order. */
export async function namesIn(store: EventStore, streamId: string, vendorId = 'vendor-a'): Promise<string[]> {
  const stream = (await store.load(vendorId, [streamId])).get(streamId);
  return (stream?.events ?? []).map(({ event }) => registeredName(event));
}
