// Living together as both sides meet it: over gRPC, on a real database, the vendor's people and the client's own user.
import { Party } from '@deskfleet/protocol/common';
import { Judged, MeetingLevel } from '@deskfleet/protocol/onboarding';
import { CareServiceDefinition } from '@deskfleet/protocol/onboarding-care';
import { OnboardingServiceDefinition } from '@deskfleet/protocol/onboarding-service';
import type { ContractTerms } from '@deskfleet/protocol/terms';
import { failureOf, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standardTerms } from '../src/contract/standard-terms.ts';
import { startOnboarding } from './ground.ts';
import { buyer, commandId, together as inVendor } from './together.ts';

const DAY = 24 * 3_600_000;
let clock = Date.parse('2026-11-10T10:00:00+08:00');
let service: TestService;
beforeAll(async () => {
  service = await startOnboarding({ now: () => clock });
});
afterAll(() => service?.remove());

const together = (vendorId: string, terms: Partial<ContractTerms> = {}) => inVendor(service, vendorId, terms);

test('what is asked of the owner is open with its age and the buyers who wait, until the owner answers in place', async () => {
  // BR-015, BR-203
  const { vendor, client, shopId, contractId, owner } = await together('ask');
  const asked = clock;
  const { questionId } = await vendor.askClarification({ commandId: commandId(), shopId, text: '退货寄到哪里?', conversationIds: [buyer(0)], agentId: 'ag_1' });
  const { at } = await vendor.addWaitingBuyer({ commandId: commandId(), questionId, conversationId: buyer(1) });
  clock += 2 * DAY;
  const open = await client.listQuestions({ after: at });
  expect(open).toMatchObject({ total: 1, open: 1, oldestAt: asked, buyersWaiting: 2 });
  expect(open.questions).toMatchObject([
    { questionId, state: 'open', text: '退货寄到哪里?', askedAt: asked, conversationIds: [buyer(0), buyer(1)], zone: 'Asia/Shanghai' },
  ]);
  expect((await client.listWaiting({})).items).toMatchObject([
    { kind: 'question-open', waitsFor: 'client', since: asked, count: 2, contractId, path: `/questions/${questionId}` },
  ]);
  const answered = await client.answerClarification({ commandId: commandId(), questionId, text: '杭州余杭区' });
  expect(await vendor.getQuestion({ questionId, after: answered.at })).toMatchObject({
    ...{ state: 'answered', closedBy: owner.id, closedAt: clock },
    answers: [{ version: 1, text: '杭州余杭区', consent: { decidedBy: 1, userId: owner.id } }],
  });
  expect((await client.listWaiting({})).items).toEqual([]);
  // Open at the end of the day it was asked and of the next, not of the one it was answered on; nor of the day before.
  const openAt = async (date: string) => (await vendor.listQuestions({ openAtEndOf: date })).total;
  expect([await openAt('2026-11-09'), await openAt('2026-11-10'), await openAt('2026-11-11'), await openAt('2026-11-12')]).toEqual([0, 1, 1, 0]);
  // BR-229: the agent's own log.
  expect((await vendor.listQuestions({ agentId: 'ag_1' })).total).toBe(1);
  expect((await vendor.listQuestions({ agentId: 'ag_2' })).total).toBe(0);
});

