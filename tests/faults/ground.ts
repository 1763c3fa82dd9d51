// The ground of a fault run: PostgreSQL and Kafka that the run itself starts, stops and kills; a door before PostgreSQL; and on them an
// installation started by the user's own command, whose processes are the ones that suffer.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, type Guarded, isFree, type KafkaBroker, type Postgres, spawnGuarded, startKafka, startPostgres } from '@deskfleet/servers';
import { SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { treeOf } from '../bench/processes.ts';
import { Clocks } from '../clocks.ts';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { PostgresProxy } from './postgres-proxy.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_WITHIN_MS = 90_000;
const PORT_FREE_WITHIN_MS = 30_000;

export class Ground {
  readonly folder = mkdtempSync(join(tmpdir(), 'deskfleet-faults-'));
  readonly clocks = new Clocks(join(this.folder, 'clocks'));
  #postgres: Postgres | undefined;
  #broker: KafkaBroker | undefined;
  #proxy: PostgresProxy | undefined;
  #installation: StartedInstallation | undefined;
  readonly #seconds = new Set<Guarded>();

  static async prepare(): Promise<Ground> {
    const ground = new Ground();
    await Promise.all([ground.startPostgres(), ground.startBroker()]);
    ground.#proxy = await PostgresProxy.open(await freePort(), ground.postgres.port);
    const throughDoor = new URL(ground.postgres.url);
    throughDoor.port = String(ground.#proxy.port);
    ground.#installation = await startInstallation({
      bus: 'kafka',
      dataDir: join(ground.folder, 'installation'),
      env: {
        DATABASE_URL: throughDoor.href,
        DESKFLEET_DATABASE_PREFIX: 'deskfleet',
        KAFKA_BROKERS: ground.broker.brokers.join(','),
        ...ground.clocks.env,
      },
    });
    return ground;
  }

  get installation(): StartedInstallation {
    return given(this.#installation);
  }

  get postgres(): Postgres {
    return given(this.#postgres);
  }

  get broker(): KafkaBroker {
    return given(this.#broker);
  }

  get proxy(): PostgresProxy {
    return given(this.#proxy);
  }

  async startPostgres(): Promise<void> {
    const port = this.#postgres?.port;
    if (port !== undefined) await untilFree(port);
    this.#postgres = await startPostgres({ dataDir: join(this.folder, 'postgres'), ...(port === undefined ? {} : { port }) });
  }

  async startBroker(): Promise<void> {
    const port = this.#broker?.port;
    if (port !== undefined) await untilFree(port);
    this.#broker = await startKafka({ dataDir: join(this.folder, 'kafka'), heap: '320m', ...(port === undefined ? {} : { port }) });
  }

  /** The process of a service that the installation keeps running; waits for one that is about to be started again. */
  async pidOf(service: ServiceName): Promise<number> {
    return until(`${service} runs`, READY_WITHIN_MS, async () => this.runningPid(service));
  }

  runningPid(service: ServiceName): number | undefined {
    return treeOf(this.installation.pid).find(({ command }) => command.includes(`services/${service}/src/main.ts`))?.pid;
  }

  /** Whether a service says it is ready, and what troubles it. */
  async readyz(service: ServiceName): Promise<{ readonly ready: boolean; readonly troubles: readonly string[] }> {
    const { ports } = this.state();
    try {
      const answer = await fetch(`http://127.0.0.1:${ports[`${service}.http`]}/readyz`, { signal: AbortSignal.timeout(5_000) });
      const { troubles = [] } = (await answer.json()) as { troubles?: string[] };
      return { ready: answer.ok, troubles };
    } catch (error) {
      return { ready: false, troubles: [String(error)] };
    }
  }

  state(): { readonly ports: Readonly<Record<string, number>> } {
    return JSON.parse(readFileSync(join(this.installation.dataDir, 'installation.json'), 'utf8'));
  }

  async allReady(): Promise<void> {
    await until('every service is ready', READY_WITHIN_MS, async () => {
      const states = await Promise.all(SERVICE_NAMES.map((service) => this.readyz(service)));
      return states.every(({ ready }) => ready) ? true : undefined;
    });
  }

  /** Starts another process of a service beside the installation's, with the same environment but for its ports and what is said here. */
  async another(service: ServiceName, env: Readonly<Record<string, string>> = {}): Promise<Guarded & { readonly ready: Promise<void> }> {
    const own = readFileSync(`/proc/${await this.pidOf(service)}/environ`, 'utf8').split('\0');
    const inherited = Object.fromEntries(
      own.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]).filter(([name]) => name !== ''),
    );
    const http = await freePort();
    const ports = { DESKFLEET_GRPC_PORT: String(await freePort()), DESKFLEET_HTTP_PORT: String(http), DESKFLEET_PORTAL_PORT: String(await freePort()) };
    const child = spawnGuarded([process.execPath, join(ROOT, 'services', service, 'src/main.ts')], { env: { ...inherited, ...ports, ...env } });
    this.#seconds.add(child);
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes.toString('utf8')));
    const ready = until(`another ${service} is ready`, READY_WITHIN_MS, async () => {
      if (!child.running()) throw new Error(`another ${service} ended: ${said.join('').slice(-2_000)}`);
      return (await fetch(`http://127.0.0.1:${http}/readyz`).catch(() => undefined))?.ok === true ? true : undefined;
    });
    return Object.assign(child, { ready: ready.then(() => undefined) });
  }

  kafka(): Kafka {
    return new Kafka({ clientId: 'faults', brokers: [...this.broker.brokers], logLevel: logLevel.NOTHING });
  }

  /** Runs a query on a service's database as the superuser, not through the door. */
  async query<Row extends object>(database: string, text: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.databaseUrl(database) });
    client.on('error', () => {}); // PostgreSQL may be going down
    await client.connect();
    try {
      return (await client.query<Row>(text, parameters)).rows;
    } finally {
      await client.end();
    }
  }

  databaseUrl(database: string): string {
    const url = new URL(this.postgres.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  /** The last lines of every service's log: what one reads first when a run fails. */
  logs(lines: number): string {
    return SERVICE_NAMES.map((service) => {
      const file = join(this.installation.dataDir, 'logs', `${service}.log`);
      return existsSync(file) ? `--- ${service}\n${readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')}` : '';
    }).join('\n');
  }

  /** Ends the installation as Ctrl-C does, and what was started beside it; answers what is left of all that ever ran in it. */
  async stopInstallation(): Promise<readonly string[]> {
    await this.installation.stop();
    await Promise.all([...this.#seconds].map((child) => child.stop()));
    return processesWith(`DESKFLEET_TEST_CLOCKS=${this.clocks.folder}`);
  }

  async remove(): Promise<void> {
    await this.#installation?.stop();
    await Promise.all([...this.#seconds].map((child) => child.stop()));
    await this.#proxy?.close();
    await Promise.all([this.#broker?.stop(), this.#postgres?.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `deskfleet_client_onboarding` */
export function databaseOf(service: ServiceName, prefix = 'deskfleet'): string {
  return `${prefix}_${service.replaceAll('-', '_')}`;
}

/** Asks again until it answers something. */
export async function until<T>(what: string, withinMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  const endsAt = performance.now() + withinMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > endsAt) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    await sleep(100);
  }
}

/** Every process that carries this in its environment, whoever its parent is by now. */
function processesWith(setting: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return environment.includes(setting) ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`] : [];
      } catch {
        return []; // gone meanwhile, or not ours to read
      }
    });
}

async function untilFree(port: number): Promise<void> {
  await until(`port ${port} is free`, PORT_FREE_WITHIN_MS, async () => ((await isFree(port)) ? true : undefined));
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the ground is not prepared');
  return value;
}
