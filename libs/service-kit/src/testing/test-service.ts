// A service for system tests: the real thing on a fresh database, with an identity of its own and a clock the test may set.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropDatabase, postgres } from '@deskfleet/test-servers';
import { type Client, type CompatServiceDefinition, createChannel, createClientFactory } from 'nice-grpc';
import { ClientError, Status } from 'nice-grpc-common';
import { Client as PgClient } from 'pg';
import { pino } from 'pino';
import { type Config, databaseName, readConfig, withDatabase } from '../config/config.ts';
import { SERVICE_NAMES } from '../config/names.ts';
import { tablesWithoutForcedPolicy, type UnprotectedTable } from '../database/catalogue.ts';
import { authorize, rememberRefusals } from '../grpc/clients.ts';
import { createIdentity, type InstallationIdentity, readPrivateKey } from '../identity/identity.ts';
import { createTokens } from '../identity/tokens.ts';

import { refusalOf } from '../refusals.ts';
import type { Caller, ServiceDefinition, ServiceName } from '../service.ts';
import { type RunningService, startService } from '../start.ts';

export { exposedMetrics } from './metrics.ts';

export interface TestServiceOptions {
  /** The clock; the machine's when absent. */
  readonly now?: () => number;
  /** Other running test services by name, to be called and read: they must share `installation`. */
  readonly peers?: Readonly<Partial<Record<ServiceName, TestService>>>;
  /** What the services of one test share; made anew when absent. */
  readonly installation?: TestInstallation;
  /** Further environment, e.g. DESKFLEET_MASTER_KEY or DESKFLEET_BUS. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Identities and names that several services of one test share. */
export interface TestInstallation {
  readonly identity: InstallationIdentity;
  readonly databasePrefix: string;
}

export interface TestService extends RunningService {
  readonly config: Config;
  readonly installation: TestInstallation;
  readonly address: string;
  /** A client that calls as this caller, with the portal's signature for users and the service's own for services. */
  as<Definition extends CompatServiceDefinition>(caller: Caller, definition: Definition): Client<Definition>;
  /** A client that sends this as its authorization header, or none. */
  withHeader<Definition extends CompatServiceDefinition>(authorization: string | undefined, definition: Definition): Client<Definition>;
  /** A superuser's connection string to the service's database. */
  readonly adminUrl: string;
  /** The tables of its database that no forced policy holds: every service tests that there are none. */
  unprotectedTables(): Promise<readonly UnprotectedTable[]>;
  /** Stops the service, and removes its database and roles. */
  remove(): Promise<void>;
}

export interface FailedCall {
  /** The name of the gRPC status, e.g. FAILED_PRECONDITION. */
  readonly status: keyof typeof Status;
  /** The refusal's code; empty when it failed for another reason. */
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** How a call failed. Throws when it succeeded, or failed outside gRPC. */
export async function failureOf(call: Promise<unknown>): Promise<FailedCall> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const refused = refusalOf(error);
    return { status: Status[error.code] as keyof typeof Status, code: refused?.code ?? '', facts: refused?.facts ?? {} };
  }
  throw new Error('the call succeeded');
}

/** A caller of a test: vendor-operations of vendor `v1` unless said otherwise. */
export function testCaller(caller: Partial<Caller> = {}): Caller {
  return { kind: 'user', id: 'user-1', vendorId: 'v1', role: 'vendor-operations', shopIds: 'all', clientId: '', mayAgree: false, ...caller };
}

export async function createTestInstallation(): Promise<TestInstallation> {
  return { identity: await createIdentity(SERVICE_NAMES), databasePrefix: `t_${randomBytes(5).toString('hex')}` };
}

/** Starts the service on a database of its own on the run's PostgreSQL. Always `remove()` it. */
export async function startTestService(definition: ServiceDefinition, options: TestServiceOptions = {}): Promise<TestService> {
  const installation = options.installation ?? (await createTestInstallation());
  const { identity, databasePrefix } = installation;
  const cluster = await postgres();
  const folder = await mkdtemp(join(tmpdir(), 'deskfleet-identity-'));
  const objects = join(tmpdir(), `deskfleet-objects-${databasePrefix}`); // the services of one installation share it
  const [key, jwks] = [join(folder, 'key.json'), join(folder, 'jwks.json')];
  await writeFile(key, identity.privateKeys[definition.name] ?? '');
  await writeFile(jwks, identity.jwks);
  const config = readConfig(definition.name, {
    DESKFLEET_DATABASE_ADMIN_URL: cluster,
    DESKFLEET_DATABASE_PREFIX: databasePrefix,
    DESKFLEET_SECRET: databasePrefix,
    DESKFLEET_GRPC_PORT: '0',
    DESKFLEET_HTTP_PORT: '0',
    DESKFLEET_PEERS: JSON.stringify(Object.fromEntries(Object.entries(options.peers ?? {}).map(([name, peer]) => [name, peer.address]))),
    DESKFLEET_IDENTITY_KEY: key,
    DESKFLEET_JWKS: jwks,
    DESKFLEET_OBJECTS_DIR: objects,
    ...options.env,
  });
  await rm(folder, { recursive: true });
  const log = pino({ level: process.env['DESKFLEET_LOG_LEVEL'] ?? 'silent' });
  const service = await startService(definition, config, { log, ...(options.now === undefined ? {} : { now: options.now }) });
  const address = `127.0.0.1:${service.grpcPort}`;
  const channel = createChannel(address);
  const name = databaseName(databasePrefix, definition.name);

  return {
    ...service,
    config,
    installation,
    address,
    adminUrl: withDatabase(cluster, name),
    async unprotectedTables() {
      const admin = new PgClient({ connectionString: withDatabase(cluster, name) });
      await admin.connect();
      try {
        return await tablesWithoutForcedPolicy(admin);
      } finally {
        await admin.end();
      }
    },
    as(caller, service) {
      const signer: ServiceName = caller.kind === 'user' ? 'portal' : (caller.id as ServiceName);
      const token = async (): Promise<string> => {
        const privateKey = await readPrivateKey(signer, identity.privateKeys[signer] ?? '');
        return createTokens({ service: signer, privateKey, jwks: identity.jwks, now: options.now ?? Date.now }).issue(caller, definition.name);
      };
      return createClientFactory().use(rememberRefusals).use(authorize(token)).create(service, channel);
    },
    withHeader(authorization, service) {
      const factory = createClientFactory().use(rememberRefusals);
      return authorization === undefined
        ? factory.create(service, channel)
        : factory.use(authorize(async () => authorization.replace(/^Bearer /, ''))).create(service, channel);
    },
    async remove() {
      channel.close();
      await service.stop();
      await removeDatabase(cluster, name);
      await rm(objects, { recursive: true, force: true });
    },
  };
}

/** Removes a database of a test with its roles. */
export async function removeDatabase(cluster: string, name: string): Promise<void> {
  const admin = new PgClient({ connectionString: cluster });
  await admin.connect();
  try {
    for (const database of [name, `${name}_keys`]) await dropDatabase(admin, database);
    for (const role of ['owner', 'worker', 'reader']) await admin.query(`drop role if exists ${name}_${role}`);
  } finally {
    await admin.end();
  }
}
