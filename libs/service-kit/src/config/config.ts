// A service's configuration, read from the environment once and checked whole: every mistake is named at the same time.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ObjectStoreSettings, readObjectStoreSettings } from '@deskfleet/object-store';
import { isLoopback } from '../grpc/options.ts';
import type { ServiceName } from '../service.ts';
import { portsOf, SERVICE_NAMES } from './names.ts';

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

export interface Config {
  readonly service: ServiceName;
  /** A login with CREATEDB and CREATEROLE: it makes this service's database and roles, and does nothing else. */
  readonly adminUrl: string;
  /** Names start with it: database `<prefix>_<service>`, roles `<database>_owner|_worker|_reader`. */
  readonly databasePrefix: string;
  /** Connections in all (3 to 20, default 4): one reads, the others work. */
  readonly connections: number;
  /** Roles' passwords and fingerprint keys derive from it. */
  readonly secret: string;
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly tls: TlsFiles | undefined;
  readonly peers: Readonly<Record<ServiceName, string>>;
  readonly bus: BusConfig;
  /** This service's private key (JWK). */
  readonly identityKey: string;
  /** Everyone's public keys (JWKS). */
  readonly jwks: string;
  readonly keyDatabaseUrl: string;
  readonly masterKeyFile: string | undefined;
  /** How long a process remembers a key of sealed personal data, in ms: an erasure is done when that has passed. */
  readonly keyCacheMs: number;
  /** Where files are kept. */
  readonly objects: ObjectStoreSettings;
  readonly logLevel: string;
  readonly otlpEndpoint: string | undefined;
}

export type BusConfig =
  | { readonly kind: 'feed' }
  | { readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly ssl?: boolean; readonly sasl?: Sasl };

export interface Sasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** A configuration that cannot be used: every problem, each naming its variable, what was found and what was expected. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(service: string, problems: readonly string[]) {
    super(`${service} cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Reads and checks a service's configuration. Throws `ConfigError`. */
export function readConfig(service: ServiceName, env: Environment): Config {
  const problems: string[] = [];
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;

  const file = (name: string): string => {
    const path = text(name);
    if (path === undefined) {
      problems.push(`${name}: missing, expected the path of a file`);
      return '';
    }
    return contents(name, path).toString('utf8');
  };

  const contents = (name: string, path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (error) {
      problems.push(`${name}: cannot read ${path} (${error instanceof Error ? error.message : String(error)})`);
      return Buffer.alloc(0);
    }
  };

  const integer = (name: string, otherwise: number, min: number, max: number): number => {
    const found = text(name);
    if (found === undefined) return otherwise;
    const value = Number(found);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    problems.push(`${name}: found '${found}', expected a whole number from ${min} to ${max}`);
    return otherwise;
  };

  const choice = (name: string, choices: readonly string[], otherwise: string): string => {
    const found = text(name) ?? otherwise;
    if (!choices.includes(found)) problems.push(`${name}: found '${found}', expected one of ${choices.join(', ')}`);
    return found;
  };

  const identityKey = file('DESKFLEET_IDENTITY_KEY');
  const jwks = file('DESKFLEET_JWKS');
  const adminUrl = readAdminUrl(text, problems);
  const databasePrefix = text('DESKFLEET_DATABASE_PREFIX') ?? 'deskfleet';
  if (!/^[a-z][a-z0-9_]{0,31}$/.test(databasePrefix)) {
    problems.push(`DESKFLEET_DATABASE_PREFIX: found '${databasePrefix}', expected 1 to 32 of a-z, 0-9 and _, beginning with a letter`);
  }
  const ports = portsOf(service);

  const config: Config = {
    service,
    adminUrl,
    databasePrefix,
    connections: integer('DESKFLEET_DATABASE_CONNECTIONS', 4, 3, 20),
    secret: text('DESKFLEET_SECRET') ?? (passwordOf(adminUrl) || identityKey),
    grpcHost: text('DESKFLEET_GRPC_HOST') ?? '127.0.0.1',
    grpcPort: integer('DESKFLEET_GRPC_PORT', ports.grpc, 0, 65535),
    httpHost: text('DESKFLEET_HTTP_HOST') ?? '127.0.0.1',
    httpPort: integer('DESKFLEET_HTTP_PORT', ports.http, 0, 65535),
    tls: readTls(text, contents, problems),
    peers: readPeers(text, problems),
    bus: readBus(text, choice('DESKFLEET_BUS', ['feed', 'kafka'], 'feed'), problems),
    identityKey,
    jwks,
    keyDatabaseUrl: text('DESKFLEET_KEY_DATABASE_URL') ?? withDatabase(adminUrl, `${databaseName(databasePrefix, service)}_keys`),
    masterKeyFile: text('DESKFLEET_MASTER_KEY'),
    keyCacheMs: integer('DESKFLEET_KEY_CACHE_SECONDS', 60, 1, 60) * 1_000,
    objects: readObjectStoreSettings(text, problems),
    logLevel: choice('DESKFLEET_LOG_LEVEL', LOG_LEVELS, 'info'),
    otlpEndpoint: text('OTEL_EXPORTER_OTLP_ENDPOINT'),
  };
  if (problems.length > 0) throw new ConfigError(service, problems);
  return config;
}

/** `deskfleet_client_onboarding` */
export function databaseName(prefix: string, service: ServiceName): string {
  return `${prefix}_${service.replaceAll('-', '_')}`;
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  if (!URL.canParse(url)) return url;
  const target = new URL(url);
  target.pathname = `/${database}`;
  return target.href;
}

function passwordOf(url: string): string {
  return URL.canParse(url) ? decodeURIComponent(new URL(url).password) : '';
}

function readAdminUrl(text: (name: string) => string | undefined, problems: string[]): string {
  const name = text('DESKFLEET_DATABASE_ADMIN_URL') === undefined ? 'DATABASE_URL' : 'DESKFLEET_DATABASE_ADMIN_URL';
  const url = text(name);
  if (url === undefined) {
    problems.push('DESKFLEET_DATABASE_ADMIN_URL or DATABASE_URL: missing, expected postgres://user:password@host:port/database');
    return '';
  }
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    // The value itself may hold a password and is not repeated.
    problems.push(`${name}: not a PostgreSQL URL, expected postgres://user:password@host:port/database`);
  }
  return url;
}

