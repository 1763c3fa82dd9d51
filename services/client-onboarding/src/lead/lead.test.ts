import { fold } from '@deskfleet/event-store';
import { specify } from '@deskfleet/event-store/testing';
import { Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import {
  CampaignFrequency,
  Coverage,
  LeadContractDrafted,
  LeadLost,
  LeadOpened,
  LeadSource,
  LeadWon,
  OutsourcingPlanProposed,
  Quote,
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  QuoteIssued,
  QuoteStep,
  ShopProfile,
  ShopProfileRecorded,
} from '@deskfleet/protocol/onboarding';
import { CountingUnit, EngagementTerm, UsageExclusion, UsageTerms } from '@deskfleet/protocol/terms';
import { dayBounds } from '@deskfleet/service-hours';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LeadCommand, lead, leadOfQuote, quoteIdOf } from './lead.ts';
import { suggestedSteps } from './quote.ts';

const { given } = specify(lead);
const leadId = 'ld_1';
const NOW = Date.parse('2026-03-02T10:00:00+08:00');
const cny = (minor: number) => ({ $type: 'deskfleet.common.v1.Money', currency: 'CNY', minor }) as const;

const profile = ShopProfile.create({
  shopId: 'sh_1',
  code: 'north',
  name: 'North',
  platform: 'tmall',
  category: '母婴',
  agentHeadcount: 5,
  averageInquiries: 300,
  campaigns: CampaignFrequency.CAMPAIGN_FREQUENCY_MONTHLY,
});
const plan = { coverage: Coverage.COVERAGE_TOGETHER, engagement: EngagementTerm.ENGAGEMENT_TERM_LONG, separated: false, note: '' };
const usage = UsageTerms.create({ unit: CountingUnit.COUNTING_UNIT_CONVERSATION, exclusions: [UsageExclusion.USAGE_EXCLUSION_NONE], unitPrice: '0.60' });
const typed = [
  { key: 'agents', quantity: '5', unitPrice: '1200.00', rule: 'agents x price of an agent a month', shopId: '', ofUsage: false, suggested: false },
  { key: 'campaigns', quantity: '0.33', unitPrice: '100.10', rule: 'a third of a campaign a month', shopId: 'sh_1', ofUsage: false, suggested: false },
  { key: 'inquiries', quantity: '9000', unitPrice: '0.6', rule: '300 a day x 30 days', shopId: '', ofUsage: true, suggested: false },
];
const ask: Extract<LeadCommand, { kind: 'quote' }> = {
  kind: 'quote',
  currency: 'CNY',
  steps: typed,
  usage,
  deposit: cny(600_000),
  trialDays: 15,
  agents: 5,
  validUntil: '2026-03-31',
  zone: 'Asia/Shanghai',
  note: '',
  now: NOW,
};
const quote = (version: number): Quote =>
  Quote.create({
    quoteId: quoteIdOf(leadId, version),
    version,
    steps: typed.map((step, index) => QuoteStep.create({ ...step, amount: cny([600_000, 3_303, 540_000][index] ?? 0) })),
    monthlyFee: cny(603_303),
    estimate: cny(1_143_303),
    usage,
    deposit: cny(600_000),
    trialDays: 15,
    agents: 5,
    validUntil: '2026-03-31',
    expiresAt: dayBounds('2026-03-31', 'Asia/Shanghai').to,
    zone: 'Asia/Shanghai',
    profiles: [profile],
    ...{ coverage: plan.coverage, engagement: plan.engagement },
  });

const opened = LeadOpened.create({ leadId, clientId: 'cl_1', clientName: 'Peony', source: LeadSource.LEAD_SOURCE_ONLINE });
const recorded = ShopProfileRecorded.create({ leadId, profile });
const proposed = OutsourcingPlanProposed.create({ leadId, ...plan });
const issued = QuoteIssued.create({ leadId, quote: quote(1) });
const issuedAgain = QuoteIssued.create({ leadId, quote: { ...quote(2), note: 'cheaper' } });
const byClient = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: 'us_9' });
const accepted = QuoteAccepted.create({ leadId, quoteId: quoteIdOf(leadId, 1), consent: byClient });
const declined = QuoteDeclined.create({ leadId, quoteId: quoteIdOf(leadId, 1), reason: 'too dear', anotherWanted: true, consent: byClient });
const expired = QuoteExpired.create({ leadId, quoteId: quoteIdOf(leadId, 1) });
const accept = { kind: 'accept', quoteId: quoteIdOf(leadId, 1), consent: byClient, now: NOW } as const;
const decline = { kind: 'decline', quoteId: quoteIdOf(leadId, 1), reason: 'too dear', anotherWanted: true, consent: byClient } as const;

