// One Apache Kafka broker (KRaft) in a folder, from Maven Central, run by Java 17 or later. Gone with its parent.
import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { type Guarded, keepOutput, spawnGuarded } from './guarded.ts';
import { freePort, isFree } from './ports.ts';

export interface KafkaOptions {
  /** The broker's folder: its log, its settings. */
  readonly dataDir: string;
  /** Wished port; another is taken when it is in use. */
  readonly port?: number;
  /** Where the broker's own controller listens; chosen like `port`. */
  readonly controllerPort?: number;
  /** Java's -Xmx (default 512m). */
  readonly heap?: string;
  /** Told what takes long. */
  readonly progress?: (message: string) => void;
}

export interface KafkaBroker {
  readonly brokers: readonly string[];
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

const POM = fileURLToPath(new URL('../pom.xml', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const FETCH_TIMEOUT_MS = 10 * 60_000;
const JAVA_AT_LEAST = 17;

/** Starts the broker of `dataDir`, fetching and formatting it first where needed; resolves when it answers. */
export async function startKafka(options: KafkaOptions): Promise<KafkaBroker> {
  const missing = missingForKafka();
  if (missing !== undefined) throw new Error(missing);
  const jars = await jarFolder(options.progress ?? (() => {}));
  const folder = options.dataDir;
  mkdirSync(folder, { recursive: true });

  const port = await portOr(options.port);
  const settings = join(folder, 'server.properties');
  writeFileSync(settings, properties(folder, port, await portOr(options.controllerPort, port)));
  const logging = join(folder, 'log4j2.properties');
  writeFileSync(logging, LOGGING);
  const classPath = join(jars, '*');
  if (!existsSync(join(folder, 'data', 'meta.properties'))) format(classPath, settings, logging);

  const server = spawnGuarded(
    [
      'java',
      '-Xms128m',
      `-Xmx${options.heap ?? '512m'}`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      classPath,
      `-Dlog4j2.configurationFile=${logging}`,
      'kafka.Kafka',
      settings,
    ],
    { cwd: folder },
  );
  const logFile = join(folder, 'kafka.log');
  keepOutput(server, createWriteStream(logFile, { flags: 'a' }));
  const brokers = [`127.0.0.1:${port}`];
  await untilAnswering(brokers, server, logFile);
  return { brokers, port, pid: server.pid, exited: server.exited, stop: () => server.stop() };
}

/** The port wished for where it is free, else one that is, another than `taken`. */
async function portOr(wished: number | undefined, taken?: number): Promise<number> {
  return wished !== undefined && wished !== taken && (await isFree(wished)) ? wished : freePort(taken);
}

/** What is missing to run a local broker and how to get it; undefined when nothing is. */
export function missingForKafka(): string | undefined {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0);
  if (version < JAVA_AT_LEAST) {
    const found = version === 0 ? 'no Java was found' : `Java ${version} was found`;
    return `A local Kafka needs Java ${JAVA_AT_LEAST} or later, and ${found}. Install one (Debian, Ubuntu: apt-get install openjdk-17-jre-headless maven), or set KAFKA_BROKERS to a Kafka you have.`;
  }
  if (!existsSync(join(jarPath(), '.complete')) && spawnSync('mvn', ['-v']).status !== 0) {
    return 'Fetching Kafka the first time needs Maven. Install it (Debian, Ubuntu: apt-get install maven), or set KAFKA_BROKERS to a Kafka you have.';
  }
  return undefined;
}

/** Has Kafka's jars there before somebody waits for a broker: the first time they are fetched from Maven Central. */
export async function fetchKafka(progress: (message: string) => void): Promise<void> {
  await jarFolder(progress);
}

/** Runs one of the broker's own command line tools, e.g. `org.apache.kafka.tools.ProducerPerformance`; answers what it printed. Fetches the jars where needed. */
export async function kafkaTool(main: string, args: readonly string[]): Promise<string> {
  const jars = await jarFolder(() => {});
  const { stdout } = await promisify(execFile)('java', ['-Xmx256m', '-cp', join(jars, '*'), main, ...args], { timeout: FETCH_TIMEOUT_MS });
  return stdout;
}

/** One folder of jars for every installation and test run of this user, named by the pom's content. */
function jarPath(): string {
  const cache = process.env['DESKFLEET_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'deskfleet');
  return join(cache, `kafka-${createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12)}`);
}

async function jarFolder(progress: (message: string) => void): Promise<string> {
  const folder = jarPath();
  if (existsSync(join(folder, '.complete'))) return folder;
  progress('Fetching Apache Kafka from Maven Central (54 MB, once)');
  const draft = `${folder}.${process.pid}`;
  await promisify(execFile)('mvn', ['-B', '-q', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`], { timeout: FETCH_TIMEOUT_MS });
  writeFileSync(join(draft, '.complete'), '');
  try {
    renameSync(draft, folder);
  } catch {
    // Another process fetched it meanwhile, or an earlier fetch was cut off: the complete one stays.
    if (existsSync(join(folder, '.complete'))) rmSync(draft, { recursive: true, force: true });
    else throw new Error(`Kafka's jars could not be put into ${folder}; remove that folder and try again.`);
  }
  return folder;
}

function format(classPath: string, settings: string, logging: string): void {
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A'); // with a dash in front it would be read as an option
  const made = spawnSync(
    'java',
    ['-cp', classPath, `-Dlog4j2.configurationFile=${logging}`, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings],
    {
      encoding: 'utf8',
    },
  );
  if (made.status !== 0) throw new Error(`Kafka's folder could not be formatted: ${made.stderr || made.stdout}`);
}

function properties(folder: string, port: number, controllerPort: number): string {
  return `${Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    'log.retention.hours': '168',
    'controlled.shutdown.enable': 'true',
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

const LOGGING = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %m (%c{1})%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
`;

async function untilAnswering(brokers: string[], server: Guarded, logFile: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const admin = new Kafka({ clientId: 'deskfleet-local', brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 }, connectionTimeout: 2_000 }).admin();
  for (;;) {
    try {
      await admin.connect();
      await admin.describeCluster();
      await admin.disconnect();
      return;
    } catch (error) {
      await admin.disconnect().catch(() => {});
      if (!server.running()) throw new Error(`Kafka did not start; its log: ${logFile}`);
      if (Date.now() > deadline) {
        await server.stop();
        throw new Error(`Kafka did not answer within ${START_TIMEOUT_MS / 1000} s; its log: ${logFile}`, { cause: error });
      }
      await sleep(100);
    }
  }
}
