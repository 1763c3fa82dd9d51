// Every breach ever stated, withdrawn ones with their reason: one row a breach.
import type { MessageType } from '@deskfleet/protocol';
import { BreachWithdrawn, ClauseBreached } from '@deskfleet/protocol/sla';
import type { RowProjection } from '@deskfleet/read-model';

export interface BreachRow {
  breach_id: string;
  conversation_id: string;
  contract_id: string;
  clause_key: string;
  round: number;
  start_message_id: string;
  started_at: number;
  due_at: number;
  breached_at: number;
  known_at: number;
  position: number;
  withdrawn_reason: string;
}

type BreachEvent = ClauseBreached | BreachWithdrawn;

export const breaches: RowProjection<BreachEvent, BreachRow> = {
  name: 'sla_breaches',
  version: 1,
  types: [ClauseBreached, BreachWithdrawn] as readonly MessageType<BreachEvent>[],
  columns: `
    breach_id text not null,
    conversation_id text not null,
    contract_id text not null,
    clause_key text not null,
    round int not null,
    start_message_id text not null,
    started_at bigint not null,
    due_at bigint not null,
    breached_at bigint not null,
    known_at bigint not null,
    position bigint not null,
    withdrawn_reason text not null`,
  keyColumns: ['breach_id'],
  indexes: ['(vendor_id, contract_id, breached_at, breach_id)', '(vendor_id, conversation_id)'],
  keys: ({ event }) => [{ breach_id: event.breachId }],
  apply(row, { event, recordedAt, position }) {
    if (event.$type === 'deskfleet.sla.v1.BreachWithdrawn') return row && { ...row, withdrawn_reason: event.reason };
    return {
      breach_id: event.breachId,
      conversation_id: event.clock?.conversationId ?? '',
      contract_id: event.clock?.contractId ?? '',
      clause_key: event.clock?.clauseKey ?? '',
      round: event.clock?.round ?? 0,
      start_message_id: event.startMessageId,
      started_at: event.startedAt,
      due_at: event.dueAt,
      breached_at: event.breachedAt,
      known_at: recordedAt,
      position,
      withdrawn_reason: '',
    };
  },
};
