// What each service is told by its environment: the same names that deploy/compose uses, so that nothing runs only here.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '@deskfleet/service-kit';
import { type Folder, SERVICES } from './installation.ts';

export interface Surroundings {
  readonly folder: Folder;
  readonly databaseUrl: string;
  readonly bus: 'feed' | 'kafka';
  readonly brokers: readonly string[];
  /** By `<service>.grpc`, `<service>.http`, and `portal` for the address users open. */
  readonly ports: Readonly<Record<string, number>>;
}

// Small heaps: seven services share a laptop with everything else on it.
const NODE_OPTIONS = '--max-old-space-size=256 --max-semi-space-size=16 --disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning';

/**
 * Node's own words of a service's command. A heap this small may grow by 30 % before it is marked anew, and marking ran beside the services at a fifth of
 * the processor time; at twice what is alive it runs a third as often.
 */
export const NODE_FLAGS: readonly string[] = ['--heap-growing-percent=100'];

// Compiled code, shared by all installations of this checkout: without it a start takes three times as long, and the first stop after it
// some 10 s, in which each service writes what it compiled.
const COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/deskfleet', import.meta.url));

// Who keeps sealed personal data, each under a master key of its own.
const SEALING: readonly ServiceName[] = ['client-onboarding', 'agent-pools', 'conversations', 'qa-inspection'];

/** The names of the ports an installation needs besides the portal's own. */
export function portNames(bus: 'feed' | 'kafka'): string[] {
  return [...SERVICES.flatMap((service) => [`${service}.grpc`, `${service}.http`]), 'postgres', ...(bus === 'kafka' ? ['kafka', 'kafka.controller'] : [])];
}

/** The environment of one service. Settings of the user's own (log level, exporters, an identity provider) pass through. */
export function environmentOf(service: ServiceName, { folder, databaseUrl, bus, brokers, ports }: Surroundings): Record<string, string> {
  return {
    ...(process.env as Record<string, string>),
    NODE_OPTIONS: [NODE_OPTIONS, process.env['NODE_OPTIONS'] ?? ''].join(' ').trimEnd(), // the user's own come last, and count
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    DESKFLEET_DATABASE_ADMIN_URL: databaseUrl,
    DESKFLEET_SECRET: folder.secret('secret'),
    DESKFLEET_BUS: bus,
    ...(bus === 'kafka' ? { KAFKA_BROKERS: brokers.join(',') } : {}),
    DESKFLEET_GRPC_PORT: String(ports[`${service}.grpc`]),
    DESKFLEET_HTTP_PORT: String(ports[`${service}.http`]),
    DESKFLEET_PEERS: JSON.stringify(Object.fromEntries(SERVICES.map((peer) => [peer, `127.0.0.1:${ports[`${peer}.grpc`]}`]))),
    DESKFLEET_IDENTITY_KEY: join(folder.file('keys'), `${service}.json`),
    DESKFLEET_JWKS: join(folder.file('keys'), 'jwks.json'),
    ...(ownBucket() === undefined ? { DESKFLEET_OBJECTS_DIR: process.env['DESKFLEET_OBJECTS_DIR'] || objectsOf(folder.path) } : {}),
    ...(SEALING.includes(service) ? { DESKFLEET_MASTER_KEY: join(folder.file('keys'), `master-${service}.key`) } : {}),
    ...(service === 'portal'
      ? {
          DESKFLEET_PORTAL_PORT: String(ports['portal']),
          DESKFLEET_PUBLIC_URL: publicUrl(ports),
          DESKFLEET_OPERATOR_TOKEN_FILE: operatorTokenFile(folder),
        }
      : {}),
  };
}

/** Where an installation keeps files, unless it was given a bucket or another folder. */
export function objectsOf(dataDir: string): string {
  return join(dataDir, 'objects');
}

/** The bucket files are kept in instead, when the user has one. */
export function ownBucket(): string | undefined {
  return process.env['DESKFLEET_S3_BUCKET'] || undefined;
}

/** Where users open the portal. */
export function publicUrl(ports: Surroundings['ports']): string {
  return `http://127.0.0.1:${ports['portal']}`;
}

/** Where the portal leaves the bearer token by which the deskfleet command acts as the vendor's operations. */
export function operatorTokenFile(folder: Folder): string {
  return folder.file('operator-token');
}
