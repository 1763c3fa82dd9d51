// A shop that was added, or an agent who was hired, a moment before: whoever says where it was recorded may go on with it, however far behind this service is.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { StaffingServiceDefinition } from '@deskfleet/protocol/agents-staffing';
import { LogPosition } from '@deskfleet/protocol/common';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { createTestInstallation, failureOf, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { service as definition } from '../src/main.ts';

let keys: string;
let onboarding: TestService;
let conversations: TestService;
let pools: TestService;

beforeAll(async () => {
  keys = await mkdtemp(join(tmpdir(), 'deskfleet-train-'));
  const installation = await createTestInstallation();
  const owner = (name: 'client-onboarding' | 'conversations', events: (typeof ShopAdded)[]) =>
    startTestService({ name, migrations: [], parts: () => ({ events, projections: [], subscriptions: [], api: [] }) }, { installation });
  onboarding = await owner('client-onboarding', [ShopAdded]);
  conversations = await owner('conversations', []);
  pools = await startTestService(definition, {
    installation,
    peers: { 'client-onboarding': onboarding, conversations },
    env: { DESKFLEET_MASTER_KEY: join(keys, 'master.key') },
  });
});
afterAll(async () => {
  for (const service of [pools, conversations, onboarding]) await service?.remove();
  await rm(keys, { recursive: true });
});

async function addShop(shopId: string): Promise<LogPosition> {
  const cause = { vendorId: 'v1', actor: Actor.create({}), correlationId: '', causationId: '', commandId: '' };
  const events = [{ event: ShopAdded.create({ shopId, code: shopId }), occurredAt: 1, shopId }];
  const outcome = await onboarding.kit.store.append({ cause, streams: [{ streamId: `shop-${shopId}`, expected: 'none', events }] });
  if (outcome.outcome !== 'appended') throw new Error(outcome.outcome);
  return LogPosition.create({ source: onboarding.kit.store.source, position: outcome.lastPosition });
}

test('training for a shop waits until this service has heard of it, as far as the caller says; without that word it is not found', async () => {
  const api = pools.as(testCaller(), AgentPoolServiceDefinition);
  const { agentId } = await api.hireAgent({ commandId: 'hire', name: '小美', skills: [], maxLoad: 2 });
  const admin = new Client({ connectionString: pools.adminUrl });
  await admin.connect();
  try {
    await admin.query('begin; lock table known_shops in exclusive mode'); // it may be read; what comes in waits
    const after = await addShop('sh_new');
    const train = { agentId, shopId: 'sh_new', trainedOn: '2026-11-01' };
    expect(await failureOf(api.trainAgent({ ...train, commandId: 'too early' }))).toMatchObject({ code: 'shop-not-found' });
    const trained = api.trainAgent({ ...train, commandId: 'train', after });
    await expect
      .poll(async () => (await admin.query("select from pg_locks where relation = 'known_shops'::regclass and not granted")).rowCount, { timeout: 30_000 })
      .toBe(1);
    await admin.query('commit');
    const { at } = await trained;
    expect(await api.trainAgent({ ...train, commandId: 'train' })).toMatchObject({ at }); // the same command, whatever it waits for
    expect((await api.listAgents({ after: at })).agents).toMatchObject([{ trainedShopIds: ['sh_new'] }]);
  } finally {
    await admin.end();
  }
}, 60_000);

test('a plan waits until this service’s own pages have heard of the agent, as far as the caller says; without that word nobody knows them', async () => {
  const [api, staffing] = [pools.as(testCaller(), AgentPoolServiceDefinition), pools.as(testCaller(), StaffingServiceDefinition)];
  const { rows } = await pools.kit.work((tx) =>
    sql<{ table: string }>`select max(relname) as table from pg_class where relname like 'agents\\_v%' and relkind = 'r'`.execute(tx),
  );
  const admin = new Client({ connectionString: pools.adminUrl });
  await admin.connect();
  try {
    await admin.query(`begin; lock table ${rows[0]?.table} in exclusive mode`); // it may be read; what comes in waits
    const { agentId, at: after } = await api.hireAgent({ commandId: 'hire another', name: '小红', skills: [], maxLoad: 2 });
    const plan = { shifts: [{ agentId, shopIds: [], fromAt: Date.now(), toAt: Date.now() + 3_600_000 }], source: 'page' };
    expect(await staffing.planShifts({ ...plan, commandId: 'too early' })).toMatchObject({ planned: 0, rejected: [{ code: 'shift-agent-unknown' }] });
    const planned = staffing.planShifts({ ...plan, commandId: 'plan', ...(after === undefined ? {} : { after }) });
    await expect
      .poll(async () => (await admin.query('select from pg_locks where relation = $1::regclass and not granted', [rows[0]?.table])).rowCount, {
        timeout: 30_000,
      })
      .toBe(1);
    await admin.query('commit');
    expect(await planned).toMatchObject({ planned: 1, rejected: [] });
    expect(await staffing.planShifts({ ...plan, commandId: 'plan' })).toMatchObject({ planned: 1 }); // the same command, whatever it waits for
  } finally {
    await admin.end();
  }
}, 60_000);
