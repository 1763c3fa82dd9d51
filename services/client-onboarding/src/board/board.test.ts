// A shop's way over the board: the column is the first step that is not finished, and whoever must act is whose turn it is.
import { Party } from '@deskfleet/protocol/common';
import {
  BatchAccepted,
  BatchReworkRequested,
  BatchWentLive,
  ContractDraftDropped,
  ContractDrafted,
  ContractImported,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
  DepositNoted,
  InformationHandedOver,
  InformationItemSet,
  InformationReopened,
  LeadLost,
  LeadOpened,
  LeadWon,
  OutsourcingPlanProposed,
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  QuoteIssued,
  ServiceEndSet,
  ShopProfileRecorded,
  TrainingCompleted,
  TrainingKind,
  TrainingRecorded,
  TrainingScheduled,
  TrialExtensionProposed,
  TrialPassed,
  TrialStarted,
  TrialVerdictReminded,
} from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BOARD_TYPES, type BoardEvent, type Subject, subjectAfter } from './fold.ts';
import { MIN_APART_MS, reminders } from './reminder.ts';
import { STEPS } from './standing.ts';

const contractId = 'c';
const leadId = 'l';
const DAY = 86_400_000;

/** The subject after these events, one a day. */
function after(...events: readonly BoardEvent[]): Subject | undefined {
  let subject: Subject | undefined;
  events.forEach((event, day) => {
    subject = subjectAfter(subject, event, day * DAY);
  });
  return subject;
}

/** `step: turn what` of a shop's card, the first when none is named. */
function card(events: readonly BoardEvent[], shopId?: string): string {
  const found = after(...events)?.cards.find((one) => shopId === undefined || one.shopId === shopId);
  return `${found?.step}: ${found?.turn ?? 'nobody'} ${found?.what}`;
}

const opened = LeadOpened.create({ leadId, clientId: 'cl', clientName: '母婴旗舰' });
const profile = (shopId: string) => ShopProfileRecorded.create({ leadId, profile: { shopId } });
const planned = OutsourcingPlanProposed.create({ leadId });
const quoted = QuoteIssued.create({ leadId, quote: { version: 1, validUntil: '2026-12-01' } });

test.each([
  ['lead: vendor-operations profile-missing', [opened]],
  ['lead: vendor-operations plan-missing', [opened, profile('s1')]],
  ['quote: vendor-operations quote-to-issue', [opened, profile('s1'), planned]],
  ['quote: client quote-to-answer', [opened, profile('s1'), planned, quoted]],
  ['quote: vendor-operations quote-wanted', [opened, profile('s1'), quoted, QuoteDeclined.create({ leadId, anotherWanted: true })]],
  ['quote: vendor-operations quote-declined', [opened, profile('s1'), quoted, QuoteDeclined.create({ leadId })]],
  ['quote: vendor-operations quote-expired', [opened, profile('s1'), quoted, QuoteExpired.create({ leadId })]],
  ['contract: vendor-operations contract-to-draft', [opened, profile('s1'), quoted, QuoteAccepted.create({ leadId })]],
  ['ended: nobody lost', [opened, LeadLost.create({ leadId })]],
  ['ended: nobody won', [opened, profile('s1'), quoted, QuoteAccepted.create({ leadId }), LeadWon.create({ leadId, contractId: 'c' })]],
])('a lead stands at %s', (expected, events) => expect(card(events)).toBe(expected));

test('a lead’s first shop goes on with the lead’s time, a second one begins its own', () => {
  const subject = after(opened, profile('s1'), planned, profile('s2'));
  expect(subject?.cards.map(({ shopId, stepSince, took }) => [shopId, stepSince / DAY, took])).toEqual([
    ['s1', 2, { lead: 2 * DAY }],
    ['s2', 3, {}],
  ]);
});

const terms = ContractTerms.create({
  zone: 'Asia/Shanghai',
  currency: 'CNY',
  deposit: { currency: 'CNY', minor: 600_000 },
  batches: [
    { key: 'one', shopIds: ['s1'], agents: 1 },
    { key: 'two', shopIds: ['s2'], agents: 1 },
  ],
});
const drafted = ContractDrafted.create({ contractId, leadId, number: 'C-1', clientId: 'cl', shopIds: ['s1', 's2'], terms });
const offered = ContractOffered.create({ contractId });
const signs = (party: Party) => ContractPartySigned.create({ contractId, party });
const signed = ContractSigned.create({ contractId, leadId, number: 'C-1', clientId: 'cl', shopIds: ['s1', 's2'], terms, awaitsGoLive: true });
const received = (minor: number) => DepositNoted.create({ contractId, received: { currency: 'CNY', minor }, required: { currency: 'CNY', minor: 600_000 } });
const kinds = { product: TrainingKind.TRAINING_KIND_PRODUCT, shop: TrainingKind.TRAINING_KIND_SHOP };
const scheduled = (trainingId: keyof typeof kinds) =>
  TrainingScheduled.create({ contractId, trainingId, kind: kinds[trainingId], givenBy: Party.PARTY_CLIENT, plannedOn: '2026-12-01' });
