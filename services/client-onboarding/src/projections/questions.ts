// What is asked of the owners, by shop, and what they answered: texts as sealed as in the log, blank where a buyer was erased.
import { Consent } from '@deskfleet/protocol/common';
import {
  ClarificationAnswered,
  ClarificationAsked,
  ClarificationNeededBy,
  ClarificationWithdrawn,
  ConversationMentionsErased,
  KnowledgeRecorded,
} from '@deskfleet/protocol/onboarding';
import type { RowProjection } from '@deskfleet/read-model';
import { saidIn } from '../sealed-text.ts';

export interface QuestionRow {
  readonly question_id: string;
  readonly contract_id: string;
  readonly of_shop: string;
  readonly state: 'open' | 'answered' | 'withdrawn';
  readonly text: Uint8Array;
  readonly subject_id: string;
  readonly asked_at: number;
  readonly asked_by: string;
  readonly agent_id: string;
  readonly conversation_ids: readonly string[];
  /** 0 = open. */
  readonly closed_at: number;
  readonly closed_by: string;
  readonly reason: Uint8Array;
  readonly reason_subject: string;
}

type Event = ClarificationAsked | ClarificationNeededBy | ClarificationAnswered | ClarificationWithdrawn | ConversationMentionsErased;

const BLANK = new Uint8Array();

export const questions: RowProjection<Event, QuestionRow> = {
  name: 'questions',
  version: 2,
  types: [ClarificationAsked, ClarificationNeededBy, ClarificationAnswered, ClarificationWithdrawn, ConversationMentionsErased] as RowProjection<
    Event,
    QuestionRow
  >['types'],
  columns: `
    question_id text collate "C" not null,
    contract_id text collate "C" not null,
    of_shop text collate "C" not null,
    state text not null,
    text bytea not null,
    subject_id text collate "C" not null,
    asked_at bigint not null,
    asked_by text not null,
    agent_id text collate "C" not null,
    conversation_ids text[] not null,
    closed_at bigint not null,
    closed_by text not null,
    reason bytea not null,
    reason_subject text collate "C" not null`,
  keyColumns: ['question_id'],
  indexes: ['(vendor_id, of_shop, asked_at)', "(vendor_id, asked_at) where state = 'open'", 'using gin (conversation_ids)'],
  keys: ({ event }) =>
    event.$type === ConversationMentionsErased.$type ? event.questionIds.map((question_id) => ({ question_id })) : [{ question_id: event.questionId }],
  apply(row, { event, occurredAt, meta }) {
    if (event.$type === ClarificationAsked.$type) {
      const { questionId, contractId, shopId, text, subjectId, agentId, conversationIds } = event;
      return {
        ...{ question_id: questionId, contract_id: contractId, of_shop: shopId, state: 'open', text, subject_id: subjectId, asked_at: occurredAt },
        ...{ asked_by: meta.actor?.id ?? '', agent_id: agentId, conversation_ids: conversationIds, closed_at: 0, closed_by: '' },
        ...{ reason: BLANK, reason_subject: '' },
      };
    }
    if (row === undefined) return undefined;
    if (event.$type === ConversationMentionsErased.$type) return { ...row, text: BLANK, subject_id: '', reason: BLANK, reason_subject: '' };
    const closed = { ...row, closed_at: occurredAt, closed_by: meta.actor?.id ?? '' };
    switch (event.$type) {
      case ClarificationNeededBy.$type:
        return { ...row, conversation_ids: [...row.conversation_ids, event.conversationId] };
      case ClarificationAnswered.$type:
        return { ...closed, state: 'answered' };
      case ClarificationWithdrawn.$type: {
        const { bytes, subjectId } = saidIn(event.sealedReason, event.reason);
        return { ...closed, state: 'withdrawn', reason: bytes, reason_subject: subjectId };
      }
    }
  },
};

/** Answers only: the question stands in `questions`, and goes there when a buyer is erased. */
export interface KnowledgeRow {
  readonly question_id: string;
  readonly version: number;
  readonly of_shop: string;
  readonly answer: Uint8Array;
  readonly subject_id: string;
  /** Consent as JSON. */
  readonly consent: unknown;
  readonly recorded_at: number;
  /** The last one: what the agents go by. A later version takes it away. */
  readonly latest: boolean;
}

export const knowledge: RowProjection<KnowledgeRecorded, KnowledgeRow> = {
  name: 'knowledge',
  version: 2,
  types: [KnowledgeRecorded],
  columns: `
    question_id text collate "C" not null,
    version integer not null,
    of_shop text collate "C" not null,
    answer bytea not null,
    subject_id text collate "C" not null,
    consent jsonb not null,
    recorded_at bigint not null,
    latest boolean not null`,
  keyColumns: ['question_id', 'version'],
  indexes: ['(vendor_id, of_shop, recorded_at desc) where latest'],
  keys: ({ event }) => [
    { question_id: event.questionId, version: event.version },
    ...(event.version > 1 ? [{ question_id: event.questionId, version: event.version - 1 }] : []),
  ],
  apply(row, { event, occurredAt }, key) {
    if (key.version !== event.version) return row && { ...row, latest: false };
    const { questionId, version, shopId, answer, subjectId, consent } = event;
    return {
      ...{ question_id: questionId, version, of_shop: shopId, answer, subject_id: subjectId },
      ...{ consent: consent === undefined ? {} : Consent.toJSON(consent), recorded_at: occurredAt, latest: true },
    };
  },
};
