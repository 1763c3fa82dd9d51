// The shift plan, by begin.
import type { Tx } from '@deskfleet/event-store';
import { Shift } from '@deskfleet/protocol/agents-staffing';
import type { Keyset } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { MAX_SHIFT_MS } from '../shift/shift.ts';

export interface ShiftFilter {
  /** Those that serve one of these. */
  readonly shopIds: readonly string[] | 'all';
  /** Empty = any. */
  readonly agentId: string;
  readonly fromAt: number;
  readonly toAt: number;
}

interface Row {
  shift_id: string;
  agent_id: string;
  name: string | null;
  shop_ids: string[];
  from_at: string;
  to_at: string;
  source: string;
}

/** One more than the page's size. A shift of all the agent's shops serves those the agent is trained for. */
export async function listShifts(tx: Tx, vendorId: string, filter: ShiftFilter, page: Keyset): Promise<Shift[]> {
  const shops = filter.shopIds === 'all' ? [] : [...filter.shopIds];
  const serves =
    filter.shopIds === 'all'
      ? sql`true`
      : sql`(s.shop_ids && ${shops}::text[] or (cardinality(s.shop_ids) = 0 and exists (
          select from trained_agents t where t.vendor_id = s.vendor_id and t.agent_id = s.agent_id and t.shop_id = any(${shops}::text[]))))`;
  const { rows } = await sql<Row>`
    select s.shift_id, s.agent_id, a.name, s.shop_ids, s.from_at, s.to_at, s.source
      from shifts s left join agents a on a.vendor_id = s.vendor_id and a.agent_id = s.agent_id
     where s.vendor_id = ${vendorId} and s.from_at > ${filter.fromAt - MAX_SHIFT_MS} and s.from_at < ${filter.toAt} and s.to_at > ${filter.fromAt} and not s.cancelled
       and ${filter.agentId === '' ? sql`true` : sql`s.agent_id = ${filter.agentId}`} and ${serves}
       and ${page.after === undefined ? sql`true` : sql`(s.from_at, s.shift_id) > (${page.after[0]}::bigint, ${page.after[1]}::text)`}
     order by s.from_at, s.shift_id limit ${page.size + 1}`.execute(tx);
  return rows.map((row) =>
    Shift.create({
      shiftId: row.shift_id,
      agentId: row.agent_id,
      agentName: row.name ?? '',
      shopIds: filter.shopIds === 'all' ? row.shop_ids : row.shop_ids.filter((shopId) => shops.includes(shopId)),
      fromAt: Number(row.from_at),
      toAt: Number(row.to_at),
      source: row.source,
    }),
  );
}
