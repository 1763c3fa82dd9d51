// gRPC methods of questions and knowledge -> commands and queries; nothing else.
import { expectLoaded, fold, type LoadedStream, type Refused } from '@deskfleet/event-store';
import { CommandReceipt, type LogPosition } from '@deskfleet/protocol/common';
import { ClarificationNeededBy } from '@deskfleet/protocol/onboarding';
import {
  AddWaitingBuyerRequest,
  AnswerClarificationRequest,
  AskClarificationRequest,
  AskClarificationResponse,
  type CareServiceImplementation,
  CorrectKnowledgeRequest,
  ListKnowledgeResponse,
  ListQuestionsResponse,
  WithdrawClarificationRequest,
} from '@deskfleet/protocol/onboarding-care';
import { allow, type Caller, type CallerContext, type Kit, keyset, notFound, refuseCall, unwrap, visibleShops } from '@deskfleet/service-kit';
import { consentOf } from '../consent.ts';
import { mentioned } from '../mention/mention.ts';
import { knowledgeOf, QUESTION_KEY_PARTS, questionById, questionPage } from '../queries/questions.ts';
import { type QuestionCommand, type QuestionEvent, question } from '../question/question.ts';
import { type Sealed, subjects } from '../sealed.ts';
import { contractFor, contractOfShop, mustSeeShop } from './contracts.ts';
import { mustBeConversation, places, reasonIn, textIn } from './texts.ts';

type Methods = Pick<
  CareServiceImplementation<CallerContext>,
  | 'askClarification'
  | 'addWaitingBuyer'
  | 'answerClarification'
  | 'withdrawClarification'
  | 'correctKnowledge'
  | 'listQuestions'
  | 'getQuestion'
  | 'listKnowledge'
>;

const questionStream = (questionId: string): string => `question-${questionId}`;
const AGENT = /^(ag_[A-Za-z0-9-]{1,64})?$/;
const STATES = ['', 'open', 'answered', 'withdrawn'];
const DATE = /^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$/;

