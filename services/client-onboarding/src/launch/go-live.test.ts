import { specify } from '@deskfleet/event-store/testing';
import { BatchAccepted, BatchReworked, BatchReworkRequested, BatchWentLive, ShopWentLive, TrainingKind, TrialStarted } from '@deskfleet/protocol/onboarding';
import { EngagementTerm } from '@deskfleet/protocol/terms';
import { expect, test } from 'vitest';
import {
  accepted,
  agreed,
  agreement,
  allInformation,
  at,
  byClient,
  cny,
  handedOver,
  live,
  NOW,
  productTraining,
  ready,
  received,
  result,
  scheduled,
  shopsLive,
  shopTraining,
  told,
  trained,
  trialStarted,
  VENDOR,
  wentLive,
} from './fixtures.ts';
import { STANDARD_ITEMS } from './information-items.ts';
import { launchUnder } from './launch.ts';
import type { LaunchEvent } from './state.ts';

const { given } = specify(launchUnder(agreement));
const { contractId } = agreement;
const goLive = { kind: 'go-live', batchKey: 'batch-1', now: NOW } as const;
const next = { ...goLive, batchKey: 'batch-2' } as const;

/** What a refused go-live names as missing. */
function missing(events: readonly LaunchEvent[], command: { kind: 'go-live'; batchKey: string; now: number } = goLive, of = agreement) {
  const { decision } = specify(launchUnder(of))
    .given(...events)
    .when(command);
  if (decision.accepted) return [];
  expect(decision.code).toBe('not-ready');
  return decision.facts['missing'] as { code: string; waitsFor: string; path: string }[];
}

const first = [
  BatchWentLive.create({
    ...{ contractId, batchKey: 'batch-1', batchNo: 1, shopIds: ['sh_1', 'sh_2'], products: 200, agentIds: ['ag_1', 'ag_2'], liveAt: NOW },
  }),
  ShopWentLive.create({ contractId, shopId: 'sh_1', liveAt: NOW }),
  ShopWentLive.create({ contractId, shopId: 'sh_2', liveAt: NOW }),
  TrialStarted.create({ contractId, startsOn: '2026-03-02', endsOn: '2026-03-16', endsAt: at('2026-03-17T00:00:00') }),
];

test('the first go-live starts the trial: day 1 is its date in the contract’s zone', () => {
  // BR-006
  given(...ready)
    .when(goLive)
    .then(...first);
  // 23:30 in Shanghai is still the 2nd there; half an hour later it is the 3rd.
  const day = (local: string) => given(...ready).when({ ...goLive, now: at(local) }).state.trial;
  expect(day('2026-03-02T23:59:59')).toMatchObject({ startsOn: '2026-03-02', endsOn: '2026-03-16' });
  expect(day('2026-03-03T00:00:00')).toMatchObject({ startsOn: '2026-03-03', endsOn: '2026-03-17' });
});

test('a deposit a cent short starts no trial', () => {
  // BR-005
  expect(missing([...ready.slice(1), received(599_999)])).toEqual([
    {
      code: 'deposit-missing',
      ...{ required: { currency: 'CNY', minor: 600_000 }, received: { currency: 'CNY', minor: 599_999 }, short: { currency: 'CNY', minor: 1 } },
      waitsFor: 'client',
      path: '/deposits/ct_1',
    },
  ]);
  expect(missing(ready.slice(1))).toMatchObject([{ code: 'deposit-missing', short: { minor: 600_000 } }]);
});

test('temporary cooperation without deposit and trial goes live, and no trial starts', () => {
  // BR-217
  const of = agreed({ deposit: undefined, trial: undefined, engagement: EngagementTerm.ENGAGEMENT_TERM_TEMPORARY });
  specify(launchUnder(of))
    .given(...ready.slice(1))
    .when(goLive)
    .then(...first.slice(0, 3));
});

test('a prepayment that was agreed must have been received, temporary or not', () => {
  // BR-217
  const of = agreed({ deposit: cny(1), trial: undefined, engagement: EngagementTerm.ENGAGEMENT_TERM_TEMPORARY });
  expect(missing(ready.slice(1), goLive, of)).toMatchObject([{ code: 'deposit-missing' }]);
  expect(missing([...ready.slice(1), received(1)], goLive, of)).toEqual([]);
});

