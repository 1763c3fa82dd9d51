import { specify } from '@deskfleet/event-store/testing';
import {
  InformationHandedOver,
  InformationItemSet,
  InformationReopened,
  InformationRevealed,
  TrainedForShop,
  TrainingCompleted,
  TrainingConfirmed,
  TrainingKind,
  TrainingRecorded,
  TrainingScheduled,
} from '@deskfleet/protocol/onboarding';
import { expect, test } from 'vitest';
import { agreement, byClient, CLIENT, handedOver, NOW, received, result, scheduled, told, trained, VENDOR } from './fixtures.ts';
import { launchUnder } from './launch.ts';
import { trainedAgents } from './training.ts';

const { given } = specify(launchUnder(agreement));
const { contractId } = agreement;
const PRODUCT = TrainingKind.TRAINING_KIND_PRODUCT;
const SHOP = TrainingKind.TRAINING_KIND_SHOP;

const schedule = {
  kind: 'schedule-training',
  trainingId: 'tr_1',
  training: 'product',
  topic: 'Spring range',
  givenBy: CLIENT,
  plannedOn: '2026-03-05',
  shopIds: [],
  agentIds: ['ag_1', 'ag_2', 'ag_1'],
} as const;
const { $type: _, ...passed } = result('ag_1');
const record = {
  kind: 'record-training',
  trainingId: 'tr_1',
  heldOn: '2026-03-02',
  minutes: 90,
  results: [passed],
  by: VENDOR,
  consent: undefined,
  now: NOW,
} as const;
const confirm = { kind: 'confirm-training', trainingId: 'tr_1', by: CLIENT, consent: byClient } as const;

test('a training is planned with its kind, its giver, its day and who comes', () =>
  given()
    .when(schedule)
    .then(
      TrainingScheduled.create({
        ...{ contractId, trainingId: 'tr_1', kind: PRODUCT, topic: 'Spring range', givenBy: CLIENT, plannedOn: '2026-03-05' },
        agentIds: ['ag_1', 'ag_2'],
      }),
    ));

test('a training that the vendor records stays pending until the client has confirmed it', () => {
  // BR-211
  const { state } = given(scheduled('tr_1', PRODUCT)).when(record);
  expect(state.trainings['tr_1']?.progress.status).toBe('pending');
  given(scheduled('tr_1', PRODUCT), told('tr_1', VENDOR))
    .when({ ...confirm, by: VENDOR, consent: undefined })
    .thenRefused('training-own-record', { waitsFor: 'client' });
  expect(trainedAgents(state, ['product'], ['sh_1'])).toEqual([]);
});

test("the other side's word completes it, in one append, with who passed", () =>
  // BR-211
  given(scheduled('tr_1', PRODUCT), told('tr_1', VENDOR))
    .when(confirm)
    .then(
      TrainingConfirmed.create({ contractId, trainingId: 'tr_1', by: CLIENT, consent: byClient }),
      TrainingCompleted.create({
        ...{ contractId, trainingId: 'tr_1', kind: PRODUCT, shopIds: ['sh_1', 'sh_2'], heldOn: '2026-03-01' },
        results: [result('ag_1'), result('ag_2')],
      }),
    ));

test('who has now passed all that the contract asks for is named by shop; one training alone, or a failed quiz, is not enough', () => {
  // BR-014, BR-210
  const history = [...trained('tr_p', PRODUCT, [result('ag_1'), result('ag_2', false)]), scheduled('tr_s', SHOP), told('tr_s', VENDOR)];
  const { decision } = given(...history).when({ ...confirm, trainingId: 'tr_s' });
  const named = ['sh_1', 'sh_2'].map((shopId) => TrainedForShop.create({ shopId, agentIds: ['ag_1'] }));
  expect(decision.accepted && decision.events[1]).toMatchObject({ trained: named });
});

