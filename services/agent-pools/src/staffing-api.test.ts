// Shifts, presence and headcount as they run: gRPC in front, PostgreSQL behind, contracts as client-onboarding tells of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@deskfleet/event-store';
import { shopIdOf } from '@deskfleet/protocol';
import { Presence } from '@deskfleet/protocol/agents';
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import { type StaffedShop, StaffingServiceDefinition } from '@deskfleet/protocol/agents-staffing';
import type { LogPosition } from '@deskfleet/protocol/common';
import { ContractImported, ContractSigned, ServiceEndSet, ShopAdded, ShopWentLive } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { AgentLevel, ContractTerms } from '@deskfleet/protocol/terms';
import { type Caller, serviceCaller, signatureOf } from '@deskfleet/service-kit';
import { failureOf, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { service as definition } from './main.ts';
import { contracts } from './subscriptions/contracts.ts';
import { intake } from './subscriptions/conversations.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MORNING = Date.parse('2026-11-11T09:00:00+08:00');
let service: TestService;
let folder: string;
let clock = MORNING;
let ids = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deskfleet-staffing-'));
  service = await startTestService(definition, { now: () => clock, env: { DESKFLEET_MASTER_KEY: join(folder, 'master.key') } });
});
afterAll(async () => {
  await service?.remove();
  await rm(folder, { recursive: true });
});

const commandId = () => `command-${++ids}`;
const staffing = (caller: Partial<Caller> = {}) => service.as(testCaller(caller), StaffingServiceDefinition);
const pools = (caller: Partial<Caller> = {}) => service.as(testCaller(caller), AgentPoolServiceDefinition);

type Foreign = ShopAdded | ContractImported | ContractSigned | ServiceEndSet | ShopWentLive;

/** Events of client-onboarding, as the bus would hand them over. */
async function arrive(vendorId: string, ...events: readonly Foreign[]): Promise<void> {
  const recorded = events.map((event): RecordedEvent<Foreign> => {
    const position = ++ids;
    const meta = { eventId: `e${position}`, vendorId, shopId: '', correlationId: '', causationId: '', commandId: '', actor: Actor.create(), traceparent: '' };
    return { source: 'client-onboarding/0/1', position, streamId: 's', version: 1, bucket: 0, event, meta, occurredAt: clock, recordedAt: clock };
  });
  const added = recorded.flatMap((each) => (each.event.$type === ShopAdded.$type ? [{ ...each, event: each.event }] : []));
  const others = recorded.flatMap((each) => (each.event.$type === ShopAdded.$type ? [] : [{ ...each, event: each.event }]));
  await service.kit.work((tx) => intake.handle(added, tx));
  if (others.length > 0) await service.kit.work((tx) => contracts.handle(others, tx));
}

/** Open from 9 to 22 in Shanghai. */
const terms = (count: number): ContractTerms =>
  ContractTerms.fromPartial({ zone: 'Asia/Shanghai', effectiveOn: '2026-01-01', serviceWindows: [{ from: '09:00', to: '22:00' }], staffing: [{ count }] });
const imported = (vendorId: string, count: number, ...codes: string[]) =>
  ContractImported.create({ contractId: `ct_${codes.join('_')}`, shopIds: codes.map((code) => shopIdOf(vendorId, code)), terms: terms(count) });
const shopsAdded = (vendorId: string, ...codes: string[]) => codes.map((code) => ShopAdded.create({ shopId: shopIdOf(vendorId, code), code }));

/** Where what was said last stands: read one's own writes. */
let last: LogPosition | undefined;

async function hire(vendorId: string, name: string, ...codes: string[]): Promise<string> {
  const api = pools({ vendorId });
  const { agentId } = await api.hireAgent({ commandId: commandId(), name, skills: [], maxLoad: 5 });
  for (const code of codes) last = (await api.trainAgent({ commandId: commandId(), agentId, shopId: shopIdOf(vendorId, code), trainedOn: '2026-11-01' })).at;
  return agentId;
}

const come = async (vendorId: string, agentId: string, presence: Presence = Presence.PRESENCE_ONLINE) => {
  last = (await pools({ vendorId }).setPresence({ commandId: commandId(), agentId, presence })).at;
};

