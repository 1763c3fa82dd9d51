// A buyer is erased: what was asked about them and found in their conversation becomes unreadable here, what was answered and counted stays.
import { SubjectErased } from '@deskfleet/protocol/conversations';
import {
  ClarificationAsked,
  ClarificationWithdrawn,
  type ConversationMentionsErased,
  Judged,
  KnowledgeRecorded,
  ManagementMeetingHeld,
  MeetingLevel,
} from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { createTestInstallation, startTestService, type TestService } from '@deskfleet/service-kit/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSealed, type Sealed, subjects } from '../src/sealed.ts';
import { erasedSubjects } from '../src/subscriptions/erased-subjects.ts';
import { startOnboarding } from './ground.ts';
import { buyer, commandId, together } from './together.ts';

const clock = Date.parse('2026-11-10T10:00:00+08:00');
let conversations: TestService;
let service: TestService;
let sealed: Sealed;
let close: () => Promise<void>;

beforeAll(async () => {
  const installation = await createTestInstallation();
  const parts = () => ({ events: [SubjectErased], projections: [], subscriptions: [], api: [] });
  conversations = await startTestService({ name: 'conversations', migrations: [], parts }, { installation, now: () => clock });
  service = await startOnboarding({ installation, now: () => clock, peers: { conversations } });
  const opened = await openSealed(service.kit);
  sealed = opened.sealed;
  close = () => opened.listener.close();
});
afterAll(async () => {
  await close?.();
  for (const each of [service, conversations]) await each?.remove();
});

const cause = (vendorId: string) => ({ vendorId, actor: Actor.create(), correlationId: '', causationId: '', commandId: '' });

/** conversations says so in its own log; what this service says then. */
async function erased(vendorId: string, conversationId: string, erasureId: string): Promise<ConversationMentionsErased> {
  const event = SubjectErased.create({ erasureId, conversationId, subjectId: 'su_1' });
  const streamId = `conversation-${conversationId}`;
  await conversations.kit.store.append({
    cause: cause(vendorId),
    streams: [{ streamId, expected: 'any', events: [{ event, occurredAt: clock, shopId: '' }] }],
  });
  const said = async () => {
    const stream = (await service.kit.store.load(vendorId, [`mentions-${conversationId}`])).get(`mentions-${conversationId}`);
    const events = stream?.events.map((each) => each.event) ?? [];
    return events.findLast((each): each is ConversationMentionsErased => (each as ConversationMentionsErased).erasureId === erasureId);
  };
  await expect.poll(said, { timeout: 10_000 }).toBeDefined();
  const found = await said();
  if (found === undefined) throw new Error('nothing was said');
  return found;
}

test("erasing a buyer takes what was asked about them; ages, counts and the owner's answer stay", async () => {
  // BR-015
  const { vendor, client, shopId } = await together(service, 'asked');
  const ask = async (text: string, ...conversationIds: string[]) =>
    (await vendor.askClarification({ commandId: commandId(), shopId, text, conversationIds })).questionId;
  const [answered, dropped, other] = [await ask('王女士能退吗?', buyer(0), buyer(1)), await ask('李先生?', buyer(1)), await ask('满减?', buyer(2))];
  await client.answerClarification({ commandId: commandId(), questionId: answered, text: '七天内可退' });
  await vendor.addWaitingBuyer({ commandId: commandId(), questionId: dropped, conversationId: buyer(0) });
  await vendor.withdrawClarification({ commandId: commandId(), questionId: dropped, reason: '李先生不买了' });
  const before = await vendor.listQuestions({});

  expect(await erased('asked', buyer(0), 'er_1')).toMatchObject({ conversationId: buyer(0), questionIds: [answered, dropped], goneAt: clock + 1_000 });
  const after = await vendor.listQuestions({});
  const blank = (questionId: string) => (questionId === other ? {} : { text: '', reason: '' });
  expect(after).toEqual({ ...before, questions: before.questions.map((each) => ({ ...each, ...blank(each.questionId) })) });
  expect((await vendor.listKnowledge({ shopId })).entries).toMatchObject([{ questionId: answered, question: '', answer: '七天内可退' }]);
  expect(await textsHeld('asked')).toBe(1); // the other's text
  expect(await openedInLog('asked', answered)).toBeUndefined();
  expect(await openedInLog('asked', other)).toBe('满减?');
});

