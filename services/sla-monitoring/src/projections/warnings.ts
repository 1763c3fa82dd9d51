// The clocks that were warned of: one row a clock, gone when the clock is taken back.
import type { MessageType } from '@deskfleet/protocol';
import { ClauseWarned, ResponseClockCancelled } from '@deskfleet/protocol/sla';
import type { RowProjection } from '@deskfleet/read-model';

export interface WarningRow {
  conversation_id: string;
  clause_key: string;
  round: number;
  contract_id: string;
  warned_at: number;
}

type WarningEvent = ClauseWarned | ResponseClockCancelled;

export const warnings: RowProjection<WarningEvent, WarningRow> = {
  name: 'sla_warnings',
  version: 1,
  types: [ClauseWarned, ResponseClockCancelled] as readonly MessageType<WarningEvent>[],
  columns: `
    conversation_id text not null,
    clause_key text not null,
    round int not null,
    contract_id text not null,
    warned_at bigint not null`,
  keyColumns: ['conversation_id', 'clause_key', 'round'],
  keys: ({ event }) =>
    event.clock === undefined ? [] : [{ conversation_id: event.clock.conversationId, clause_key: event.clock.clauseKey, round: event.clock.round }],
  apply(_, { event }, key) {
    if (event.$type === 'deskfleet.sla.v1.ResponseClockCancelled') return undefined;
    return {
      conversation_id: key.conversation_id ?? '',
      clause_key: key.clause_key ?? '',
      round: key.round ?? 0,
      contract_id: event.clock?.contractId ?? '',
      warned_at: event.warnedAt,
    };
  },
};
