// Puts a service together in the order its parts need one another, and takes it apart in the order of their callers.

import { installEventBus } from '@deskfleet/event-bus';
import { createEventStore, type Epoch, type EpochMs, installEventStore, LogTail, type Tx, uuid7Generator } from '@deskfleet/event-store';
import { openObjectStore } from '@deskfleet/object-store';
import { installReadModel, startReadModel } from '@deskfleet/read-model';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { runBackgroundWork } from './background.ts';
import { connectBus, feedsOf } from './bus.ts';
import { runCommand } from './commands.ts';
import type { Config } from './config/config.ts';
import { migrate, readMigrations } from './database/migrate.ts';
import { provision, type ServiceDatabase } from './database/provision.ts';
import { openPool, readAs, workIn } from './database/transactions.ts';
import { DeclaredStore, heldToDeclared } from './declared.ts';
import { connectPeers } from './grpc/clients.ts';
import { startGrpcServer } from './grpc/server.ts';
import { readPrivateKey } from './identity/identity.ts';
import { createTokens } from './identity/tokens.ts';
import { IntakeBuilds } from './intake/builds.ts';
import { installIntakeBuilds } from './intake/tables.ts';
import { startHealthServer } from './lifecycle/http.ts';
import { type Step, shutDown } from './lifecycle/shutdown.ts';
import { operations } from './operations/service.ts';
import { Positions } from './positions.ts';
import type { Kit, ServiceDefinition } from './service.ts';
import { createLog } from './telemetry/log.ts';
import { startMetrics } from './telemetry/metrics.ts';
import { measureAppends, observeOperations } from './telemetry/operations.ts';
import { startTracing } from './telemetry/tracing.ts';

export interface RunningService {
  readonly kit: Kit;
  readonly database: ServiceDatabase;
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Stops in order, once; resolves to the names of the steps that failed or were late. */
  stop(): Promise<string[]>;
}

export interface StartOptions {
  /** The one clock of the process. */
  readonly now?: () => EpochMs;
  readonly log?: Logger;
}

/** The way out, in order, each step of a stage with its deadline in ms: what pulls stops first; within a stage the last to start. */
const EXIT = { 'not ready': 100, pulling: 10_000, http: 5_000, grpc: 5_000, clients: 1_000, pools: 5_000, telemetry: 3_000 } as const;
type Stage = keyof typeof EXIT;

/** Starts a service; resolves when it is ready. What was started is stopped again when a later part fails. */
export async function startService(definition: ServiceDefinition, config: Config, options: StartOptions = {}): Promise<RunningService> {
  const now = options.now ?? Date.now;
  const log = options.log ?? createLog(config);
  const exits: { stage: Stage; step: Step }[] = [];
  const way = {
    onExit: (stage: Stage, run: Step['run'], name: string = stage): void => void exits.unshift({ stage, step: { name, deadlineMs: EXIT[stage], run } }),
    leave: (): Promise<string[]> => {
      const stages = Object.keys(EXIT);
      return shutDown(
        exits.toSorted((a, b) => stages.indexOf(a.stage) - stages.indexOf(b.stage)).map(({ step }) => step),
        log,
      );
    },
  };
  try {
    return await start(definition, config, { now, log, ...way });
  } catch (error) {
    await way.leave();
    throw error;
  }
}

interface Context {
  readonly now: () => EpochMs;
  readonly log: Logger;
  readonly onExit: (stage: Stage, run: Step['run'], name?: string) => void;
  readonly leave: () => Promise<string[]>;
}