test('product training done and shop training not: no go-live, and it says whose turn it is', () => {
  // BR-013
  const without = (...shop: LaunchEvent[]) => missing([received(600_000), ...productTraining, ...allInformation, ...shop]);
  const planned = scheduled('tr_s', TrainingKind.TRAINING_KIND_SHOP);
  expect(without()).toMatchObject([{ code: 'training-not-planned', training: 'shop', waitsFor: 'vendor-operations' }, { code: 'agents-missing' }]);
  expect(without(planned)).toMatchObject([{ code: 'training-not-held', training: 'shop', waitsFor: 'client' }, { code: 'agents-missing' }]);
  // BR-211: recorded by the vendor, it waits for the client.
  expect(without(planned, told('tr_s', VENDOR))).toMatchObject([{ code: 'training-unconfirmed', waitsFor: 'client' }, { code: 'agents-missing' }]);
  const failed = trained('tr_s', TrainingKind.TRAINING_KIND_SHOP, [result('ag_1', false)]);
  expect(without(...failed)).toMatchObject([
    { code: 'training-not-passed', waitsFor: 'vendor-operations' },
    { code: 'agents-missing', trained: 0 },
  ]);
});

test('a training on the platform’s rules is needed where the terms speak of one', () => {
  expect(missing(ready, goLive, agreed({ trainingSupport: ['产品培训', '店铺培训'] }))).toEqual([]);
  const of = agreed({ trainingSupport: ['产品培训', '平台规则培训'] });
  expect(missing(ready, goLive, of)).toMatchObject([{ code: 'training-not-planned', training: 'rules' }, { code: 'agents-missing' }]);
  expect(missing([...ready, ...trained('tr_r', TrainingKind.TRAINING_KIND_RULES)], goLive, of)).toEqual([]);
});

test('an open information list forbids the go-live and its items are named', () => {
  // BR-209
  const last = allInformation.slice(0, -2);
  expect(missing([received(600_000), ...productTraining, ...shopTraining, ...last])).toMatchObject([
    {
      code: 'information-open',
      items: ['banned-words', 'urgent-contacts'],
      open: 2,
      of: STANDARD_ITEMS.length,
      waitsFor: 'client',
      path: '/contracts/ct_1/onboarding',
    },
  ]);
});

test('a batch that needs five trained agents does not go live with four', () => {
  // BR-210
  const of = agreed({ batches: agreement.terms.batches.map((batch) => ({ ...batch, agents: 5 })) });
  const four = ['ag_1', 'ag_2', 'ag_3', 'ag_4'].map((agentId) => result(agentId));
  const both = (agents: typeof four) => [
    received(600_000),
    ...allInformation,
    ...trained('tr_p', TrainingKind.TRAINING_KIND_PRODUCT, agents),
    ...trained('tr_s', TrainingKind.TRAINING_KIND_SHOP, [...four, result('ag_5')]),
  ];
  expect(missing(both(four), goLive, of)).toMatchObject([{ code: 'agents-missing', trained: 4, needed: 5 }]);
  expect(missing(both([...four, result('ag_5', false)]), goLive, of)).toMatchObject([{ code: 'agents-missing', trained: 4 }]);
  expect(missing(both([...four, result('ag_5')]), goLive, of)).toEqual([]);
});

test('all that is missing is told at once', () =>
  expect(missing([]).map(({ code, waitsFor }) => `${code} ${waitsFor}`)).toEqual([
    'deposit-missing client',
    'training-not-planned vendor-operations',
    'training-not-planned vendor-operations',
    'information-open client',
    'agents-missing vendor-operations',
  ]));

test('nothing goes live before both have signed, or before the contract is in force', () => {
  expect(missing(ready, goLive, { ...agreement, status: 'draft' })).toMatchObject([{ code: 'contract-not-signed' }]);
  expect(missing(ready, { ...goLive, now: at('2026-02-28T23:59:59') })).toMatchObject([{ code: 'contract-not-in-force', effectiveOn: '2026-03-01' }]);
  expect(missing(ready, { ...goLive, now: at('2026-03-01T00:00:00') })).toEqual([]);
});

test('batch 2 waits while batch 1 is under review or in rework, and goes live once it is accepted', () => {
  // BR-012: 600 products in 3 batches of 200
  const rework = BatchReworkRequested.create({ contractId, batchKey: 'batch-1', reason: 'wrong sizes', consent: byClient });
  expect(missing(ready, next)).toMatchObject([{ code: 'batch-not-live', batch: 1, next: 2, waitsFor: 'vendor-operations' }]);
  expect(missing(live, next)).toMatchObject([{ code: 'batch-under-review', batch: 1, waitsFor: 'client' }]);
  expect(missing([...live, rework], next)).toMatchObject([{ code: 'batch-in-rework', batch: 1, waitsFor: 'vendor-operations' }]);
  given(...live, accepted(1))
    .when(next)
    .then(BatchWentLive.create({ ...first[0], contractId, batchKey: 'batch-2', batchNo: 2 }));
  expect(missing([...live, accepted(1)], { ...goLive, batchKey: 'batch-3' })).toMatchObject([{ code: 'batch-not-live', batch: 2 }]);
});

