// The whole service on real PostgreSQL: what it counts, lists and states, when time passes and when something is learned late.
import { AccountParty } from '@deskfleet/protocol/agents';
import { BreachWithdrawn, ClauseBreached, ClauseWarned, ResponseClockStarted, ResponseClockStopped } from '@deskfleet/protocol/sla';
import { SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import { ServiceWindow } from '@deskfleet/protocol/terms';
import { refusalOf, tablesWithoutForcedPolicy } from '@deskfleet/service-kit';
import { startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { slaMonitoring } from '../src/service.ts';
import { agent, bot, customer, firstResponse, intakeOf, termsWith, threeMinuteReply, VENDOR, World } from './ground.ts';

const HOUR = 3_600_000;
const MARCH = Temporal.Instant.from('2026-03-05T10:00:00+08:00').epochMilliseconds;

const world = new World();
let service: TestService;
let intake: Awaited<ReturnType<typeof intakeOf>>;
/** Where the service's clock stands; undefined while it runs. */
let stands: number | undefined;
const standAt = (instant: number): number => {
  stands = instant;
  return instant;
};
beforeAll(async () => {
  service = await startTestService(slaMonitoring, { now: () => stands ?? Date.now() });
  intake = await intakeOf(service);
});
afterEach(() => {
  stands = undefined;
});
afterAll(() => service?.remove());

const api = (caller = testCaller()) => service.as(caller, SlaServiceDefinition);
const settled = async (): Promise<void> => {
  const { position } = await service.kit.store.head();
  await service.kit.awaitPosition({ $type: 'deskfleet.common.v1.LogPosition', source: service.kit.store.source, position });
};
const eventsOf = async (conversationId: string): Promise<string[]> => {
  const stream = (await service.kit.store.load(VENDOR, [`clock-${conversationId}`])).get(`clock-${conversationId}`);
  return stream?.events.map(({ event }) => event.$type) ?? [];
};
const until = async (holds: () => Promise<boolean>, limitMs: number): Promise<void> => {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`did not hold within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

test('a live conversation is warned and breaches at its due instant without any reply; one learned later in time withdraws it', async () => {
  const allowance = 2_500;
  await intake.apply(world.contract('live', ['sh-live'], termsWith([firstResponse(allowance)])));
  const asked = standAt(Date.now());
  await intake.apply(
    world.opened('sh-live', 'cv-live', { live: true }),
    world.said('sh-live', 'cv-live', customer, asked),
    world.said('sh-live', 'cv-live', bot, asked + 1), // BR-022: stops nothing
  );
  expect(await eventsOf('cv-live')).toEqual([ResponseClockStarted.$type]);
  expect((await api().getFloor({ shopIds: ['sh-live'] })).waiting.map(({ clock }) => clock?.state)).toEqual(['running']);

  standAt(asked + 0.8 * allowance);
  await until(async () => (await eventsOf('cv-live')).includes(ClauseWarned.$type), 30_000);
  expect(await eventsOf('cv-live')).toEqual([ResponseClockStarted.$type, ClauseWarned.$type]);
  standAt(asked + allowance + 1);
  await until(async () => (await eventsOf('cv-live')).includes(ClauseBreached.$type), 30_000);
  expect(await eventsOf('cv-live')).toEqual([ResponseClockStarted.$type, ClauseWarned.$type, ClauseBreached.$type]);
  await settled();
  const { breaches, total } = await api().listBreaches({ contractId: 'live' });
  expect([total, breaches[0]?.breachedAt, breaches[0]?.withdrawn]).toEqual([1, asked + allowance + 1, false]);
  expect(breaches[0]?.knownAt).toBeGreaterThan(asked + allowance);

  const floor = await api().getFloor({ shopIds: ['sh-live'] });
  expect(floor).toMatchObject({
    open: 1,
    dueSoon: 0,
    breachedToday: 1,
    waiting: [{ warned: true, clock: { state: 'missed' } }],
    hours: [{ met: 0, missed: 1, targetBp: 9_000 }],
  });
  const { items } = await api().listWaiting({ shopIds: ['sh-live'] });
  expect(items).toMatchObject([{ kind: 'customer-waiting', shopId: 'sh-live', contractId: 'live', count: 1, since: asked + allowance }]);

  // BR-020: sent at the due instant itself, learned after the breach.
  await intake.apply(world.said('sh-live', 'cv-live', agent, asked + allowance));
  expect((await eventsOf('cv-live')).at(-1)).toBe(BreachWithdrawn.$type);
  await settled();
  const breach = await api().getBreach({ breachId: breaches[0]?.breachId ?? '' });
  expect(breach).toMatchObject({ withdrawn: true, withdrawnReason: 'earlier-reply-learned', overtimeMs: 0, clock: { state: 'met' } });
  const [clause] = (await api().getContractSla({ contractId: 'live' })).clauses;
  expect(clause).toMatchObject({ kept: true, warned: 1, answered: 1, meanMs: allowance, attainment: { met: 1, missed: 0, notYetDue: 0 } });
});

test('a reply in time stops the clock, and its timer says nothing', async () => {
  const asked = standAt(Date.now());
  await intake.apply(
    world.contract('quick', ['sh-quick'], termsWith([firstResponse(600)])),
    world.opened('sh-quick', 'cv-quick', { live: true }),
    world.said('sh-quick', 'cv-quick', customer, asked),
    world.opened('sh-quick', 'cv-silent-after', { live: true }),
    world.said('sh-quick', 'cv-silent-after', customer, asked + 1),
  );
  await intake.apply(world.said('sh-quick', 'cv-quick', agent, standAt(asked + 100)));
  standAt(asked + 10_000);
  // The other one's timer was due later: when it has fired, the answered one's has had its turn.
  await until(async () => (await eventsOf('cv-silent-after')).includes(ClauseBreached.$type), 30_000);
  expect(await eventsOf('cv-quick')).toEqual([ResponseClockStarted.$type, ResponseClockStopped.$type]);
});

test('what an import brings late is judged when that conversation is complete, and not before', async () => {
  await intake.apply(
    world.contract('history', ['sh-history'], termsWith([firstResponse(30_000)])),
    world.opened('sh-history', 'cv-history'),
    world.said('sh-history', 'cv-history', customer, MARCH, { importId: 'i1' }),
  );
  expect(await eventsOf('cv-history')).toEqual([]);
  await intake.apply(world.said('sh-history', 'cv-history', agent, MARCH + 30_001, { importId: 'i1' }), world.imported('sh-history', 'cv-history', 'i1'));
  expect(await eventsOf('cv-history')).toEqual([ClauseBreached.$type, ResponseClockStopped.$type]);
});

test('BR-215: of 100 asked 90 are answered in time, 5 late and 5 never; not yet due and without a customer are counted apart', async () => {
  const month = MARCH;
  const events = [world.contract('hundred', ['sh-hundred'], termsWith([firstResponse(HOUR)]))];
  for (let n = 0; n < 100; n++) {
    const id = `cv-hundred-${n}`;
    events.push(world.opened('sh-hundred', id), world.said('sh-hundred', id, customer, month + n * 1_000, { importId: 'i2' }));
    if (n < 95) events.push(world.said('sh-hundred', id, agent, month + n * 1_000 + (n < 90 ? HOUR : HOUR + 1), { importId: 'i2' }));
    events.push(world.imported('sh-hundred', id, 'i2'));
  }
  events.push(world.opened('sh-hundred', 'cv-silent'), world.said('sh-hundred', 'cv-silent', agent, month));
  await intake.apply(...events);
  await settled();

  const march = await api().getAttainment({ contractId: 'hundred', month: '2026-03' });
  expect(march.clauses).toMatchObject([
    {
      clauseKey: 'first-response',
      shopId: 'sh-hundred',
      kept: true,
      attainment: { met: 90, missed: 10, unanswered: 5, notYetDue: 0, notOurs: 0, withoutCustomer: 1 },
    },
  ]);
  expect(march.at?.position).toBe((await service.kit.store.head()).position);
  const missed = await api().listClocks({ contractId: 'hundred', states: ['missed'], page: { size: 4, token: '' } });
  expect([missed.total, missed.clocks.length]).toEqual([10, 4]);
  const rest = await api().listClocks({ contractId: 'hundred', states: ['missed'], page: { size: 200, token: missed.nextToken } });
  expect(new Set([...missed.clocks, ...rest.clocks].map(({ conversationId }) => conversationId)).size).toBe(10);
  expect(missed.clocks.every(({ breachId }) => breachId !== '')).toBe(true);

  const figure = (await api().getContractSla({ contractId: 'hundred', range: { from: '2026-03-05', to: '2026-03-05' } })).clauses[0];
  expect(figure).toMatchObject({ medianLowerMs: HOUR, p90Ms: HOUR, answered: 95, days: [{ date: '2026-03-05', attainment: { met: 90, missed: 10 } }] });
  expect(figure?.waits).toMatchObject([
    { ms: HOUR, count: 90 },
    { ms: HOUR + 1, count: 95 },
  ]);
  const total = (await api().getReport({ shopIds: ['sh-hundred'] })).total;
  expect(total).toMatchObject({ conversations: 101, population: 100, answered: 95, unanswered: 5, within1H: 90, within24H: 95, months: { '2026-03': 100 } });

  // The list of all clauses is the same figures again: missed ones first, one row a shop, one where they are pooled.
  const all = await api().listClauses({ range: { from: '2026-03-05', to: '2026-03-05' } });
  for (const { contractId, figure: seen } of all.clauses) {
    const { clauses } = await api().getContractSla({ contractId, range: { from: '2026-03-05', to: '2026-03-05' } });
    const same = clauses.find(({ clause, shopId }) => clause?.key === seen?.clause?.key && shopId === seen?.shopId);
    const { met, missed: late, notYetDue, notOurs, unanswered } = same?.attainment ?? {};
    expect(seen, contractId).toMatchObject({
      kept: same?.kept,
      attainment: { met, missed: late, notYetDue, notOurs, unanswered },
      answered: same?.answered,
      medianLowerMs: same?.medianLowerMs,
      p90Ms: same?.p90Ms,
    });
  }
  expect(all.all?.clauses).toBe(all.clauses.length + (all.rest?.clauses ?? 0));
  const kept = all.clauses.map(({ figure: seen }) => Number(seen?.kept));
  expect(kept).toEqual(kept.toSorted());
  expect((await api().listClauses({ shopIds: ['sh-hundred'] })).clauses.map(({ contractId }) => contractId)).toEqual(['hundred']);

  const now = Date.now();
  await intake.apply(world.opened('sh-hundred', 'cv-ahead', { live: true }), world.said('sh-hundred', 'cv-ahead', customer, now));
  const later = (await api().getContractSla({ contractId: 'hundred' })).clauses[0];
  expect(later?.attainment).toMatchObject({ met: 90, missed: 10, notYetDue: 1 });
  expect((await api().getReport({ shopIds: ['sh-hundred'] })).total).toMatchObject({ population: 100, notYetDue: 1 });
});

test('of many shops the worst 50 are told and the others counted, on the floor and in the list of clauses', async () => {
  const hour = Math.floor(Date.now() / HOUR) * HOUR;
  const shops = Array.from({ length: 53 }, (_, index) => `sh-many-${String(index).padStart(2, '0')}`);
  for (const [index, shop] of shops.entries()) {
    // The first three keep their promise, the others break it.
    const answered = hour - HOUR + (index < 3 ? 1_000 : 60_000);
    await intake.apply(
      world.contract(`many-${shop}`, [shop], termsWith([firstResponse(30_000)])),
      world.opened(shop, `cv-${shop}`),
      world.said(shop, `cv-${shop}`, customer, hour - HOUR, { importId: 'many' }),
      world.said(shop, `cv-${shop}`, agent, answered, { importId: 'many' }),
      world.imported(shop, `cv-${shop}`, 'many'),
    );
  }
  const { hours, rest } = await api().getFloor({ shopIds: shops });
  expect(new Set(hours.map(({ shopId }) => shopId))).toEqual(new Set(shops.slice(3)));
  expect(rest).toMatchObject({ shops: 3, met: 3, missed: 0 });
  const list = await api().listClauses({ shopIds: shops });
  expect(list.clauses.map(({ figure }) => figure?.kept)).toEqual(Array.from({ length: 50 }, () => false));
  expect(list.all).toMatchObject({ clauses: 53, kept: 3, nothingDue: 0, met: 3, missed: 50 });
  expect(list.rest).toMatchObject({ clauses: 3, kept: 3, met: 3, missed: 0 });
});

test("BR-212: an account that turns out to be the shop's own takes its conversations out, breaches included, and back again", async () => {
  await intake.apply(
    world.contract('mapped', ['sh-mapped'], termsWith([firstResponse(30_000)])),
    world.opened('sh-mapped', 'cv-mapped'),
    world.said('sh-mapped', 'cv-mapped', customer, MARCH, { importId: 'i3' }),
    world.said('sh-mapped', 'cv-mapped', agent, MARCH + 40_000, { importId: 'i3' }),
    world.imported('sh-mapped', 'cv-mapped', 'i3'),
  );
  await intake.apply(world.mapped('sh-mapped', 'seat', AccountParty.ACCOUNT_PARTY_SHOP_STAFF));
  await intake.drain();
  expect((await eventsOf('cv-mapped')).at(-1)).toBe(BreachWithdrawn.$type);
  await settled();
  const out = (await api().getContractSla({ contractId: 'mapped' })).clauses[0];
  expect(out?.attainment).toMatchObject({ met: 0, missed: 0, notOurs: 1 });
  expect((await api().listClocks({ contractId: 'mapped' })).clocks).toMatchObject([{ state: 'not-ours', reason: 'shop-staff' }]);
  expect((await api().getRibbon({ conversationId: 'cv-mapped' })).notOursReason).toBe('shop-staff');
  expect((await api().listBreaches({ contractId: 'mapped' })).breaches).toMatchObject([{ withdrawn: true, withdrawnReason: 'not-ours' }]);

  await intake.apply(world.mapped('sh-mapped', 'seat', AccountParty.ACCOUNT_PARTY_AGENT, { agentId: 'a1' }));
  await intake.drain();
  await settled();
  expect((await api().listClocks({ contractId: 'mapped' })).clocks).toMatchObject([{ state: 'missed', agent: 'agent:a1' }]);
  expect((await api().listBreaches({ contractId: 'mapped' })).breaches.map(({ withdrawn }) => withdrawn).toSorted()).toEqual([false, true]);
});

test('a mapping that comes while the first messages of its account are being applied still reaches them', async () => {
  await intake.apply(world.contract('race', ['sh-race'], termsWith([firstResponse(30_000)])));
  const messages = [world.opened('sh-race', 'cv-race'), world.said('sh-race', 'cv-race', customer, MARCH), world.said('sh-race', 'cv-race', agent, MARCH + 1)];
  const mapping = world.mapped('sh-race', 'seat', AccountParty.ACCOUNT_PARTY_SHOP_STAFF);
  let mapped: Promise<void> | undefined;
  await service.kit.work(async (tx) => {
    await intake.applyWithin(tx, ...messages);
    mapped = intake.apply(mapping);
    await Promise.race([mapped, new Promise((resolve) => setTimeout(resolve, 200))]);
  });
  await mapped;
  await intake.drain();
  expect((await api().listClocks({ contractId: 'race' })).clocks).toMatchObject([{ state: 'not-ours', reason: 'shop-staff' }]);
});

test('BR-214: the gutter of a night shows what ran, what was closed and the overtime', async () => {
  const at = (text: string): number => Temporal.Instant.from(`${text}+08:00`).epochMilliseconds;
  const daytime = termsWith([firstResponse(30_000)], { serviceWindows: [ServiceWindow.create({ from: '09:00', to: '24:00' })] });
  await intake.apply(
    world.contract('night', ['sh-night'], daytime),
    world.opened('sh-night', 'cv-night'),
    world.said('sh-night', 'cv-night', customer, at('2026-03-05T23:59:50'), { importId: 'i4' }),
    world.said('sh-night', 'cv-night', agent, at('2026-03-06T09:00:35'), { importId: 'i4' }),
    world.imported('sh-night', 'cv-night', 'i4'),
  );
  await settled();
  const { rows, zone } = await api().getRibbon({ conversationId: 'cv-night' });
  expect([zone, rows[0]?.clock?.elapsedMs]).toEqual(['Asia/Shanghai', 45_000]);
  expect(rows[0]?.segments.map(({ fromAt, toAt, state }) => [state, toAt - fromAt])).toEqual([
    ['running', 10_000],
    ['outside-hours', 9 * HOUR],
    ['running', 20_000],
    ['overtime', 15_000],
  ]);
  const [listed] = (await api().listBreaches({ contractId: 'night' })).breaches;
  const breach = await api().getBreach({ breachId: listed?.breachId ?? '' });
  expect(breach).toMatchObject({ breachedAt: at('2026-03-06T09:00:20') + 1, overtimeMs: 15_000, numberInMonth: 1, zone: 'Asia/Shanghai' });
});

test('a conversation before any contract of its shop is counted apart, until a contract for that day is learned of', async () => {
  const figures = async () => (await api().getReport({ shopIds: ['sh-late'] })).total;
  await intake.apply(
    world.contract('april', ['sh-late'], termsWith([firstResponse(30_000)], { effectiveOn: '2026-04-01' })),
    world.opened('sh-late', 'cv-late'),
    world.said('sh-late', 'cv-late', customer, MARCH),
  );
  expect(await figures()).toMatchObject({ conversations: 0, messages: 1, notOurs: 1 });
  expect(await eventsOf('cv-late')).toEqual([]);

  await intake.apply(world.contract('march', ['sh-late'], termsWith([firstResponse(30_000)], { endsOn: '2026-03-31' })));
  await intake.drain();
  expect(await figures()).toMatchObject({ conversations: 1, population: 1, unanswered: 1, notOurs: 0, months: { '2026-03': 1 } });
  expect(await eventsOf('cv-late')).toEqual([ClauseBreached.$type]);
  expect((await api().listClocks({ contractId: 'march' })).total).toBe(1);
});

test('messages that come in any order lead to the same figures and the same clocks', async () => {
  const told: Record<string, unknown>[] = [];
  for (const [name, order] of [
    ['forward', 1],
    ['backward', -1],
  ] as const) {
    await intake.apply(world.contract(name, [`sh-${name}`], termsWith([firstResponse(30_000), threeMinuteReply])), world.opened(`sh-${name}`, `cv-${name}`));
    const messages = Array.from({ length: 12 }, (_, n) =>
      world.said(`sh-${name}`, `cv-${name}`, n % 3 === 2 ? agent : customer, MARCH + n * 70_000, { messageId: `m${n}`, ordinal: n, importId: 'i6' }),
    );
    for (const message of messages.toSorted((a, b) => order * (a.position - b.position))) await intake.apply(message);
    await intake.apply(world.imported(`sh-${name}`, `cv-${name}`, 'i6'));
    await settled();
    const { clocks } = await api().listClocks({ contractId: name });
    told.push({
      report: { ...(await api().getReport({ shopIds: [`sh-${name}`] })).total, shopId: '' },
      clocks: clocks.map(({ clauseKey, round, startedAt, stoppedAt, elapsedMs, state, breachId }) => [
        clauseKey,
        round,
        startedAt,
        stoppedAt,
        elapsedMs,
        state,
        breachId !== '',
      ]),
    });
  }
  expect(told[0]).toEqual(told[1]);
  expect(told[0]).toMatchObject({ report: { rounds: 4, roundsAnswered: 4, messages: 12 } });
});

test('rounds of the 3-minute reply rate have a clock each; BR-216: they count in the month they began', async () => {
  const at = (text: string): number => Temporal.Instant.from(`${text}+08:00`).epochMilliseconds;
  const [late, next] = [at('2026-03-31T22:59:00'), at('2026-04-01T08:00:00')];
  await intake.apply(
    world.contract('rounds', ['sh-r1', 'sh-r2'], termsWith([{ ...threeMinuteReply, pooled: true }])),
    world.opened('sh-r1', 'cv-rounds'),
    world.said('sh-r1', 'cv-rounds', customer, late, { importId: 'i5' }),
    world.said('sh-r1', 'cv-rounds', agent, late + 180_000, { importId: 'i5' }),
    world.said('sh-r1', 'cv-rounds', customer, next, { importId: 'i5' }),
    world.imported('sh-r1', 'cv-rounds', 'i5'),
  );
  const of = async (month: string) => (await api().getAttainment({ contractId: 'rounds', month })).clauses;
  expect(await of('2026-03')).toMatchObject([{ shopId: '', kept: true, attainment: { met: 1, missed: 0 } }]);
  expect(await of('2026-04')).toMatchObject([{ shopId: '', kept: false, attainment: { met: 0, missed: 1, unanswered: 1 } }]);
  expect(await of('2026-05')).toMatchObject([{ shopId: '', kept: true, attainment: { met: 0, missed: 0 } }]);
});

test("a client sees its own shops, and another's contract, conversation and breach are not there", async () => {
  const client = testCaller({ role: 'client', clientId: 'c9', shopIds: ['sh-history'] });
  const { total, shops } = await api(client).getReport({});
  expect([shops.map(({ shopId }) => shopId), total?.conversations]).toEqual([['sh-history'], 1]);
  const [foreign] = (await api().listBreaches({ contractId: 'hundred' })).breaches;
  const refused = async (call: Promise<unknown>): Promise<string | undefined> => {
    try {
      await call;
      return 'answered';
    } catch (error) {
      return refusalOf(error)?.code;
    }
  };
  expect(await refused(api(client).getContractSla({ contractId: 'hundred' }))).toBe('contract-not-found');
  expect(await refused(api(client).getAttainment({ contractId: 'hundred', month: '2026-03' }))).toBe('contract-not-found');
  expect(await refused(api(client).listClocks({ contractId: 'hundred' }))).toBe('contract-not-found');
  expect(await refused(api(client).getRibbon({ conversationId: 'cv-hundred-1' }))).toBe('conversation-not-found');
  expect(await refused(api(client).getBreach({ breachId: foreign?.breachId ?? '' }))).toBe('breach-not-found');
  expect(await refused(api(client).getReport({ shopIds: ['sh-hundred'] }))).toBe('shop-not-found');
  expect(await refused(api(testCaller({ vendorId: 'v2' })).getBreach({ breachId: foreign?.breachId ?? '' }))).toBe('breach-not-found');
  expect(await refused(api(testCaller({ role: 'qa-inspector' })).getReport({}))).toBe('not-allowed');
});

test('every table of the service is held by row level security', async () => {
  const admin = new Client({ connectionString: service.adminUrl });
  await admin.connect();
  try {
    expect(await tablesWithoutForcedPolicy(admin)).toEqual([]);
  } finally {
    await admin.end();
  }
});
