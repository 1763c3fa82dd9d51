// From facts to figures: BR-020 to BR-022, BR-212, BR-214, BR-216, each boundary from both sides.
import type { TimelineMessage } from '@deskfleet/attribution';
import type { ConversationFacts } from '@deskfleet/conversation-facts';
import { AccountParty } from '@deskfleet/protocol/agents';
import { ChannelKind, Sender, ServiceType } from '@deskfleet/protocol/conversations';
import { ClockKind, ContractTerms, Metric, ServiceScope, ServiceWindow, SlaClause } from '@deskfleet/protocol/terms';
import { describe, expect, test } from 'vitest';
import { figuresOf } from './figures.ts';

const at = (text: string): number => Temporal.Instant.from(`${text}+08:00`).epochMilliseconds;
const TEN = at('2026-03-05T10:00:00');
const { SENDER_CUSTOMER: customer, SENDER_AGENT: agent, SENDER_BOT: bot } = Sender;

const firstResponse = (allowanceMs = 30_000): SlaClause =>
  SlaClause.create({
    key: 'first-response',
    metric: Metric.METRIC_FIRST_RESPONSE,
    metricVersion: 1,
    allowanceMs,
    targetBp: 9_000,
    clock: ClockKind.CLOCK_KIND_SERVICE_HOURS,
  });
const threeMinutes = SlaClause.create({
  key: 'three-minute-reply',
  metric: Metric.METRIC_REPLY_RATE,
  metricVersion: 1,
  allowanceMs: 180_000,
  targetBp: 8_000,
  clock: ClockKind.CLOCK_KIND_WALL,
  begunWithin: [ServiceWindow.create({ from: '08:00', to: '23:00' })],
});
const terms = (more: Partial<ContractTerms> = {}): ContractTerms =>
  ContractTerms.create({
    zone: 'Asia/Shanghai',
    serviceWindows: [{ from: '00:00', to: '24:00' }],
    effectiveOn: '2000-01-01',
    clauses: [firstResponse()],
    ...more,
  });

const said = (...messages: [Sender, number, string?][]): TimelineMessage[] =>
  messages.map(([sender, sentAt, account], index) => ({
    messageId: `m${index + 1}`,
    sentAt,
    ordinal: index + 1,
    sender,
    account: account ?? (sender === customer ? '' : 'seat'),
  }));
const figures = (messages: TimelineMessage[], contract: ContractTerms | undefined = terms(), more: Partial<ConversationFacts> = {}) =>
  figuresOf({
    vendorId: 'v',
    shopId: 'sh',
    conversationId: 'cv',
    channelKind: ChannelKind.CHANNEL_KIND_PLATFORM,
    serviceType: ServiceType.SERVICE_TYPE_UNSPECIFIED,
    live: true,
    customerSubject: 's',
    messages,
    openImports: [],
    contract: contract && { contractId: 'k', number: 'C-1', shopIds: ['sh'], terms: contract, serviceEndsAt: 0 },
    servedFrom: 0,
    mappings: [],
    trigger: undefined,
    ...more,
  });

describe('first human response', () => {
  test('BR-020: a reply after 30.000 s is in time', () =>
    expect(figures(said([customer, TEN], [agent, TEN + 30_000])).clocks[0]).toMatchObject({ dueAt: TEN + 30_000, stop: { elapsedMs: 30_000 } }));

  test('BR-021: a reply after 30.001 s is later than due', () => {
    const clock = figures(said([customer, TEN], [agent, TEN + 30_001])).clocks[0];
    expect(clock?.stop?.at).toBeGreaterThan(clock?.dueAt ?? Number.POSITIVE_INFINITY);
  });

  test('BR-022: after an automatic reply at 1 s the human at 45 s gives 45 s', () =>
    expect(figures(said([customer, TEN], [bot, TEN + 1_000], [agent, TEN + 45_000]))).toMatchObject({ firstResponseMs: 45_000, agentMessages: 1 }));

  test('is warned of at 80 % of the allowance', () => expect(figures(said([customer, TEN])).clocks[0]?.warnAt).toBe(TEN + 24_000));

  test('without a customer there is no clock', () =>
    expect(figures(said([agent, TEN]))).toMatchObject({ hasCustomer: false, clocks: [], firstResponseDueAt: 0, date: '2026-03-05' }));
});