test('erasing a buyer takes what was found in their conversation and its remedy; the summary stays', async () => {
  // BR-017, BR-226
  const { vendor, client, contractId } = await together(service, 'found');
  const weaknesses = [
    { text: '王女士等了十分钟', judged: Judged.JUDGED_PROCESS, conversationId: buyer(0) },
    { text: '王女士又等了', judged: Judged.JUDGED_PROCESS, conversationId: buyer(0) },
    { text: '转化低', judged: Judged.JUDGED_RESULT },
  ];
  const found = { commandId: commandId(), contractId, checkedOn: '2026-11-09', inspector: '店主', weaknesses };
  const [slow = '', again = ''] = (await client.recordSupervision(found)).weaknessKeys;
  await vendor.proposeRemedy({ commandId: commandId(), contractId, weaknessKey: slow, text: '向王女士道歉', dueOn: '2026-11-20' });
  const { summary } = await vendor.getSupervision({ contractId });
  const said = await erased('found', buyer(0), 'er_2');
  expect(said.weaknesses.map(({ weaknessKey }) => weaknessKey)).toEqual([slow, again]);
  const after = await vendor.getSupervision({ contractId });
  expect(after.weaknesses.map(({ key, text, remedy, state }) => [key === slow, text, remedy, state]).toSorted()).toEqual([
    [false, '', '', 'open'],
    [false, '转化低', '', 'open'],
    [true, '', '', 'proposed'],
  ]);
  expect(after.summary).toEqual(summary);
});

test('what is written about a conversation after an erasure goes with the next one', async () => {
  const { vendor, shopId } = await together(service, 'again');
  const ask = async (text: string) => (await vendor.askClarification({ commandId: commandId(), shopId, text, conversationIds: [buyer(0)] })).questionId;
  const first = await ask('王女士?');
  expect((await erased('again', buyer(0), 'er_3')).questionIds).toEqual([first]);
  const second = await ask('新买家?');
  expect(await vendor.getQuestion({ questionId: second })).toMatchObject({ text: '新买家?' });
  expect((await erased('again', buyer(0), 'er_4')).questionIds).toEqual([first, second]);
  expect(await vendor.getQuestion({ questionId: second })).toMatchObject({ text: '' });
});

test('a conversation of which nothing was written is confirmed as well: the erasure waits for it', async () => {
  expect(await erased('nothing', buyer(0), 'er_5')).toMatchObject({ questionIds: [], weaknesses: [] });
});

test('a question asked while its buyer is erased is not missed: it is erased again with it', async () => {
  const { vendor, shopId } = await together(service, 'race');
  let questionId = '';
  const slowly: Sealed = {
    ...sealed,
    async destroy(...given) {
      if (questionId === '') ({ questionId } = await vendor.askClarification({ commandId: commandId(), shopId, text: '王女士?', conversationIds: [buyer(3)] }));
      await sealed.destroy(...given);
    },
  };
  const meta = { eventId: 'e1', vendorId: 'race', shopId: '', correlationId: '', causationId: '', commandId: '', actor: undefined, traceparent: '' };
  const event = SubjectErased.create({ erasureId: 'er_6', conversationId: buyer(3), subjectId: 'su_1' });
  const twice = [1, 2].map((position) => ({ source: 's', position, streamId: 's', version: position, bucket: 0, event, meta, occurredAt: 0, recordedAt: 0 }));
  const handled = () => service.kit.work((tx) => erasedSubjects(service.kit, slowly).handle(twice, tx));
  await expect(handled()).rejects.toThrow('erased again');
  await handled();
  expect(await vendor.getQuestion({ questionId })).toMatchObject({ text: '' });
});

