// Shifts as a page, a CSV file and a signed webhook bring them: gRPC in front, PostgreSQL behind.
import { shopIdOf } from '@deskfleet/protocol';
import { Presence } from '@deskfleet/protocol/agents';
import { StaffingServiceDefinition } from '@deskfleet/protocol/agents-staffing';
import { serviceCaller, signatureOf } from '@deskfleet/service-kit';
import { failureOf } from '@deskfleet/service-kit/testing';
import { expect, test } from 'vitest';
import { arrive, come, commandId, HOUR, hire, imported, MINUTE, service, shopsAdded, staffed, staffing, time } from './ground.ts';

test('of many shifts the good ones go in, each bad one is named; a day shows who was there of those planned', async () => {
  // BR-038
  const vendorId = 'shifts';
  time.now = Date.parse('2026-11-14T09:00:00+08:00');
  await arrive(vendorId, ...shopsAdded(vendorId, 'north'), imported(vendorId, 1, 'north'));
  const shopId = shopIdOf(vendorId, 'north');
  const agentId = await hire(vendorId, '小美', 'north');
  await come(vendorId, agentId);
  await staffed(vendorId, 'north');
  const api = staffing({ vendorId });
  const good = { agentId, shopIds: [], fromAt: time.now, toAt: time.now + 8 * HOUR };
  const answer = await api.planShifts({ commandId: commandId(), shifts: [good, { ...good, agentId: 'ag_none' }], source: 'csv' });
  expect(answer).toMatchObject({ planned: 1, unchanged: 0, rejected: [{ index: 1, code: 'shift-agent-unknown', field: 'agentId', found: 'ag_none' }] });
  // Open from 9 to 22: after 17 nobody is planned, nor tomorrow.
  expect(
    (await api.getStaffing({ shopIds: [shopId], after: answer.at })).shops[0]?.gaps.map(({ fromAt, missing }) => [(fromAt - time.now) / HOUR, missing]),
  ).toEqual([[8, 1]]);
  time.now += 4 * HOUR;
  await come(vendorId, agentId, Presence.PRESENCE_OFFLINE);
  await staffed(vendorId, 'north');
  time.now += 4 * HOUR;
  const span = { fromAt: time.now - 24 * HOUR, toAt: time.now + 24 * HOUR };
  expect((await api.listShifts({ ...span, after: answer.at })).shifts).toMatchObject([{ agentName: '小美', source: 'csv', toAt: time.now }]);
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
  await staffed(vendorId, 'north'); // a roster calls agents by name
  const portal = service.as(serviceCaller('portal', vendorId), StaffingServiceDefinition);
  const call = (secret: string, body: unknown, idempotencyKey = commandId()) => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    return portal.receiveStaffing({ vendorId, timestamp: time.now, signature: signatureOf(Buffer.from(secret), time.now, bytes), idempotencyKey, body: bytes });
  };
  expect(await failureOf(call('x', {}))).toMatchObject({ code: 'signature-invalid' });
  const { secret } = await staffing({ vendorId }).connectStaffingFeed({ commandId: commandId(), name: '排班系统' });
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(await failureOf(call('x', {}))).toMatchObject({ code: 'signature-invalid' });
  const at = (ms: number) => new Date(ms).toISOString();
  const body = {
    shifts: [{ agent: '小美', shops: ['north'], from: at(time.now), to: at(time.now + HOUR) }],
    presence: [{ agent: agentId, presence: 'online', at: at(time.now - MINUTE) }],
  };
  expect(await call(secret, body, 'k-1')).toMatchObject({ shifts: 1, presences: 1, unchanged: 0 });
  expect(await call(secret, body, 'k-1')).toMatchObject({ shifts: 1, presences: 1 });
  expect(await failureOf(call(secret, { presence: body.presence }, 'k-1'))).toMatchObject({ code: 'command-id-reused' });
  expect(await call(secret, { presence: [{ agent: '小美', presence: 'offline', at: at(time.now - 2 * MINUTE) }] })).toMatchObject({
    presences: 0,
    unchanged: 1,
  });
  await expect.poll(() => staffed(vendorId, 'north')).toMatchObject({ online: { count: 1 }, onShift: { count: 1 }, heardAt: time.now - MINUTE });
  expect((await staffing({ vendorId }).getShopDuty({ shopId: shopIdOf(vendorId, 'north') })).agents).toMatchObject([{ source: 'webhook', onShift: true }]);

  const bad = { ...body, presence: [{ agent: 'nobody', presence: 'offline' }], shifts: [{ ...body.shifts[0], cancelled: 'ill' }] };
  expect(await failureOf(call(secret, bad))).toMatchObject({ code: 'webhook-body-invalid', facts: { field: 'presence[0].agent', found: 'nobody' } });
  expect(await failureOf(call(secret, '{'))).toMatchObject({ code: 'webhook-body-invalid', facts: { field: 'body' } });
  expect(await failureOf(call(secret, { shifts: [{ ...body.shifts[0], from: at(time.now + HOUR), cancelled: 'ill' }] }))).toMatchObject({
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
  const shift = { agentId: 'ag_1', shopIds: [], fromAt: time.now, toAt: time.now + HOUR };
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

test('of plans of one agent that race and overlap one stands, the others are told which; a cancelled one makes way at once', async () => {
  const vendorId = 'races';
  time.now = Date.parse('2026-11-30T09:00:00+08:00');
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
  const span = { fromAt: time.now, toAt: time.now + 72 * HOUR };
  const [shift] = (await api.listShifts({ ...span, ...(at === undefined ? {} : { after: at }) })).shifts;
  const told = `${new Date(shift?.fromAt ?? 0).toISOString()} to ${new Date(shift?.toAt ?? 0).toISOString()}`;
  expect(answers.flatMap(({ rejected }) => rejected.map(({ code, found }) => [code, found]))).toEqual(Array(3).fill(['shift-overlaps', told]));
  await api.cancelShift({ commandId: commandId(), shiftId: shift?.shiftId ?? '', reason: 'swap' });
  expect(await plan(3)).toMatchObject({ planned: 1, rejected: [] });
});