/** The shop as listed once what was said last is taken in. */
async function staffed(vendorId: string, code: string, caller: Partial<Caller> = {}): Promise<StaffedShop | undefined> {
  const { shops } = await staffing({ vendorId, ...caller }).getStaffing({ shopIds: [shopIdOf(vendorId, code)], after: last });
  return shops[0];
}
const types = async (vendorId: string, code: string) => {
  const streamId = `staffing-${shopIdOf(vendorId, code)}`;
  return (await service.kit.store.load(vendorId, [streamId])).get(streamId)?.events.map(({ event }) => event.$type.split('.').at(-1)) ?? [];
};

test('too few online for more than 15 minutes of service time is a shortfall for vendor and client, since when they were too few', async () => {
  // BR-218
  const vendorId = 'short';
  await arrive(vendorId, ...shopsAdded(vendorId, 'north'), imported(vendorId, 2, 'north'));
  const [a, b] = [await hire(vendorId, '小美', 'north'), await hire(vendorId, '小红', 'north')];
  expect(await staffed(vendorId, 'north')).toMatchObject({ contracted: { count: 2 }, trained: 2, online: undefined, onShift: undefined, shortage: undefined });
  await come(vendorId, a);
  // Nobody has said where 小红 is: she might be there.
  expect(await staffed(vendorId, 'north')).toMatchObject({ online: { count: 1 }, unreported: 1, shortage: undefined });
  await come(vendorId, b);
  clock += 5 * MINUTE;
  const since = clock;
  await come(vendorId, b, Presence.PRESENCE_AWAY);
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject({ online: { count: 1 }, shortage: { since, missing: 1, shortfall: false } });
  expect((await pools({ vendorId }).listWaiting({})).items.filter(({ kind }) => kind === 'staffing-short')).toEqual([]);
  clock += 15 * MINUTE + 1;
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(['StaffingFellShort', 'StaffingShortfallBegan']);
  const owner = { role: 'client', shopIds: [shopIdOf(vendorId, 'north')], clientId: 'cl_1' } as const;
  const seen = { shortage: { since, missing: 1, shortfall: true } };
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject(seen);
  expect(await staffed(vendorId, 'north', owner)).toMatchObject(seen);
  expect((await pools({ vendorId, ...owner }).listWaiting({})).items).toMatchObject([
    { kind: 'staffing-short', since, count: 1, path: `/staffing/${owner.shopIds[0]}` },
  ]);
  clock += MINUTE;
  await come(vendorId, b);
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort', 'StaffingShortfallBegan', 'StaffingShortfallEnded']);
  await expect
    .poll(async () => (await staffing({ vendorId }).getShopDuty({ shopId: owner.shopIds[0] })).shortfalls)
    .toMatchObject([{ since, endedAt: clock, contracted: 2, online: 1 }]);
});