test('a lead is opened online or by telesales, and says which', () => {
  const open = { kind: 'open', leadId, clientId: 'cl_1', clientName: ' Peony ', contactSubject: '', contact: new Uint8Array() } as const;
  given()
    .when({ ...open, source: LeadSource.LEAD_SOURCE_ONLINE })
    .then(opened);
  given()
    .when({ ...open, source: LeadSource.LEAD_SOURCE_UNSPECIFIED })
    .thenRefused('lead-source-missing', { field: 'source' });
});

test('a profile is recorded again with what was learned since; the same again changes nothing', () => {
  given(opened).when({ kind: 'profile', profile }).then(recorded);
  given(opened, recorded).when({ kind: 'profile', profile }).thenNothing();
  const learned = ShopProfile.create({ ...profile, averageInquiries: 400 });
  expect(given(opened, recorded).when({ kind: 'profile', profile: learned }).state).toMatchObject({ profiles: [learned] });
  given(opened)
    .when({ kind: 'profile', profile: { ...profile, agentHeadcount: -1 } })
    .thenRefused('profile-headcount-invalid', { field: 'profile.agentHeadcount' });
});

test('a quote without category, headcount, inquiries or campaigns names what is missing', () => {
  // BR-001
  const partial = ShopProfile.create({ ...profile, averageInquiries: undefined });
  const refused = given(opened, ShopProfileRecorded.create({ leadId, profile: partial }), proposed).when(ask);
  refused.thenRefused('quote-not-ready');
  expect(refused.decision).toMatchObject({ facts: { problems: [{ code: 'profile-inquiries-missing', field: 'profiles.north.averageInquiries' }] } });
  const nothing = ShopProfile.create({ shopId: 'sh_1', code: 'north', name: 'North', platform: 'tmall' });
  const { decision } = given(opened, ShopProfileRecorded.create({ leadId, profile: nothing })).when(ask);
  const problems = decision.accepted ? [] : (decision.facts['problems'] as { code: string }[]);
  expect(problems.map(({ code }) => code)).toEqual([
    'profile-category-missing',
    'profile-headcount-missing',
    'profile-inquiries-missing',
    'profile-campaigns-missing',
    'plan-missing',
  ]);
});

test('a headcount or inquiries of zero are facts, not gaps', () => {
  // BR-001
  const none = ShopProfile.create({ ...profile, agentHeadcount: 0, averageInquiries: 0 });
  expect(given(opened, ShopProfileRecorded.create({ leadId, profile: none }), proposed).when(ask).decision.accepted).toBe(true);
});

test('a quote is issued with its calculation: each quantity times its price, the fee their sum', () =>
  given(opened, recorded, proposed).when(ask).then(issued)); // BR-002

test('BR-002: a quantity that profile and plan suggest needs no words of the vendor’s: its key names the rule, the quote keeps its facts', () => {
  const suggested = { ...typed[0], key: 'agents', quantity: '5.0', unitPrice: '1200.00', rule: 'whatever', shopId: '', ofUsage: false, suggested: true };
  const { decision } = given(opened, recorded, proposed).when({ ...ask, steps: [suggested, ...typed.slice(1)] });
  const [event] = decision.accepted ? decision.events : [];
  expect(event).toMatchObject({
    quote: { steps: [{ key: 'agents', rule: '', suggested: true }, { suggested: false }, {}], profiles: [{ agentHeadcount: 5 }] },
  });
});

test('the same quote again changes nothing; another one replaces it', () => {
  given(opened, recorded, proposed, issued).when(ask).thenNothing();
  given(opened, recorded, proposed, issued)
    .when({ ...ask, note: 'cheaper' })
    .then(issuedAgain);
  given(opened, recorded, proposed, issued, issuedAgain).when(accept).thenRefused('quote-replaced', { version: 1, by: 2 });
});

