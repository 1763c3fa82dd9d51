// One row a time in which a shop had too few online: since when, and whether it became a shortfall (BR-218).
import { StaffingEndMoved, StaffingFellShort, StaffingRecovered, StaffingShortfallBegan, StaffingShortfallEnded } from '@deskfleet/protocol/agents';
import type { RowProjection } from '@deskfleet/read-model';
import type { StaffingEvent } from '../staffing/staffing.ts';

export interface ShortfallRow {
  readonly of_shop: string;
  readonly contract_id: string;
  /** Too few now. */
  readonly open: boolean;
  readonly since: number;
  readonly contracted: number;
  readonly online: number;
  /** More than 15 minutes of service time. */
  readonly shortfall: boolean;
  /** Shortfalls that are over: [since, ended]. The newest 500. */
  readonly past: readonly (readonly [since: number, endedAt: number, contracted: number, online: number])[];
}

const KEPT = 500;

export const shortfalls: RowProjection<StaffingEvent, ShortfallRow> = {
  name: 'shortfalls',
  version: 1,
  types: [StaffingFellShort, StaffingRecovered, StaffingShortfallBegan, StaffingShortfallEnded] as RowProjection<StaffingEvent, ShortfallRow>['types'],
  columns: `
    of_shop text collate "C" not null,
    contract_id text collate "C" not null,
    open boolean not null,
    since bigint not null,
    contracted integer not null,
    online integer not null,
    shortfall boolean not null,
    past jsonb not null`,
  keyColumns: ['of_shop'],
  keys: ({ event }) => [{ of_shop: event.shopId }],
  apply(row, { event }) {
    const past = row?.past ?? [];
    switch (event.$type) {
      case StaffingFellShort.$type: {
        const { shopId, contractId, since, contracted, online } = event;
        return { of_shop: shopId, contract_id: contractId, open: true, since, contracted, online, shortfall: false, past };
      }
      case StaffingEndMoved.$type:
        return row;
      case StaffingShortfallBegan.$type:
        return row && { ...row, shortfall: true };
      case StaffingRecovered.$type:
        return row && { ...row, open: false, shortfall: false };
      case StaffingShortfallEnded.$type:
        return row && { ...row, open: false, shortfall: false, past: [...past, [row.since, event.endedAt, row.contracted, row.online] as const].slice(-KEPT) };
    }
  },
};
