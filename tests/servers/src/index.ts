// Real servers for tests: `testDatabase()` and `kafka()`. Whatever a run needs is started at its first use, once for the whole run
// (vitest's global setup holds it), and is gone with the run. A server that cannot be had fails the test that asked for it.
import { randomBytes } from 'node:crypto';
import { Client, DatabaseError, type Pool } from 'pg';
import { type Address, request, startServers } from './servers.ts';

export { type RunningServers, startServers } from './servers.ts';

export interface TestDatabase {
  /** A superuser's connection string of a fresh database. */
  readonly url: string;
  readonly name: string;
  /** Ends whatever is still connected and removes the database. */
  drop(): Promise<void>;
}

export interface Template {
  /** Names the template within this run, e.g. `billing`. */
  readonly name: string;
  /** Brings the empty database at `url` to the wished state; done once a run, and every database of this name is a copy. */
  migrate(url: string): Promise<void>;
}

let own: Promise<Address> | undefined;

/** The servers of this run: those of vitest's global setup, or (in a bench, a script) this process's own. */
function servers(): Promise<Address> {
  const shared = process.env['DESKFLEET_TEST_SERVERS_AT'];
  if (shared !== undefined) return Promise.resolve(shared);
  own ??= startServers().then((running) => {
    process.once('beforeExit', () => void running.stop());
    return running.address;
  });
  return own;
}

/** The superuser's connection string of the run's PostgreSQL cluster. */
export async function postgres(): Promise<string> {
  return await request(await servers(), 'postgres');
}

/** The brokers of the run's Kafka, `host:port` each. Topics are the caller's to name apart and to create. */
export async function kafka(): Promise<string[]> {
  return (await request(await servers(), 'kafka')).split(',');
}

/** A fresh database, empty or a copy of a template. */
export async function testDatabase(template?: Template): Promise<TestDatabase> {
  const cluster = await postgres();
  const source = template === undefined ? 'template0' : await templateOf(cluster, template);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onCluster(cluster, (client) => client.query(`create database ${name} template ${source}`));
  return {
    name,
    url: withDatabase(cluster, name),
    async drop() {
      await onCluster(cluster, (client) => dropDatabase(client, name));
    },
  };
}

const IN_USE = '55006';

/**
 * Drops a database that a test is done with. A pool is told that it has ended a moment before its last connections are gone: cut off, they would be an
 * error outside any test. So the server waits for them, for 5 s; only what somebody left open is cut off then.
 */
export async function dropDatabase(client: Client | Pool, name: string): Promise<void> {
  try {
    await client.query(`drop database if exists ${name}`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== IN_USE) throw error;
    await client.query(`drop database if exists ${name} with (force)`);
  }
}

/** Makes the template where it is missing. Test files run in several processes: an advisory lock lets one of them make it. */
async function templateOf(cluster: string, template: Template): Promise<string> {
  const name = `template_${template.name.replaceAll(/[^a-z0-9]/g, '_')}`;
  await onCluster(cluster, async (client) => {
    await client.query(`select pg_advisory_lock(hashtextextended($1, 0))`, [name]);
    const found = await client.query(`select 1 from pg_database where datname = $1`, [name]);
    if (found.rowCount === 0) {
      const draft = `${name}_${randomBytes(4).toString('hex')}`;
      await client.query(`create database ${draft} template template0`);
      await template.migrate(withDatabase(cluster, draft));
      await client.query(`alter database ${draft} rename to ${name}`);
    }
  });
  return name;
}

async function onCluster<T>(cluster: string, task: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: cluster });
  await client.connect();
  try {
    return await task(client);
  } finally {
    await client.end();
  }
}

function withDatabase(cluster: string, database: string): string {
  const url = new URL(cluster);
  url.pathname = `/${database}`;
  return url.href;
}
