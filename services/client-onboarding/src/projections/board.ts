// The onboarding board: a row a lead or contract, with a card for each of its shops. It is the vendor's own: rows belong to no shop, so that only who sees
// all of the vendor's shops sees them.
import type { RowProjection } from '@deskfleet/read-model';
import { BOARD_TYPES, type BoardEvent, type Card, type Subject, subjectAfter, subjectIdOf } from '../board/fold.ts';
import type { ContractFacts, Facts } from '../board/standing.ts';

export interface BoardRow {
  readonly subject_id: string;
  readonly kind: string;
  readonly lead_id: string;
  readonly client_id: string;
  readonly client_name: string;
  readonly number: string;
  readonly facts: Facts;
  /** Of the facts what the cards show, so that a look at all of them does not open each. */
  readonly trial: ContractFacts['trial'] | null;
  readonly zone: string;
  readonly cards: readonly Card[];
  readonly reminded_at: number;
}

export const board: RowProjection<BoardEvent, BoardRow> = {
  name: 'board',
  version: 2,
  types: BOARD_TYPES,
  columns: `
    subject_id text collate "C" not null,
    kind text not null,
    lead_id text collate "C" not null,
    client_id text collate "C" not null,
    client_name text not null,
    number text not null,
    facts jsonb not null,
    trial jsonb,
    zone text not null,
    cards jsonb not null,
    reminded_at bigint not null`,
  keyColumns: ['subject_id'],
  keys: ({ event }) => [{ subject_id: subjectIdOf(event) }],
  apply(row, { event, occurredAt }, key) {
    const after = subjectAfter(row && subjectIn(row), event, occurredAt);
    return after && rowOf(key.subject_id ?? '', after);
  },
};

function subjectIn(row: BoardRow): Subject {
  return {
    facts: row.facts,
    clientId: row.client_id,
    clientName: row.client_name,
    number: row.number,
    leadId: row.lead_id,
    cards: row.cards,
    remindedAt: row.reminded_at,
  };
}

function rowOf(subjectId: string, subject: Subject): BoardRow {
  return {
    subject_id: subjectId,
    kind: subject.facts.kind,
    lead_id: subject.leadId,
    client_id: subject.clientId,
    client_name: subject.clientName,
    number: subject.number,
    facts: subject.facts,
    trial: subject.facts.kind === 'contract' ? subject.facts.trial : null,
    zone: subject.facts.kind === 'contract' ? subject.facts.zone : '',
    cards: subject.cards,
    reminded_at: subject.remindedAt,
  };
}