test('an answer is what the agents go by, found by its words; a correction is the next version', async () => {
  // P-29
  const { vendor, client, shopId } = await together('knowledge');
  const ask = async (text: string) => (await vendor.askClarification({ commandId: commandId(), shopId, text })).questionId;
  const [returns, gift] = [await ask('退货地址?'), await ask('满 200 送什么?')];
  await client.answerClarification({ commandId: commandId(), questionId: returns, text: '杭州' });
  const onBehalf = { commandId: commandId(), questionId: gift, text: 'Keychain' };
  expect(await failureOf(vendor.answerClarification(onBehalf))).toMatchObject({ code: 'evidence-missing', facts: { field: 'consent.evidence' } });
  const { at } = await vendor.answerClarification({ ...onBehalf, commandId: commandId(), consent: { evidence: 'phone call of 2026-11-12' } });
  expect((await vendor.listKnowledge({ shopId, after: at })).entries.map(({ answer }) => answer).toSorted()).toEqual(['Keychain', '杭州']);
  const found = await vendor.listKnowledge({ shopId, search: 'keyCHAIN' });
  expect(found).toMatchObject({ total: 1, searched: 2, entries: [{ questionId: gift, consent: { decidedBy: 2, evidence: 'phone call of 2026-11-12' } }] });

  const correct = (version: number, text: string) => client.correctKnowledge({ commandId: commandId(), questionId: returns, version, text });
  const corrected = await correct(1, '宁波');
  expect(await failureOf(correct(1, '绍兴'))).toMatchObject({ code: 'knowledge-corrected', facts: { version: 2 } });
  const { answers } = await vendor.getQuestion({ questionId: returns, after: corrected.at });
  expect(answers.map(({ version, text }) => `${version} ${text}`)).toEqual(['2 宁波', '1 杭州']);
  expect((await vendor.listKnowledge({ shopId, search: '退货' })).entries).toMatchObject([{ answer: '宁波', version: 2 }]);
  expect(await failureOf(vendor.withdrawClarification({ commandId: commandId(), questionId: returns, reason: 'x' }))).toMatchObject({
    code: 'question-answered',
  });
});

test('of two who answer at once one is taken, the other told whose was first', async () => {
  const { client, as, vendor, shopId, owner } = await together('race');
  const { questionId } = await vendor.askClarification({ commandId: commandId(), shopId, text: '能改地址吗?' });
  const both = [
    client.answerClarification({ commandId: commandId(), questionId, text: '能' }),
    as({ ...owner, id: 'us_other' }).answerClarification({ commandId: commandId(), questionId, text: '不能' }),
  ];
  const outcomes = await Promise.allSettled(both);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const lost = outcomes.findIndex(({ status }) => status === 'rejected');
  expect(await failureOf(both[lost] ?? Promise.resolve())).toMatchObject({ code: 'question-answered', facts: { userId: lost === 0 ? 'us_other' : owner.id } });
});

test('the texts stand sealed in the log: nobody reads them there', async () => {
  const { vendor, client, shopId, contractId } = await together('sealed');
  const { questionId } = await vendor.askClarification({ commandId: commandId(), shopId, text: 'MARK-question' });
  await client.answerClarification({ commandId: commandId(), questionId, text: 'MARK-answer' });
  const dropped = await vendor.askClarification({ commandId: commandId(), shopId, text: 'MARK-question' });
  await vendor.withdrawClarification({ commandId: commandId(), questionId: dropped.questionId, reason: 'MARK-withdrawal' });
  expect(await vendor.getQuestion({ questionId: dropped.questionId })).toMatchObject({ state: 'withdrawn', text: 'MARK-question', reason: 'MARK-withdrawal' });
  await client.recordSupervision({ ...check(contractId), weaknesses: [{ text: 'MARK-weakness', judged: Judged.JUDGED_RESULT }] });
  const { suggestionId } = await client.makeSuggestion({ commandId: commandId(), contractId, text: 'MARK-suggestion' });
  await vendor.replySuggestion({ commandId: commandId(), contractId, suggestionId, adopted: false, reason: 'MARK-reply' });
  const actions = [{ text: 'MARK-action', owner: Party.PARTY_VENDOR, dueOn: '2026-11-12' }];
  const meeting = { contractId, heldOn: '2026-11-09', levels: [MeetingLevel.MEETING_LEVEL_AGENT], topics: 'MARK-topics', actions };
  await vendor.recordMeeting({ ...meeting, commandId: commandId() });
  expect((await client.listMeetings({ contractId })).meetings).toMatchObject([{ topics: 'MARK-topics', actions: [{ text: 'MARK-action', state: 'open' }] }]);
  const events = await service.kit.store.read(0, 10_000);
  expect(events.filter(({ data }) => Buffer.from(data).includes('MARK-'))).toEqual([]);
});