test('one that the client records waits for the vendor, whoever was to give it', () => {
  given(scheduled('tr_1', PRODUCT), told('tr_1', CLIENT)).when(confirm).thenRefused('training-own-record', { waitsFor: 'vendor-operations' });
  expect(
    given(scheduled('tr_1', PRODUCT), told('tr_1', CLIENT)).when({ ...confirm, by: VENDOR, consent: undefined }).state.trainings['tr_1']?.progress.status,
  ).toBe('completed');
});

test("another account of the same training takes the first one's place and waits for the other side", () => {
  const { state } = given(scheduled('tr_1', PRODUCT), told('tr_1', VENDOR)).when({ ...record, by: CLIENT, consent: byClient });
  expect(state.trainings['tr_1']?.progress).toMatchObject({ status: 'pending', recordedBy: CLIENT, results: [{ agentId: 'ag_1' }] });
});

test('what is completed is neither told nor completed again', () => {
  given(...trained('tr_1', PRODUCT))
    .when(confirm)
    .thenNothing();
  given(...trained('tr_1', PRODUCT))
    .when(record)
    .thenRefused('training-completed', { happened: 'TrainingCompleted' });
  given(...trained('tr_1', PRODUCT))
    .when(schedule)
    .thenRefused('training-exists');
});

test('a training nobody held can not be confirmed, one nobody planned not be told', () => {
  given(scheduled('tr_1', PRODUCT)).when(confirm).thenRefused('training-not-held', { waitsFor: 'client' });
  given().when(record).thenRefused('training-not-found');
});

test('a training is told of today or before, in 1 to 1440 minutes, with scores of 0 to 100 %', () => {
  const planned = given(scheduled('tr_1', PRODUCT));
  expect(planned.when({ ...record, minutes: 1440 }).decision.accepted).toBe(true);
  planned.when({ ...record, minutes: 1441 }).thenRefused('training-minutes-invalid', { field: 'minutes' });
  planned.when({ ...record, minutes: 0 }).thenRefused('training-minutes-invalid');
  planned.when({ ...record, heldOn: '2026-03-03' }).thenRefused('training-in-the-future', { expected: '2026-03-02 or before' });
  planned.when({ ...record, heldOn: '2026-02-30' }).thenRefused('training-date-invalid');
  expect(planned.when({ ...record, results: [{ ...passed, scoreBp: 10_000 }] }).decision.accepted).toBe(true);
  planned.when({ ...record, results: [{ ...passed, scoreBp: 10_001 }] }).thenRefused('training-result-invalid', { field: 'results[0].scoreBp' });
  planned.when({ ...record, results: [passed, passed] }).thenRefused('training-result-invalid', { field: 'results[1].agentId' });
  planned.when({ ...record, results: [] }).thenRefused('training-results-missing');
});

test('a training is of shops of the contract', () => {
  given()
    .when({ ...schedule, shopIds: ['sh_9'] })
    .thenRefused('shop-not-of-contract', { found: 'sh_9' });
  given()
    .when({ ...schedule, topic: ' ' })
    .thenRefused('training-topic-invalid');
  given()
    .when({ ...schedule, plannedOn: 'soon' })
    .thenRefused('training-date-invalid');
  given()
    .when({ ...schedule, givenBy: 0 })
    .thenRefused('training-giver-missing');
});

test('trained is who passed every training needed for every shop; who failed the quiz is not', () => {
  const history = [...trained('tr_1', PRODUCT, [result('ag_1'), result('ag_2', false)]), ...trained('tr_2', TrainingKind.TRAINING_KIND_SHOP)];
  const { state } = given(...history);
  expect(trainedAgents(state, ['product', 'shop'], ['sh_1', 'sh_2'])).toEqual(['ag_1']);
  expect(trainedAgents(state, ['shop'], ['sh_1'])).toEqual(['ag_1', 'ag_2']);
  expect(trainedAgents(state, ['product'], ['sh_3'])).toEqual([]);
});

const handOver = {
  kind: 'hand-over-information',
  itemKey: 'return-address',
  content: Buffer.from('sealed'),
  subjectId: 's-1',
  secret: false,
  fileIds: [],
  consent: byClient,
} as const;

