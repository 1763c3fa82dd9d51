// What a contract's month is made of, as of a log position or as of now: one set of rows for figures, lists and invoices alike.
import type { Tx } from '@deskfleet/event-store';
import { type RawBuilder, sql } from 'kysely';

/** A contract's month; `asOf` is a position of billing's own log, undefined = what is known now. */
export interface UsageScope {
  readonly vendorId: string;
  readonly contractId: string;
  readonly month: string;
  readonly asOf: number | undefined;
}

export interface DayUnits {
  readonly date: string;
  readonly shopId: string;
  readonly counted: number;
  readonly notCounted: number;
}

/** The rows in force: index usage_items_month (vendor_id, contract_id, month). */
function inForce(scope: UsageScope): RawBuilder<unknown> {
  const known =
    scope.asOf === undefined ? sql`to_position is null` : sql`from_position <= ${scope.asOf} and (to_position is null or to_position > ${scope.asOf})`;
  return sql`vendor_id = ${scope.vendorId} and contract_id = ${scope.contractId} and month = ${scope.month} and ${known}`;
}

/** Units by day and shop. A buyer-day stands on its day once, with the shop of its first conversation. */
export async function unitsByDay(tx: Tx, scope: UsageScope): Promise<DayUnits[]> {
  const { rows } = await sql<{ date: string; shop_id: string; counted: string; not_counted: string }>`
    with rows as (
      select *, counted and row_number() over (partition by counted, unit_key order by first_customer_at, conversation_id) = 1 as unit
        from usage_items where ${inForce(scope)})
    select date, shop_id, count(*) filter (where unit) as counted, count(*) filter (where not unit) as not_counted
      from rows group by date, shop_id order by date, shop_id`.execute(tx);
  return rows.map((row) => ({ date: row.date, shopId: row.shop_id, counted: Number(row.counted), notCounted: Number(row.not_counted) }));
}

/** The units of every contract's month by shop, as known now. */
export async function unitsByContract(tx: Tx, vendorId: string, month: string): Promise<Map<string, Omit<DayUnits, 'date'>[]>> {
  const { rows } = await sql<{ contract_id: string; shop_id: string; counted: string; not_counted: string }>`
    with rows as (
      select *, counted and row_number() over (partition by contract_id, counted, unit_key order by first_customer_at, conversation_id) = 1 as unit
        from usage_items where vendor_id = ${vendorId} and month = ${month} and to_position is null)
    select contract_id, shop_id, count(*) filter (where unit) as counted, count(*) filter (where not unit) as not_counted
      from rows group by contract_id, shop_id order by contract_id, shop_id`.execute(tx);
  const units = rows.map((row) => ({ contractId: row.contract_id, shopId: row.shop_id, counted: Number(row.counted), notCounted: Number(row.not_counted) }));
  return Map.groupBy(units, ({ contractId }) => contractId);
}

/** Why conversations do not count; a buyer's further chats of a counted day are `same-buyer-day`. */
export async function reasons(tx: Tx, scope: UsageScope): Promise<{ reason: string; count: number }[]> {
  const { rows } = await sql<{ reason: string; count: string }>`
    with rows as (
      select *, row_number() over (partition by counted, unit_key order by first_customer_at, conversation_id) as n
        from usage_items where ${inForce(scope)})
    select case when counted then 'same-buyer-day' else reason end as reason, count(*) as count
      from rows where not counted or n > 1 group by 1 order by 2 desc, 1`.execute(tx);
  return rows.map((row) => ({ reason: row.reason, count: Number(row.count) }));
}

/** Units that count now and did not at `asOf`, or the other way round. */
export async function unitsChangedSince(tx: Tx, scope: UsageScope & { readonly asOf: number }): Promise<number> {
  const now = inForce({ ...scope, asOf: undefined });
  const { rows } = await sql<{ n: string }>`
    with then_counted as (select unit_key from usage_items where ${inForce(scope)} and counted),
         now_counted as (select unit_key from usage_items where ${now} and counted)
    select count(*) as n from ((table then_counted except table now_counted) union all (table now_counted except table then_counted)) as changed`.execute(tx);
  return Number(rows[0]?.n ?? 0);
}

/** The months a vendor's contracts have usage in, by contract. */
export async function monthsWithUsage(tx: Tx, vendorId: string): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ contract_id: string; months: string[] }>`
    select contract_id, array_agg(distinct month order by month) as months from usage_items
     where vendor_id = ${vendorId} and to_position is null and counted group by contract_id`.execute(tx);
  return new Map(rows.map((row) => [row.contract_id, row.months]));
}

export interface UsageRow {
  readonly conversationId: string;
  readonly shopId: string;
  readonly date: string;
  readonly firstCustomerAt: number;
  readonly unit: boolean;
  readonly reason: string;
  readonly position: number;
  /** The unit's number within the month, in the order of time; from 1. */
  readonly ordinal: number;
}

export interface UsageFilter {
  readonly date: string;
  readonly counted: 'yes' | 'no' | '';
}

/** A page of conversations in the order of time, after (firstCustomerAt, conversationId). */
export async function usagePage(
  tx: Tx,
  scope: UsageScope,
  filter: UsageFilter,
  after: { readonly at: number; readonly id: string },
  limit: number,
): Promise<{ rows: UsageRow[]; total: number }> {
  const wanted = sql`(${filter.date} = '' or date = ${filter.date}) and (${filter.counted} = '' or unit = ${filter.counted === 'yes'})`;
  const { rows } = await sql<{
    conversation_id: string;
    shop_id: string;
    date: string;
    first_customer_at: string;
    unit: boolean;
    reason: string;
    from_position: string;
    ordinal: string;
    total: string;
  }>`
    with units as (
      select *, counted and row_number() over (partition by counted, unit_key order by first_customer_at, conversation_id) = 1 as unit
        from usage_items where ${inForce(scope)}),
    numbered as (
      select *, count(*) filter (where unit) over (order by first_customer_at, conversation_id rows unbounded preceding) as ordinal from units),
    wanted as (select * from numbered where ${wanted})
    select conversation_id, shop_id, date, first_customer_at, unit, case when counted and not unit then 'same-buyer-day' else reason end as reason,
           from_position, ordinal, (select count(*) from wanted) as total
      from wanted where (first_customer_at, conversation_id) > (${after.at}, ${after.id})
     order by first_customer_at, conversation_id limit ${limit}`.execute(tx);
  return {
    rows: rows.map((row) => ({
      conversationId: row.conversation_id,
      shopId: row.shop_id,
      date: row.date,
      firstCustomerAt: Number(row.first_customer_at),
      unit: row.unit,
      reason: row.reason,
      position: Number(row.from_position),
      ordinal: Number(row.ordinal),
    })),
    total: rows[0] === undefined ? await countUsage(tx, scope, filter) : Number(rows[0].total),
  };
}

async function countUsage(tx: Tx, scope: UsageScope, filter: UsageFilter): Promise<number> {
  const days = await unitsByDay(tx, scope);
  return days
    .filter((day) => filter.date === '' || day.date === filter.date)
    .reduce((n, day) => n + (filter.counted === 'no' ? 0 : day.counted) + (filter.counted === 'yes' ? 0 : day.notCounted), 0);
}