const check = (contractId: string) => ({ commandId: commandId(), contractId, checkedOn: '2026-11-09', inspector: '店主' });

test('a weakness stands with date and inspector, its remedy empty until both agree; a period adds up', async () => {
  // BR-017, BR-226
  const { vendor, client, contractId } = await together('supervise');
  const clauseKey = standardTerms.clauses[0]?.key ?? '';
  const { weaknessKeys } = await client.recordSupervision({
    ...check(contractId),
    weaknesses: [
      { text: '答得太慢', judged: Judged.JUDGED_PROCESS, clauseKey },
      { text: '转化低', judged: Judged.JUDGED_RESULT },
    ],
  });
  const [slow = '', low = ''] = weaknessKeys;
  const recorded = await client.recordSupervision({ ...check(contractId), checkedOn: '2026-10-01', weaknesses: [] });
  const range = { from: '2026-11-01', to: '2026-11-30' };
  const first = await vendor.getSupervision({ contractId, range, after: recorded.at });
  expect(first.weaknesses.find(({ key }) => key === slow)).toMatchObject({
    text: '答得太慢',
    checkedOn: '2026-11-09',
    inspector: '店主',
    state: 'open',
    remedy: '',
    clauseKey,
  });
  expect((await vendor.listWaiting({})).items.map(({ kind, waitsFor }) => `${kind} ${waitsFor}`)).toEqual(Array(2).fill('remedy-missing vendor-operations'));

  const propose = { contractId, weaknessKey: slow, text: '晚班加一人', dueOn: '2026-11-20' };
  await vendor.getSupervision({ contractId, after: (await vendor.proposeRemedy({ ...propose, commandId: commandId() })).at });
  expect((await client.listWaiting({})).items.map(({ kind, waitsFor }) => `${kind} ${waitsFor}`)).toContain('remedy-proposed client');
  expect(await failureOf(vendor.agreeRemedy({ commandId: commandId(), contractId, weaknessKey: slow }))).toMatchObject({ code: 'evidence-missing' });
  await client.agreeRemedy({ commandId: commandId(), contractId, weaknessKey: slow });
  await client.proposeRemedy({ ...propose, commandId: commandId(), weaknessKey: low });
  expect(await failureOf(client.agreeRemedy({ commandId: commandId(), contractId, weaknessKey: low }))).toMatchObject({ code: 'remedy-own-proposal' });
  const { at } = await vendor.agreeRemedy({ commandId: commandId(), contractId, weaknessKey: low });
  const agreed = await client.getSupervision({ contractId, range, after: at });
  expect(agreed.summary).toMatchObject({ checks: 1, weaknesses: 2, process: 1, result: 1, open: 0, agreed: 2, overdue: 0, done: 0 });
  expect(agreed.weaknesses.find(({ key }) => key === slow)).toMatchObject({ remedy: '晚班加一人', remedyBy: Party.PARTY_VENDOR, consent: { decidedBy: 1 } });
  clock += 10 * DAY;
  const done = await vendor.reportRemedyDone({ commandId: commandId(), contractId, weaknessKey: slow, doneOn: '2026-11-20' });
  expect((await vendor.getSupervision({ contractId, range, after: done.at })).summary).toMatchObject({ weaknesses: 2, overdue: 1, done: 1 });
  expect((await vendor.getSupervision({ contractId })).summary).toMatchObject({ checks: 2 });
  clock -= 10 * DAY;
});

test('suggestions go either way and are adopted, or declined with a reason', async () => {
  // P-28.2
  const { vendor, client, contractId } = await together('suggest');
  const { suggestionId } = await client.makeSuggestion({ commandId: commandId(), contractId, text: '双十一加人' });
  const other = await vendor.makeSuggestion({ commandId: commandId(), contractId, text: '改尺码表' });
  const reply = { commandId: commandId(), contractId, suggestionId, adopted: false, reason: '' };
  expect(await failureOf(vendor.replySuggestion(reply))).toMatchObject({ code: 'reason-missing' });
  await vendor.replySuggestion({ ...reply, commandId: commandId(), reason: '人手已排满' });
  expect(await failureOf(client.replySuggestion({ ...reply, commandId: commandId(), reason: 'x' }))).toMatchObject({ code: 'suggestion-own' });
  const { at } = await client.replySuggestion({ commandId: commandId(), contractId, suggestionId: other.suggestionId, adopted: true });
  const { suggestions } = await vendor.getSupervision({ contractId, after: at });
  expect(suggestions.map(({ text, by, state, reason }) => [text, by, state, reason]).toSorted()).toEqual([
    ['双十一加人', Party.PARTY_CLIENT, 'declined', '人手已排满'],
    ['改尺码表', Party.PARTY_VENDOR, 'adopted', ''],
  ]);
});

