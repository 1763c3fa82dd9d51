// Breaches as stated, with what is known of their clocks now. A withdrawn one stays, with its reason.
import type { FactContract } from '@deskfleet/conversation-facts';
import type { Tx } from '@deskfleet/event-store';
import { type DateRange, LogPosition } from '@deskfleet/protocol/common';
import { Breach, Clock } from '@deskfleet/protocol/sla-service';
import { type Keyset, notFound, pageOf } from '@deskfleet/service-kit';
import { type RawBuilder, sql } from 'kysely';
import { hoursOfClause } from '../figures/figures.ts';
import { contractById, contractsOf } from './contracts.ts';
import { ofShops, within } from './filters.ts';

interface BreachRecord {
  breach_id: string;
  shop_id: string;
  conversation_id: string;
  contract_id: string;
  clause_key: string;
  round: number;
  start_message_id: string;
  started_at: string;
  due_at: string;
  breached_at: string;
  known_at: string;
  position: string;
  withdrawn_reason: string;
  date: string | null;
  stopped_at: string | null;
  elapsed_ms: string | null;
  stop_message_id: string | null;
  agent: string | null;
  not_ours: string | null;
}

export interface BreachFilter {
  readonly vendorId: string;
  readonly contractId: string;
  readonly clauseKey: string;
  readonly shopIds: readonly string[] | 'all';
  readonly range: DateRange | undefined;
}

/** The log these events stand in, and the clock. */
export interface BreachView {
  readonly source: string;
  readonly now: number;
}

export const BREACH_KEY_PARTS = 2;

/** One page, newest first, and how many there are in all. */
export async function listBreaches(
  tx: Tx,
  filter: BreachFilter,
  page: Keyset,
  view: BreachView,
): Promise<{ breaches: Breach[]; nextToken: string; total: number }> {
  const [breachedAt, breachId] = page.after ?? [];
  const after = page.after === undefined ? sql`true` : sql`(-b.breached_at, b.breach_id) > (${-Number(breachedAt)}::bigint, ${breachId})`;
  const where = whereOf(filter);
  const { rows } = await sql<BreachRecord>`${SELECT} where ${where} and ${after} order by -b.breached_at, b.breach_id limit ${page.size + 1}`.execute(tx);
  const total = await sql<{ n: string }>`select count(*) as n ${FROM} where ${where}`.execute(tx);
  const contracts = new Map((await contractsOf(tx, filter.vendorId)).map((contract) => [contract.contractId, contract]));
  const cut = pageOf(rows, page, (row) => [Number(row.breached_at), row.breach_id]);
  return {
    breaches: cut.rows.map((row) => breachFrom(row, contracts.get(row.contract_id), view)),
    nextToken: cut.nextToken,
    total: Number(total.rows[0]?.n ?? 0),
  };
}

/** One breach. Refuses `breach-not-found`. */
export async function breachById(tx: Tx, vendorId: string, breachId: string, view: BreachView): Promise<Breach> {
  const { rows } = await sql<BreachRecord>`${SELECT} where b.vendor_id = ${vendorId} and b.breach_id = ${breachId}`.execute(tx);
  const row = rows[0] ?? notFound('breach', breachId);
  const contract = await contractById(tx, vendorId, row.contract_id);
  const breach = breachFrom(row, contract, view);
  return { ...breach, numberInMonth: breach.withdrawn ? 0 : await numberInMonth(tx, vendorId, row, contract) };
}

const FROM = sql`
  from sla_breaches b
  left join sla_clocks c on c.vendor_id = b.vendor_id and c.conversation_id = b.conversation_id and c.clause_key = b.clause_key and c.round = b.round
    and c.contract_id = b.contract_id and c.start_message_id = b.start_message_id`;

const SELECT = sql`
  select b.breach_id, b.shop_id, b.conversation_id, b.contract_id, b.clause_key, b.round, b.start_message_id, b.started_at, b.due_at, b.breached_at, b.known_at,
         b.position, b.withdrawn_reason, c.date, c.stopped_at, c.elapsed_ms, c.stop_message_id, c.agent, c.not_ours ${FROM}`;

/** The day is the clock's; of a withdrawn breach whose clock is no more, the day it began in UTC. */
function whereOf({ vendorId, contractId, clauseKey, shopIds, range }: BreachFilter): RawBuilder<unknown> {
  const date = sql`coalesce(c.date, to_char(to_timestamp(b.started_at / 1000.0) at time zone 'UTC', 'YYYY-MM-DD') collate "C")`;
  return sql`b.vendor_id = ${vendorId} and (${contractId} = '' or b.contract_id = ${contractId}) and (${clauseKey} = '' or b.clause_key = ${clauseKey})
    and ${ofShops(sql`b.shop_id`, shopIds)} and ${within(date, range)}`;
}

function breachFrom(row: BreachRecord, contract: FactContract | undefined, { source, now }: BreachView): Breach {
  const clause = contract?.terms.clauses.find(({ key }) => key === row.clause_key);
  const stoppedAt = row.stopped_at === null ? undefined : Number(row.stopped_at);
  const dueAt = Number(row.due_at);
  const withdrawn = row.withdrawn_reason !== '';
  const overtime = clause === undefined || contract === undefined ? 0 : hoursOfClause(clause, contract.terms).elapsedMs(dueAt, stoppedAt ?? now);
  return Breach.create({
    breachId: row.breach_id,
    clock: Clock.create({
      conversationId: row.conversation_id,
      contractId: row.contract_id,
      shopId: row.shop_id,
      clauseKey: row.clause_key,
      round: row.round,
      startedAt: Number(row.started_at),
      dueAt,
      stoppedAt: stoppedAt ?? 0,
      elapsedMs: Number(row.elapsed_ms ?? 0),
      state: (row.not_ours ?? '') !== '' ? 'not-ours' : withdrawn ? 'met' : 'missed',
      reason: row.not_ours ?? '',
      agent: row.agent ?? '',
      breachId: withdrawn ? '' : row.breach_id,
      date: row.date ?? '',
    }),
    breachedAt: Number(row.breached_at),
    knownAt: Number(row.known_at),
    overtimeMs: withdrawn ? 0 : overtime,
    withdrawn,
    withdrawnReason: row.withdrawn_reason,
    clause,
    startMessageId: row.start_message_id,
    stopMessageId: row.stop_message_id ?? '',
    zone: contract?.terms.zone ?? '',
    event: LogPosition.create({ source, position: Number(row.position) }),
  });
}

/** The how-manieth missed clock of its clause and unit that month, in the order they came due. */
async function numberInMonth(tx: Tx, vendorId: string, row: BreachRecord, { terms, contractId }: FactContract): Promise<number> {
  if (row.date === null) return 0;
  const pooled = terms.clauses.find(({ key }) => key === row.clause_key)?.pooled ?? false;
  const month = row.date.slice(0, 7);
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from sla_clocks c
     where c.vendor_id = ${vendorId} and c.contract_id = ${contractId} and c.clause_key = ${row.clause_key} and ${pooled ? sql`true` : sql`c.shop_id = ${row.shop_id}`}
       and c.date >= ${`${month}-01`} and c.date <= ${`${month}-31`} and c.not_ours = '' and (c.stopped_at is null or c.stopped_at > c.due_at)
       and (c.due_at, c.conversation_id, c.round) <= (${row.due_at}::bigint, ${row.conversation_id}, ${row.round}::int)`.execute(tx);
  return Number(rows[0]?.n ?? 0);
}