test('a later batch starts no second trial and brings no shop live twice', () => {
  const { state } = given(...live, accepted(1)).when({ ...next, now: at('2026-03-20T10:00:00') });
  expect(state.trial).toMatchObject({ status: 'running', startsOn: '2026-03-02' });
  expect(state.liveShopIds).toEqual(['sh_1', 'sh_2']);
});

test('a batch that is live stays as it is when asked again', () =>
  given(...live)
    .when(goLive)
    .thenNothing());

test('a contract without batches hands over all its shops at once, with as many agents as it names', () => {
  const of = agreed({ batches: [], staffing: [{ $type: 'deskfleet.common.v1.StaffingTerm', level: 0, count: 3 }] });
  expect(missing(ready, { ...goLive, batchKey: 'all' }, of)).toMatchObject([{ code: 'agents-missing', trained: 2, needed: 3 }]);
  expect(
    specify(launchUnder(agreed({ batches: [] })))
      .given(...ready)
      .when({ ...goLive, batchKey: 'all' }).state.liveShopIds,
  ).toEqual(['sh_1', 'sh_2']);
});

test('the client judges live work: accepted, or rework and under review again', () => {
  // BR-012
  const ask = { kind: 'request-rework', batchKey: 'batch-1', reason: 'wrong sizes', consent: byClient, now: NOW } as const;
  const asked = BatchReworkRequested.create({ contractId, batchKey: 'batch-1', reason: 'wrong sizes', consent: byClient });
  const report = { kind: 'report-rework', batchKey: 'batch-1', note: 'sizes learned again', now: NOW } as const;
  const accept = { kind: 'accept-batch', batchKey: 'batch-1', consent: byClient, now: NOW } as const;
  given(...live)
    .when(ask)
    .then(asked);
  given(...live, asked)
    .when(report)
    .then(BatchReworked.create({ contractId, batchKey: 'batch-1', note: 'sizes learned again' }));
  given(...live)
    .when(report)
    .thenRefused('batch-not-in-rework');
  given(...live)
    .when(accept)
    .then(BatchAccepted.create({ contractId, batchKey: 'batch-1', consent: byClient }));
  given(...live, accepted(1))
    .when(accept)
    .thenNothing();
  given(...live, accepted(1))
    .when(ask)
    .thenRefused('batch-accepted', { happened: 'BatchAccepted' });
  given(...ready)
    .when(accept)
    .thenRefused('batch-not-live');
  given(...live)
    .when({ ...ask, reason: '' })
    .thenRefused('rework-reason-missing');
  given(...live)
    .when({ ...accept, batchKey: 'batch-9' })
    .thenRefused('batch-not-found');
});

test('a contract taken over was live before it came', () => {
  specify(launchUnder({ ...agreement, status: 'taken-over' }))
    .given(...ready)
    .when(goLive)
    .thenRefused('contract-taken-over');
});

test('what is served from its first day on has nothing to bring live', () => {
  specify(launchUnder({ ...agreement, status: 'in-service' }))
    .given(...ready)
    .when(goLive)
    .thenRefused('contract-in-service', { effectiveOn: '2026-03-01' });
});

test('an item that is not required does not hold the go-live; one opened again does', () => {
  const most = [received(600_000), ...productTraining, ...shopTraining, ...STANDARD_ITEMS.slice(1).map(({ key }) => handedOver(key))];
  const spared = specify(launchUnder(agreement))
    .given(...most)
    .when({
      ...{ kind: 'set-information-item', itemKey: 'sub-accounts', title: '', required: false, reason: 'they answer from their own seats' },
    });
  expect(spared.decision.accepted && missing([...most, ...spared.decision.events])).toEqual([]);
  const reopened = given(...ready).when({ kind: 'reopen-information', itemKey: 'campaigns', reason: 'dates changed', by: VENDOR });
  expect(reopened.decision.accepted && missing([...ready, ...reopened.decision.events])).toMatchObject([{ items: ['campaigns'] }]);
});

test('shops that are live are live once', () => expect(given(...live).state.liveShopIds).toEqual(shopsLive.map((event) => 'shopId' in event && event.shopId)));

test('the trial runs from its start', () => expect(given(...ready, trialStarted, wentLive(1)).state.trial.status).toBe('running'));
