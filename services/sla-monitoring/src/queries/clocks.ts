// The clocks behind a figure: the same rows with the same states, newest first.
import type { Tx } from '@deskfleet/event-store';
import type { DateRange } from '@deskfleet/protocol/common';
import { Clock } from '@deskfleet/protocol/sla-service';
import { type Keyset, pageOf, refuseCall } from '@deskfleet/service-kit';
import { type RawBuilder, sql } from 'kysely';
import { ofShops, within } from './filters.ts';
import { CLOCK_STATES, stateOf } from './state.ts';

export interface ClockFilter {
  readonly vendorId: string;
  readonly contractId: string;
  readonly clauseKey: string;
  readonly shopIds: readonly string[] | 'all';
  readonly range: DateRange | undefined;
  readonly states: readonly string[];
  readonly now: number;
}

/** A row of sla_clocks as `c`, with its state and the breach that stands. */
export interface ClockRecord {
  conversation_id: string;
  contract_id: string;
  shop_id: string;
  clause_key: string;
  round: number;
  started_at: string;
  due_at: string;
  stopped_at: string | null;
  elapsed_ms: string | null;
  state: string;
  not_ours: string;
  agent: string;
  breach_id: string | null;
  date: string;
  start_message_id: string;
  stop_message_id: string;
  warn_at: string;
}

export const CLOCK_KEY_PARTS = 4;

/** One page and how many there are in all. */
export async function listClocks(tx: Tx, filter: ClockFilter, page: Keyset): Promise<{ clocks: Clock[]; nextToken: string; total: number }> {
  const unknown = filter.states.find((state) => !CLOCK_STATES.some((known) => known === state));
  if (unknown !== undefined) refuseCall('state-invalid', { field: 'states', found: unknown, expected: CLOCK_STATES.join(', ') });
  const [startedAt, conversationId, clauseKey, round] = page.after ?? [];
  const after =
    page.after === undefined
      ? sql`true`
      : sql`(-started_at, conversation_id, clause_key, round) > (${-Number(startedAt)}::bigint, ${conversationId}, ${clauseKey}, ${round}::int)`;
  const matching = clocksWhere(filter);
  const { rows } = await sql<ClockRecord>`
    select * from ${matching} c where ${after} order by -started_at, conversation_id, clause_key, round limit ${page.size + 1}`.execute(tx);
  const total = await sql<{ n: string }>`select count(*) as n from ${matching} c`.execute(tx);
  const cut = pageOf(rows, page, (row) => [Number(row.started_at), row.conversation_id, row.clause_key, row.round]);
  return { clocks: cut.rows.map(clockFrom), nextToken: cut.nextToken, total: Number(total.rows[0]?.n ?? 0) };
}

/** The clocks of one conversation, by clause and round. */
export async function clocksOfConversation(tx: Tx, vendorId: string, conversationId: string, now: number): Promise<ClockRecord[]> {
  const { rows } = await sql<ClockRecord>`
    ${selectClocks(now)} where c.vendor_id = ${vendorId} and c.conversation_id = ${conversationId} order by c.clause_key, c.round`.execute(tx);
  return rows;
}

/** `select` of clocks as `c`; add a where. */
export function selectClocks(now: number): RawBuilder<ClockRecord> {
  return sql`
    select c.conversation_id, c.contract_id, c.shop_id, c.clause_key, c.round, c.started_at, c.warn_at, c.due_at, c.stopped_at, c.elapsed_ms,
           ${stateOf(now)} as state, c.not_ours, c.agent, c.date, c.start_message_id, c.stop_message_id,
           (select b.breach_id from sla_breaches b
             where b.vendor_id = c.vendor_id and b.conversation_id = c.conversation_id and b.contract_id = c.contract_id and b.clause_key = c.clause_key
               and b.round = c.round and b.withdrawn_reason = '' limit 1) as breach_id
      from sla_clocks c`;
}

export function clockFrom(row: ClockRecord): Clock {
  return Clock.create({
    conversationId: row.conversation_id,
    contractId: row.contract_id,
    shopId: row.shop_id,
    clauseKey: row.clause_key,
    round: row.round,
    startedAt: Number(row.started_at),
    dueAt: Number(row.due_at),
    stoppedAt: Number(row.stopped_at ?? 0),
    elapsedMs: Number(row.elapsed_ms ?? 0),
    state: row.state,
    reason: row.not_ours,
    agent: row.agent,
    breachId: row.breach_id ?? '',
    date: row.date,
  });
}

function clocksWhere({ vendorId, contractId, clauseKey, shopIds, range, states, now }: ClockFilter): RawBuilder<ClockRecord> {
  return sql`(select * from (${selectClocks(now)}
     where c.vendor_id = ${vendorId} and (${contractId} = '' or c.contract_id = ${contractId}) and (${clauseKey} = '' or c.clause_key = ${clauseKey})
       and ${ofShops(sql`c.shop_id`, shopIds)} and ${within(sql`c.date`, range)}) s
     where ${states.length === 0 ? sql`true` : sql`state = any(${[...states]}::text[])`})`;
}
