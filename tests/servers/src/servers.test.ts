// The servers that every other suite stands on.
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { kafka, testDatabase } from './index.ts';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('a test database is empty, its own, and as durable as in production', async () => {
  const one = await testDatabase();
  const other = await testDatabase();
  await query(one.url, 'create table marks (n int)');
  expect(await query(other.url, `select to_regclass('marks') as found`)).toEqual([{ found: null }]);
  expect(await query(one.url, `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commits`)).toEqual([
    { fsync: 'on', commits: 'on' },
  ]);
  await one.drop();
  await other.drop();
  await expect(query(one.url, 'select 1')).rejects.toThrow('does not exist');
});

test('databases of one template are copies, and the template is made once', async () => {
  let made = 0;
  const template = {
    name: 'servers-test',
    async migrate(url: string) {
      made += 1;
      await query(url, 'create table marks as select 7 as n');
    },
  };
  const databases = await Promise.all([testDatabase(template), testDatabase(template), testDatabase(template)]);
  for (const database of databases) expect(await query(database.url, 'select n from marks')).toEqual([{ n: 7 }]);
  expect(made).toBe(1);
  await Promise.all(databases.map((database) => database.drop()));
});

test('a real broker takes topics', async () => {
  const admin = new Kafka({ brokers: await kafka(), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'servers-test', numPartitions: 3, replicationFactor: 1 }], waitForLeaders: true });
  expect(await admin.listTopics()).toContain('servers-test');
  await admin.disconnect();
}, 180_000);
