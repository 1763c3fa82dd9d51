// The plain figures of shops: counts, sums, lower medians and nearest ranks over conversations (never over days' medians).
// BR-215: what is not yet due, and what has no customer, is no part of the population and counted apart.
import type { Tx } from '@deskfleet/event-store';
import type { DateRange } from '@deskfleet/protocol/common';
import { GetReportResponse, ShopReport } from '@deskfleet/protocol/sla-service';
import { sql } from 'kysely';
import { ofShops, within } from './filters.ts';

export interface ReportRequest {
  readonly vendorId: string;
  readonly shopIds: readonly string[] | 'all';
  readonly range: DateRange | undefined;
  readonly now: number;
}

/** One row a shop, and one over all of them. One pass over the conversations of the range. */
export async function report(tx: Tx, request: ReportRequest): Promise<GetReportResponse> {
  const figures = await shopFigures(tx, request);
  const months = await shopMonths(tx, request);
  const rows = figures.map((row) => ShopReport.create({ ...row, months: months.get(row.shopId) ?? {} }));
  const total = rows.find(({ shopId }) => shopId === '');
  return GetReportResponse.create({ total: total ?? ShopReport.create({}), shops: rows.filter(({ shopId }) => shopId !== ''), asOf: request.now });
}

type Figures = Omit<ShopReport, '$type' | 'months'>;

async function shopFigures(tx: Tx, { vendorId, shopIds, range, now }: ReportRequest): Promise<Figures[]> {
  // percentile_disc is the lower median at 0.5 and the nearest rank at 0.9: a value that occurred.
  const { rows } = await sql<{ row: Figures }>`
    with c as (
      select shop_id, messages, agent_messages, rounds, rounds_answered, round_ms_sum,
             not_ours = '' as ours,
             not_ours = '' and has_customer and (first_response_ms is not null or ${now}::bigint > first_response_due_at) as due,
             not_ours = '' and has_customer and first_response_ms is null and ${now}::bigint <= first_response_due_at as ahead,
             case when not_ours = '' and has_customer then first_response_ms end as frt
        from sla_conversations
       where vendor_id = ${vendorId} and ${ofShops(sql`shop_id`, shopIds)} and ${within(sql`date`, range)}
    )
    select json_build_object(
        'shopId', coalesce(shop_id, ''),
        'conversations', count(*) filter (where ours),
        'messages', coalesce(sum(messages), 0),
        'agentMessages', coalesce(sum(agent_messages) filter (where ours), 0),
        'population', count(*) filter (where due),
        'answered', count(frt),
        'unanswered', count(*) filter (where due and frt is null),
        'frtMsSum', coalesce(sum(frt), 0),
        'frtMsMedianLower', coalesce(percentile_disc(0.5) within group (order by frt), 0),
        'frtMsP90', coalesce(percentile_disc(0.9) within group (order by frt), 0),
        'within15Min', count(*) filter (where frt <= 900000),
        'within1H', count(*) filter (where frt <= 3600000),
        'within24H', count(*) filter (where frt <= 86400000),
        'rounds', coalesce(sum(rounds) filter (where ours), 0),
        'roundsAnswered', coalesce(sum(rounds_answered) filter (where ours), 0),
        'roundMsSum', coalesce(sum(round_ms_sum) filter (where ours), 0),
        'notOurs', count(*) filter (where not ours),
        'notYetDue', count(*) filter (where ahead)) as row
      from c group by grouping sets ((shop_id), ()) order by shop_id`.execute(tx);
  return rows.map(({ row }) => row);
}

/** Conversations by month of the first customer message (BR-216), by shop; all shops together under ''. */
async function shopMonths(tx: Tx, { vendorId, shopIds, range }: ReportRequest): Promise<Map<string, Record<string, number>>> {
  const { rows } = await sql<{ shop_id: string | null; months: Record<string, number> }>`
    select shop_id, json_object_agg(month, n order by month) as months from (
      select shop_id, substr(date, 1, 7) as month, count(*) as n
        from sla_conversations
       where vendor_id = ${vendorId} and ${ofShops(sql`shop_id`, shopIds)} and ${within(sql`date`, range)} and not_ours = '' and has_customer
       group by grouping sets ((shop_id, substr(date, 1, 7)), (substr(date, 1, 7)))) m
     group by shop_id`.execute(tx);
  return new Map(rows.map(({ shop_id, months }) => [shop_id ?? '', months]));
}
