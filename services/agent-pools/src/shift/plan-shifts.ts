// Many shifts at once, from the page, a file or a webhook: which can stand, and which cannot and why, each by its place in the request.
import { type EpochMs, expectLoaded, fold, type LoadedStream, type StreamAppend, type Tx } from '@deskfleet/event-store';
import { sql } from 'kysely';
import { findShops } from '../queries/shops.ts';
import { RosterChanges, type Standing, standingShifts } from './roster.ts';
import { MAX_SHIFT_MS, type Planned, type ShiftEvent, type ShiftSource, shift, shiftIdOf } from './shift.ts';

/** Shifts a request plans at most. */
export const MAX_SHIFTS = 500;

/** What is known before deciding: who was hired, which shops there are, and the shifts that these might overlap. */
export interface ShiftGround {
  readonly hired: ReadonlySet<string>;
  readonly shops: ReadonlySet<string>;
  readonly standing: readonly Standing[];
}

export interface RejectedPlan {
  readonly index: number;
  readonly code: 'shift-agent-unknown' | 'shift-shop-unknown' | 'shift-span-invalid' | 'shift-overlaps';
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

export interface DecidedShifts {
  /** Of the shifts; the rosters' follow when nothing more is to happen to them. */
  readonly appends: readonly StreamAppend[];
  readonly roster: RosterChanges;
  readonly planned: number;
  readonly unchanged: number;
  readonly rejected: readonly RejectedPlan[];
}

export const shiftStream = (shiftId: string): string => `shift-${shiftId}`;

export async function shiftGround(tx: Tx, vendorId: string, plans: readonly Planned[]): Promise<ShiftGround> {
  if (plans.length === 0) return { hired: new Set(), shops: new Set(), standing: [] };
  const agentIds = [...new Set(plans.map(({ agentId }) => agentId))];
  const hired = await sql<{ agent_id: string }>`select agent_id from agents where vendor_id = ${vendorId} and agent_id = any(${agentIds}::text[])`.execute(tx);
  const from = Math.min(...plans.map(({ fromAt }) => fromAt)) - MAX_SHIFT_MS;
  const to = Math.max(...plans.map(({ toAt }) => toAt));
  const { rows } = await sql<{ shift_id: string; agent_id: string; shop_ids: string[]; from_at: string; to_at: string }>`
    select shift_id, agent_id, shop_ids, from_at, to_at from shifts
     where vendor_id = ${vendorId} and agent_id = any(${agentIds}::text[]) and from_at > ${from} and from_at < ${to} and not cancelled`.execute(tx);
  return {
    hired: new Set(hired.rows.map(({ agent_id }) => agent_id)),
    shops: await findShops(tx, [...new Set(plans.flatMap(({ shopIds }) => shopIds))]),
    standing: rows.map((row) => ({
      shiftId: row.shift_id,
      agentId: row.agent_id,
      shopIds: row.shop_ids,
      fromAt: Number(row.from_at),
      toAt: Number(row.to_at),
    })),
  };
}

/** Pure but for the streams that were loaded. Of two shifts of the request that overlap the first stands. */
export function decideShifts(
  vendorId: string,
  plans: readonly Planned[],
  source: ShiftSource,
  ground: ShiftGround,
  streams: ReadonlyMap<string, LoadedStream>,
  now: EpochMs,
): DecidedShifts {
  const standing = standingShifts(ground.standing, streams);
  const roster = new RosterChanges();
  const appends = new Map<string, StreamAppend>();
  const rejected: RejectedPlan[] = [];
  let unchanged = 0;
  for (const [index, plan] of plans.entries()) {
    const shiftId = shiftIdOf(vendorId, plan.agentId, plan.fromAt);
    const problem = problemOf(plan, shiftId, ground, [...standing.values()]);
    if (problem !== undefined) {
      rejected.push({ index, ...problem });
      continue;
    }
    const stream = streams.get(shiftStream(shiftId));
    const before = appends.get(shiftId)?.events.map(({ event }) => event as ShiftEvent) ?? [];
    const state = fold(shift, [...(stream?.events.map(({ event }) => event as ShiftEvent) ?? []), ...before]);
    const decision = shift.decide(state, { kind: 'plan', shiftId, source, ...plan });
    if (!decision.accepted) {
      rejected.push({
        index,
        code: 'shift-span-invalid',
        field: 'toAt',
        found: String(decision.facts['found']),
        expected: String(decision.facts['expected']),
      });
      continue;
    }
    standing.set(shiftId, { ...plan, shiftId });
    if (decision.events.length === 0) {
      unchanged++;
      continue;
    }
    roster.planned({ ...plan, shiftId });
    const [only = ''] = plan.shopIds;
    const events = [...before, ...decision.events].map((event) => ({ event, occurredAt: now, shopId: plan.shopIds.length === 1 ? only : '' }));
    appends.set(shiftId, { streamId: shiftStream(shiftId), expected: expectLoaded(stream ?? { version: 0 }), events });
  }
  return { appends: [...appends.values()], roster, planned: plans.length - unchanged - rejected.length, unchanged, rejected };
}

function problemOf(
  { agentId, shopIds, fromAt, toAt }: Planned,
  shiftId: string,
  { hired, shops }: ShiftGround,
  standing: ShiftGround['standing'],
): Omit<RejectedPlan, 'index'> | undefined {
  if (!hired.has(agentId)) return { code: 'shift-agent-unknown', field: 'agentId', found: agentId, expected: 'an agent who was hired' };
  const unknown = shopIds.find((shopId) => !shops.has(shopId));
  if (unknown !== undefined) return { code: 'shift-shop-unknown', field: 'shopIds', found: unknown, expected: "one of the vendor's shops" };
  const other = standing.find((each) => each.agentId === agentId && each.shiftId !== shiftId && each.fromAt < toAt && fromAt < each.toAt);
  if (other === undefined) return undefined;
  const span = `${new Date(other.fromAt).toISOString()} to ${new Date(other.toAt).toISOString()}`;
  return { code: 'shift-overlaps', field: 'fromAt', found: span, expected: 'a time in which the agent has no other shift' };
}
