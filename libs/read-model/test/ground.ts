// A service's database with its log and the read model's tables, as its three roles see it.
import { randomBytes } from 'node:crypto';
import { createEventStore, type DatabaseRoles, type Db, type EventStore, installEventStore, LogTail } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { Actor } from '@deskfleet/protocol/platform';
import { testDatabase } from '@deskfleet/test-servers';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { installReadModel, type ReadModel, type ReadModelOptions, startReadModel } from '../src/index.ts';

export interface Ground {
  readonly roles: DatabaseRoles;
  readonly owner: Pool;
  readonly worker: Db;
  readonly reader: Pool;
  readonly store: EventStore;
  readonly log: LogTail;
  readonly faults: string[];
  start(parts: Partial<ReadModelOptions>): Promise<ReadModel>;
  append(streamId: string, ...events: UnknownMessage[]): Promise<number>;
  end(): Promise<void>;
}

export const VENDOR = 'vendor-1';

/** `clock` is the log's and the runners'. */
export async function ground(clock: () => number = Date.now): Promise<Ground> {
  const database = await testDatabase();
  const admin = new Pool({ connectionString: database.url, max: 1 });
  const tag = randomBytes(4).toString('hex');
  const roles: DatabaseRoles = { owner: `rm_owner_${tag}`, worker: `rm_worker_${tag}`, reader: `rm_reader_${tag}` };
  for (const role of Object.values(roles)) await admin.query(`create role ${role} login password 'test'`);
  await admin.query(`grant all on schema public to ${roles.owner}; grant usage on schema public to ${roles.worker}, ${roles.reader}`);
  const as = (role: string, max: number): Pool => {
    const url = new URL(database.url);
    url.username = role;
    url.password = 'test';
    const pool = new Pool({ connectionString: url.href, max });
    pool.on('error', () => {}); // dropping the database ends what is still closing
    pool.on('connect', (client) => client.on('error', () => {}));
    return pool;
  };
  const [owner, workers, reader] = [as(roles.owner, 1), as(roles.worker, 4), as(roles.reader, 1)];
  const { source } = await installEventStore(owner, { service: 'test', roles, now: Date.now() });
  await installReadModel(owner, roles);
  const worker: Db = new Kysely({ dialect: new PostgresDialect({ pool: workers }) });
  const store = createEventStore({ db: worker, source, clock });
  const log = await LogTail.start(store);
  const faults: string[] = [];
  const models: ReadModel[] = [];
  return {
    roles,
    owner,
    worker,
    reader,
    store,
    log,
    faults,
    async start(parts) {
      const model = await startReadModel({
        database: { worker, owner, roles },
        store,
        log,
        projections: [],
        clock,
        onFault: (part, error) => faults.push(`${part}: ${String(error)}`),
        ...parts,
      });
      models.push(model);
      return model;
    },
    async append(streamId, ...events) {
      const outcome = await store.append({
        cause: { vendorId: VENDOR, actor: Actor.create({}), correlationId: '', causationId: '', commandId: '' },
        streams: [{ streamId, expected: 'any', events: events.map((event) => ({ event, occurredAt: Date.now(), shopId: 'shop-1' })) }],
      });
      if (outcome.outcome !== 'appended') throw new Error(outcome.outcome);
      return outcome.lastPosition;
    },
    async end() {
      for (const model of models) await model.stop();
      await log.stop();
      for (const pool of [owner, workers, reader]) await pool.end();
      await admin.end();
      await database.drop();
    },
  };
}
