// The log's rules stand in the database: three roles, forced policies, one way in, and a new source after a restore.
import { randomBytes } from 'node:crypto';
import { postgres, type TestDatabase, testDatabase } from '@deskfleet/test-servers';
import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { by, member, NOON, registered, to } from '../../test/log.ts';
import { createEventStore, type EventStore, installEventStore, sourceOf, startEpoch } from '../index.ts';

const suffix = randomBytes(4).toString('hex');
const roles = { owner: `owner_${suffix}`, worker: `worker_${suffix}`, reader: `reader_${suffix}` };
let database: TestDatabase;
let owner: Pool;
let worker: Kysely<Record<string, never>>;
let reader: Pool;
let store: EventStore;

const as = (role: string, max = 2): Pool => {
  const url = new URL(database.url);
  url.username = role;
  url.password = 'test';
  return new Pool({ connectionString: url.href, max });
};

const asSuperuser = async (text: string): Promise<void> => {
  const client = new Client({ connectionString: await postgres() });
  await client.connect();
  await client.query(text);
  await client.end();
};

beforeAll(async () => {
  database = await testDatabase();
  for (const role of Object.values(roles)) await asSuperuser(`create role ${role} login password 'test'`);
  await asSuperuser(`alter database ${database.name} owner to ${roles.owner}`);
  owner = as(roles.owner);
  reader = as(roles.reader, 1);
  worker = new Kysely({ dialect: new PostgresDialect({ pool: as(roles.worker) }) });
  const { source } = await installEventStore(owner, { service: 'billing', roles, now: NOON });
  store = createEventStore({ db: worker, source, clock: () => NOON });
  await store.append({ cause: by('vendor-a'), streams: [{ streamId: 'shop-1', expected: 'none', events: [{ ...registered('one'), shopId: 'sh_1' }] }] });
  await store.append({ cause: by('vendor-a'), streams: [{ streamId: 'shop-2', expected: 'none', events: [{ ...registered('two'), shopId: 'sh_2' }] }] });
  await store.append({ cause: by('vendor-a'), streams: [to('vendor', 'none', 'whole vendor')] });
  await store.append({ cause: by('vendor-b'), streams: [{ streamId: 'shop-1', expected: 'none', events: [{ ...registered('other'), shopId: 'sh_1' }] }] });
});

afterAll(async () => {
  await Promise.all([owner.end(), reader.end(), worker.destroy()]);
  await database.drop();
  await asSuperuser(`drop role ${Object.values(roles).join(', ')}`);
});

async function seenBy(vendorId: string, shopIds: string): Promise<string[]> {
  const client = await reader.connect();
  try {
    await client.query('begin read only');
    await client.query(`select set_config('app.vendor_id', $1, true), set_config('app.shop_ids', $2, true)`, [vendorId, shopIds]);
    const { rows } = await client.query<{ stream_id: string }>('select stream_id from events order by position');
    await client.query('commit');
    return rows.map(({ stream_id }) => stream_id);
  } finally {
    client.release();
  }
}

test('every table of the log has forced row level security and a policy', async () => {
  const { rows } = await owner.query(
    `select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        and not (c.relrowsecurity and c.relforcerowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid))`,
  );
  expect(rows).toEqual([]);
});

test('the worker appends and reads for all vendors', async () => {
  expect((await store.read(0, 10)).map(({ streamId }) => streamId)).toEqual(['shop-1', 'shop-2', 'vendor', 'shop-1']);
});

test('a query sees its own vendor only, and a client user their shops only', async () => {
  expect(await seenBy('vendor-a', '*')).toEqual(['shop-1', 'shop-2', 'vendor']);
  expect(await seenBy('vendor-a', 'sh_1')).toEqual(['shop-1']);
  expect(await seenBy('vendor-a', 'sh_1,sh_2')).toEqual(['shop-1', 'shop-2']);
  expect(await seenBy('vendor-a', '')).toEqual([]);
  expect(await seenBy('vendor-c', '*')).toEqual([]);
});

test('a query without a vendor is an error, not every row', async () => {
  const fresh = as(roles.reader);
  await expect(fresh.query('select * from events')).rejects.toThrow('unrecognized configuration parameter "app.');
  await fresh.end();
});

test('neither readers nor anyone else appends or changes what was appended', async () => {
  await expect(reader.query(`insert into events (position) values (9)`)).rejects.toThrow('permission denied');
  await expect(reader.query(`delete from events`)).rejects.toThrow('permission denied');
  const { rows } = await reader.query(`select has_table_privilege('command_answers', 'select') as answers`);
  expect(rows).toEqual([{ answers: false }]);
  const workerPool = as(roles.worker);
  await expect(workerPool.query('update events set version = 9')).rejects.toThrow('permission denied');
  await expect(workerPool.query('delete from events')).rejects.toThrow('permission denied');
  await workerPool.end();
});

test('installing again, also at once from several instances, changes nothing', async () => {
  const installed = await Promise.all([1, 2, 3].map(() => installEventStore(owner, { service: 'billing', roles, now: NOON + 1 })));
  expect(new Set(installed.map(({ source }) => source))).toEqual(new Set([store.source]));
  expect((await store.head()).position).toBe(4);
});

test('a restored database goes on under a new source that no other restore shares', async () => {
  const first = await sourceOf(owner);
  const { source } = await startEpoch(owner, NOON + 2);
  expect(source).toMatch(/^billing\/0\/[0-9a-f]{10}$/);
  expect(source).not.toBe(first);
  expect(await sourceOf(owner)).toBe(source);
  const { lineage } = await installEventStore(owner, { service: 'billing', roles, now: NOON + 3 });
  expect(lineage).toEqual([
    { source: first, after: 0, startedAt: expect.any(Number) },
    { source, after: 4, startedAt: NOON + 2 },
  ]);
  const after = createEventStore({ db: worker, source, clock: () => NOON });
  expect(await after.append(member(to('client-after', 'none', 'a')))).toMatchObject({ outcome: 'appended', firstPosition: 5 });
});
