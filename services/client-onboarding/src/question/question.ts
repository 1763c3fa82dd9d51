// What is unclear about a shop, asked of its owner: open until the owner has answered, or until it is withdrawn. The answer is what the shop's agents go
// by from then on; a correction is the next version of it. Texts come sealed. Source: domain.md P-06, P-29, BR-015, BR-203, BR-229.
import { accept, type Decider, type Decision, refuse } from '@deskfleet/event-store';
import type { Consent } from '@deskfleet/protocol/common';
import { ClarificationAnswered, ClarificationAsked, ClarificationNeededBy, ClarificationWithdrawn, KnowledgeRecorded } from '@deskfleet/protocol/onboarding';
import { inEvent, type SealedText } from '../sealed-text.ts';

export type QuestionEvent = ClarificationAsked | ClarificationNeededBy | ClarificationAnswered | ClarificationWithdrawn | KnowledgeRecorded;

interface Asked {
  readonly shopId: string;
  readonly contractId: string;
  /** Buyers who wait for the answer. */
  readonly conversationIds: readonly string[];
}

export type Question =
  | { readonly status: 'none' }
  | ({ readonly status: 'open' } & Asked)
  | ({ readonly status: 'answered'; readonly userId: string; readonly version: number } & Asked)
  | ({ readonly status: 'withdrawn' } & Asked);

export type QuestionCommand =
  | ({ readonly kind: 'ask'; readonly questionId: string; readonly text: SealedText; readonly agentId: string } & Asked)
  | { readonly kind: 'need'; readonly questionId: string; readonly conversationId: string }
  | { readonly kind: 'answer'; readonly questionId: string; readonly text: SealedText; readonly consent: Consent }
  | { readonly kind: 'correct'; readonly questionId: string; readonly text: SealedText; readonly version: number; readonly consent: Consent }
  | { readonly kind: 'withdraw'; readonly questionId: string; readonly reason: SealedText | undefined };

type Refusal =
  | 'question-not-found'
  | 'question-answered'
  | 'question-withdrawn'
  | 'question-not-answered'
  | 'knowledge-corrected'
  | 'buyers-too-many'
  | 'reason-missing';

/** Buyers that wait for one answer. */
export const BUYER_LIMIT = 500;

export const question: Decider<QuestionCommand, QuestionEvent, Question, Refusal> = {
  initial: { status: 'none' },

  evolve(question, event) {
    if (event.$type === ClarificationAsked.$type) {
      const { shopId, contractId, conversationIds } = event;
      return { status: 'open', shopId, contractId, conversationIds };
    }
    if (question.status === 'none') return question;
    switch (event.$type) {
      case ClarificationNeededBy.$type:
        return { ...question, conversationIds: [...question.conversationIds, event.conversationId] };
      case ClarificationAnswered.$type:
        return { ...question, status: 'answered', userId: event.consent?.userId ?? '', version: 0 };
      case KnowledgeRecorded.$type:
        return question.status === 'answered' ? { ...question, version: event.version } : question;
      case ClarificationWithdrawn.$type:
        return { ...question, status: 'withdrawn' };
    }
  },

  decide(question, command) {
    if (command.kind === 'ask') return ask(question, command);
    if (question.status === 'none') return refuse('question-not-found', { id: command.questionId });
    switch (command.kind) {
      case 'need':
        return need(question, command);
      case 'answer':
        return answer(question, command);
      case 'correct':
        return correct(question, command);
      case 'withdraw':
        return withdraw(question, command);
    }
  },
};

type Command<Kind extends QuestionCommand['kind']> = Extract<QuestionCommand, { kind: Kind }>;
type Known = Exclude<Question, { status: 'none' }>;
type Decided = Decision<QuestionEvent, Refusal>;

function ask(question: Question, { questionId, shopId, contractId, text, conversationIds, agentId }: Command<'ask'>): Decided {
  if (question.status !== 'none') return accept();
  const buyers = [...new Set(conversationIds)];
  if (buyers.length > BUYER_LIMIT) return refuse('buyers-too-many', { field: 'conversationIds', found: buyers.length, expected: `at most ${BUYER_LIMIT}` });
  const { bytes, subjectId } = text;
  return accept(ClarificationAsked.create({ questionId, contractId, shopId, text: bytes, subjectId, conversationIds: buyers, agentId }));
}

function need(question: Known, { questionId, conversationId }: Command<'need'>): Decided {
  if (question.status !== 'open') return closed(question);
  if (question.conversationIds.includes(conversationId)) return accept();
  if (question.conversationIds.length >= BUYER_LIMIT)
    return refuse('buyers-too-many', { field: 'conversationId', found: question.conversationIds.length + 1, expected: `at most ${BUYER_LIMIT}` });
  return accept(ClarificationNeededBy.create({ questionId, conversationId }));
}

function answer(question: Known, { questionId, text, consent }: Command<'answer'>): Decided {
  if (question.status !== 'open') return closed(question);
  const { bytes, subjectId } = text;
  return accept<QuestionEvent>(
    ClarificationAnswered.create({ questionId, text: bytes, consent, subjectId }),
    knowledge(question, questionId, text, 1, consent),
  );
}

/** Of two corrections of one version the second is refused: whoever wrote it has not seen the first. */
function correct(question: Known, { questionId, text, version, consent }: Command<'correct'>): Decided {
  if (question.status !== 'answered') return refuse('question-not-answered');
  if (question.version !== version) return refuse('knowledge-corrected', { version: question.version });
  return accept(knowledge(question, questionId, text, version + 1, consent));
}

function withdraw(question: Known, { questionId, reason }: Command<'withdraw'>): Decided {
  if (question.status === 'withdrawn') return accept();
  if (question.status === 'answered') return closed(question);
  if (reason === undefined) return refuse('reason-missing', { field: 'reason', found: '', expected: 'why it is not asked any more' });
  return accept(ClarificationWithdrawn.create({ questionId, sealedReason: inEvent(reason) }));
}

function closed(question: Exclude<Known, { status: 'open' }>): Decided {
  return question.status === 'answered' ? refuse('question-answered', { userId: question.userId }) : refuse('question-withdrawn');
}

function knowledge({ shopId }: Known, questionId: string, answered: SealedText, version: number, consent: Consent): KnowledgeRecorded {
  return KnowledgeRecorded.create({ questionId, shopId, answer: answered.bytes, version, subjectId: answered.subjectId, consent });
}