test('time outside the service hours does not make a shortfall, and none shows then', async () => {
  // BR-218
  const vendorId = 'night';
  clock = Date.parse('2026-11-12T21:50:00+08:00');
  await arrive(vendorId, ...shopsAdded(vendorId, 'north'), imported(vendorId, 1, 'north'));
  const agentId = await hire(vendorId, '小美', 'north');
  await come(vendorId, agentId);
  await come(vendorId, agentId, Presence.PRESENCE_OFFLINE);
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  clock = Date.parse('2026-11-13T08:59:59+08:00');
  expect(await staffed(vendorId, 'north')).toMatchObject({ open: false, shortage: undefined });
  // 10 minutes yesterday, 5 this morning: not more than 15.
  clock = Date.parse('2026-11-13T09:05:00+08:00');
  expect(await types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  clock += 1;
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(['StaffingFellShort', 'StaffingShortfallBegan']);
});

test('the agents of a contract may be online for any of its shops; each shop shows its own', async () => {
  const vendorId = 'shared';
  await arrive(vendorId, ...shopsAdded(vendorId, 'a', 'b'), imported(vendorId, 2, 'a', 'b'));
  const [one, two] = [await hire(vendorId, '甲', 'a'), await hire(vendorId, '乙', 'b')];
  await come(vendorId, one);
  await come(vendorId, two);
  expect(await staffed(vendorId, 'a')).toMatchObject({ contractShops: 2, trained: 1, online: { count: 1 }, contractOnline: { count: 2 }, shortage: undefined });
  await come(vendorId, two, Presence.PRESENCE_OFFLINE);
  await expect.poll(() => types(vendorId, 'a')).toEqual(['StaffingFellShort']);
  await expect.poll(() => types(vendorId, 'b')).toEqual(['StaffingFellShort']);
});

test('BR-218: where the contract names levels, who is trained, on shift and online is counted by level over all its shops', async () => {
  const vendorId = 'levels';
  const { AGENT_LEVEL_MIDDLE: middle, AGENT_LEVEL_SENIOR: senior, AGENT_LEVEL_UNSPECIFIED: any } = AgentLevel;
  const contract = imported(vendorId, 0, 'a', 'b');
  const agreed = ContractTerms.fromPartial({
    ...contract.terms,
    staffing: [
      { level: senior, count: 1 },
      { level: middle, count: 2 },
      { level: any, count: 1 },
    ],
  });
  await arrive(vendorId, ...shopsAdded(vendorId, 'a', 'b'), { ...contract, terms: agreed });
  const [one, two, three] = [await hire(vendorId, '甲', 'a'), await hire(vendorId, '乙', 'b'), await hire(vendorId, '丙', 'a', 'b')];
  const api = pools({ vendorId, id: 'lead-1' });
  const becomes = async (agentId: string, level: AgentLevel) => {
    last = (await api.changeLevel({ commandId: commandId(), agentId, level })).at;
  };
  await becomes(one, middle);
  clock += MINUTE;
  await becomes(one, senior);
  await becomes(two, middle);
  expect(await staffed(vendorId, 'a')).toMatchObject({
    contracted: { count: 4 },
    trained: 2,
    levels: [
      { level: senior, contracted: 1, trained: 1, onShift: undefined, online: undefined },
      { level: middle, contracted: 2, trained: 1, onShift: undefined, online: undefined },
    ],
  });
  await come(vendorId, one);
  await come(vendorId, two, Presence.PRESENCE_AWAY);
  await staffed(vendorId, 'a');
  const shifts = [one, three].map((agentId) => ({ agentId, shopIds: [], fromAt: clock - HOUR, toAt: clock + HOUR }));
  last = (await staffing({ vendorId }).planShifts({ commandId: commandId(), shifts, source: 'page' })).at;
  for (const code of ['a', 'b'])
    expect(await staffed(vendorId, code)).toMatchObject({
      levels: [
        { level: senior, onShift: { count: 1 }, online: { count: 1 } },
        { level: middle, onShift: { count: 0 }, online: { count: 0 } },
      ],
    });
  const duty = await staffing({ vendorId }).getShopDuty({ shopId: shopIdOf(vendorId, 'a') });
  expect(duty.agents.map(({ name, level }) => [name, level]).toSorted()).toEqual([
    ['丙', any],
    ['甲', senior],
  ]);
  // Who said it, and when.
  expect((await api.listAgents({ after: last })).agents.find(({ agentId }) => agentId === one)).toMatchObject({
    level: senior,
    levels: [
      { level: senior, at: clock, userId: 'lead-1' },
      { level: middle, at: clock - MINUTE, userId: 'lead-1' },
    ],
  });
  const owner = { vendorId, role: 'client', shopIds: [shopIdOf(vendorId, 'a')], clientId: 'cl_1' } as const;
  expect(await failureOf(pools(owner).changeLevel({ commandId: commandId(), agentId: one, level: middle }))).toMatchObject({ status: 'PERMISSION_DENIED' });
});

test('a contract that names no level shows none; one that was kept without its levels has them when it is taken in again', async () => {
  const vendorId = 'again';
  const contract = imported(vendorId, 2, 'a');
  await arrive(vendorId, ...shopsAdded(vendorId, 'a'), contract);
  expect(await staffed(vendorId, 'a')).toMatchObject({ contracted: { count: 2 }, levels: [] });
  const agreed = ContractTerms.fromPartial({ ...contract.terms, staffing: [{ level: AgentLevel.AGENT_LEVEL_SENIOR, count: 2 }] });
  await arrive(vendorId, { ...contract, terms: agreed });
  expect(await staffed(vendorId, 'a')).toMatchObject({ contracted: { count: 2 }, levels: [{ contracted: 2, trained: 0 }] });
});

test('a contract signed here owes its agents from the go-live to the end of service', async () => {
  const vendorId = 'launch';
  const shopId = shopIdOf(vendorId, 'north');
  const signed = ContractSigned.create({ contractId: 'ct_1', shopIds: [shopId], terms: terms(1), textHash: 'ab', awaitsGoLive: true });
  await arrive(vendorId, ...shopsAdded(vendorId, 'north'), signed);
  const agentId = await hire(vendorId, '小美', 'north');
  await come(vendorId, agentId);
  await come(vendorId, agentId, Presence.PRESENCE_OFFLINE);
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject({ contracted: { count: 1 }, serving: false, shortage: undefined });
  await arrive(vendorId, ShopWentLive.create({ contractId: 'ct_1', shopId, liveAt: clock }));
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject({ serving: true, shortage: { missing: 1, since: clock } });
  await arrive(vendorId, ServiceEndSet.create({ contractId: 'ct_1', shopIds: [shopId], serviceEndsAt: clock }));
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort', 'StaffingRecovered']);
  expect(await staffed(vendorId, 'north')).toMatchObject({ contractId: '', contracted: undefined, shortage: undefined });
});

test('of many shifts the good ones go in, each bad one is named; a day shows who was there of those planned', async () => {
  // BR-038
  const vendorId = 'shifts';
  clock = Date.parse('2026-11-14T09:00:00+08:00');
  await arrive(vendorId, ...shopsAdded(vendorId, 'north'), imported(vendorId, 1, 'north'));
  const shopId = shopIdOf(vendorId, 'north');
  const agentId = await hire(vendorId, '小美', 'north');
  await come(vendorId, agentId);
  await staffed(vendorId, 'north');
  const api = staffing({ vendorId });
  const good = { agentId, shopIds: [], fromAt: clock, toAt: clock + 8 * HOUR };
  const answer = await api.planShifts({ commandId: commandId(), shifts: [good, { ...good, agentId: 'ag_none' }], source: 'csv' });
  expect(answer).toMatchObject({ planned: 1, unchanged: 0, rejected: [{ index: 1, code: 'shift-agent-unknown', field: 'agentId', found: 'ag_none' }] });
  // Open from 9 to 22: after 17 nobody is planned, nor tomorrow.
  expect(
    (await api.getStaffing({ shopIds: [shopId], after: answer.at })).shops[0]?.gaps.map(({ fromAt, missing }) => [(fromAt - clock) / HOUR, missing]),
  ).toEqual([[8, 1]]);
  clock += 4 * HOUR;
  await come(vendorId, agentId, Presence.PRESENCE_OFFLINE);
  clock += 4 * HOUR;
  const span = { fromAt: clock - 24 * HOUR, toAt: clock + 24 * HOUR };
  expect((await api.listShifts({ ...span, after: answer.at })).shifts).toMatchObject([{ agentName: '小美', source: 'csv', toAt: clock }]);
  const duty = await api.getShopDuty({ shopId, date: '2026-11-14' });
  expect(duty).toMatchObject({ rosteredMs: 8 * HOUR, onlineMs: 4 * HOUR, presenceKnown: true, shiftsKnown: true });
  expect(duty.steps.map(({ at, online, rostered }) => [(at - duty.fromAt) / HOUR, online, rostered])).toEqual([
    [0, 0, 0],
    [9, 1, 1],
    [13, 0, 1],
    [17, 0, 0],
  ]);
  expect((await api.getShopDuty({ shopId, date: '2026-11-10' })).steps).toEqual([]);
  const [{ shiftId = '' } = {}] = (await api.listShifts(span)).shifts;
  expect(await failureOf(api.cancelShift({ commandId: commandId(), shiftId, reason: 'ill' }))).toMatchObject({ code: 'shift-over' });
});

test('a roster speaks by signed webhook: all of a call or none of it, late news change nothing', async () => {
  const vendorId = 'feed';
  await arrive(vendorId, ...shopsAdded(vendorId, 'north'), imported(vendorId, 1, 'north'));
  const agentId = await hire(vendorId, '小美', 'north');
  const portal = service.as(serviceCaller('portal', vendorId), StaffingServiceDefinition);
  const call = (secret: string, body: unknown, idempotencyKey = commandId()) => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    return portal.receiveStaffing({ vendorId, timestamp: clock, signature: signatureOf(Buffer.from(secret), clock, bytes), idempotencyKey, body: bytes });
  };
  expect(await failureOf(call('x', {}))).toMatchObject({ code: 'signature-invalid' });
  const { secret } = await staffing({ vendorId }).connectStaffingFeed({ commandId: commandId(), name: '排班系统' });
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(await failureOf(call('x', {}))).toMatchObject({ code: 'signature-invalid' });
  const at = (ms: number) => new Date(ms).toISOString();
  const body = {
    shifts: [{ agent: '小美', shops: ['north'], from: at(clock), to: at(clock + HOUR) }],
    presence: [{ agent: agentId, presence: 'online', at: at(clock - MINUTE) }],
  };
  expect(await call(secret, body, 'k-1')).toMatchObject({ shifts: 1, presences: 1, unchanged: 0 });
  expect(await call(secret, body, 'k-1')).toMatchObject({ shifts: 1, presences: 1 });
  expect(await failureOf(call(secret, { presence: body.presence }, 'k-1'))).toMatchObject({ code: 'command-id-reused' });
  expect(await call(secret, { presence: [{ agent: '小美', presence: 'offline', at: at(clock - 2 * MINUTE) }] })).toMatchObject({ presences: 0, unchanged: 1 });
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject({ online: { count: 1 }, onShift: { count: 1 }, heardAt: clock - MINUTE });
  expect((await staffing({ vendorId }).getShopDuty({ shopId: shopIdOf(vendorId, 'north') })).agents).toMatchObject([{ source: 'webhook', onShift: true }]);

  const bad = { ...body, presence: [{ agent: 'nobody', presence: 'offline' }], shifts: [{ ...body.shifts[0], cancelled: 'ill' }] };
  expect(await failureOf(call(secret, bad))).toMatchObject({ code: 'webhook-body-invalid', facts: { field: 'presence[0].agent', found: 'nobody' } });
  expect(await failureOf(call(secret, '{'))).toMatchObject({ code: 'webhook-body-invalid', facts: { field: 'body' } });
  expect(await failureOf(call(secret, { shifts: [{ ...body.shifts[0], from: at(clock + HOUR), cancelled: 'ill' }] }))).toMatchObject({
    facts: { field: 'shifts[0].cancelled' },
  });
  expect(await staffed(vendorId, 'north')).toMatchObject({ onShift: { count: 1 } });
  expect(await call(secret, { shifts: bad.shifts })).toMatchObject({ shifts: 1 });
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject({ onShift: undefined });

  const again = await staffing({ vendorId }).connectStaffingFeed({ commandId: commandId(), name: '排班系统' });
  expect(await failureOf(call(secret, body))).toMatchObject({ code: 'signature-invalid' });
  expect(await call(again.secret, body)).toMatchObject({ shifts: 1 });
});