test.each([
  ['currency-unknown', { currency: 'RMB', deposit: undefined }],
  ['quote-quantity-invalid', { steps: [{ ...typed[0], quantity: '-1' }] }],
  ['quote-price-invalid', { steps: [{ ...typed[0], unitPrice: 'free' }] }],
  ['quote-rule-missing', { steps: [{ ...typed[0], rule: ' ' }] }],
  ['quote-step-not-suggested', { steps: [{ ...typed[0], suggested: true, quantity: '6' }] }],
  ['quote-step-not-suggested', { steps: [{ ...typed[0], suggested: true, key: 'discount' }] }],
  ['quote-step-repeated', { steps: [typed[0], typed[0]] }],
  ['quote-shop-unknown', { steps: [{ ...typed[0], shopId: 'sh_9' }] }],
  ['quote-usage-price-differs', { steps: [{ ...typed[2], unitPrice: '0.61' }] }],
  ['quote-usage-missing', { usage: undefined }],
  ['quote-without-price', { steps: [], usage: undefined }],
  ['exclusions-missing', { usage: { ...usage, exclusions: [] } }],
  ['amount-in-other-currency', { deposit: { ...cny(1), currency: 'USD' } }],
  ['quote-trial-invalid', { trialDays: -1 }],
  ['quote-agents-invalid', { agents: 0 }],
  ['quote-valid-until-invalid', { validUntil: '2026-03-01' }],
  ['quote-below-zero', { steps: [{ ...typed[0], unitPrice: '-1' }] }],
] as const)('%s is refused', (code, change) => {
  given(opened, recorded, proposed)
    .when({ ...ask, ...(change as Partial<typeof ask>) })
    .thenRefused(code);
});

test('a quote valid until today is open until the day ends in its zone', () => {
  expect(given(opened, recorded, proposed).when({ ...ask, validUntil: '2026-03-02' }).decision.accepted).toBe(true);
  const { expiresAt } = quote(1);
  given(opened, recorded, proposed, issued)
    .when({ ...accept, now: expiresAt - 1 })
    .then(accepted);
  given(opened, recorded, proposed, issued)
    .when({ ...accept, now: expiresAt })
    .thenRefused('quote-expired', { version: 1, until: '2026-03-31' });
});

test('a timer ends a quote at that instant, once, and only while it is open', () => {
  const { quoteId, expiresAt } = quote(1);
  const end = { kind: 'expire', quoteId, now: expiresAt } as const;
  given(opened, recorded, proposed, issued).when(end).then(expired);
  given(opened, recorded, proposed, issued)
    .when({ ...end, now: expiresAt - 1 })
    .thenNothing();
  given(opened, recorded, proposed, issued, expired).when(end).thenNothing();
  given(opened, recorded, proposed, issued, accepted).when(end).thenNothing();
  given(opened, recorded, proposed, issued, issuedAgain).when(end).thenNothing();
});

test('an accepted quote stays accepted: no other is accepted, declined or issued after it', () => {
  given(opened, recorded, proposed, issued).when(accept).then(accepted);
  given(opened, recorded, proposed, issued, accepted).when(accept).thenNothing();
  given(opened, recorded, proposed, issued, accepted).when(decline).thenRefused('quote-already-accepted', { version: 1 });
  given(opened, recorded, proposed, issued, accepted)
    .when({ ...ask, note: 'cheaper' })
    .thenRefused('quote-already-accepted');
});

test('a client declines with a reason, and may ask for another, after the last day too', () => {
  given(opened, recorded, proposed, issued).when(decline).then(declined);
  given(opened, recorded, proposed, issued)
    .when({ ...decline, reason: ' ' })
    .thenRefused('reason-missing', { field: 'reason' });
  given(opened, recorded, proposed, issued, expired).when(decline).then(declined);
  given(opened, recorded, proposed, issued, expired)
    .when({ ...decline, anotherWanted: false })
    .thenRefused('quote-expired');
  given(opened, recorded, proposed, issued, declined).when(accept).thenRefused('quote-declined', { version: 1 });
  expect(given(opened, recorded, proposed, issued, declined).when(ask).decision.accepted).toBe(true);
});

test('a lost lead takes nothing more; a won one can not be lost', () => {
  const lost = LeadLost.create({ leadId, reason: 'went elsewhere' });
  const won = LeadWon.create({ leadId, contractId: 'ct_1' });
  given(opened).when({ kind: 'lose', reason: 'went elsewhere' }).then(lost);
  given(opened, lost).when({ kind: 'lose', reason: 'went elsewhere' }).thenNothing();
  given(opened, lost).when({ kind: 'profile', profile }).thenRefused('lead-lost', { reason: 'went elsewhere' });
  given(opened, recorded, proposed, issued, lost).when(accept).thenRefused('lead-lost');
  given(opened, won).when({ kind: 'lose', reason: 'x' }).thenRefused('lead-won');
});

