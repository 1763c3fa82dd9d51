import type { ConversationFacts } from '@deskfleet/conversation-facts';
import { fold } from '@deskfleet/event-store';
import { AccountParty } from '@deskfleet/protocol/agents';
import type { UsageAssessed } from '@deskfleet/protocol/billing';
import { ChannelKind, Sender, ServiceType } from '@deskfleet/protocol/conversations';
import { ContractTerms, CountingUnit, ServiceScope, ServiceWindow, UsageExclusion, UsageTerms } from '@deskfleet/protocol/terms';
import { expect, test } from 'vitest';
import { assess } from './assessment.ts';
import { type Usage, usage } from './usage.ts';

const at = (instant: string): number => Date.parse(instant);
const { SENDER_CUSTOMER: customer, SENDER_AGENT: agent, SENDER_BOT: bot } = Sender;

const terms = (over: Parameters<typeof ContractTerms.create>[0] = {}) =>
  ContractTerms.create({
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    effectiveOn: '2026-01-01',
    serviceWindows: [ServiceWindow.create({ from: '09:00', to: '24:00' })],
    usage: UsageTerms.create({ unit: CountingUnit.COUNTING_UNIT_CONVERSATION, exclusions: [UsageExclusion.USAGE_EXCLUSION_NONE], unitPrice: '0.60' }),
    ...over,
  });
const excluding = (...exclusions: UsageExclusion[]) =>
  terms({ usage: { unit: CountingUnit.COUNTING_UNIT_CONVERSATION, exclusions, unitPrice: '0.60', included: 0 } });

function facts(agreed: ContractTerms | undefined, said: [sender: Sender, instant: string][], over: Partial<ConversationFacts> = {}): ConversationFacts {
  return {
    vendorId: 'v',
    shopId: 'sh_a',
    conversationId: 'cv_a',
    channelKind: ChannelKind.CHANNEL_KIND_PLATFORM,
    serviceType: ServiceType.SERVICE_TYPE_UNSPECIFIED,
    live: false,
    customerSubject: 'subject-1',
    messages: said.map(([sender, instant], index) => ({
      messageId: `m-${index + 1}`,
      sentAt: at(instant),
      ordinal: index + 1,
      sender,
      account: sender === customer ? '' : 'seat-1',
    })),
    openImports: [],
    contract: agreed === undefined ? undefined : { contractId: 'ct_1', number: 'C-1', shopIds: ['sh_a'], terms: agreed, serviceEndsAt: 0 },
    servedFrom: 0,
    mappings: [],
    trigger: undefined,
    ...over,
  };
}

const asked = '2026-03-05T10:00:00+08:00';
const answered = '2026-03-05T10:00:20+08:00';

test('a conversation with a customer message counts on the day of that message', () =>
  expect(
    assess(
      facts(terms(), [
        [customer, asked],
        [agent, answered],
      ]),
    ),
  ).toMatchObject({ counted: true, reason: '', date: '2026-03-05', unitKey: 'cv_a' }));

test('opened 31 March 23:59:50 shop time and answered on 1 April, it counts in March; 10 s later in April (BR-216)', () => {
  expect(
    assess(
      facts(terms(), [
        [customer, '2026-03-31T15:59:50Z'],
        [agent, '2026-03-31T16:00:30Z'],
      ]),
    ),
  ).toMatchObject({ date: '2026-03-31' });
  expect(assess(facts(terms(), [[customer, '2026-03-31T16:00:00Z']]))).toMatchObject({ date: '2026-04-01' });
});

test('without a customer message nothing counts, and it is said (BR-215)', () =>
  expect(assess(facts(terms(), [[agent, asked]]))).toMatchObject({ counted: false, reason: 'no-customer-message' }));

