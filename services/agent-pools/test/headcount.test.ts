// BR-218: headcount and its shortfalls as they run: gRPC in front, PostgreSQL behind.
import { shopIdOf } from '@deskfleet/protocol';
import { Presence } from '@deskfleet/protocol/agents';
import { ContractImported, ContractSigned, ServiceEndSet, ShopWentLive } from '@deskfleet/protocol/onboarding';
import { AgentLevel, ContractTerms } from '@deskfleet/protocol/terms';
import { failureOf } from '@deskfleet/service-kit/testing';
import { expect, test } from 'vitest';
import { arrive, come, commandId, HOUR, hire, imported, MINUTE, pools, said, service, shopsAdded, staffed, staffing, terms, time, types } from './ground.ts';

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
  time.now += 5 * MINUTE;
  const since = time.now;
  await come(vendorId, b, Presence.PRESENCE_AWAY);
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject({ online: { count: 1 }, shortage: { since, missing: 1, shortfall: false } });
  expect((await pools({ vendorId }).listWaiting({})).items.filter(({ kind }) => kind === 'staffing-short')).toEqual([]);
  time.now += 15 * MINUTE + 1;
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(['StaffingFellShort', 'StaffingShortfallBegan']);
  const owner = { role: 'client', shopIds: [shopIdOf(vendorId, 'north')], clientId: 'cl_1' } as const;
  const seen = { shortage: { since, missing: 1, shortfall: true } };
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject(seen);
  expect(await staffed(vendorId, 'north', owner)).toMatchObject(seen);
  expect((await pools({ vendorId, ...owner }).listWaiting({})).items).toMatchObject([
    { kind: 'staffing-short', since, count: 1, path: `/staffing/${owner.shopIds[0]}` },
  ]);
  time.now += MINUTE;
  await come(vendorId, b);
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort', 'StaffingShortfallBegan', 'StaffingShortfallEnded']);
  await expect
    .poll(async () => (await staffing({ vendorId }).getShopDuty({ shopId: owner.shopIds[0] })).shortfalls)
    .toMatchObject([{ since, endedAt: time.now, contracted: 2, online: 1 }]);
});

test('time outside the service hours does not make a shortfall, and none shows then', async () => {
  // BR-218
  const vendorId = 'night';
  time.now = Date.parse('2026-11-12T21:50:00+08:00');
  await arrive(vendorId, ...shopsAdded(vendorId, 'north'), imported(vendorId, 1, 'north'));
  const agentId = await hire(vendorId, '小美', 'north');
  await come(vendorId, agentId);
  await come(vendorId, agentId, Presence.PRESENCE_OFFLINE);
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  time.now = Date.parse('2026-11-13T08:59:59+08:00');
  expect(await staffed(vendorId, 'north')).toMatchObject({ open: false, shortage: undefined });
  // 10 minutes yesterday, 5 this morning: not more than 15.
  time.now = Date.parse('2026-11-13T09:05:00+08:00');
  expect(await types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  time.now += 1;
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
    said.last = (await api.changeLevel({ commandId: commandId(), agentId, level })).at;
  };
  await becomes(one, middle);
  time.now += MINUTE;
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
  const shifts = [one, three].map((agentId) => ({ agentId, shopIds: [], fromAt: time.now - HOUR, toAt: time.now + HOUR }));
  said.last = (await staffing({ vendorId }).planShifts({ commandId: commandId(), shifts, source: 'page' })).at;
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
  expect((await api.listAgents({ after: said.last })).agents.find(({ agentId }) => agentId === one)).toMatchObject({
    level: senior,
    levels: [
      { level: senior, at: time.now, userId: 'lead-1' },
      { level: middle, at: time.now - MINUTE, userId: 'lead-1' },
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
  await arrive(vendorId, ShopWentLive.create({ contractId: 'ct_1', shopId, liveAt: time.now }));
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort']);
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject({ serving: true, shortage: { missing: 1, since: time.now } });
  await arrive(vendorId, ServiceEndSet.create({ contractId: 'ct_1', shopIds: [shopId], serviceEndsAt: time.now }));
  await expect.poll(() => types(vendorId, 'north')).toEqual(['StaffingFellShort', 'StaffingRecovered']);
  expect(await staffed(vendorId, 'north')).toMatchObject({ contractId: '', contracted: undefined, shortage: undefined });
});

test('every table is held by row level security', async () => expect(await service.unprotectedTables()).toEqual([]));

test('a shortfall that is open when service ends is over at that instant, though its end was set ahead and nobody came or went', async () => {
  const vendorId = 'ends';
  time.now = Date.parse('2026-11-16T10:00:00+08:00');
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
  time.now = serviceEndsAt - 1;
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(['StaffingFellShort', 'StaffingEndMoved', 'StaffingShortfallBegan']);
  time.now = serviceEndsAt;
  const all = ['StaffingFellShort', 'StaffingEndMoved', 'StaffingShortfallBegan', 'StaffingShortfallEnded'];
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(all);
  expect(await staffed(vendorId, 'north')).toMatchObject({ contractId: '', shortage: undefined });
});

test('under a renewal too few who go on are too few since it began, though nobody came or went; so are those of a contract that begins', async () => {
  // BR-218
  const vendorId = 'renewed';
  time.now = Date.parse('2026-12-16T21:00:00+08:00');
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
  time.now += 15 * MINUTE + 1;
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(['StaffingFellShort', 'StaffingShortfallBegan']);
  const midnight = Date.parse('2026-12-17T00:00:00+08:00');
  time.now = midnight - 1;
  await staffed(vendorId, 'north');
  expect(await types(vendorId, 'south')).toEqual([]);
  time.now = midnight + 2_000; // heard of a little late
  const all = ['StaffingFellShort', 'StaffingShortfallBegan', 'StaffingShortfallEnded', 'StaffingFellShort'];
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual(all);
  await expect.poll(() => types(vendorId, 'south'), { timeout: 5_000 }).toEqual(['StaffingFellShort']);
  const stream = (await service.kit.store.load(vendorId, [`staffing-${shopId}`])).get(`staffing-${shopId}`);
  expect(stream?.events.slice(2).map(({ event }) => event)).toMatchObject([
    { contractId: 'ct_1', endedAt: midnight },
    { contractId: 'ct_2', since: midnight, dueAt: midnight + 9 * HOUR + 15 * MINUTE },
  ]);
  time.now = midnight + 9 * HOUR + 15 * MINUTE + 1;
  await expect.poll(() => types(vendorId, 'north'), { timeout: 5_000 }).toEqual([...all, 'StaffingShortfallBegan']);
});
