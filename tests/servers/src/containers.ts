// The run's servers from Docker, for machines that have it (DESKFLEET_TEST_SERVERS=containers). No engine runs where this is written: its test asks
// a stand-in that keeps what an engine would have been asked.
import { freePort } from '@deskfleet/servers';
import type { ServerName, StartedServer } from './servers.ts';

const POSTGRES_IMAGE = 'postgres:18.4-bookworm';
const KAFKA_IMAGE = 'apache/kafka:4.3.1';
const START_MS = 120_000;
/** Testcontainers' own words. */
export const NO_ENGINE = 'Could not find a working container runtime strategy';

/** As deploy/compose runs it; only where it is reached and kept differs. */
const KAFKA_SETTINGS = {
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
};

/** Starts a server in a container. Without a Docker engine it fails with a sentence that says so and what to do. */
export async function containerServer(name: ServerName): Promise<StartedServer> {
  try {
    return name === 'kafka' ? await kafkaContainer() : await postgresContainer();
  } catch (error) {
    throw explained(error);
  }
}

/** What Testcontainers says where no engine answers, as a sentence that helps; any other failure as it is. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes(NO_ENGINE)) return error;
  return new Error(
    'DESKFLEET_TEST_SERVERS=containers needs a Docker engine, and none answers. Start one or name it by DOCKER_HOST; without the variable the tests start local servers.',
    { cause: error },
  );
}

// The clients are loaded in here and not above: who has no Docker need not pay for them.

async function kafkaContainer(): Promise<StartedServer> {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  // A broker tells its clients where it is reached, so the port must be known before it starts.
  const port = await freePort();
  const at = `${(await getContainerRuntimeClient()).info.containerRuntime.host}:${port}`;
  const broker = await new GenericContainer(KAFKA_IMAGE)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({ ...KAFKA_SETTINGS, KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${at}` })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(START_MS)
    .start();
  return { at, stop: async () => void (await broker.stop()) };
}

async function postgresContainer(): Promise<StartedServer> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const server = await new PostgreSqlContainer(POSTGRES_IMAGE).withCommand(['postgres', '-c', 'max_connections=400']).withStartupTimeout(START_MS).start();
  return { at: server.getConnectionUri(), stop: async () => void (await server.stop()) };
}
