// What both sides of a contract see in the work and agree on. A contract's, not a shop's: whoever may see the contract is asked for before its rows.
import { Consent, type Party } from '@deskfleet/protocol/common';
import {
  ConversationMentionsErased,
  type Judged,
  ManagementMeetingHeld,
  ManagementMeetingMissed,
  MeetingActionDone,
  type MeetingLevel,
  RemedyAgreed,
  RemedyDone,
  RemedyProposed,
  SuggestionMade,
  SuggestionReplied,
  SupervisionChecked,
} from '@deskfleet/protocol/onboarding';
import type { RowProjection } from '@deskfleet/read-model';
import { saidIn } from '../sealed-text.ts';
import { managers } from '../supervision/supervision.ts';

const consentJson = (consent: Consent | undefined): unknown => (consent === undefined ? null : Consent.toJSON(consent));

export interface CheckRow {
  readonly contract_id: string;
  readonly check_id: string;
  readonly checked_on: string;
  readonly inspector: string;
  readonly weaknesses: number;
  readonly consent: unknown;
  readonly recorded_at: number;
}

export const supervisionChecks: RowProjection<SupervisionChecked, CheckRow> = {
  name: 'supervision_checks',
  version: 1,
  types: [SupervisionChecked],
  columns: `
    contract_id text collate "C" not null,
    check_id text collate "C" not null,
    checked_on text not null,
    inspector text not null,
    weaknesses integer not null,
    consent jsonb,
    recorded_at bigint not null`,
  keyColumns: ['contract_id', 'check_id'],
  keys: ({ event }) => [{ contract_id: event.contractId, check_id: event.checkId }],
  apply: (_, { event, recordedAt }) => ({
    ...{ contract_id: event.contractId, check_id: event.checkId, checked_on: event.checkedOn, inspector: event.inspector },
    ...{ weaknesses: event.weaknesses.length, consent: consentJson(event.consent), recorded_at: recordedAt },
  }),
};

export interface WeaknessRow {
  readonly contract_id: string;
  readonly weakness_key: string;
  readonly check_id: string;
  readonly checked_on: string;
  readonly inspector: string;
  readonly text: Uint8Array;
  readonly subject_id: string;
  readonly judged: Judged;
  readonly conversation_id: string;
  readonly clause_key: string;
  readonly found_at: number;
  readonly remedy: Uint8Array;
  readonly remedy_subject: string;
  /** 0 = none proposed. */
  readonly remedy_by: Party;
  readonly due_on: string;
  readonly moved_at: number;
  readonly agreed: boolean;
  readonly consent: unknown;
  /** Empty = not done. */
  readonly done_on: string;
}

type WeaknessEvent = SupervisionChecked | RemedyProposed | RemedyAgreed | RemedyDone | ConversationMentionsErased;

const BLANK = new Uint8Array();

export const weaknesses: RowProjection<WeaknessEvent, WeaknessRow> = {
  name: 'weaknesses',
  version: 2,
  types: [SupervisionChecked, RemedyProposed, RemedyAgreed, RemedyDone, ConversationMentionsErased] as RowProjection<WeaknessEvent, WeaknessRow>['types'],
  columns: `
    contract_id text collate "C" not null,
    weakness_key text collate "C" not null,
    check_id text collate "C" not null,
    checked_on text not null,
    inspector text not null,
    text bytea not null,
    subject_id text collate "C" not null,
    judged integer not null,
    conversation_id text collate "C" not null,
    clause_key text not null,
    found_at bigint not null,
    remedy bytea not null,
    remedy_subject text collate "C" not null,
    remedy_by integer not null,
    due_on text not null,
    moved_at bigint not null,
    agreed boolean not null,
    consent jsonb,
    done_on text not null`,
  keyColumns: ['contract_id', 'weakness_key'],
  indexes: ["(vendor_id, found_at) where done_on = ''", "(vendor_id, conversation_id) where conversation_id <> ''"],
  keys({ event }) {
    switch (event.$type) {
      case SupervisionChecked.$type:
        return event.weaknesses.map(({ key }) => ({ contract_id: event.contractId, weakness_key: key }));
      case ConversationMentionsErased.$type:
        return event.weaknesses.map(({ contractId, weaknessKey }) => ({ contract_id: contractId, weakness_key: weaknessKey }));
      default:
        return [{ contract_id: event.contractId, weakness_key: event.weaknessKey }];
    }
  },
  apply(row, { event, occurredAt }, key) {
    if (event.$type === SupervisionChecked.$type) {
      const found = event.weaknesses.find((each) => each.key === key.weakness_key);
      if (found === undefined) return row;
      return {
        ...{ contract_id: event.contractId, weakness_key: found.key, check_id: event.checkId, checked_on: event.checkedOn, inspector: event.inspector },
        ...{ text: found.text, subject_id: found.subjectId, judged: found.judged, conversation_id: found.conversationId, clause_key: found.clauseKey },
        ...{ found_at: occurredAt, remedy: BLANK, remedy_subject: '', remedy_by: 0, due_on: '', moved_at: occurredAt },
        ...{ agreed: false, consent: null, done_on: '' },
      };
    }
    if (row === undefined) return undefined;
    switch (event.$type) {
      case RemedyProposed.$type:
        return { ...row, remedy: event.remedy, remedy_subject: event.subjectId, remedy_by: event.by, due_on: event.dueOn, moved_at: occurredAt };
      case RemedyAgreed.$type:
        return { ...row, agreed: true, consent: consentJson(event.consent), moved_at: occurredAt };
      case RemedyDone.$type:
        return { ...row, done_on: event.doneOn, moved_at: occurredAt };
      case ConversationMentionsErased.$type:
        return { ...row, text: BLANK, subject_id: '', remedy: BLANK, remedy_subject: '' };
    }
  },
};