test('a quote id leads to its lead, and no other text does', () => {
  expect(leadOfQuote(quoteIdOf('ld_0190-a', 12))).toBe('ld_0190-a');
  expect(leadOfQuote('ld_0190-a')).toBe('');
  expect(leadOfQuote('qt_x')).toBe('');
});

test('a profile and a plan suggest the steps, with how each quantity came about', () => {
  const steps = suggestedSteps([profile], { ...plan, separated: true, engagement: EngagementTerm.ENGAGEMENT_TERM_TEMPORARY });
  expect(steps.every(({ suggested, rule }) => suggested && rule === '')).toBe(true);
  expect(steps.map(({ key, quantity }) => `${key} ${quantity}`)).toEqual([
    'agents 5',
    'inquiries 9000',
    'campaigns 1',
    'separate-teams 1',
    'short-engagement 1',
  ]);
  expect(suggestedSteps([profile, { ...profile, shopId: 'sh_2' }], plan).map(({ shopId }) => shopId)).toEqual(['sh_1', 'sh_1', 'sh_1', 'sh_2', 'sh_2', 'sh_2']);
});

const moves: fc.Arbitrary<LeadCommand> = fc.oneof(
  fc.constantFrom('', 'cheaper', 'dearer').map((note) => ({ ...ask, note })),
  fc.record({ kind: fc.constant('accept' as const), quoteId: versions(), consent: fc.constant(byClient), now: fc.constantFrom(NOW, quote(1).expiresAt) }),
  fc.record({
    kind: fc.constant('decline' as const),
    quoteId: versions(),
    reason: fc.constant('no'),
    anotherWanted: fc.boolean(),
    consent: fc.constant(byClient),
  }),
  fc.record({ kind: fc.constant('expire' as const), quoteId: versions(), now: fc.constantFrom(NOW, quote(1).expiresAt) }),
  fc.constantFrom({ kind: 'win' as const, contractId: 'ct_1' }, { kind: 'lose' as const, reason: 'no' }),
);

function versions(): fc.Arbitrary<string> {
  return fc.integer({ min: 1, max: 3 }).map((version) => quoteIdOf(leadId, version));
}

test('however both sides act, at most one quote is accepted, and only one that was the newest and open', () =>
  fc.assert(
    fc.property(fc.array(moves, { maxLength: 30 }), (asked) => {
      let state = fold(lead, [opened, recorded, proposed]);
      const taken: string[] = [];
      for (const command of asked) {
        const newest = state.status === 'none' ? undefined : state.quotes.at(-1);
        const decision = lead.decide(state, command);
        if (!decision.accepted) continue;
        for (const event of decision.events) {
          if (event.$type === QuoteAccepted.$type) {
            expect(newest).toMatchObject({ outcome: 'open', quote: { quoteId: event.quoteId } });
            taken.push(event.quoteId);
          }
          state = lead.evolve(state, event);
        }
        const again = lead.decide(state, command);
        expect(again.accepted && again.events.length > 0, `${command.kind} again`).toBe(false);
      }
      expect(taken.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  ));

test('a lead has one contract draft at a time; another only after the first was dropped, and the refusal names the first', () => {
  const drafted = LeadContractDrafted.create({ leadId, contractId: 'ct_1', number: 'C-1' });
  const second = { kind: 'draft-contract', contractId: 'ct_2', number: 'C-2', dropped: [], untold: undefined } as const;
  given(opened)
    .when({ ...second, contractId: 'ct_1', number: 'C-1' })
    .then(drafted);
  given(opened, drafted)
    .when({ ...second, contractId: 'ct_1', number: 'C-1' })
    .thenNothing();
  given(opened, drafted).when(second).thenRefused('lead-has-draft', { contractId: 'ct_1', number: 'C-1' });
  given(opened, drafted)
    .when({ ...second, dropped: ['ct_1'] })
    .then(LeadContractDrafted.create({ leadId, contractId: 'ct_2', number: 'C-2' }));
  // A lead that was not told of its draft.
  const untold = { contractId: 'ct_1', number: 'C-1' };
  given(opened)
    .when({ ...second, untold })
    .thenRefused('lead-has-draft', untold);
  given(opened)
    .when({ ...second, untold, dropped: ['ct_1'] })
    .then(LeadContractDrafted.create({ leadId, contractId: 'ct_2', number: 'C-2' }));
  given(opened)
    .when({ ...second, ...untold, untold })
    .then(drafted);
});
