import { specify } from '@deskfleet/event-store/testing';
import { Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import {
  ClarificationAnswered,
  ClarificationAsked,
  ClarificationNeededBy,
  ClarificationWithdrawn,
  KnowledgeRecorded,
  SealedText,
} from '@deskfleet/protocol/onboarding';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUYER_LIMIT, type QuestionCommand, question } from './question.ts';

const { given } = specify(question);
const sealed = (text: string) => ({ subjectId: 'su_1', bytes: Buffer.from(text) });
const byClient = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: 'us_owner' });
const facts = { questionId: 'qu_1', contractId: 'ct_1', shopId: 'sh_1' };
const ask = { kind: 'ask', ...facts, text: sealed('退货地址?'), conversationIds: ['cv_1'], agentId: 'ag_1' } as const;
const asked = ClarificationAsked.create({ ...facts, text: Buffer.from('退货地址?'), conversationIds: ['cv_1'], subjectId: 'su_1', agentId: 'ag_1' });
const answer = { kind: 'answer', questionId: 'qu_1', text: sealed('杭州'), consent: byClient } as const;
const answered = ClarificationAnswered.create({ questionId: 'qu_1', text: Buffer.from('杭州'), consent: byClient, subjectId: 'su_1' });
const known = (text: string, version: number) =>
  KnowledgeRecorded.create({
    ...{ questionId: 'qu_1', shopId: 'sh_1', answer: Buffer.from(text) },
    ...{ version, subjectId: 'su_1', consent: byClient },
  });
const correct = { kind: 'correct', questionId: 'qu_1', text: sealed('宁波'), version: 1, consent: byClient } as const;
const withdraw = { kind: 'withdraw', questionId: 'qu_1', reason: sealed('found it') } as const;
const withdrawn = ClarificationWithdrawn.create({
  questionId: 'qu_1',
  sealedReason: SealedText.create({ subjectId: 'su_1', ciphertext: Buffer.from('found it') }),
});

test('a question names the agent who met it and the buyers who wait, each once', () => {
  // BR-015, BR-229
  given()
    .when({ ...ask, conversationIds: ['cv_1', 'cv_1'] })
    .then(asked);
  given(asked).when(ask).thenNothing();
});

test('another buyer waits for the same answer, until it is given', () => {
  // BR-015
  const need = { kind: 'need', questionId: 'qu_1', conversationId: 'cv_2' } as const;
  given(asked)
    .when(need)
    .then(ClarificationNeededBy.create({ questionId: 'qu_1', conversationId: 'cv_2' }));
  given(asked)
    .when({ ...need, conversationId: 'cv_1' })
    .thenNothing();
  given(asked, answered, known('杭州', 1)).when(need).thenRefused('question-answered');
});

test('at most 500 buyers wait for one answer', () => {
  const buyers = Array.from({ length: BUYER_LIMIT }, (_, n) => `cv_${n}`);
  const full = ClarificationAsked.create({ ...asked, conversationIds: buyers });
  given()
    .when({ ...ask, conversationIds: buyers })
    .then(full);
  given()
    .when({ ...ask, conversationIds: [...buyers, 'cv_x'] })
    .thenRefused('buyers-too-many', { field: 'conversationIds' });
  given(full).when({ kind: 'need', questionId: 'qu_1', conversationId: 'cv_x' }).thenRefused('buyers-too-many');
});

test("the owner's answer is what the shop's agents go by from then on; it is the shop's, and says nothing of the question's words", () => {
  // P-06.4, BR-015
  given(asked).when(answer).then(answered, known('杭州', 1));
  given().when(answer).thenRefused('question-not-found');
});

test('of two answers the second is refused and told whose was first', () =>
  given(asked, answered, known('杭州', 1)).when(answer).thenRefused('question-answered', { userId: 'us_owner' }));

test('a correction is the next version; one of a version that is no more is refused', () => {
  given(asked, answered, known('杭州', 1)).when(correct).then(known('宁波', 2));
  given(asked, answered, known('杭州', 1), known('宁波', 2)).when(correct).thenRefused('knowledge-corrected', { version: 2 });
  given(asked).when(correct).thenRefused('question-not-answered');
});

test('a question is withdrawn with a reason while nobody has answered', () => {
  given(asked).when(withdraw).then(withdrawn);
  given(asked, withdrawn).when(withdraw).thenNothing();
  given(asked, withdrawn).when(answer).thenRefused('question-withdrawn');
  given(asked, answered, known('杭州', 1)).when(withdraw).thenRefused('question-answered');
  given(asked)
    .when({ ...withdraw, reason: undefined })
    .thenRefused('reason-missing', { field: 'reason' });
});

test('whatever both sides do at once, one answer stands, versions count up and nothing follows a withdrawal', () => {
  const command: fc.Arbitrary<QuestionCommand> = fc.oneof(
    fc.constant(ask),
    fc.constantFrom('cv_1', 'cv_2', 'cv_3').map((conversationId) => ({ kind: 'need' as const, questionId: 'qu_1', conversationId })),
    fc.constantFrom('杭州', '宁波').map((text) => ({ ...answer, text: sealed(text) })),
    fc.integer({ min: 0, max: 4 }).map((version) => ({ ...correct, version })),
    fc.constant(withdraw),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
      let state = question.initial;
      const types: string[] = [];
      let version = 0;
      for (const each of commands) {
        const decision = question.decide(state, each);
        if (!decision.accepted) continue;
        for (const event of decision.events) {
          types.push(event.$type);
          if (event.$type === KnowledgeRecorded.$type) expect(event.version).toBe(++version);
          state = question.evolve(state, event);
        }
        if (each.kind !== 'answer' && each.kind !== 'correct') expect(question.decide(state, each)).toMatchObject({ accepted: true, events: [] });
      }
      const count = (type: string) => types.filter((each) => each === type).length;
      expect(count(ClarificationAsked.$type)).toBeLessThanOrEqual(1);
      expect(count(ClarificationAnswered.$type) + count(ClarificationWithdrawn.$type)).toBeLessThanOrEqual(1);
      if (count(ClarificationWithdrawn.$type) === 1) expect(types.at(-1)).toBe(ClarificationWithdrawn.$type);
      if (state.status !== 'none') expect(new Set(state.conversationIds).size).toBe(state.conversationIds.length);
    }),
  );
});