export interface SuggestionRow {
  readonly contract_id: string;
  readonly suggestion_id: string;
  readonly text: Uint8Array;
  readonly subject_id: string;
  readonly by: Party;
  readonly made_at: number;
  readonly state: 'open' | 'adopted' | 'declined';
  readonly reason: Uint8Array;
  readonly reason_subject: string;
  readonly replied_at: number;
  readonly consent: unknown;
}

type SuggestionEvent = SuggestionMade | SuggestionReplied;

export const suggestions: RowProjection<SuggestionEvent, SuggestionRow> = {
  name: 'suggestions',
  version: 2,
  types: [SuggestionMade, SuggestionReplied] as RowProjection<SuggestionEvent, SuggestionRow>['types'],
  columns: `
    contract_id text collate "C" not null,
    suggestion_id text collate "C" not null,
    text bytea not null,
    subject_id text collate "C" not null,
    by integer not null,
    made_at bigint not null,
    state text not null,
    reason bytea not null,
    reason_subject text collate "C" not null,
    replied_at bigint not null,
    consent jsonb`,
  keyColumns: ['contract_id', 'suggestion_id'],
  keys: ({ event }) => [{ contract_id: event.contractId, suggestion_id: event.suggestionId }],
  apply(row, { event, occurredAt }) {
    if (event.$type === SuggestionReplied.$type) {
      const state = event.adopted ? 'adopted' : 'declined';
      const { bytes, subjectId } = saidIn(event.sealedReason, event.reason);
      return row && { ...row, state, reason: bytes, reason_subject: subjectId, replied_at: occurredAt, consent: consentJson(event.consent) };
    }
    const { contractId, suggestionId, text, subjectId, by } = event;
    return {
      ...{ contract_id: contractId, suggestion_id: suggestionId, text, subject_id: subjectId, by, made_at: occurredAt },
      ...{ state: 'open', reason: BLANK, reason_subject: '', replied_at: 0, consent: null },
    };
  },
};

export interface StoredAction {
  readonly key: string;
  /** Base64. */
  readonly text: string;
  readonly subjectId: string;
  readonly owner: Party;
  readonly dueOn: string;
  /** 0 = open. */
  readonly doneAt: number;
}

export interface MeetingRow {
  readonly contract_id: string;
  readonly meeting_id: string;
  readonly held_on: string;
  readonly levels: readonly MeetingLevel[];
  readonly managers: boolean;
  readonly topics: Uint8Array;
  readonly topics_subject: string;
  readonly actions: readonly StoredAction[];
  /** The first day on which an open action is due; empty = none is open. */
  readonly open_due_on: string;
  readonly recorded_at: number;
}

type MeetingEvent = ManagementMeetingHeld | MeetingActionDone;

export const meetings: RowProjection<MeetingEvent, MeetingRow> = {
  name: 'meetings',
  version: 2,
  types: [ManagementMeetingHeld, MeetingActionDone] as RowProjection<MeetingEvent, MeetingRow>['types'],
  columns: `
    contract_id text collate "C" not null,
    meeting_id text collate "C" not null,
    held_on text not null,
    levels integer[] not null,
    managers boolean not null,
    topics bytea not null,
    topics_subject text collate "C" not null,
    actions jsonb not null,
    open_due_on text not null,
    recorded_at bigint not null`,
  keyColumns: ['contract_id', 'meeting_id'],
  keys: ({ event }) => [{ contract_id: event.contractId, meeting_id: event.meetingId }],
  apply(row, { event, occurredAt, recordedAt }) {
    if (event.$type === MeetingActionDone.$type) {
      const actions = (row?.actions ?? []).map((action) => (action.key === event.actionKey ? { ...action, doneAt: occurredAt } : action));
      return row && { ...row, actions, open_due_on: openDue(actions) };
    }
    const { contractId, meetingId, heldOn, levels } = event;
    const topics = saidIn(event.sealedTopics, event.topics);
    const actions = event.actions.map(({ key, owner, dueOn, ...said }) => {
      const text = saidIn(said.sealedText, said.text);
      return { key, text: Buffer.from(text.bytes).toString('base64'), subjectId: text.subjectId, owner, dueOn, doneAt: 0 };
    });
    return {
      ...{ contract_id: contractId, meeting_id: meetingId, held_on: heldOn, levels, managers: managers(levels), actions },
      ...{ topics: topics.bytes, topics_subject: topics.subjectId },
      ...{ open_due_on: openDue(actions), recorded_at: recordedAt },
    };
  },
};

function openDue(actions: readonly StoredAction[]): string {
  return (
    actions
      .filter(({ doneAt }) => doneAt === 0)
      .map(({ dueOn }) => dueOn)
      .sort()[0] ?? ''
  );
}

export interface MissedRow {
  readonly contract_id: string;
  readonly month: string;
  readonly missed_at: number;
}

export const missedMeetings: RowProjection<ManagementMeetingMissed, MissedRow> = {
  name: 'missed_meetings',
  version: 1,
  types: [ManagementMeetingMissed],
  columns: 'contract_id text collate "C" not null, month text not null, missed_at bigint not null',
  keyColumns: ['contract_id', 'month'],
  keys: ({ event }) => [{ contract_id: event.contractId, month: event.month }],
  apply: (_, { event, occurredAt }) => ({ contract_id: event.contractId, month: event.month, missed_at: occurredAt }),
};
