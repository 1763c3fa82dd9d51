// Which databases an installation has, and the way to the server they are on: the running one, or one started for as long as it is needed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '@deskfleet/servers';
import type { ServiceName } from '@deskfleet/service-kit';
import { Client } from 'pg';
import { claim, readState, runningPid, SERVICES } from '../installation.ts';
import { Unable } from '../output.ts';

export interface Server {
  /** A superuser's connection string. */
  readonly url: string;
  readonly running: boolean;
  /** Ends what was started for this. */
  release(): Promise<void>;
}

/**
 * The installation's embedded PostgreSQL, made where `make` says so (a restore on a new machine). A server of the user's own is backed up by its own
 * means: that is said instead.
 */
export async function embeddedServer(dataDir: string, { make = false } = {}): Promise<Server> {
  if (ownServer() !== undefined) throw new Unable(OWN_SERVER);
  if (!make && !existsSync(dataDir)) throw new Unable(`There is no installation in ${dataDir}.`);
  if (!make && !existsSync(clusterOf(dataDir))) throw new Unable(readState(dataDir) === undefined ? `There is no installation in ${dataDir}.` : OWN_SERVER);
  const running = runningPid(dataDir) !== undefined;
  if (!running) {
    const release = claim(dataDir);
    try {
      const server = await startPostgres({ dataDir });
      return {
        url: server.url,
        running,
        async release() {
          await server.stop();
          release();
        },
      };
    } catch (error) {
      release();
      throw error;
    }
  }
  const port = readState(dataDir)?.ports['postgres'];
  if (port === undefined) throw new Unable(OWN_SERVER);
  return { url: superuserUrl(dataDir, port), running, release: async () => undefined };
}

/** DATABASE_URL, when the databases are on a server of the user's own. */
export function ownServer(): string | undefined {
  return process.env['DATABASE_URL'] || undefined;
}

const OWN_SERVER = `The databases are on a server of your own (DATABASE_URL), so its own means back them up: snapshots, pg_basebackup with point-in-time recovery, or pg_dump of each deskfleet_* database.
Keep backups of the *_keys databases for days only, and never roll those databases back: what was erased would come back.
To restore a service: stop it, restore its database under its name, run \`deskfleet restore --epoch-only --service NAME\`, start it.`;

export function clusterOf(dataDir: string): string {
  return join(dataDir, 'postgres');
}

/** The file that holds the superuser's password of a cluster, beside it. */
export function passwordFile(dataDir: string): string {
  return join(dataDir, 'postgres.password');
}

function superuserUrl(dataDir: string, port: number): string {
  return `postgres://deskfleet:${readFileSync(passwordFile(dataDir), 'utf8')}@127.0.0.1:${port}/postgres`;
}

export function databasePrefix(): string {
  return process.env['DESKFLEET_DATABASE_PREFIX'] || 'deskfleet';
}

/** The services asked for: the one named, or all. */
export function servicesAsked(name: string | undefined): readonly ServiceName[] {
  if (name === undefined) return SERVICES;
  const service = SERVICES.find((each) => each === name);
  if (service === undefined) throw new Unable(`There is no service named "${name}"; expected one of: ${SERVICES.join(', ')}.`);
  return [service];
}

export async function withClient<T>(url: string, task: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'deskfleet backup' });
  await client.connect();
  try {
    return await task(client);
  } finally {
    await client.end();
  }
}

export async function databasesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database where not datistemplate order by datname');
  return rows.map(({ datname }) => datname);
}
