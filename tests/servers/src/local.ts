// The run's servers as `npm start` runs them: PostgreSQL from its npm packages, Kafka from Maven Central by Java.
import { join } from 'node:path';
import { startKafka, startPostgres } from '@deskfleet/servers';
import type { ServerName, StartedServer } from './servers.ts';

export async function localServer(name: ServerName, folder: string): Promise<StartedServer> {
  if (name === 'kafka') {
    const broker = await startKafka({ dataDir: join(folder, 'kafka'), heap: '256m' });
    return { at: broker.brokers.join(','), stop: broker.stop };
  }
  // Many test files at once, each with the pools of a service or more.
  const server = await startPostgres({ dataDir: folder, settings: { max_connections: '400' } });
  return { at: server.url, stop: server.stop };
}