test('the client hands over an item of the list, sealed', () =>
  // BR-209
  given()
    .when(handOver)
    .then(InformationHandedOver.create({ contractId, itemKey: 'return-address', content: Buffer.from('sealed'), subjectId: 's-1', consent: byClient })));

test('an item needs a text or a file', () => {
  const empty = { ...handOver, content: Buffer.alloc(0) };
  given().when(empty).thenRefused('information-content-missing', { field: 'content' });
  expect(given().when({ ...empty, fileIds: ['f-1'] }).decision.accepted).toBe(true);
});

test('what the contract does not need is said so with a reason, and asked for again without one', () => {
  const set = { kind: 'set-information-item', itemKey: 'campaigns', title: '', required: false, reason: '' } as const;
  const spared = InformationItemSet.create({ contractId, itemKey: 'campaigns', required: false, reason: 'no campaigns planned' });
  given().when(set).thenRefused('information-reason-missing', { field: 'reason' });
  given()
    .when({ ...set, reason: 'no campaigns planned' })
    .then(spared);
  given(spared)
    .when({ ...set, reason: 'no campaigns planned' })
    .thenNothing();
  given(spared)
    .when({ ...set, required: true, reason: 'ignored' })
    .then(InformationItemSet.create({ contractId, itemKey: 'campaigns', required: true }));
});

test('an item of the contract’s own has a key and a title', () => {
  const own = { kind: 'set-information-item', itemKey: 'size-chart', title: 'Size chart', required: true, reason: '' } as const;
  given()
    .when(own)
    .then(InformationItemSet.create({ contractId, itemKey: 'size-chart', title: 'Size chart', required: true }));
  given()
    .when({ ...own, title: '' })
    .thenRefused('information-title-invalid');
  given()
    .when({ ...own, itemKey: 'Size chart' })
    .thenRefused('information-key-invalid');
  given()
    .when({ ...handOver, itemKey: 'size-chart' })
    .thenRefused('information-item-not-found');
});

test('whoever misses something opens an item again, with a reason', () => {
  const reopen = { kind: 'reopen-information', itemKey: 'return-address', reason: 'the phone is missing', by: VENDOR } as const;
  const reopened = InformationReopened.create({ contractId, itemKey: 'return-address', reason: 'the phone is missing', by: VENDOR });
  given(handedOver('return-address')).when(reopen).then(reopened);
  given(handedOver('return-address'), reopened).when(reopen).thenNothing();
  given().when(reopen).thenRefused('information-not-handed-over');
  given(handedOver('return-address'))
    .when({ ...reopen, reason: ' ' })
    .thenRefused('information-reason-missing');
});

test('every look at a secret is told', () => {
  const reveal = { kind: 'reveal-information', itemKey: 'sub-accounts', userId: 'user-1' } as const;
  const seen = InformationRevealed.create({ contractId, itemKey: 'sub-accounts', userId: 'user-1' });
  given(handedOver('sub-accounts', true), seen).when(reveal).then(seen);
  given().when(reveal).thenRefused('information-not-handed-over');
});

test('a receipt heard again, or late, changes nothing', () => {
  const note = { kind: 'note-deposit', required: undefined, received: undefined, sourcePosition: 7 } as const;
  given(received(600_000, 7)).when(note).thenNothing();
  given(received(600_000, 8)).when(note).thenNothing();
  expect(given(received(600_000, 6)).when(note).decision).toMatchObject({ events: [{ sourcePosition: 7 }] });
});

test('nothing is launched before both have signed', () => {
  const draft = specify(launchUnder({ ...agreement, status: 'draft' }));
  for (const command of [schedule, handOver, { kind: 'sign-handback', party: VENDOR, userId: 'u', consent: undefined, now: NOW } as const]) {
    draft.given().when(command).thenRefused('contract-not-signed', { number: 'HT-1' });
  }
});

test('a training recorded by the vendor on the way names the vendor', () =>
  given(scheduled('tr_1', PRODUCT))
    .when(record)
    .then(TrainingRecorded.create({ contractId, trainingId: 'tr_1', heldOn: '2026-03-02', minutes: 90, results: [result('ag_1')], by: VENDOR })));
