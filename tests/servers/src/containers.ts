// The run's servers from Docker, for machines that have it (DESKFLEET_TEST_SERVERS=containers).
import type { ServerName, StartedServer } from './servers.ts';

const POSTGRES_IMAGE = 'postgres:18.4-alpine';
const KAFKA_IMAGE = 'apache/kafka:4.3.1';

export async function containerServer(name: ServerName): Promise<StartedServer> {
  // Loaded here and not above: who has no Docker need not pay for its client.
  if (name === 'kafka') {
    const { KafkaContainer } = await import('@testcontainers/kafka');
    const broker = await new KafkaContainer(KAFKA_IMAGE).withKraft().start();
    return { at: `${broker.getHost()}:${broker.getMappedPort(9093)}`, stop: async () => void (await broker.stop()) };
  }
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const server = await new PostgreSqlContainer(POSTGRES_IMAGE).withCommand(['postgres', '-c', 'max_connections=400']).start();
  return { at: server.getConnectionUri(), stop: async () => void (await server.stop()) };
}
