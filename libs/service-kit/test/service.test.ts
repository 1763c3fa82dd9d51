// The kit on a real database and real gRPC, with a small whole service.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { EventFeedServiceDefinition } from '@deskfleet/protocol/feed';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { postgres } from '@deskfleet/test-servers';
import { sql } from 'kysely';
import { ClientError, Status } from 'nice-grpc-common';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, createIdentity, createTokens, readPrivateKey, refusalOf, tablesWithoutForcedPolicy } from '../src/index.ts';
import { createTestInstallation, startTestService, type TestService, testCaller } from '../src/testing/test-service.ts';
import { FAULT, sampleService, TAKEN } from './sample-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService(sampleService());
});
afterAll(() => service?.remove());

const operations = testCaller();
const failure = async (call: Promise<unknown>): Promise<ClientError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof ClientError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
};

test('what was written is read after its position', async () => {
  const api = service.as(operations, OnboardingServiceDefinition);
  const { at } = await api.registerClient({ commandId: 'write-1', name: 'North' });
  const { clients } = await api.listClients({ after: at });
  expect(clients.map(({ name }) => name)).toContain('North');
});

test('the same command again gets the same answer, with other content it is refused', async () => {
  const api = service.as(operations, OnboardingServiceDefinition);
  const first = await api.registerClient({ commandId: 'twice', name: 'South' });
  const again = await api.registerClient({ commandId: 'twice', name: 'South' });
  expect(again.clientId).toBe(first.clientId);
  const reused = await failure(api.registerClient({ commandId: 'twice', name: 'Other' }));
  expect(reused.code).toBe(Status.INVALID_ARGUMENT);
  expect(refusalOf(reused)?.code).toBe('command-id-reused');
});

test('a refusal crosses gRPC with its code and facts, and is kept as the answer', async () => {
  const api = service.as(operations, OnboardingServiceDefinition);
  for (const attempt of ['first', 'again']) {
    const refused = await failure(api.registerClient({ commandId: 'refused', name: TAKEN }));
    expect(refused.code, attempt).toBe(Status.INVALID_ARGUMENT);
    expect(refusalOf(refused)).toEqual({ accepted: false, code: 'name-invalid', facts: { field: 'name', found: TAKEN, amount: '12' } });
  }
});

test('what the state forbids is a failed precondition', async () => {
  const api = service.as(operations, OnboardingServiceDefinition);
  await api.registerClient({ commandId: 'state-1', name: 'West' });
  expect((await failure(api.registerClient({ commandId: 'state-2', name: 'West' }))).code).toBe(Status.FAILED_PRECONDITION);
});

test('twenty writers of one stream: one succeeds, the others are refused, none fails', async () => {
  const api = service.as(operations, OnboardingServiceDefinition);
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => api.registerClient({ commandId: `race-${n}`, name: 'Race' })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [refusalOf(outcome.reason)?.code] : []));
  expect(new Set(codes)).toEqual(new Set(['client-exists']));
});

test('a fault tells the caller nothing of its inside', async () => {
  const fault = await failure(service.as(operations, OnboardingServiceDefinition).registerClient({ commandId: 'fault', name: FAULT }));
  expect(fault.code).toBe(Status.INTERNAL);
  expect(fault.details).not.toContain('secret');
});

test('another vendor sees nothing of it, a role without the right is refused', async () => {
  const { at } = await service.as(operations, OnboardingServiceDefinition).registerClient({ commandId: 'tenant', name: 'East' });
  const stranger = service.as(testCaller({ vendorId: 'v2' }), OnboardingServiceDefinition);
  expect((await stranger.listClients({ after: at })).clients).toEqual([]);
  const finance = service.as(testCaller({ role: 'finance' }), OnboardingServiceDefinition);
  expect((await failure(finance.registerClient({ commandId: 'role', name: 'X' }))).code).toBe(Status.PERMISSION_DENIED);
});

test('a client user sees the rows of their own shops only, and cannot write', async () => {
  await service.kit.work((tx) =>
    sql`insert into marks values ('v1', 'sh_a', 'a'), ('v1', 'sh_b', 'b'), ('v1', null, 'none'), ('v2', 'sh_a', 'foreign')`.execute(tx),
  );
  const client = testCaller({ role: 'client', shopIds: ['sh_a'] });
  const seen = await service.kit.read(client, (tx) => sql<{ mark: string }>`select mark from marks`.execute(tx));
  expect(seen.rows.map(({ mark }) => mark)).toEqual(['a']);
  await expect(service.kit.read(client, (tx) => sql`delete from marks`.execute(tx))).rejects.toThrow();
});

test('a missing, expired, foreign-signed or misdirected token is unauthenticated; health needs none', async () => {
  const foreign = await createIdentity(['portal']);
  const tokens = async (identity: typeof foreign, now = Date.now) =>
    createTokens({ service: 'portal', privateKey: await readPrivateKey('portal', identity.privateKeys['portal'] ?? ''), jwks: identity.jwks, now });
  const own = service.installation.identity;
  const bad = {
    missing: undefined,
    garbled: 'not-a-token',
    expired: await (await tokens(own, () => Date.now() - 120_000)).issue(operations, 'client-onboarding'),
    'signed by a stranger': await (await tokens(foreign)).issue(operations, 'client-onboarding'),
    'for another service': await (await tokens(own)).issue(operations, 'billing'),
  };
  for (const [name, token] of Object.entries(bad)) {
    const error = await failure(service.withHeader(token, OnboardingServiceDefinition).listClients({}));
    expect(error.code, name).toBe(Status.UNAUTHENTICATED);
  }
  const { HealthDefinition } = await import('nice-grpc-server-health');
  expect(await service.withHeader(undefined, HealthDefinition).check({ service: '' })).toMatchObject({ status: 1 });
});