const recorded = (trainingId: keyof typeof kinds) => TrainingRecorded.create({ contractId, trainingId, by: Party.PARTY_VENDOR });
const completed = (trainingId: keyof typeof kinds, passed = true) =>
  TrainingCompleted.create({ contractId, trainingId, kind: kinds[trainingId], shopIds: ['s1', 's2'], results: [{ agentId: 'a', passed }] });
const handed = (itemKey: string) => InformationHandedOver.create({ contractId, itemKey });
const items = Object.keys((after(signed)?.facts as { information: Record<string, boolean> } | undefined)?.information ?? {});
const live = (batchKey: string) => BatchWentLive.create({ contractId, batchKey });
const accepted = (batchKey: string) => BatchAccepted.create({ contractId, batchKey });

const trained = [signed, received(600_000), completed('product'), completed('shop')];
const ready = [...trained, ...items.map(handed)];

test.each([
  ['contract: vendor-operations contract-in-draft', [drafted]],
  ['contract: client contract-to-sign', [drafted, offered]],
  ['contract: client contract-to-sign', [drafted, offered, signs(Party.PARTY_VENDOR)]],
  ['contract: vendor-operations contract-to-countersign', [drafted, offered, signs(Party.PARTY_CLIENT)]],
  ['contract: vendor-operations contract-in-draft', [drafted, offered, ContractOfferWithdrawn.create({ contractId })]],
  ['ended: nobody dropped', [drafted, ContractDraftDropped.create({ contractId })]],
  ['deposit: client deposit-due', [drafted, offered, signed]],
  ['deposit: client deposit-due', [signed, received(599_999)]], // BR-005: to the cent
  ['training: vendor-operations training-not-planned', [signed, received(600_000)]],
  ['training: client training-not-held', [signed, received(600_000), scheduled('product')]],
  ['training: client training-unconfirmed', [signed, received(600_000), scheduled('product'), recorded('product')]], // BR-211
  ['training: vendor-operations training-not-passed', [signed, received(600_000), completed('product', false)]],
  ['training: client information-open', trained], // BR-209
  ['training: client information-open', [...ready, InformationReopened.create({ contractId, itemKey: items[0] ?? '' })]],
  ['handover: vendor-operations go-live-open', ready],
  ['handover: client batch-under-review', [...ready, live('one')]],
  ['handover: vendor-operations batch-in-rework', [...ready, live('one'), BatchReworkRequested.create({ contractId, batchKey: 'one' })]],
  ['live: nobody live', [...ready, live('one'), accepted('one')]],
  ['live: nobody on-trial', [...ready, live('one'), TrialStarted.create({ contractId, startsOn: '2026-12-01', endsOn: '2026-12-15' }), accepted('one')]],
  ['ended: nobody ended', [...ready, live('one'), ServiceEndSet.create({ contractId })]],
  ['live: nobody live', [ContractImported.create({ contractId, shopIds: ['s1'], terms })]],
])('a contract’s first shop stands at %s', (expected, events) => expect(card(events, 's1')).toBe(expected));

test.each([
  ['a contract that awaits no go-live stands at live', []],
  ['a renewal stands at live', [ContractDrafted.create({ ...drafted, succeedsContractId: 'c0' })]],
])('%s: it is served and billed from its first day on', (_name, before) =>
  expect(card([...before, ContractSigned.create({ ...signed, awaitsGoLive: false })], 's1')).toBe('live: nobody live'),
);

test('a renewal with a trial or batches of its own goes the whole way', () =>
  expect(card([ContractDrafted.create({ ...drafted, succeedsContractId: 'c0' }), signed, received(0)], 's1')).toBe('deposit: client deposit-due'));

test('the second batch’s shop waits for the first one’s review, whoever’s turn that is', () => {
  expect(card([...ready, live('one')], 's2')).toBe('handover: client batch-before'); // BR-012
  expect(card([...ready, live('one'), BatchReworkRequested.create({ contractId, batchKey: 'one' })], 's2')).toBe('handover: vendor-operations batch-before');
  expect(card([...ready, live('one'), accepted('one')], 's2')).toBe('handover: vendor-operations go-live-open');
});

