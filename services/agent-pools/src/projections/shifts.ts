// One row a shift. Of several shops it is no single shop's: its queries say themselves which shops they show.
import { ShiftCancelled, ShiftPlanned } from '@deskfleet/protocol/agents';
import type { RowProjection } from '@deskfleet/read-model';
import type { ShiftEvent } from '../shift/shift.ts';

export interface ShiftRow {
  readonly shift_id: string;
  readonly agent_id: string;
  readonly shop_ids: readonly string[];
  readonly from_at: number;
  readonly to_at: number;
  readonly source: string;
  readonly cancelled: boolean;
}

export const shifts: RowProjection<ShiftEvent, ShiftRow> = {
  name: 'shifts',
  version: 1,
  types: [ShiftPlanned, ShiftCancelled] as RowProjection<ShiftEvent, ShiftRow>['types'],
  columns: `
    shift_id text collate "C" not null,
    agent_id text collate "C" not null,
    shop_ids text[] not null,
    from_at bigint not null,
    to_at bigint not null,
    source text not null,
    cancelled boolean not null`,
  keyColumns: ['shift_id'],
  // A shift lasts a day at most: what touches a span begins within a day before it.
  indexes: ['(vendor_id, from_at, shift_id)', '(vendor_id, agent_id, from_at)'],
  keys: ({ event }) => [{ shift_id: event.shiftId }],
  apply(row, { event }) {
    if (event.$type === ShiftCancelled.$type) return row && { ...row, cancelled: true };
    const { shiftId, agentId, shopIds, fromAt, toAt, source } = event;
    return { shift_id: shiftId, agent_id: agentId, shop_ids: shopIds, from_at: fromAt, to_at: toAt, source, cancelled: false };
  },
};
