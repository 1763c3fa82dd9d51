// What an operator sees of a service and may do to its read models, over real gRPC; and what the service tells Prometheus.
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import { OperationsServiceDefinition } from '@deskfleet/protocol/operations';
import { EventMeta } from '@deskfleet/protocol/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestInstallation, failureOf, startTestService, type TestService, testCaller } from '../src/testing/test-service.ts';
import { sampleService } from './sample-service.ts';

let service: TestService;
let reading: TestService;
const operator = testCaller();
const stranger = testCaller({ vendorId: 'v2' });

beforeAll(async () => {
  const installation = await createTestInstallation();
  service = await startTestService(sampleService(), { installation });
  reading = await startTestService(sampleService({ name: 'billing', subscribes: true }), { installation, peers: { 'client-onboarding': service } });
});
afterAll(async () => {
  await reading?.remove();
  await service?.remove();
});

const of = (caller = operator) => service.as(caller, OperationsServiceDefinition);
const register = (name: string, caller = operator) => service.as(caller, OnboardingServiceDefinition).registerClient({ commandId: `register-${name}`, name });

test('events are listed in order, forwards and backwards, by what is asked; another vendor sees none of them', async () => {
  for (const name of ['East', 'West', 'North']) await register(name);
  await register('Foreign', stranger);
  const all = await of().listEvents({});
  expect(all.events.map(({ streamId }) => streamId)).toEqual(['client-East', 'client-West', 'client-North']);
  expect(all).toMatchObject({ done: true, source: expect.stringMatching(/^client-onboarding\/0\//), head: all.through });
  expect((await of(stranger).listEvents({})).events.map(({ streamId }) => streamId)).toEqual(['client-Foreign']);

  const [first, second] = [all.events[0]?.position ?? 0, all.events[1]?.position ?? 0];
  const newest = await of().listEvents({ newestFirst: true, size: 2 });
  expect(newest.events.map(({ streamId }) => streamId)).toEqual(['client-North', 'client-West']);
  expect(newest).toMatchObject({ done: false, through: second });
  expect((await of().listEvents({ newestFirst: true, before: newest.through })).events.map(({ position }) => position)).toEqual([first]);
  expect((await of().listEvents({ after: first, size: 1 })).events.map(({ position }) => position)).toEqual([second]);

  const streams = async (filter: Parameters<ReturnType<typeof of>['listEvents']>[0]) => (await of().listEvents(filter)).events.map(({ streamId }) => streamId);
  expect(await streams({ streamId: 'client-West' })).toEqual(['client-West']);
  expect(await streams({ types: ['deskfleet.onboarding.v1.ShopAdded'] })).toEqual([]);
  expect(await streams({ shopId: 'none' })).toEqual([]);
  const meta = EventMeta.decode(all.events[1]?.meta ?? new Uint8Array());
  expect(await streams({ eventId: meta.eventId })).toEqual(['client-West']);
  expect(await streams({ causationId: 'register-North' })).toEqual(['client-North']);
  expect(await streams({ correlationId: meta.eventId })).toEqual([]); // its id stands in the meta, but as another field
  const at = all.events[0]?.recordedAt ?? 0;
  expect(await streams({ recordedFrom: at, recordedUntil: at + 1 })).toContain('client-East');
  expect(await streams({ recordedFrom: at + 3_600_000 })).toEqual([]);
  expect(await streams({ recordedUntil: at })).toEqual([]);
  expect((await of().listEvents({ after: all.head })).done).toBe(true);
});

test('only services and users with the operations right; a page above 500 is refused', async () => {
  for (const role of ['team-lead', 'qa-inspector', 'finance', 'client'] as const) {
    const client = of(testCaller({ role }));
    const calls = [client.getOperations({}), client.listEvents({}), client.listProjections({}), client.rebuildProjection({ name: 'clients' })];
    for (const { status } of await Promise.all(calls.map(failureOf))) expect(status, role).toBe('PERMISSION_DENIED');
  }
  expect(await failureOf(of().listEvents({ size: 501 }))).toMatchObject({ status: 'INVALID_ARGUMENT', code: 'page-size-invalid' });
});

test('how far it has come: its head, its groups behind their sources by name, its read models; a source that is away is not a zero', async () => {
  const { at } = await register('Lagging');
  await reading.kit.awaitPosition(at);
  const seen = await reading.as(operator, OperationsServiceDefinition).getOperations({});
  expect(seen.groups).toMatchObject([{ group: 'marks', service: 'client-onboarding', source: at?.source, applied: at?.position, behind: 0, known: true }]);
  expect(seen).toMatchObject({ held: [], faults: [], timers: { pending: 0, due: 0, lateMs: 0 } });
  expect(seen.relay).toBeUndefined();
  expect(seen.projections).toMatchObject([{ name: 'clients', version: 1, build: 1, state: 'live', rebuildable: true }]);
});

test('a projection is rebuilt, swapped back and dropped by name; what the state forbids says so', async () => {
  const operations = of();
  const { at } = await register('Before');
  await service.kit.awaitPosition(at);
  expect((await operations.rebuildProjection({ name: 'clients' })).projection).toMatchObject({ name: 'clients', build: 2 });
  const state = async (build: number) => (await operations.listProjections({})).projections.find((one) => one.build === build)?.state;
  await until(async () => (await state(2)) === 'live');
  const { clients } = await service.as(operator, OnboardingServiceDefinition).listClients({ after: at });
  expect(clients.map(({ name }) => name)).toContain('Before');
  expect(await failureOf(operations.dropProjection({ name: 'clients', version: 1, build: 2 }))).toMatchObject({ code: 'projection-is-live' });
  await operations.swapProjection({ name: 'clients', version: 1, build: 1 });
  await until(async () => (await state(1)) === 'live');
  await operations.dropProjection({ name: 'clients', version: 1, build: 2 });
  expect(await state(2)).toBeUndefined();
  expect(await failureOf(operations.rebuildProjection({ name: 'nothing' }))).toMatchObject({ status: 'NOT_FOUND', code: 'projection-not-found' });
  expect(await service.unprotectedTables()).toEqual([]);
});

test('metrics carry their units in their names, and say how far everything is', async () => {
  await register('Measured');
  // Both services of this test are one process, and its first meter provider is the one that counts.
  const lines = [
    /^# TYPE deskfleet_log_append_duration_seconds histogram/m,
    /^# TYPE deskfleet_log_append_group_size histogram/m,
    /^deskfleet_log_append_duration_seconds_count\{outcome="appended"[^}]*\} \d+/m,
    /^deskfleet_log_head\S* \d+/m,
    /^process_memory_usage_bytes/m,
    /^process_cpu_time_seconds_total/m,
    /^deskfleet_projection_lag_events\{projection="clients"[^}]*\} 0/m,
    /^deskfleet_consumer_lag_events\{group="marks",source_service="client-onboarding"[^}]*\} \d+/m,
  ];
  const missing = async (): Promise<RegExp[]> => {
    const text = await (await fetch(`http://127.0.0.1:${service.httpPort}/metrics`)).text();
    return lines.filter((line) => !line.test(text));
  };
  await until(async () => (await missing()).length === 0).catch(() => undefined); // what was just appended is applied soon
  expect(await missing()).toEqual([]);
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('not within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
