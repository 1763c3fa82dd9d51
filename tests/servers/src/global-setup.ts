// Vitest's global setup: opens the run's servers and hands their address to every test process. Nothing starts until a test asks.
import { startServers } from './servers.ts';

export async function setup(): Promise<() => Promise<void>> {
  const servers = await startServers();
  process.env['DESKFLEET_TEST_SERVERS_AT'] = servers.address;
  return servers.stop;
}