test('a service cannot speak for a user whom the portal did not send', async () => {
  const { identity } = service.installation;
  const billing = createTokens({
    service: 'billing',
    privateKey: await readPrivateKey('billing', identity.privateKeys['billing'] ?? ''),
    jwks: identity.jwks,
    now: Date.now,
  });
  await expect(billing.issue(operations, 'client-onboarding')).rejects.toThrow('no statement of the portal');
});

test('a forwarded call arrives as the user who asked first', async () => {
  const installation = await createTestInstallation();
  const asked: string[] = [];
  const onAsked = (caller: Caller): number => asked.push(`${caller.kind} ${caller.id} ${caller.role}`);
  const answering = await startTestService(sampleService({ name: 'billing', onAsked }), { installation });
  const forwarding = await startTestService(sampleService(), { installation, peers: { billing: answering } });
  try {
    await forwarding.as(testCaller({ id: 'user-7', role: 'finance' }), OnboardingServiceDefinition).listWaiting({});
    expect(asked).toEqual(['user user-7 finance']);
  } finally {
    await forwarding.remove();
    await answering.remove();
  }
});

test('a service reads what another one wrote, once, and answers after its position', async () => {
  const reading = await startTestService(sampleService({ name: 'billing', subscribes: true }), {
    installation: service.installation,
    peers: { 'client-onboarding': service },
  });
  try {
    const { at } = await service.as(operations, OnboardingServiceDefinition).registerClient({ commandId: 'read-by-another', name: 'Harbour' });
    await reading.kit.awaitPosition(at);
    const seen = await reading.kit.work((tx) => sql<{ mark: string }>`select mark from marks where mark = 'Harbour'`.execute(tx));
    expect(seen.rows).toHaveLength(1);
    const foreign = reading.withHeader(undefined, EventFeedServiceDefinition);
    expect((await failure(foreign.head({}))).code).toBe(Status.UNAUTHENTICATED);
    expect((await failure(reading.as(operations, EventFeedServiceDefinition).head({}))).code).toBe(Status.PERMISSION_DENIED);
  } finally {
    expect(await reading.stop()).toEqual([]);
    await reading.remove();
  }
});

test('every table of the database is held by a forced policy, and a planted one without is found', async () => {
  const admin = new Client({ connectionString: service.adminUrl });
  await admin.connect();
  try {
    expect(await tablesWithoutForcedPolicy(admin)).toEqual([]);
    await admin.query('create table planted (id int); create table half (id int); alter table half enable row level security');
    expect(await tablesWithoutForcedPolicy(admin)).toEqual([
      { table: 'public.half', reason: 'row level security not forced' },
      { table: 'public.planted', reason: 'row level security not enabled' },
    ]);
  } finally {
    await admin.query('drop table planted, half');
    await admin.end();
  }
});

test('gRPC and the doors for operators listen on loopback unless told otherwise', async () => {
  expect([service.config.grpcHost, service.config.httpHost]).toEqual(['127.0.0.1', '127.0.0.1']);
  for (const port of [service.grpcPort, service.httpPort]) {
    expect(await reached('127.0.0.1', port)).toBe(true);
    // Another address of this machine: whoever listens on all of them answers here too.
    expect(await reached('127.0.0.2', port)).toBe(false);
  }
});

function reached(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

test('a login with CREATEDB and CREATEROLE is enough to start, twice, and the reader is no superuser', async () => {
  const login = `l_${randomBytes(5).toString('hex')}`;
  const admin = new Client({ connectionString: await postgres() });
  await admin.connect();
  await admin.query(`create role ${login} login createdb createrole password 'pass'`);
  const url = new URL(await postgres());
  url.username = login;
  url.password = 'pass';
  const installation = await createTestInstallation();
  const env = { DESKFLEET_DATABASE_ADMIN_URL: url.href };
  const first = await startTestService(sampleService(), { installation, env });
  await first.stop();
  const second = await startTestService(sampleService(), { installation, env });
  const { rows } = await admin.query('select rolname from pg_roles where rolname = any($1) and (rolsuper or rolbypassrls or rolcreaterole)', [
    Object.values(second.database.roles),
  ]);
  expect(rows).toEqual([]);
  await second.remove();
  await admin.query(`drop role ${login}`);
  await admin.end();
});

test('health, readiness and metrics answer over HTTP', async () => {
  const get = async (path: string) => fetch(`http://127.0.0.1:${service.httpPort}${path}`);
  expect((await get('/healthz')).status).toBe(200);
  expect(await (await get('/readyz')).json()).toMatchObject({ status: 'ready' });
  expect(await (await get('/metrics')).text()).toContain('rpc_server_duration');
  expect((await get('/nothing')).status).toBe(404);
});

test('a changed migration stops the start; the service that runs is not disturbed', async () => {
  const admin = new Client({ connectionString: service.adminUrl });
  await admin.connect();
  await admin.query(`update schema_migrations set checksum = 'other'`);
  await expect(startTestService(sampleService(), { installation: service.installation })).rejects.toThrow('was changed after it was applied');
  await admin.end();
});