async function start(definition: ServiceDefinition, config: Config, { now, log, onExit, leave }: Context): Promise<RunningService> {
  const metrics = startMetrics(config.service);
  const tracing = await startTracing(config.service, config.otlpEndpoint);
  onExit('telemetry', () => Promise.all([metrics.close(), tracing.close()]));

  const newId = uuid7Generator(now);
  const tokens = createTokens({ service: config.service, privateKey: await readPrivateKey(config.service, config.identityKey), jwks: config.jwks, now });
  const { database, source, lineage } = await prepareDatabase(definition, config, now, log);

  const onPoolError = (error: Error): void => log.warn({ err: error }, 'a database connection was lost');
  const reader = openPool(database.readerUrl, 1, `${config.service} reader`, onPoolError);
  const worker = openPool(database.workerUrl, config.connections - 1, `${config.service} worker`, onPoolError);
  // Only for a moment: tables of new projections at the start, and swaps.
  const owner = new Pool({ connectionString: database.ownerUrl, max: 1, idleTimeoutMillis: 1_000, application_name: `${config.service} owner` });
  owner.on('error', onPoolError);
  onExit('pools', () => Promise.all([reader.pool.end(), worker.pool.end(), owner.end()]));

  const onStuck = (reason: string): never => {
    log.fatal({ reason }, 'stuck: this process ends, its supervisor starts another');
    process.exit(1);
  };
  const onFault = (part: string, error: unknown): void => log.error({ part, err: error }, 'failed, tried again');
  const store = new DeclaredStore(
    measureAppends((onGroup) => createEventStore({ db: worker.db, source, clock: now, newId, onGroup, onFault: (error) => onFault('event store', error) })),
  );
  const tail = await LogTail.start(store);
  onExit('pulling', () => tail.stop(), 'log');
  const peers = connectPeers(config, tokens);
  onExit('clients', () => peers.close());

  const positions = new Positions(source);
  const kit: Kit = {
    name: config.service,
    log,
    store,
    now,
    newId,
    command: (request) => runCommand({ store, secret: config.secret, now, newId }, request),
    read: (caller, query) => readAs(reader.db, caller, query),
    async work(task) {
      let within: Tx | undefined;
      const result = await workIn(worker.db, (tx) => {
        within = tx;
        return task(tx);
      });
      if (within !== undefined) tail.committed(within);
      return result;
    },
    awaitPosition: (after) => positions.passed(after),
    settle: (services, withinMs) => bus.settle(services, withinMs),
    keys: { databaseUrl: config.keyDatabaseUrl, masterKeyFile: config.masterKeyFile, cacheMs: config.keyCacheMs },
    objects: openObjectStore(config.objects),
    client: (service, client, as) => peers.client(service, client, as),
  };

  const parts = heldToDeclared(await definition.parts(kit));
  store.declare(definition.name, parts.events);
  const readModel = await startReadModel({
    database: { worker: worker.db, owner, roles: database.roles },
    store,
    log: tail,
    projections: parts.projections,
    timers: parts.timers ?? [],
    clock: now,
    onFault,
    buildsAtOnce: Math.max(1, config.connections - 2), // the reader's, and one for commands, are never theirs
  });
  onExit('pulling', () => readModel.stop(), 'read model');
  const background = runBackgroundWork(parts.work ?? [], log);
  onExit('pulling', () => background.stop(), 'background work');
  const bus = await connectBus({ config, kit, worker: worker.db, store, tail, lineage, parts, readModel, background, clock: now, onFault, onStuck });
  onExit('pulling', () => bus.stop(), 'bus');
  positions.follow(
    (position, signal) => readModel.passed(position, signal),
    (after, signal) => bus.passed(after.source, after.position, signal),
  );

  const intakes = new IntakeBuilds({
    ...{ intakes: parts.intakes ?? [], worker: worker.db, owner, roles: database.roles, feedOf: feedsOf(kit), clock: now, onFault },
    onSwapped: () => background.wake(),
  });
  onExit('pulling', () => intakes.stop(), 'intake builds');
  const seen = operations(kit, {
    ...{ intakes, store, tail, worker: worker.db, parts, readModel, background, clock: now },
    kafka: config.bus.kind === 'kafka',
    feedOf: feedsOf(kit),
    busFaults: () => bus.faults(),
  });
  observeOperations(() => seen.state());

  const grpc = await startGrpcServer({
    host: config.grpcHost,
    port: config.grpcPort,
    tls: config.tls,
    tokens,
    log,
    add(server) {
      for (const service of [...parts.api, ...bus.api, seen.service]) service.mount(server);
    },
  });
  onExit('grpc', () => grpc.close(EXIT.grpc - 500));

  let state: 'starting' | 'serving' | 'stopping' = 'starting';
  const health = await startHealthServer(config.httpHost, config.httpPort, {
    notReady: async () => (state === 'serving' ? await databaseAnswers(worker.pool) : [state]),
    details: async () => ({
      source,
      position: tail.last,
      troubles: [...[...readModel.faults(), ...background.faults()].map(([name, error]) => `${name}: ${String(error)}`), ...(await bus.troubles())],
    }),
    scrape: () => metrics.scrape(),
  });
  onExit('http', () => health.close());
  for (const listener of parts.listeners ?? []) {
    await listener.start();
    onExit('http', () => listener.close(), listener.name);
  }
  await bus.start();
  onExit('not ready', () => {
    state = 'stopping';
    grpc.setServing(false);
  });
  grpc.setServing(true);
  state = 'serving';
  log.info({ grpc: grpc.port, http: health.port, source }, 'ready');

  let stopped: Promise<string[]> | undefined;
  return {
    kit,
    database,
    grpcPort: grpc.port,
    httpPort: health.port,
    stop() {
      stopped ??= leave();
      return stopped;
    },
  };
}

/** Database, roles, log, read models' ground and the service's own tables, as the owner, over one connection that is closed again. */
async function prepareDatabase(
  definition: ServiceDefinition,
  config: Config,
  now: () => EpochMs,
  log: Logger,
): Promise<{ database: ServiceDatabase; source: string; lineage: readonly Epoch[] }> {
  const folders = definition.migrations instanceof URL ? [definition.migrations] : definition.migrations;
  const migrations = readMigrations(folders);
  const database = await provision(config);
  const owner = new Pool({ connectionString: database.ownerUrl, max: 1, application_name: `${config.service} migrations` });
  try {
    const { source, lineage } = await installEventStore(owner, { service: config.service, roles: database.roles, now: now() });
    await installReadModel(owner, database.roles);
    await installEventBus(owner, database.roles);
    await installIntakeBuilds(owner, database.roles);
    const client = await owner.connect();
    try {
      const applied = await migrate(client, database.roles, migrations, now());
      if (applied.length > 0) log.info({ migrations: applied }, 'migrated');
    } finally {
      client.release();
    }
    return { database, source, lineage };
  } finally {
    await owner.end();
  }
}

async function databaseAnswers(pool: Pool): Promise<string[]> {
  try {
    await pool.query('select 1');
    return [];
  } catch {
    return ['database'];
  }
}