test('a month that ends in the contract’s zone without a talk of managers is reminded of, until they have talked', async () => {
  // BR-016
  const start = clock;
  const { vendor, client, contractId } = await together('meet');
  const parting = await together('parting', { endsOn: '2026-12-30' });
  const meeting = { contractId, levels: [MeetingLevel.MEETING_LEVEL_SUPERVISOR], topics: '进度' };
  const missed = async (of = { vendor, contractId }) => (await of.vendor.listMeetings({ contractId: of.contractId })).missedMonths;
  clock = Date.parse('2026-12-15T10:00:00+08:00');
  await vendor.recordMeeting({
    ...meeting,
    commandId: commandId(),
    heldOn: '2026-12-10',
    actions: [{ text: '加班表', owner: Party.PARTY_VENDOR, dueOn: '2026-12-12' }],
  });
  expect(await client.listMeetings({ contractId })).toMatchObject({ month: '2026-12', managerMet: false, missedMonths: [], actionsOverdue: 1 });
  clock = Date.parse('2027-01-01T00:00:00+08:00') - 1;
  expect(await missed()).toEqual([]);
  clock += 1;
  await expect.poll(() => missed(), { timeout: 5_000 }).toEqual(['2026-12']);
  // A contract that ended within the month owes no talk.
  expect(await missed(parting)).toEqual([]);
  const kinds = async () => (await vendor.listWaiting({})).items.map(({ kind, subject }) => `${kind} ${kind === 'meeting-missing' ? subject : ''}`.trim());
  expect((await kinds()).toSorted()).toEqual(['action-overdue', 'meeting-missing 2026-12']);
  clock = Date.parse('2027-01-20T10:00:00+08:00');
  await vendor.recordMeeting({ ...meeting, commandId: commandId(), heldOn: '2027-01-19', levels: [MeetingLevel.MEETING_LEVEL_MANAGER] });
  await expect.poll(kinds).toEqual(['action-overdue']);
  // January had one: nothing is missed until February is over without.
  clock = Date.parse('2027-03-01T00:00:00+08:00');
  await expect.poll(() => missed(), { timeout: 5_000 }).toEqual(['2027-02', '2026-12']);
  clock = start;
});

test('who is no party sees nothing, and a client cannot do what is the vendor’s', async () => {
  const { as, client, vendor, shopId, contractId, owner } = await together('foreign');
  const { questionId } = await vendor.askClarification({ commandId: commandId(), shopId, text: 'x' });
  const other = as({ role: 'client', clientId: 'cl_other', shopIds: ['sh_other'], mayAgree: true });
  const foreign = [
    () => other.getQuestion({ questionId }),
    () => other.answerClarification({ commandId: commandId(), questionId, text: 'x' }),
    () => other.listKnowledge({ shopId }),
    () => other.getSupervision({ contractId }),
    () => other.listMeetings({ contractId }),
    () => other.recordSupervision(check(contractId)),
    () => other.makeSuggestion({ commandId: commandId(), contractId, text: 'x' }),
    () => other.recordMeeting({ commandId: commandId(), contractId, heldOn: '2026-11-09' }),
  ];
  for (const call of foreign) expect(await failureOf(call())).toMatchObject({ status: 'NOT_FOUND' });
  expect((await other.listQuestions({})).total).toBe(0);
  const vendors = [
    () => client.askClarification({ commandId: commandId(), shopId, text: 'x' }),
    () => client.addWaitingBuyer({ commandId: commandId(), questionId, conversationId: buyer(0) }),
    () => client.withdrawClarification({ commandId: commandId(), questionId, reason: 'x' }),
    () => client.reportRemedyDone({ commandId: commandId(), contractId, weaknessKey: 'we_1', doneOn: '2026-11-09' }),
  ];
  for (const call of vendors) expect(await failureOf(call())).toMatchObject({ status: 'PERMISSION_DENIED' });
  const looker = as({ ...owner, mayAgree: false });
  expect(await failureOf(looker.answerClarification({ commandId: commandId(), questionId, text: 'x' }))).toMatchObject({ status: 'PERMISSION_DENIED' });
  expect(await failureOf(looker.recordMeeting({ commandId: commandId(), contractId, heldOn: '2026-11-09', topics: 'x' }))).toMatchObject({
    status: 'PERMISSION_DENIED',
  });
});

