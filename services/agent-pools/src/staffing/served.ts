// The contract that a shop is served under now, and when its agents are owed. Pure.
import type { EpochMs } from '@deskfleet/event-store';
import { ContractTerms, type StaffingTerm } from '@deskfleet/protocol/terms';
import { dateOf, dayBounds, type ServiceHours, serviceHours } from '@deskfleet/service-hours';

/** As stored: a contract's promise for one shop, with what is known of its launch and end. */
export interface ServedRow {
  readonly shop_id: string;
  readonly contract_id: string;
  readonly contracted: number;
  readonly terms: Uint8Array;
  readonly effective_on: string;
  readonly ends_on: string;
  readonly awaits_launch: boolean;
  /** int8 as pg gives it. */
  readonly live_at: string | null;
  readonly service_ends_at: string | null;
}

export interface Served {
  readonly shopId: string;
  readonly contractId: string;
  /** 0 = none agreed. */
  readonly contracted: number;
  /** The same by level, as the contract says it. */
  readonly staffing: readonly StaffingTerm[];
  readonly zone: string;
  readonly hours: ServiceHours;
  /** Agents are owed from here on. */
  readonly from: EpochMs;
  /** Agents are owed no more from here on; 0 = open. */
  readonly endsAt: EpochMs;
  /** In force, and the shop live: the agents are owed now. */
  readonly serving: boolean;
}

/** Of a shop's contracts the one in force at `now`; none where it is not served yet, or no more. */
export function servedAt(rows: readonly ServedRow[], now: EpochMs): Served | undefined {
  const promised = promisedAt(rows, now);
  return promised?.serving ? promised : undefined;
}

/** The contract in force or, if none is, one to come. */
export function promisedAt(rows: readonly ServedRow[], now: EpochMs): Served | undefined {
  const promises = rows.flatMap((row) => {
    const { zone, serviceWindows, holidayCalendar, staffing } = ContractTerms.decode(row.terms);
    const today = dateOf(now, zone);
    if (row.ends_on !== '' && row.ends_on < today) return [];
    if (row.service_ends_at !== null && Number(row.service_ends_at) <= now) return [];
    const launched = !row.awaits_launch || (row.live_at !== null && Number(row.live_at) <= now);
    const from = Math.max(dayBounds(row.effective_on, zone).from, Number(row.live_at ?? 0));
    const ends = [...(row.ends_on === '' ? [] : [dayBounds(row.ends_on, zone).to]), ...(row.service_ends_at === null ? [] : [Number(row.service_ends_at)])];
    const endsAt = ends.length === 0 ? 0 : Math.min(...ends);
    const { shop_id: shopId, contract_id: contractId, contracted } = row;
    const hours = serviceHours(serviceWindows, zone, holidayCalendar);
    return [{ shopId, contractId, contracted, staffing, zone, hours, from, endsAt, serving: launched && row.effective_on <= today }];
  });
  return promises.find(({ serving }) => serving) ?? promises.toSorted((a, b) => a.from - b.from)[0];
}