function readTls(text: (name: string) => string | undefined, contents: (name: string, path: string) => Buffer, problems: string[]): TlsFiles | undefined {
  const names = ['DESKFLEET_TLS_CERT', 'DESKFLEET_TLS_KEY', 'DESKFLEET_TLS_CA'] as const;
  const [cert, key, ca] = names.map(text);
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  if (cert === undefined || key === undefined || ca === undefined) {
    problems.push(`${names.join(', ')}: mutual TLS needs all three, missing ${names.filter((name) => text(name) === undefined).join(', ')}`);
    return undefined;
  }
  return { cert: contents(names[0], cert), key: contents(names[1], key), ca: contents(names[2], ca) };
}

function readBus(text: (name: string) => string | undefined, kind: string, problems: string[]): BusConfig {
  if (kind !== 'kafka') return { kind: 'feed' };
  const brokers = (text('KAFKA_BROKERS') ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
  if (brokers.length === 0) problems.push('KAFKA_BROKERS: missing, expected host:port[,host:port] when DESKFLEET_BUS=kafka');
  const sasl = readSasl(text, problems);
  return { kind: 'kafka', brokers, ...(text('KAFKA_SSL') === 'true' ? { ssl: true } : {}), ...(sasl === undefined ? {} : { sasl }) };
}

const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

function readSasl(text: (name: string) => string | undefined, problems: string[]): Sasl | undefined {
  const wanted = text('KAFKA_SASL_MECHANISM');
  if (wanted === undefined) return undefined;
  const mechanism = SASL_MECHANISMS.find((known) => known === wanted);
  const [username, password] = [text('KAFKA_SASL_USERNAME'), text('KAFKA_SASL_PASSWORD')];
  if (mechanism === undefined) problems.push(`KAFKA_SASL_MECHANISM: found '${wanted}', expected one of ${SASL_MECHANISMS.join(', ')}`);
  if (username === undefined || password === undefined) problems.push('KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD: both are needed with KAFKA_SASL_MECHANISM');
  return mechanism === undefined || username === undefined || password === undefined ? undefined : { mechanism, username, password };
}

function readPeers(text: (name: string) => string | undefined, problems: string[]): Record<ServiceName, string> {
  let listed: Record<string, unknown> = {};
  const json = text('DESKFLEET_PEERS');
  if (json !== undefined) {
    try {
      listed = JSON.parse(json);
    } catch {
      problems.push(`DESKFLEET_PEERS: not JSON, expected {"conversations":"host:port",...}`);
    }
  }
  for (const name of Object.keys(listed)) {
    if (!SERVICE_NAMES.some((service) => service === name)) problems.push(`DESKFLEET_PEERS: unknown service '${name}', expected ${SERVICE_NAMES.join(', ')}`);
  }
  const address = (service: ServiceName): string => {
    const own = `DESKFLEET_PEER_${service.replaceAll('-', '_').toUpperCase()}`;
    const found = text(own) ?? listed[service] ?? `127.0.0.1:${portsOf(service).grpc}`;
    if (typeof found === 'string' && text('DESKFLEET_TLS_CERT') !== undefined && isIP(found.replace(/:\d+$/, '')) !== 0 && !isLoopback(found)) {
      problems.push(`DESKFLEET_PEERS: found '${found}' for ${service}, expected a host name: certificates name hosts`);
      return '';
    }
    if (typeof found === 'string' && /^[^\s/]+:\d{1,5}$/.test(found)) return found;
    problems.push(`${text(own) === undefined ? 'DESKFLEET_PEERS' : own}: found '${String(found)}' for ${service}, expected host:port`);
    return '';
  };
  return Object.fromEntries(SERVICE_NAMES.map((service) => [service, address(service)])) as Record<ServiceName, string>;
}