test("an after-sale chat under a pre-sale scope, and one the shop's own staff answered, are not ours (BR-212)", () => {
  const preSale = terms({ scope: [ServiceScope.SERVICE_SCOPE_PRE_SALE] });
  const afterSale = { serviceType: ServiceType.SERVICE_TYPE_AFTER_SALE };
  expect(assess(facts(preSale, [[customer, asked]], afterSale))).toMatchObject({ counted: false, reason: 'out-of-scope' });
  const staff = { account: 'seat-1', version: 1, party: AccountParty.ACCOUNT_PARTY_SHOP_STAFF, agentId: '', fromAt: 0, toAt: 0 };
  expect(
    assess(
      facts(
        terms(),
        [
          [customer, asked],
          [agent, answered],
        ],
        { mappings: [staff] },
      ),
    ),
  ).toMatchObject({ counted: false, reason: 'shop-staff' });
});

test('three chats of one buyer on a day share one unit, the next day is another (BR-213)', () => {
  const buyerDay = terms({
    usage: { unit: CountingUnit.COUNTING_UNIT_BUYER_DAY, exclusions: [UsageExclusion.USAGE_EXCLUSION_NONE], unitPrice: '0.90', included: 0 },
  });
  const keys = ['2026-03-05T09:00:00+08:00', '2026-03-05T12:00:00+08:00', '2026-03-05T23:59:59+08:00', '2026-03-06T00:00:00+08:00'].map(
    (instant) => assess(facts(buyerDay, [[customer, instant]])).unitKey,
  );
  expect(new Set(keys.slice(0, 3)).size).toBe(1);
  expect(keys[3]).not.toBe(keys[0]);
});

test('what the contract excludes is named: bot only, unanswered, outside the service hours (BR-213)', () => {
  const all = excluding(
    UsageExclusion.USAGE_EXCLUSION_BOT_ONLY,
    UsageExclusion.USAGE_EXCLUSION_UNANSWERED,
    UsageExclusion.USAGE_EXCLUSION_OUTSIDE_SERVICE_HOURS,
  );
  expect(
    assess(
      facts(all, [
        [customer, asked],
        [bot, answered],
      ]),
    ).reason,
  ).toBe('bot-only');
  expect(assess(facts(all, [[customer, asked]])).reason).toBe('unanswered');
  expect(
    assess(
      facts(all, [
        [customer, '2026-03-05T08:59:59.999+08:00'],
        [agent, answered],
      ]),
    ).reason,
  ).toBe('outside-service-hours');
  expect(
    assess(
      facts(all, [
        [customer, '2026-03-05T09:00:00+08:00'],
        [agent, answered],
      ]),
    ).counted,
  ).toBe(true);
  expect(
    assess(
      facts(excluding(UsageExclusion.USAGE_EXCLUSION_NONE), [
        [customer, asked],
        [bot, answered],
      ]),
    ).counted,
  ).toBe(true);
});

test('a conversation that began before its shop went live is listed, and counts for nobody (P-06)', () => {
  const liveAt = at(asked);
  expect(assess(facts(terms(), [[customer, asked]], { servedFrom: liveAt + 1 }))).toMatchObject({
    counted: false,
    reason: 'before-go-live',
    contractId: 'ct_1',
  });
  expect(assess(facts(terms(), [[customer, asked]], { servedFrom: liveAt }))).toMatchObject({ counted: true, reason: '' });
});

test('a conversation before the contract began counts for nobody', () =>
  expect(assess(facts(undefined, [[customer, asked]]))).toMatchObject({ counted: false, reason: 'no-contract', contractId: '' }));

test('an assessment is recorded when it changes and only then; the old one stays in the log (BR-212)', () => {
  const ours = facts(terms(), [
    [customer, asked],
    [agent, answered],
  ]);
  const recorded = (state: Usage, known: ConversationFacts): readonly UsageAssessed[] => {
    const decision = usage.decide(state, known);
    return decision.accepted ? decision.events : [];
  };
  const first = recorded(usage.initial, ours);
  expect(first).toMatchObject([{ counted: true }]);
  expect(recorded(fold(usage, first), ours)).toEqual([]);
  const staff = { account: 'seat-1', version: 1, party: AccountParty.ACCOUNT_PARTY_SHOP_STAFF, agentId: '', fromAt: 0, toAt: 0 };
  expect(recorded(fold(usage, first), { ...ours, mappings: [staff] })).toMatchObject([{ counted: false, reason: 'shop-staff' }]);
});
