// An installation on servers that were there before it: PostgreSQL by DATABASE_URL, Kafka by KAFKA_BROKERS. It starts none of its own, keeps its
// databases and topics apart from another's by its prefix, and finds its data there when it starts again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafka, postgres } from '@deskfleet/test-servers';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { afterEach, expect, test } from 'vitest';
import { treeOf } from '../bench/processes.ts';
import { ownServers, type StartedInstallation, startInstallation } from '../installation.ts';
import { connectedShop, type Json, told, webhook } from './asking.ts';

const exits: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const exit of exits.splice(0).reverse()) await exit();
});

async function begin(dataDir: string): Promise<{ installation: StartedInstallation; prefix: string }> {
  const env = await ownServers('kafka', dataDir);
  const installation = await startInstallation({ bus: 'kafka', dataDir, env });
  exits.push(() => installation.stop());
  return { installation, prefix: env['DESKFLEET_DATABASE_PREFIX'] ?? '' };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'deskfleet-own-'));
  exits.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function databases(prefix: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: await postgres() });
  await client.connect();
  const { rows } = await client.query<{ name: string }>('select datname as name from pg_database where starts_with(datname, $1) order by 1', [`${prefix}_`]);
  await client.end();
  return rows.map(({ name }) => name.slice(prefix.length + 1));
}

async function topics(): Promise<readonly string[]> {
  const admin = new Kafka({ clientId: 'test', brokers: await kafka(), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const found = await admin.listTopics();
  await admin.disconnect();
  return found;
}

test('it starts no server of its own, two share the servers without meeting, and started again each has its data', async () => {
  const [one, other] = [folder(), folder()];
  const first = await begin(one);
  const second = await begin(other);
  for (const { installation } of [first, second]) {
    expect(treeOf(installation.pid).filter(({ command }) => /postgres -D|bin\/postgres|kafka\.Kafka/.test(command))).toEqual([]);
  }
  const { secret } = await connectedShop(first.installation, 'mine');
  const body = JSON.stringify({
    messages: [{ conversation_id: 'c', message_id: 'm', sent_at: new Date().toISOString(), sender: 'customer', sender_id: 'b', text: '在吗' }],
  });
  expect(await webhook(first.installation, { shop: 'mine', body, secret })).toMatchObject({ status: 200, body: { inserted: 1 } });
  expect(await told(first.installation, '/settle', { body: {} })).toMatchObject({ settled: true });
  expect(await told(first.installation, '/reports/sla')).toMatchObject({ total: { conversations: 1 } });
  expect(await told(second.installation, '/shops')).toMatchObject({ shops: [] });
  expect(await told(second.installation, '/settle', { body: {} })).toMatchObject({ settled: true });
  expect(await told(second.installation, '/reports/sla')).toMatchObject({ total: { conversations: 0 } });

  for (const { prefix } of [first, second]) {
    expect(await databases(prefix)).toEqual(expect.arrayContaining(['billing', 'conversations', 'portal', 'sla_monitoring']));
    expect(await topics()).toContain(`${prefix}.conversations.v1`);
  }

  await first.installation.stop();
  const again = await begin(one);
  expect((await told(again.installation, '/shops'))['shops'] as Json[]).toMatchObject([{ code: 'mine' }]);
  expect(await told(again.installation, '/reports/sla')).toMatchObject({ total: { conversations: 1 } });
});