test('bad input is named by its place', async () => {
  const { vendor, client, shopId, contractId } = await together('bad');
  const ask = (change: object) => vendor.askClarification({ commandId: commandId(), shopId, text: 'x', ...change });
  expect(await failureOf(ask({ text: ' ' }))).toMatchObject({ code: 'text-missing', facts: { field: 'text' } });
  expect(await failureOf(ask({ text: 'x'.repeat(4_001) }))).toMatchObject({ code: 'text-missing' });
  expect(await failureOf(ask({ conversationIds: [buyer(0), 'cv_1'] }))).toMatchObject({
    code: 'conversation-id-invalid',
    facts: { field: 'conversationIds[1]' },
  });
  expect(await failureOf(ask({ agentId: 'me' }))).toMatchObject({ code: 'agent-id-invalid' });
  expect(await failureOf(vendor.listQuestions({ state: 'closed' }))).toMatchObject({ code: 'state-invalid' });
  expect(await failureOf(vendor.listQuestions({ openAtEndOf: 'today' }))).toMatchObject({ code: 'date-invalid' });
  const remark = (change: object) => client.recordSupervision({ ...check(contractId), ...change });
  expect(await failureOf(remark({ checkedOn: '2026-02-30' }))).toMatchObject({ code: 'date-invalid', facts: { field: 'checkedOn' } });
  expect(await failureOf(remark({ weaknesses: [{ text: ' ', judged: 1 }] }))).toMatchObject({ code: 'text-missing', facts: { field: 'weaknesses[0].text' } });
  const shown = { text: 'x', judged: 1, conversationId: '张三' };
  expect(await failureOf(remark({ weaknesses: [shown] }))).toMatchObject({
    code: 'conversation-id-invalid',
    facts: { field: 'weaknesses[0].conversationId' },
  });
  const levels = [MeetingLevel.MEETING_LEVEL_AGENT];
  const meet = (change: object) => vendor.recordMeeting({ commandId: commandId(), contractId, heldOn: '2026-11-09', levels, topics: 'x', ...change });
  expect(await failureOf(meet({ topics: ' ' }))).toMatchObject({ code: 'topics-missing', facts: { field: 'topics' } });
  const actions = [{ text: 'x'.repeat(501), owner: Party.PARTY_VENDOR, dueOn: '2026-11-12' }];
  expect(await failureOf(meet({ actions }))).toMatchObject({
    code: 'action-text-missing',
    facts: { field: 'actions[0].text', expected: '1 to 500 characters' },
  });
});

test('a shop without a contract has nobody to ask', async () => {
  const api = service.as(testCaller({ vendorId: 'alone' }), OnboardingServiceDefinition);
  const { clientId } = await api.registerClient({ commandId: commandId(), name: 'x' });
  const { shopId, at } = await api.addShop({ commandId: commandId(), clientId, code: 'x', name: 'x', platform: 'own' });
  await api.listShops({ after: at });
  const care = service.as(testCaller({ vendorId: 'alone' }), CareServiceDefinition);
  expect(await failureOf(care.askClarification({ commandId: commandId(), shopId, text: 'x' }))).toMatchObject({ code: 'shop-without-contract' });
});
