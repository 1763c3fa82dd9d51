// How many clocks of each clause were met and missed: of the days of a range, by shop unless the clause is pooled (BR-215, BR-216).
import type { FactContract } from '@deskfleet/conversation-facts';
import type { Tx } from '@deskfleet/event-store';
import type { DateRange } from '@deskfleet/protocol/common';
import { Attainment } from '@deskfleet/protocol/sla-service';
import type { SlaClause } from '@deskfleet/protocol/terms';
import { type RawBuilder, sql } from 'kysely';
import { ofShops, within } from './filters.ts';
import { stateOf } from './state.ts';

export interface ClauseScope {
  readonly vendorId: string;
  readonly contract: FactContract;
  readonly clause: SlaClause;
  readonly range: DateRange | undefined;
  readonly shopIds: readonly string[] | 'all';
  readonly now: number;
}

/** Counts of a clause over the whole range ('' as date) and by day; by shop, or under '' where pooled. */
export interface AttainmentRow {
  readonly shopId: string;
  readonly date: string;
  readonly attainment: Attainment;
}

/** The clocks of a clause in a range, as `c`, with their state. */
export function clocksOfClause({ vendorId, contract, clause, range, shopIds, now }: ClauseScope): RawBuilder<unknown> {
  return sql`(select c.*, ${clause.pooled ? sql`''` : sql`c.shop_id`} as unit, ${stateOf(now)} as state
    from sla_clocks c
   where c.vendor_id = ${vendorId} and c.contract_id = ${contract.contractId} and c.clause_key = ${clause.key}
     and ${within(sql`c.date`, range)} and ${ofShops(sql`c.shop_id`, shopIds)})`;
}

/** Every unit of the clause has a row for the whole range, also where nothing happened. */
export async function attainments(tx: Tx, scope: ClauseScope): Promise<AttainmentRow[]> {
  const { rows } = await sql<{ unit: string; date: string | null; met: string; missed: string; ahead: string; not_ours: string; unanswered: string }>`
    select unit, date, count(*) filter (where state = 'met') as met, count(*) filter (where state = 'missed') as missed,
           count(*) filter (where state = 'running') as ahead, count(*) filter (where state = 'not-ours') as not_ours,
           count(*) filter (where state = 'missed' and stopped_at is null) as unanswered
      from ${clocksOfClause(scope)} c
     group by grouping sets ((unit, date), (unit)) order by unit, date`.execute(tx);
  const silent = await withoutCustomer(tx, scope);
  const found = rows.map(({ unit, date, met, missed, ahead, not_ours, unanswered }) => ({
    shopId: unit,
    date: date ?? '',
    attainment: Attainment.create({
      met: Number(met),
      missed: Number(missed),
      notYetDue: Number(ahead),
      notOurs: Number(not_ours),
      unanswered: Number(unanswered),
      withoutCustomer: date === null ? (silent.get(unit) ?? 0) : 0,
    }),
  }));
  return [...found, ...emptyUnits(scope, found, silent)];
}

/** "At least target_bp of those due": true when nothing was due. */
export function isKept({ met, missed }: Attainment, { targetBp }: SlaClause): boolean {
  return met * 10_000 >= targetBp * (met + missed);
}

/** The units a clause is judged by: each shop of the contract that was asked for, or all together. */
export function unitsOf({ contract, clause, shopIds }: ClauseScope): string[] {
  if (clause.pooled) return [''];
  return contract.shopIds.filter((shopId) => shopIds === 'all' || shopIds.length === 0 || shopIds.includes(shopId));
}

function emptyUnits(scope: ClauseScope, found: readonly AttainmentRow[], silent: ReadonlyMap<string, number>): AttainmentRow[] {
  const known = new Set(found.map(({ shopId }) => shopId));
  return unitsOf(scope)
    .filter((unit) => !known.has(unit))
    .map((unit) => ({ shopId: unit, date: '', attainment: Attainment.create({ withoutCustomer: silent.get(unit) ?? 0 }) }));
}

async function withoutCustomer(tx: Tx, { vendorId, contract, clause, range, shopIds }: ClauseScope): Promise<Map<string, number>> {
  const { rows } = await sql<{ unit: string; n: string }>`
    select ${clause.pooled ? sql`''` : sql`shop_id`} as unit, count(*) as n from sla_conversations
     where vendor_id = ${vendorId} and contract_id = ${contract.contractId} and not has_customer and not_ours = ''
       and ${within(sql`date`, range)} and ${ofShops(sql`shop_id`, shopIds)}
     group by 1`.execute(tx);
  return new Map(rows.map(({ unit, n }) => [unit, Number(n)]));
}