test('what was written before it was sealed as it is now is read as it was, and blanked in the read models with its buyer', async () => {
  const vendorId = 'older';
  const { vendor, shopId, contractId } = await together(service, vendorId);
  const place = { subject: subjects.contract(contractId), of: 'qu_old' };
  const [text, answer] = await sealed.seal(vendorId, [
    { ...place, field: 'question', text: '王女士?' },
    { ...place, field: 'answer/1', text: '可退' },
  ]);
  if (text === undefined || answer === undefined) throw new Error('nothing was sealed');
  const asked = { questionId: 'qu_old', contractId, shopId, conversationIds: [buyer(0)] };
  const levels = [MeetingLevel.MEETING_LEVEL_MANAGER];
  const held = { contractId, meetingId: 'me_old', heldOn: '2026-10-01', levels, zone: 'Asia/Shanghai' };
  const append = (streamId: string, ...events: (ClarificationAsked | ClarificationWithdrawn | KnowledgeRecorded | ManagementMeetingHeld)[]) =>
    service.kit.store.append({
      cause: cause(vendorId),
      streams: [{ streamId, expected: 'any', events: events.map((event) => ({ event, occurredAt: clock, shopId })) }],
    });
  const known = { questionId: 'qu_old', shopId, question: text.bytes, answer: answer.bytes, version: 1, subjectId: answer.subjectId, consent: {} };
  await append('question-qu_old', ClarificationAsked.create({ ...asked, text: text.bytes, subjectId: text.subjectId }), KnowledgeRecorded.create(known));
  await append(
    'question-qu_plain',
    ClarificationAsked.create({ ...asked, questionId: 'qu_plain', conversationIds: [] }),
    ClarificationWithdrawn.create({ questionId: 'qu_plain', reason: '不问了' }),
  );
  await append(
    `supervision-${contractId}`,
    ManagementMeetingHeld.create({ ...held, topics: '大促', actions: [{ key: 'a-1', text: '排班', owner: 2, dueOn: '2026-10-08' }] }),
  );

  expect((await vendor.listMeetings({ contractId })).meetings).toMatchObject([{ topics: '大促', actions: [{ text: '排班' }] }]);
  expect((await vendor.listKnowledge({ shopId })).entries).toMatchObject([{ question: '王女士?', answer: '可退' }]);
  expect(await vendor.getQuestion({ questionId: 'qu_plain' })).toMatchObject({ reason: '不问了' });
  expect((await erased(vendorId, buyer(0), 'er_7')).questionIds).toEqual(['qu_old']);
  expect((await vendor.listKnowledge({ shopId })).entries).toMatchObject([{ question: '', answer: '可退' }]);
});

/** What whoever holds this service's keys reads of a question in the log; undefined = nothing any more. */
async function openedInLog(vendorId: string, questionId: string): Promise<string | undefined> {
  const stream = (await service.kit.store.load(vendorId, [`question-${questionId}`])).get(`question-${questionId}`);
  const { text: bytes, subjectId } = (stream?.events[0]?.event ?? ClarificationAsked.create()) as ClarificationAsked;
  return (await sealed.open(vendorId, [{ of: questionId, field: 'question', subjectId, bytes }]))[0];
}

/** How many texts of a vendor's questions the read model still holds, sealed or not. */
async function textsHeld(vendorId: string): Promise<number> {
  const { rows } = await service.kit.work((tx) =>
    sql<{ held: number }>`
      select sum((octet_length(text) > 0)::int + (octet_length(reason) > 0)::int)::int as held from questions where vendor_id = ${vendorId}`.execute(tx),
  );
  return rows[0]?.held ?? 0;
}