test('a client plans nothing, connects nothing and sees no other shop', async () => {
  const vendorId = 'short';
  const owner = { vendorId, role: 'client', shopIds: [shopIdOf(vendorId, 'north')], clientId: 'cl_1' } as const;
  const api = staffing(owner);
  const shift = { agentId: 'ag_1', shopIds: [], fromAt: clock, toAt: clock + HOUR };
  const refused = [
    () => api.planShifts({ commandId: commandId(), shifts: [shift], source: 'page' }),
    () => api.cancelShift({ commandId: commandId(), shiftId: 'sf_1', reason: 'x' }),
    () => api.connectStaffingFeed({ commandId: commandId(), name: 'x' }),
    () => api.receiveStaffing({ vendorId }),
  ];
  for (const call of refused) expect(await failureOf(call())).toMatchObject({ status: 'PERMISSION_DENIED' });
  expect(await failureOf(api.getShopDuty({ shopId: 'sh_other' }))).toMatchObject({ status: 'NOT_FOUND' });
  expect(await failureOf(api.getStaffing({ shopIds: ['sh_other'] }))).toMatchObject({ status: 'NOT_FOUND' });
});

test('every table is held by row level security', async () => expect(await service.unprotectedTables()).toEqual([]));

test('of plans of one agent that race and overlap one stands, the others are told which; a cancelled one makes way at once', async () => {
  const vendorId = 'races';
  clock = Date.parse('2026-11-30T09:00:00+08:00');
  await arrive(vendorId, ...shopsAdded(vendorId, 'north'), imported(vendorId, 1, 'north'));
  const agentId = await hire(vendorId, '小美', 'north');
  await staffed(vendorId, 'north');
  const api = staffing({ vendorId });
  // Across a month's end.
  const from = Date.parse('2026-12-01T07:00:00+08:00');
  const plan = (hour: number, hours = 8) =>
    api.planShifts({
      commandId: commandId(),
      shifts: [{ agentId, shopIds: [], fromAt: from + hour * HOUR, toAt: from + (hour + hours) * HOUR }],
      source: 'page',
    });
  const answers = await Promise.all([plan(0), plan(1), plan(2), plan(-3, 12)]);
  expect(answers.map(({ planned }) => planned).toSorted()).toEqual([0, 0, 0, 1]);
  const at = answers.find(({ planned }) => planned === 1)?.at;
  const span = { fromAt: clock, toAt: clock + 72 * HOUR };
  const [shift] = (await api.listShifts({ ...span, ...(at === undefined ? {} : { after: at }) })).shifts;
  const told = `${new Date(shift?.fromAt ?? 0).toISOString()} to ${new Date(shift?.toAt ?? 0).toISOString()}`;
  expect(answers.flatMap(({ rejected }) => rejected.map(({ code, found }) => [code, found]))).toEqual(Array(3).fill(['shift-overlaps', told]));
  await api.cancelShift({ commandId: commandId(), shiftId: shift?.shiftId ?? '', reason: 'swap' });
  expect(await plan(3)).toMatchObject({ planned: 1, rejected: [] });
});

