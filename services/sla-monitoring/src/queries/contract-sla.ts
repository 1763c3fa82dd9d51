// The SLA page of a contract: is each clause kept, by day, how long did people wait, what ran late.
import type { Tx } from '@deskfleet/event-store';
import { ClauseFigure, DayFigure, WaitPoint } from '@deskfleet/protocol/sla-service';
import { dayKind } from '@deskfleet/service-hours';
import { sql } from 'kysely';
import { type AttainmentRow, attainments, type ClauseScope, clocksOfClause, isKept } from './attainment.ts';
import { ofShops, within } from './filters.ts';

/** Points of the step line "how long": at most this many, the clause's own always among them. */
const MAX_WAIT_POINTS = 200;

/** One figure a unit of the clause: a shop, or the pooled contract. */
export async function clauseFigures(tx: Tx, scope: ClauseScope): Promise<ClauseFigure[]> {
  const rows = await attainments(tx, scope);
  const spreads = await spreadOf(tx, scope);
  const waits = await waitsOf(tx, scope);
  const averages = await averageResponse(tx, scope);
  return rows
    .filter(({ date }) => date === '')
    .map(({ shopId, attainment }) =>
      ClauseFigure.create({
        clause: scope.clause,
        shopId,
        attainment,
        kept: isKept(attainment, scope.clause),
        ...spreads.get(shopId),
        ...averages.get(shopId),
        days: daysOf(rows, shopId, scope.contract.terms.holidayCalendar),
        waits: waits.get(shopId) ?? [],
      }),
    );
}

function daysOf(rows: readonly AttainmentRow[], shopId: string, calendar: string): DayFigure[] {
  return rows
    .filter((row) => row.shopId === shopId && row.date !== '')
    .map(({ date, attainment }) => {
      const kind = dayKind(date, calendar);
      return DayFigure.create({ date, attainment, holiday: kind === 'holiday', makeUpDay: kind === 'make-up-day' });
    });
}

type Spread = Pick<ClauseFigure, 'answered' | 'meanMs' | 'medianLowerMs' | 'p90Ms' | 'warned'>;

/** Mean, lower median and nearest rank of the answered clocks that are ours, and how many were warned of. */
async function spreadOf(tx: Tx, scope: ClauseScope): Promise<Map<string, Spread>> {
  const { rows } = await sql<{ unit: string; answered: string; sum: string | null; median: string | null; p90: string | null; warned: string }>`
    select c.unit, count(c.elapsed_ms) as answered, sum(c.elapsed_ms) as sum, percentile_disc(0.5) within group (order by c.elapsed_ms) as median,
           percentile_disc(0.9) within group (order by c.elapsed_ms) as p90, count(w.warned_at) as warned
      from ${clocksOfClause(scope)} c
      left join sla_warnings w using (vendor_id, conversation_id, clause_key, round, contract_id)
     where c.state <> 'not-ours' group by c.unit`.execute(tx);
  return new Map(
    rows.map(({ unit, answered, sum, median, p90, warned }) => [
      unit,
      { answered: Number(answered), meanMs: ratio(sum, answered), medianLowerMs: Number(median ?? 0), p90Ms: Number(p90 ?? 0), warned: Number(warned) },
    ]),
  );
}

/** How many had an answer within which time: every wait that occurred, thinned to MAX_WAIT_POINTS; each point is exact. */
async function waitsOf(tx: Tx, scope: ClauseScope): Promise<Map<string, WaitPoint[]>> {
  const { rows } = await sql<{ unit: string; ms: string; count: string }>`
    select unit, ms, count from (
      select unit, elapsed_ms as ms, sum(count(*)) over w as count, row_number() over w as n, count(*) over (partition by unit) as total,
             lead(elapsed_ms) over w as next
        from ${clocksOfClause(scope)} c
       where elapsed_ms is not null and state <> 'not-ours'
       group by unit, elapsed_ms
      window w as (partition by unit order by elapsed_ms)) p
     where n = total or n * ${MAX_WAIT_POINTS} / total <> (n - 1) * ${MAX_WAIT_POINTS} / total
        or (ms <= ${scope.clause.allowanceMs} and next > ${scope.clause.allowanceMs})
     order by unit, ms`.execute(tx);
  const points = new Map<string, WaitPoint[]>();
  for (const [unit, ofUnit] of Map.groupBy(rows, ({ unit }) => unit)) {
    points.set(
      unit,
      ofUnit.map(({ ms, count }) => WaitPoint.create({ ms: Number(ms), count: Number(count) })),
    );
  }
  return points;
}

/** 平响: the sum of all answered rounds over their number. */
async function averageResponse(
  tx: Tx,
  { vendorId, contract, clause, range, shopIds }: ClauseScope,
): Promise<Map<string, Pick<ClauseFigure, 'averageResponseMs' | 'roundsAnswered'>>> {
  const { rows } = await sql<{ unit: string; sum: string | null; answered: string }>`
    select ${clause.pooled ? sql`''` : sql`shop_id`} as unit, sum(round_ms_sum) as sum, sum(rounds_answered) as answered from sla_conversations
     where vendor_id = ${vendorId} and contract_id = ${contract.contractId} and not_ours = ''
       and ${within(sql`date`, range)} and ${ofShops(sql`shop_id`, shopIds)}
     group by 1`.execute(tx);
  return new Map(rows.map(({ unit, sum, answered }) => [unit, { averageResponseMs: ratio(sum, answered), roundsAnswered: Number(answered) }]));
}

function ratio(sum: string | null, count: string): number {
  return count === '0' ? 0 : Math.round(Number(sum) / Number(count));
}