describe('BR-214: window 09:00-24:00, target 30 s', () => {
  const daytime = terms({ serviceWindows: [ServiceWindow.create({ from: '09:00', to: '24:00' })] });

  test('a message at 00:10:00 is due at 09:00:30', () =>
    expect(figures(said([customer, at('2026-03-05T00:10:00')]), daytime).clocks[0]?.dueAt).toBe(at('2026-03-05T09:00:30')));

  test('a message at 23:59:50 is due at 09:00:20 next day, and what ran is what counts', () => {
    const night = figures(said([customer, at('2026-03-05T23:59:50')], [agent, at('2026-03-06T09:00:05')]), daytime);
    expect(night.clocks[0]).toMatchObject({ dueAt: at('2026-03-06T09:00:20'), stop: { elapsedMs: 15_000 } });
    expect(night).toMatchObject({ firstResponseMs: 15_000, roundMsSum: 15_000 });
  });
});

describe('3-minute reply rate', () => {
  const reply = terms({ clauses: [threeMinutes] });
  const clocksAt = (start: number, ...rest: [Sender, number][]) => figures(said([customer, start], ...rest), reply).clocks;

  test('180.000 s is in time, a millisecond more is not', () => {
    expect(clocksAt(TEN, [agent, TEN + 180_000])[0]).toMatchObject({ dueAt: TEN + 180_000, stop: { at: TEN + 180_000 } });
    expect(clocksAt(TEN, [agent, TEN + 180_001])[0]).toMatchObject({ dueAt: TEN + 180_000, stop: { at: TEN + 180_001 } });
  });

  test('rounds begun from 08:00:00 until before 23:00:00 are counted, by the wall clock', () => {
    expect(clocksAt(at('2026-03-05T07:59:59.999'))).toEqual([]);
    expect(clocksAt(at('2026-03-05T08:00:00'))).toHaveLength(1);
    expect(clocksAt(at('2026-03-05T22:59:59.999'))[0]?.dueAt).toBe(at('2026-03-05T23:02:59.999'));
    expect(clocksAt(at('2026-03-05T23:00:00'))).toEqual([]);
  });

  test('each round has its clock, the last one waits', () =>
    expect(clocksAt(TEN, [agent, TEN + 1], [customer, TEN + 2], [customer, TEN + 3]).map(({ round, stop }) => [round, stop?.at])).toEqual([
      [1, TEN + 1],
      [2, undefined],
    ]));
});

describe('BR-212: what is not ours', () => {
  const staff = [{ account: 'owner', version: 1, party: AccountParty.ACCOUNT_PARTY_SHOP_STAFF, agentId: '', fromAt: 0, toAt: 0 }];

  test('an after-sale chat under scope pre-sale is listed with its reason', () => {
    const out = figures(said([customer, TEN]), terms({ scope: [ServiceScope.SERVICE_SCOPE_PRE_SALE] }), { serviceType: ServiceType.SERVICE_TYPE_AFTER_SALE });
    expect([out.notOurs, out.clocks[0]?.notOurs]).toEqual(['out-of-scope', 'out-of-scope']);
  });

  test("one first answered by the shop's own staff is listed with its reason", () => {
    const out = figures(said([customer, TEN], [agent, TEN + 1, 'owner'], [agent, TEN + 2]), terms(), { mappings: staff });
    expect([out.notOurs, out.clocks[0]?.notOurs, out.clocks[0]?.agent]).toEqual(['shop-staff', 'shop-staff', '']);
  });

  test("a later round that the shop's own staff ended counts neither for us nor against us", () => {
    const mixed = figures(said([customer, TEN], [agent, TEN + 1], [customer, TEN + 2], [agent, TEN + 500_000, 'owner']), terms({ clauses: [threeMinutes] }), {
      mappings: staff,
    });
    expect(mixed).toMatchObject({ notOurs: '', rounds: 1, roundsAnswered: 1, roundMsSum: 1 });
    expect(mixed.clocks.map(({ notOurs }) => notOurs)).toEqual(['', 'shop-staff']);
  });

  test('one of a shop with no contract on that day has no clocks and says so', () =>
    expect(figures(said([customer, TEN]), terms(), { contract: undefined })).toMatchObject({ notOurs: 'no-contract', contractId: '', clocks: [] }));
});

describe('BR-216: the day and month are the contract zone’s', () => {
  test('opened 31 March 23:59:50 and answered 1 April it is March', () =>
    expect(figures(said([customer, at('2026-03-31T23:59:50')], [agent, at('2026-04-01T00:00:05')]))).toMatchObject({
      date: '2026-03-31',
      clocks: [{ date: '2026-03-31' }],
    }));

  test('ten seconds later it is April, though UTC still says March', () =>
    expect(figures(said([customer, at('2026-04-01T00:00:00')])).date).toBe('2026-04-01'));
});