test('without a deposit agreed none is waited for', () =>
  // BR-217
  expect(card([ContractSigned.create({ ...signed, terms: { ...terms, deposit: undefined } })])).toBe('training: vendor-operations training-not-planned'));

test('an item that is not needed is not waited for, one that was added is', () => {
  const without = InformationItemSet.create({ contractId, itemKey: items[0] ?? '', required: false });
  expect(card([...trained, without, ...items.slice(1).map(handed)], 's1')).toBe('handover: vendor-operations go-live-open');
  const added = InformationItemSet.create({ contractId, itemKey: 'gift-rules', title: '赠品', required: true });
  expect(card([...ready, added], 's1')).toBe('training: client information-open');
});

test('more agents needed than passed both trainings keep a batch from going live', () => {
  const two = {
    ...terms,
    batches: [{ ...terms.batches[0], $type: 'deskfleet.common.v1.BatchTerm' as const, key: 'one', name: '', products: 0, shopIds: ['s1'], agents: 2 }],
  };
  const events = [ContractSigned.create({ ...signed, terms: two }), ...ready.slice(1)];
  expect(card(events, 's1')).toBe('handover: vendor-operations agents-missing'); // BR-210
});

test('a trial asks the client for its verdict once it is due, and for an answer to the vendor’s proposal', () => {
  const trial = [...ready, live('one'), accepted('one'), TrialStarted.create({ contractId, startsOn: '2026-12-01', endsOn: '2026-12-15' })];
  expect(card([...trial, TrialVerdictReminded.create({ contractId })], 's1')).toBe('live: client trial-verdict-open'); // BR-206
  expect(card([...trial, TrialExtensionProposed.create({ contractId, by: Party.PARTY_VENDOR })], 's1')).toBe('live: client trial-extension-proposed');
  expect(card([...trial, TrialExtensionProposed.create({ contractId, by: Party.PARTY_CLIENT })], 's1')).toBe(
    'live: vendor-operations trial-extension-proposed',
  );
  expect(card([...trial, TrialVerdictReminded.create({ contractId }), TrialPassed.create({ contractId })], 's1')).toBe('live: nobody live');
});

test('a finished step took as long as it took; the turn counts from when it became one’s own', () => {
  const subject = after(signed, received(300_000), received(600_000), completed('product'));
  expect(subject?.cards[0]).toMatchObject({ step: 'training', stepSince: 2 * DAY, since: 2 * DAY, took: { deposit: 2 * DAY } });
});

test('a step that is entered again counts anew', () => {
  const subject = after(...ready, InformationReopened.create({ contractId, itemKey: items[0] ?? '' }), handed(items[0] ?? ''));
  expect(subject?.cards[0]?.took['training']).toBe(DAY);
});

test('whatever comes in whatever order, each shop stands in one column with a turn that is somebody’s, and times never run backwards', () => {
  const events = fc.array(
    fc.constantFrom(
      drafted,
      offered,
      signs(Party.PARTY_CLIENT),
      signed,
      received(600_000),
      scheduled('shop'),
      recorded('shop'),
      ...ready,
      live('one'),
      live('two'),
      accepted('one'),
      accepted('two'),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(events, (history) => {
      for (const { step, turn, since, stepSince, took } of after(...history)?.cards ?? []) {
        expect([...STEPS, 'ended']).toContain(step);
        expect([undefined, 'client', 'vendor-operations', 'finance']).toContain(turn);
        expect(since).toBeGreaterThanOrEqual(stepSince);
        for (const ms of Object.values(took)) expect(ms).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test('every event of the board names its lead or contract', () => {
  for (const type of BOARD_TYPES) expect('leadId' in type.fromPartial({}) || 'contractId' in type.fromPartial({}), type.$type).toBe(true);
});

const remind = {
  leadId,
  contractId,
  clientId: 'cl',
  shopIds: ['s1'],
  step: 'deposit',
  what: 'deposit-due',
  turn: 'client',
  note: '',
  now: 2 * DAY,
  lastAt: undefined,
};
test('a client is reminded of what is theirs to do, and not again within 20 hours', () => {
  expect(reminders.decide(reminders.initial, remind)).toMatchObject({ accepted: true, events: [{ contractId, leadId: '', what: 'deposit-due' }] });
  expect(reminders.decide(reminders.initial, { ...remind, turn: 'vendor-operations' })).toMatchObject({ code: 'not-the-clients-turn' });
  expect(reminders.decide(reminders.initial, { ...remind, lastAt: 2 * DAY - MIN_APART_MS + 1 })).toMatchObject({
    code: 'client-reminded-already',
    facts: { hours: 19 },
  });
  expect(reminders.decide(reminders.initial, { ...remind, lastAt: 2 * DAY - MIN_APART_MS }).accepted).toBe(true);
});
