// A service as a process: what it says when it is ready, when it cannot start, and how it leaves.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgres } from '@deskfleet/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentity } from '../src/index.ts';
import { removeDatabase } from '../src/testing/test-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'deskfleet-process-'));
const prefix = `p_${randomBytes(5).toString('hex')}`;
let environment: Record<string, string>;

beforeAll(async () => {
  const { privateKeys, jwks } = await createIdentity(['client-onboarding', 'portal']);
  writeFileSync(join(folder, 'key.json'), privateKeys['client-onboarding'] ?? '');
  writeFileSync(join(folder, 'jwks.json'), jwks);
  environment = {
    DESKFLEET_DATABASE_ADMIN_URL: await postgres(),
    DESKFLEET_DATABASE_PREFIX: prefix,
    DESKFLEET_SECRET: 'test',
    DESKFLEET_GRPC_PORT: '0',
    DESKFLEET_HTTP_PORT: '0',
    DESKFLEET_IDENTITY_KEY: join(folder, 'key.json'),
    DESKFLEET_JWKS: join(folder, 'jwks.json'),
  };
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await removeDatabase(await postgres(), `${prefix}_client_onboarding`);
});

/** Starts the sample; `said` resolves with standard output once it holds the text, or when the process ends. */
function start(env: Record<string, string>): { child: ChildProcess; said: (text: string) => Promise<string>; exit: Promise<number | null> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sample-main.ts')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const exit = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const said = async (text: string): Promise<string> => {
    while (!output.includes(text) && child.exitCode === null) await Promise.race([once(child.stdout, 'data'), exit]);
    return output;
  };
  return { child, said, exit };
}

test('it says in one line where it listens, answers there, and leaves in order on SIGTERM', async () => {
  const { child, said, exit } = start(environment);
  const output = await said('{"ready":');
  const line = output.split('\n').find((one) => one.startsWith('{"ready":'));
  const ready: { ready: string; grpc: number; http: number } = JSON.parse(line ?? '{}');
  expect(ready.ready).toBe('client-onboarding');
  expect((await fetch(`http://127.0.0.1:${ready.http}/readyz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  const steps = [...(await said('')).matchAll(/"step":"([^"]+)"/g)].map(([, step]) => step);
  expect(steps).toEqual(['not ready', 'intake builds', 'bus', 'background work', 'read model', 'log', 'http', 'grpc', 'clients', 'pools', 'telemetry']);
});

test('a second start finds its database as it was', async () => {
  const { child, said, exit } = start(environment);
  expect(await said('{"ready":')).not.toContain('"migrated"');
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});

test('a configuration that cannot be used names everything that is wrong with it, and no secret', async () => {
  const { said, exit } = start({
    DATABASE_URL: 'mysql://root:hunter2@host/db',
    DESKFLEET_GRPC_PORT: 'seven',
    DESKFLEET_BUS: 'kafka',
    DESKFLEET_TLS_CERT: '/nowhere/cert.pem',
    DESKFLEET_PEERS: '{"biling":"127.0.0.1:1"}',
    DESKFLEET_LOG_LEVEL: 'loud',
  });
  expect(await exit).toBe(1);
  const output = await said('cannot start');
  for (const named of [
    'DATABASE_URL: not a PostgreSQL URL',
    'DESKFLEET_GRPC_PORT: found',
    'KAFKA_BROKERS: missing',
    'missing DESKFLEET_TLS_KEY, DESKFLEET_TLS_CA',
    "unknown service 'biling'",
    'DESKFLEET_LOG_LEVEL',
    'DESKFLEET_IDENTITY_KEY: missing',
    'DESKFLEET_JWKS: missing',
  ]) {
    expect(output).toContain(named);
  }
  expect(output).not.toContain('hunter2');
});
