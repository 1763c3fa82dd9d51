// The servers of one run behind one loopback address: asked for by name, started when first asked for, stopped together.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerServer } from './containers.ts';
import { localServer } from './local.ts';

export type Address = string;
export type ServerName = 'postgres' | 'kafka';

export interface StartedServer {
  /** A connection string, or brokers separated by commas. */
  readonly at: string;
  stop(): Promise<void>;
}

export interface RunningServers {
  readonly address: Address;
  stop(): Promise<void>;
}

/** Opens the address; no server runs until one is asked for. DESKFLEET_TEST_SERVERS=containers takes them from Docker (Testcontainers). */
export async function startServers(): Promise<RunningServers> {
  const kind = process.env['DESKFLEET_TEST_SERVERS'] ?? 'local';
  if (kind !== 'local' && kind !== 'containers') throw new Error(`DESKFLEET_TEST_SERVERS is "${kind}"; expected "local" or "containers"`);
  const start = kind === 'containers' ? containerServer : localServer;
  const folder = await mkdtemp(join(tmpdir(), 'deskfleet-test-'));
  await chmod(folder, 0o755); // PostgreSQL runs as another user when this runs as root
  const started = new Map<string, Promise<StartedServer>>();

  const door = createServer((asked, answer) => {
    const name = (asked.url ?? '').slice(1);
    if (name !== 'postgres' && name !== 'kafka') {
      answer.writeHead(404).end(`no server named ${name}`);
      return;
    }
    const server = started.get(name) ?? start(name, folder);
    started.set(name, server);
    server.then(
      ({ at }) => answer.end(at),
      (error: unknown) => answer.writeHead(503).end(error instanceof Error ? error.message : String(error)),
    );
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('no address for the test servers');
  return {
    address: `http://127.0.0.1:${address.port}`,
    async stop() {
      door.close();
      door.closeAllConnections();
      await Promise.allSettled([...started.values()].map(async (server) => (await server).stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks for a server; the first asker waits for its start. */
export async function request(address: Address, name: ServerName): Promise<string> {
  const answer = await fetch(`${address}/${name}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The test server ${name} is not available: ${text}`);
  return text;
}
