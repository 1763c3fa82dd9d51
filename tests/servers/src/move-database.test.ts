// A database carried over by COPY is the same database: what it is made of, what it holds, and who may see what. What cannot be carried is named.
import { moveDatabase, withDatabase } from '@deskfleet/servers';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgres, type TestDatabase, testDatabase } from './index.ts';

const ROLES = ['move_owner', 'move_worker', 'move_reader'];

let cluster: string;
let source: TestDatabase;

async function on<T>(url: string, task: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await task(client);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  cluster = await postgres();
  source = await testDatabase();
  await on(cluster, async (client) => {
    for (const role of ROLES) await client.query(`create role ${role} login password 'x'`);
    await client.query(`alter database ${source.name} owner to move_owner`);
    await client.query(`revoke all on database ${source.name} from public`);
    await client.query(`grant connect on database ${source.name} to move_worker, move_reader`);
  });
  await on(source.url, (client) =>
    client.query(`
      set role move_owner;
      grant usage on schema public to move_worker, move_reader;
      create table things (
        vendor_id text collate "C" not null, n bigint not null check (n > 0), shop text, names text[] not null default '{}', data bytea, doc jsonb,
        at timestamptz not null default now(), primary key (vendor_id, n), constraint things_shop unique (vendor_id, shop)
      ) with (fillfactor = 85);
      create index things_at on things using brin (at);
      create unique index things_named on things (vendor_id, lower(shop)) where shop is not null;
      alter table things enable row level security;
      alter table things force row level security;
      create policy reader_own on things for select to move_reader using (vendor_id = current_setting('app.vendor_id'));
      create policy worker_all on things to move_worker using (true) with check (true);
      grant select, insert on things to move_worker;
      grant select on things to move_reader;
      create view seen with (security_invoker = true) as select vendor_id, n from things;
      grant select on seen to move_reader;
      create function twice(value int) returns int language plpgsql set plan_cache_mode = force_custom_plan as $$ begin return value * 2; end $$;
      revoke all on function twice(int) from public;
      grant execute on function twice(int) to move_worker;
      reset role;
      insert into things (vendor_id, n, shop, names, data, doc) values
        ('v1', 1, 'A', '{"a b","c,d"}', '\\x00ff', '{"k": [1, null]}'), ('v1', 2, null, '{}', null, null), ('v2', 9007199254740993, '店', '{"\\\\"}', '', '"x"');`),
  );
});

afterAll(async () => {
  await source.drop();
  await on(cluster, async (client) => {
    await client.query('drop database if exists move_copy with (force)');
    for (const role of ROLES) await client.query(`drop role ${role}`);
  });
});

const move = () => moveDatabase({ from: cluster, database: source.name, to: cluster, as: 'move_copy' });
const rows = (url: string, query: string) => on(url, async (client) => (await client.query(query)).rows);

test('rows, constraints, policies and grants are what they were, and moving again replaces the copy', async () => {
  for (let time = 0; time < 2; time++) await move();
  const copy = withDatabase(cluster, 'move_copy');
  const all = 'select t::text as row from things t order by n';
  expect(await rows(copy, all)).toEqual(await rows(source.url, all));
  await expect(rows(copy, `insert into things (vendor_id, n) values ('v1', 0)`)).rejects.toThrow('things_n_check');
  await expect(rows(copy, `insert into things (vendor_id, n, shop) values ('v1', 3, 'a')`)).rejects.toThrow('things_named');

  const as = (role: string): string => copy.replace(/\/\/[^@]*@/, `//${role}:x@`);
  expect(
    await on(
      as('move_reader'),
      async (client) => (await client.query(`select set_config('app.vendor_id', 'v1', false)`)) && (await client.query('select n from seen order by n')).rows,
    ),
  ).toEqual([{ n: '1' }, { n: '2' }]);
  await expect(rows(as('move_reader'), 'select twice(2)')).rejects.toThrow('permission denied');
  expect(await rows(as('move_worker'), 'select twice(2) as n, (select count(*) from things) as all')).toEqual([{ n: 4, all: '3' }]);
  await expect(rows(as('move_worker'), 'delete from things')).rejects.toThrow('permission denied');
});

test('what it does not know how to make again is named, and no half copy stays', async () => {
  await on(source.url, (client) => client.query('create sequence counters'));
  await expect(move()).rejects.toThrow('sequence counters');
  expect(await rows(cluster, `select datname from pg_database where datname = 'move_copy'`)).toEqual([]);
  await on(source.url, (client) => client.query('drop sequence counters'));
});