test('a shortfall that is open when service ends is over at that instant, though its end was set ahead and nobody came or went', async () => {
  const vendorId = 'ends';
  clock = Date.parse('2026-11-16T10:00:00+08:00');
  const shopId = shopIdOf(vendorId, 'north');
  await arrive(vendorId, ...shopsAdded(vendorId, 'north'), imported(vendorId, 1, 'north'));
  const agentId = await hire(vendorId, '小美', 'north');
  await come(vendorId, agentId);
  await come(vendorId, agentId, Presence.PRESENCE_OFFLINE);
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  const serviceEndsAt = Date.parse('2026-11-16T12:00:00+08:00');
  const contractId = (await staffed(vendorId, 'north'))?.contractId ?? '';
  await arrive(vendorId, ServiceEndSet.create({ contractId, shopIds: [shopId], serviceEndsAt }));
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort', 'StaffingEndMoved']);
  clock = serviceEndsAt - 1;
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(['StaffingFellShort', 'StaffingEndMoved', 'StaffingShortfallBegan']);
  clock = serviceEndsAt;
  const all = ['StaffingFellShort', 'StaffingEndMoved', 'StaffingShortfallBegan', 'StaffingShortfallEnded'];
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(all);
  expect(await staffed(vendorId, 'north')).toMatchObject({ contractId: '', shortage: undefined });
});

