// The floor: where is a promise about to be broken. Waiting customers, least time left first; each shop's last 24 hours.
import type { FactContract } from '@deskfleet/conversation-facts';
import type { Tx } from '@deskfleet/event-store';
import { ListWaitingResponse, WaitingItem } from '@deskfleet/protocol/common';
import { GetFloorResponse, HourCell, HoursRest, WaitingCustomer } from '@deskfleet/protocol/sla-service';
import { dateOf, dayBounds } from '@deskfleet/service-hours';
import { WAITING_SHOWN } from '@deskfleet/service-kit';
import { type RawBuilder, sql } from 'kysely';
import { type ClockRecord, clockFrom, selectClocks } from './clocks.ts';
import { ofShops } from './filters.ts';
import { stateOf } from './state.ts';

const DUE_SOON_MS = 15 * 60_000;
/** Who was due longer ago than this is a missed clock, no longer somebody waiting on the floor. */
const OVERDUE_SHOWN_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const HOURS_SHOWN = 24;
const MAX_WAITING = 50;
/** What fits one screen: the others are counts. */
const MAX_SHOPS = 50;

export interface FloorRequest {
  readonly vendorId: string;
  readonly shopIds: readonly string[] | 'all';
  readonly now: number;
}

export async function floor(tx: Tx, request: FloorRequest, contracts: readonly FactContract[]): Promise<GetFloorResponse> {
  const { rows } = await sql<{ open: string; soon: string }>`
    select count(distinct conversation_id) as open,
           count(distinct conversation_id) filter (where due_at >= ${request.now} and due_at <= ${request.now + DUE_SOON_MS}) as soon
      from sla_clocks c where ${waiting(request)}`.execute(tx);
  return GetFloorResponse.create({
    open: Number(rows[0]?.open ?? 0),
    dueSoon: Number(rows[0]?.soon ?? 0),
    breachedToday: await breachedToday(tx, request, contracts),
    waiting: await waitingCustomers(tx, request),
    ...(await hoursByShop(tx, request, contracts)),
    asOf: request.now,
  });
}

/** What waits for a team lead here: customers past their due instant, a line a shop. */
export async function overdueByShop(tx: Tx, request: FloorRequest): Promise<ListWaitingResponse> {
  const { rows } = await sql<{ shop_id: string; contract_id: string; since: string; n: string; total: string }>`
    select shop_id, contract_id, min(due_at) as since, count(distinct conversation_id) as n, count(*) over () as total
      from sla_clocks c where ${waiting(request)} and due_at < ${request.now} group by shop_id, contract_id order by since limit ${WAITING_SHOWN}`.execute(tx);
  const items = rows.map(({ shop_id, contract_id, since, n }) =>
    WaitingItem.create({
      kind: 'customer-waiting',
      vendorId: request.vendorId,
      shopId: shop_id,
      contractId: contract_id,
      waitsFor: 'team-lead',
      since: Number(since),
      count: Number(n),
      path: '/floor',
    }),
  );
  return ListWaitingResponse.create({ items, total: Number(rows[0]?.total ?? 0) });
}

/** Served by the partial index sla_clocks_waiting. */
function waiting({ vendorId, shopIds, now }: FloorRequest): RawBuilder<unknown> {
  return sql`c.vendor_id = ${vendorId} and c.stopped_at is null and c.not_ours = '' and c.due_at > ${now - OVERDUE_SHOWN_MS} and ${ofShops(sql`c.shop_id`, shopIds)}`;
}

async function waitingCustomers(tx: Tx, request: FloorRequest): Promise<WaitingCustomer[]> {
  const { rows } =
    await sql<ClockRecord>`${selectClocks(request.now)} where ${waiting(request)} order by c.due_at, c.conversation_id limit ${MAX_WAITING}`.execute(tx);
  return rows.map((row) =>
    WaitingCustomer.create({ clock: clockFrom(row), leftMs: Number(row.due_at) - request.now, warned: Number(row.warn_at) <= request.now }),
  );
}

/** Today is each contract's own day. */
async function breachedToday(tx: Tx, { vendorId, shopIds, now }: FloorRequest, contracts: readonly FactContract[]): Promise<number> {
  let count = 0;
  for (const [zone, ofZone] of Map.groupBy(contracts, ({ terms }) => terms.zone)) {
    const today = dayBounds(dateOf(now, zone), zone);
    const { rows } = await sql<{ n: string }>`
      select count(*) as n from sla_breaches b
       where b.vendor_id = ${vendorId} and b.contract_id = any(${ofZone.map(({ contractId }) => contractId)}::text[]) and b.withdrawn_reason = ''
         and b.breached_at >= ${today.from} and b.breached_at < ${today.to} and ${ofShops(sql`b.shop_id`, shopIds)}`.execute(tx);
    count += Number(rows[0]?.n ?? 0);
  }
  return count;
}

/**
 * Clocks of ours by the hour they began in, of the last 24 whole and running hours: of the shops with the most missed, and the others' sum.
 * By window functions: joined to a ranking of the shops, 20,000 clocks of 5,000 shops took more than 5 s, as the planner expects one row of each.
 */
async function hoursByShop(
  tx: Tx,
  { vendorId, shopIds, now }: FloorRequest,
  contracts: readonly FactContract[],
): Promise<Pick<GetFloorResponse, 'hours' | 'rest'>> {
  const targets = new Map(contracts.flatMap(({ contractId, terms }) => terms.clauses.map(({ key, targetBp }) => [`${contractId}\n${key}`, targetBp] as const)));
  const since = Math.floor(now / HOUR_MS) * HOUR_MS - (HOURS_SHOWN - 1) * HOUR_MS;
  const { rows } = await sql<{ shop_id: string; contract_id: string; clause_key: string; hour: string | null; met: string; missed: string; shops: string }>`
    with judged as (
      select shop_id, contract_id, clause_key, started_at / ${HOUR_MS}::bigint * ${HOUR_MS}::bigint as hour, state,
             count(*) filter (where state = 'missed') over (partition by shop_id) as shop_missed
        from (select c.*, ${stateOf(now)} as state from sla_clocks c
               where c.vendor_id = ${vendorId} and c.started_at >= ${since} and ${ofShops(sql`c.shop_id`, shopIds)}) s
       where state in ('met', 'missed')),
    ranked as (select *, dense_rank() over (order by shop_missed desc, shop_id) <= ${MAX_SHOPS} as shown from judged)
    select case when shown then shop_id end as shop_id, case when shown then contract_id end as contract_id, case when shown then clause_key end as clause_key,
           case when shown then hour end as hour, count(*) filter (where state = 'met') as met, count(*) filter (where state = 'missed') as missed,
           count(distinct shop_id) as shops
      from ranked group by 1, 2, 3, 4 order by 1, 3, 4`.execute(tx);
  const others = rows.find(({ hour }) => hour === null);
  return {
    hours: rows
      .filter(({ hour }) => hour !== null)
      .map((row) =>
        HourCell.create({
          shopId: row.shop_id,
          clauseKey: row.clause_key,
          hourStart: Number(row.hour),
          met: Number(row.met),
          missed: Number(row.missed),
          targetBp: targets.get(`${row.contract_id}\n${row.clause_key}`) ?? 0,
        }),
      ),
    rest: HoursRest.create({ shops: Number(others?.shops ?? 0), met: Number(others?.met ?? 0), missed: Number(others?.missed ?? 0) }),
  };
}
