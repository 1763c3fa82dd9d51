// The time gutter of a conversation: a row a clock, each with its segments and the clause it follows.
import type { Tx } from '@deskfleet/event-store';
import { GetRibbonResponse, RibbonRow, RibbonSegment } from '@deskfleet/protocol/sla-service';
import { notFound } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { hoursOfClause } from '../figures/figures.ts';
import { ribbonOf } from '../figures/ribbon.ts';
import { clockFrom, clocksOfConversation } from './clocks.ts';
import { contractById } from './contracts.ts';

/** Refuses `conversation-not-found`. */
export async function ribbon(tx: Tx, vendorId: string, conversationId: string, now: number): Promise<GetRibbonResponse> {
  const { rows } = await sql<{ contract_id: string; not_ours: string }>`
    select contract_id, not_ours from sla_conversations where vendor_id = ${vendorId} and conversation_id = ${conversationId}`.execute(tx);
  const conversation = rows[0] ?? notFound('conversation', conversationId);
  if (conversation.contract_id === '') return GetRibbonResponse.create({ conversationId, notOursReason: conversation.not_ours });
  const { terms } = await contractById(tx, vendorId, conversation.contract_id);
  const clocks = await clocksOfConversation(tx, vendorId, conversationId, now);
  return GetRibbonResponse.create({
    conversationId,
    zone: terms.zone,
    notOursReason: conversation.not_ours,
    rows: clocks.map((row) => {
      const clause = terms.clauses.find(({ key }) => key === row.clause_key);
      const stoppedAt = row.stopped_at === null ? undefined : Number(row.stopped_at);
      const times = { startedAt: Number(row.started_at), dueAt: Number(row.due_at), stoppedAt };
      const segments = clause === undefined ? [] : ribbonOf(times, hoursOfClause(clause, terms), now);
      return RibbonRow.create({
        clock: clockFrom(row),
        clause,
        segments: segments.map(({ from, to, state }) => RibbonSegment.create({ fromAt: from, toAt: to, state })),
      });
    }),
  });
}