test('under a renewal too few who go on are too few since it began, though nobody came or went; so are those of a contract that begins', async () => {
  // BR-218
  const vendorId = 'renewed';
  clock = Date.parse('2026-12-16T21:00:00+08:00');
  const shopId = shopIdOf(vendorId, 'north');
  const inForce = (contractId: string, effectiveOn: string, endsOn: string, shopIds: string[]) =>
    ContractImported.create({ contractId, shopIds, terms: ContractTerms.fromPartial({ ...terms(1), effectiveOn, endsOn }) });
  const first = inForce('ct_1', '2026-01-01', '2026-12-16', [shopId]);
  const renewal = inForce('ct_2', '2026-12-17', '', [shopId]);
  const later = inForce('ct_3', '2026-12-17', '', [shopIdOf(vendorId, 'south')]);
  await arrive(vendorId, ...shopsAdded(vendorId, 'north', 'south'), first, renewal, later);
  const agentId = await hire(vendorId, '小美', 'north', 'south');
  await come(vendorId, agentId);
  await come(vendorId, agentId, Presence.PRESENCE_OFFLINE);
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  clock += 15 * MINUTE + 1;
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(['StaffingFellShort', 'StaffingShortfallBegan']);
  const midnight = Date.parse('2026-12-17T00:00:00+08:00');
  clock = midnight - 1;
  await staffed(vendorId, 'north');
  expect(await types(vendorId, 'south')).toEqual([]);
  clock = midnight + 2_000; // heard of a little late
  const all = ['StaffingFellShort', 'StaffingShortfallBegan', 'StaffingShortfallEnded', 'StaffingFellShort'];
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(all);
  await expect.poll(() => types(vendorId, 'south'), { timeout: 5_000 }).toEqual(['StaffingFellShort']);
  const stream = (await service.kit.store.load(vendorId, [`staffing-${shopId}`])).get(`staffing-${shopId}`);
  expect(stream?.events.slice(2).map(({ event }) => event)).toMatchObject([
    { contractId: 'ct_1', endedAt: midnight },
    { contractId: 'ct_2', since: midnight, dueAt: midnight + 9 * HOUR + 15 * MINUTE },
  ]);
  clock = midnight + 9 * HOUR + 15 * MINUTE + 1;
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual([...all, 'StaffingShortfallBegan']);
});