export function questionMethods(kit: Kit, sealed: Sealed): Methods {
  /** The question as its caller may see it: of a shop of theirs. */
  const seen = async (caller: Caller, questionId: string) => {
    const stream = (await kit.store.load(caller.vendorId, [questionStream(questionId)])).get(questionStream(questionId));
    const state = stateOf(stream);
    if (state.status === 'none') return notFound('question', questionId);
    if (caller.shopIds !== 'all' && !caller.shopIds.includes(state.shopId)) return notFound('question', questionId);
    return state;
  };

  const command = async (
    caller: Caller,
    request: { readonly commandId: string },
    content: Uint8Array,
    shopId: string,
    decide: () => QuestionCommand | Refused,
    questionId: string,
  ): Promise<LogPosition> => {
    const streamId = questionStream(questionId);
    const result = await kit.command({
      caller,
      commandId: request.commandId,
      content,
      answer: CommandReceipt,
      streams: [streamId],
      decide(streams, now) {
        const asked = decide();
        if ('accepted' in asked) return asked;
        const stream = streams.get(streamId);
        const decision = question.decide(stateOf(stream), asked);
        if (!decision.accepted) return decision;
        const events = decision.events.map((event) => ({ event, occurredAt: now, shopId }));
        const more = decision.events.flatMap((event) => (event.$type === ClarificationNeededBy.$type ? [event.conversationId] : []));
        return {
          appends: [{ streamId, expected: expectLoaded(stream ?? { version: 0 }), events }, ...mentioned(namedBy(questionId, more), now, shopId)],
          answer: CommandReceipt.create(),
        };
      },
    });
    return unwrap(result).at;
  };

  return {
    async askClarification(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector');
      const { shopId, agentId } = request;
      const text = textIn(request.text, 'text');
      request.conversationIds.forEach((id, index) => {
        mustBeConversation(id, `conversationIds[${index}]`);
      });
      if (!AGENT.test(agentId)) refuseCall('agent-id-invalid', { field: 'agentId', found: agentId.slice(0, 80), expected: "an agent's id, or none" });
      const { contractId } = await contractOfShop(kit, caller, shopId);
      const questionId = `qu_${kit.newId()}`;
      const asked = await sealed.sealOne(caller.vendorId, { subject: subjects.question(questionId), ...places.question(questionId), text });
      const streamId = questionStream(questionId);
      const { answer, at } = unwrap(
        await kit.command({
          caller,
          commandId: request.commandId,
          content: AskClarificationRequest.encode({ ...request, commandId: '' }).finish(),
          answer: AskClarificationResponse,
          streams: [streamId],
          decide(_, now) {
            const conversationIds = [...new Set(request.conversationIds)];
            const decision = question.decide(question.initial, { kind: 'ask', questionId, shopId, contractId, text: asked, conversationIds, agentId });
            if (!decision.accepted) return decision;
            const events = decision.events.map((event) => ({ event, occurredAt: now, shopId }));
            return {
              appends: [{ streamId, expected: 'none', events }, ...mentioned(namedBy(questionId, conversationIds), now, shopId)],
              answer: AskClarificationResponse.create({ questionId }),
            };
          },
        }),
      );
      return { ...answer, at };
    },

    async addWaitingBuyer(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector');
      const { questionId, conversationId } = request;
      mustBeConversation(conversationId, 'conversationId');
      const { shopId } = await seen(caller, questionId);
      const content = AddWaitingBuyerRequest.encode({ ...request, commandId: '' }).finish();
      return CommandReceipt.create({ at: await command(caller, request, content, shopId, () => ({ kind: 'need', questionId, conversationId }), questionId) });
    },

    async answerClarification(request, { caller }) {
      allow(caller, 'client', 'vendor-operations');
      const { questionId } = request;
      const known = await seen(caller, questionId);
      const { clientId } = await contractFor(kit, caller, known.contractId);
      const written = textIn(request.text, 'text');
      const text = await sealed.sealOne(caller.vendorId, { subject: subjects.contract(known.contractId), ...places.answer(questionId, 1), text: written });
      const decide = () => {
        const consent = consentOf(caller, clientId, request.consent, { file: false });
        return 'accepted' in consent ? consent : ({ kind: 'answer', questionId, text, consent } as const);
      };
      const content = AnswerClarificationRequest.encode({ ...request, commandId: '' }).finish();
      return CommandReceipt.create({ at: await command(caller, request, content, known.shopId, decide, questionId) });
    },

    async correctKnowledge(request, { caller }) {
      allow(caller, 'client', 'vendor-operations');
      const { questionId, version } = request;
      const known = await seen(caller, questionId);
      const { clientId } = await contractFor(kit, caller, known.contractId);
      const written = textIn(request.text, 'text');
      const text = await sealed.sealOne(caller.vendorId, {
        subject: subjects.contract(known.contractId),
        ...places.answer(questionId, version + 1),
        text: written,
      });
      const decide = () => {
        const consent = consentOf(caller, clientId, request.consent, { file: false });
        return 'accepted' in consent ? consent : ({ kind: 'correct', questionId, text, version, consent } as const);
      };
      const content = CorrectKnowledgeRequest.encode({ ...request, commandId: '' }).finish();
      return CommandReceipt.create({ at: await command(caller, request, content, known.shopId, decide, questionId) });
    },

    async withdrawClarification(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector');
      const { questionId } = request;
      const { shopId } = await seen(caller, questionId);
      const why = reasonIn(request.reason);
      const reason =
        why === undefined
          ? undefined
          : await sealed.sealOne(caller.vendorId, { subject: subjects.question(questionId), ...places.withdrawal(questionId), text: why });
      const content = WithdrawClarificationRequest.encode({ ...request, commandId: '' }).finish();
      return CommandReceipt.create({ at: await command(caller, request, content, shopId, () => ({ kind: 'withdraw', questionId, reason }), questionId) });
    },

    async listQuestions(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client');
      const { state, agentId, openAtEndOf } = request;
      if (!STATES.includes(state)) refuseCall('state-invalid', { field: 'state', found: state, expected: 'open, answered, withdrawn, or none' });
      if (!DATE.test(openAtEndOf)) refuseCall('date-invalid', { field: 'openAtEndOf', found: openAtEndOf, expected: 'a date such as 2026-03-05' });
      await kit.awaitPosition(request.after);
      const filter = { shopIds: visibleShops(caller, request.shopIds), state, agentId, openAtEndOf };
      return ListQuestionsResponse.create(await questionPage(kit, sealed, caller, filter, keyset(request.page, QUESTION_KEY_PARTS)));
    },

    async getQuestion(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client');
      await kit.awaitPosition(request.after);
      return (await questionById(kit, sealed, caller, request.questionId)) ?? notFound('question', request.questionId);
    },

    async listKnowledge(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client');
      await kit.awaitPosition(request.after);
      await mustSeeShop(kit, caller, request.shopId);
      return ListKnowledgeResponse.create(await knowledgeOf(kit, sealed, caller, request.shopId, request.search));
    },
  };
}

function namedBy(questionId: string, conversationIds: readonly string[]) {
  return conversationIds.map((conversationId) => ({ conversationId, mention: { questionId } }));
}

function stateOf(stream: LoadedStream | undefined) {
  return fold(question, stream?.events.map(({ event }) => event as QuestionEvent) ?? []);
}
