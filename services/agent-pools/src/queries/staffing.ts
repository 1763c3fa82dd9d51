// Headcount as pages show it: what the contract promises beside who is trained, planned and online, and one shop's day. What nobody reports is absent,
// never 0 (BR-218).
import type { EpochMs, Tx } from '@deskfleet/event-store';
import {
  DutyAgent,
  DutyShortfall,
  DutyStep,
  Headcount,
  LevelHeadcount,
  PlannedGap,
  ShopDuty,
  Shortage,
  StaffedShop,
  StaffingCounts,
} from '@deskfleet/protocol/agents-staffing';
import { AgentLevel } from '@deskfleet/protocol/terms';
import { dateOf, dayBounds, type Interval } from '@deskfleet/service-hours';
import { sql } from 'kysely';
import type { ShortfallRow } from '../projections/shortfalls.ts';
import { MAX_SHIFT_MS } from '../shift/shift.ts';
import { changesOf, type PresenceRow, presenceOf, servedRows, shopsOfContracts, type Trained, trainedFor } from '../staffing/people.ts';
import { gapsIn, onlineSpans, onlineWithin, stepsOf, teamPresence, unionOf } from '../staffing/presence.ts';
import { promisedAt } from '../staffing/served.ts';

const DAY_MS = 24 * 3_600_000;
/** A shop whose people have no shift within a week before or after has no roster here. */
const ROSTER_MS = 7 * DAY_MS;
/** Gaps of the plan told for each shop. */
const GAPS_SHOWN = 5;
/** Shops an overview answers; the others are counts. */
export const SHOPS_SHOWN = 50;

/** Shops with their people now, in no order. */
export async function staffedShops(tx: Tx, vendorId: string, shopIds: readonly string[] | 'all', now: EpochMs): Promise<StaffedShop[]> {
  const served = await servedRows(tx, vendorId, shopIds);
  const promises = [...served].map(([shopId, rows]) => ({ shopId, promise: promisedAt(rows, now) }));
  const contractIds = promises.flatMap(({ promise }) => (promise === undefined ? [] : [promise.contractId]));
  const siblings = await shopsOfContracts(tx, vendorId, contractIds);
  const trained = await trainedFor(tx, vendorId, shopIds === 'all' ? 'all' : [...new Set([...shopIds, ...[...siblings.values()].flat()])]);
  const people = shopIds === 'all' ? 'all' : [...new Set([...trained.values()].flat().map(({ agentId }) => agentId))];
  const presence = await presenceOf(tx, vendorId, people, { from: now, to: now });
  const roster = await rosterAround(tx, vendorId, now);
  const ahead = await shiftsAhead(tx, vendorId, now);
  const short = await openShortfalls(tx, vendorId, shopIds);
  const levelOf = await agentLevels(tx, vendorId);
  const named = new Set([...served.keys(), ...(shopIds === 'all' ? trained.keys() : shopIds)]);
  const promiseOf = new Map(promises.map(({ shopId, promise }) => [shopId, promise]));
  const team = (shops: readonly string[]) => [...new Set(shops.flatMap((shopId) => (trained.get(shopId) ?? []).map(({ agentId }) => agentId)))];
  const count = (agentIds: readonly string[], contracted: number) =>
    teamPresence(new Map(agentIds.map((agentId) => [agentId, changesOf(presence.get(agentId))])), contracted, now, now);

  return [...named].map((shopId) => {
    const promise = promiseOf.get(shopId);
    const own = team([shopId]);
    const here = count(own, 0);
    const shops = promise === undefined ? [shopId] : (siblings.get(promise.contractId) ?? [shopId]);
    const together = shops.length === 1 ? here : count(team(shops), 0);
    const open = promise?.hours.isOpen(now) ?? false;
    const missing = (promise?.contracted ?? 0) - together.online - together.unreported;
    const row = short.get(shopId);
    const since = row?.contract_id === promise?.contractId ? row : undefined;
    const shortage = promise?.serving === true && open && together.known && missing > 0;
    const duty = roster.filter(({ agentId, shopIds: on }) => (on.length === 0 ? own.includes(agentId) : on.includes(shopId)));
    const everybody = new Set(team(shops));
    const serves = ({ agentId, shopIds: on }: Pick<Planned, 'agentId' | 'shopIds'>) =>
      on.length === 0 ? everybody.has(agentId) : on.some((each) => shops.includes(each));
    const shifts = roster.filter(serves);
    const byLevel = (promise?.staffing ?? []).flatMap(({ level, count: contracted }) => {
      if (level === AgentLevel.AGENT_LEVEL_UNSPECIFIED) return [];
      const ofLevel = [...everybody].filter((agentId) => levelOf.get(agentId) === level);
      const onShift = new Set(shifts.flatMap((each) => (each.now && levelOf.get(each.agentId) === level ? [each.agentId] : [])));
      return [
        LevelHeadcount.create({
          ...{ level, contracted, trained: ofLevel.length },
          onShift: shifts.length === 0 ? undefined : Headcount.create({ count: onShift.size }),
          online: together.known ? Headcount.create({ count: count(ofLevel, 0).online }) : undefined,
        }),
      ];
    });
    const plans = Map.groupBy(duty.length === 0 || promise?.serving !== true ? [] : ahead.filter(serves), ({ agentId }) => agentId);
    const openSpans = duty.length === 0 || promise?.serving !== true ? [] : promise.hours.openings(now, now + DAY_MS);
    return StaffedShop.create({
      shopId,
      contractId: promise?.contractId ?? '',
      zone: promise?.zone ?? '',
      contracted: promise !== undefined && promise.contracted > 0 ? Headcount.create({ count: promise.contracted }) : undefined,
      contractShops: promise === undefined ? 0 : shops.length,
      trained: own.length,
      onShift: duty.length === 0 ? undefined : Headcount.create({ count: new Set(duty.filter((each) => each.now).map(({ agentId }) => agentId)).size }),
      online: here.known ? Headcount.create({ count: here.online }) : undefined,
      unreported: here.unreported,
      contractOnline: together.known ? Headcount.create({ count: together.online }) : undefined,
      open,
      shortage: shortage ? Shortage.create({ since: Number(since?.since ?? now), missing, shortfall: since?.shortfall ?? false }) : undefined,
      levels: byLevel,
      heardAt: Math.max(0, ...own.map((agentId) => presence.get(agentId)?.at(-1)?.at ?? 0)),
      serving: promise?.serving ?? false,
      gaps: gapsIn([...plans.values()], promise?.contracted ?? 0, openSpans)
        .slice(0, GAPS_SHOWN)
        .map(({ from, to, missing: lacking }) => PlannedGap.create({ fromAt: from, toAt: to, missing: lacking })),
    });
  });
}

/** The worst first: shortfalls by age, then too few, then what nobody reports, then the others. */
export function byWorst(a: StaffedShop, b: StaffedShop): number {
  const rank = ({ shortage, serving, online }: StaffedShop) => (shortage?.shortfall ? 0 : shortage !== undefined ? 1 : serving && online === undefined ? 2 : 3);
  return rank(a) - rank(b) || (a.shortage?.since ?? 0) - (b.shortage?.since ?? 0) || (a.shopId < b.shopId ? -1 : 1);
}

export function countsOf(shops: readonly StaffedShop[]): StaffingCounts {
  return StaffingCounts.create({
    shops: shops.length,
    short: shops.filter(({ shortage }) => shortage?.shortfall).length,
    unknown: shops.filter(({ serving, online }) => serving && online === undefined).length,
  });
}

interface Planned extends Interval {
  readonly agentId: string;
  readonly shopIds: readonly string[];
}

async function shiftsAhead(tx: Tx, vendorId: string, now: EpochMs): Promise<Planned[]> {
  const { rows } = await sql<{ agent_id: string; shop_ids: string[]; from_at: string; to_at: string }>`
    select agent_id, shop_ids, from_at, to_at from shifts
     where vendor_id = ${vendorId} and from_at > ${now - MAX_SHIFT_MS} and from_at < ${now + DAY_MS} and to_at > ${now} and not cancelled`.execute(tx);
  return rows.map((row) => ({ agentId: row.agent_id, shopIds: row.shop_ids, from: Number(row.from_at), to: Number(row.to_at) }));
}

interface Rostered {
  readonly agentId: string;
  readonly shopIds: readonly string[];
  readonly now: boolean;
}

async function rosterAround(tx: Tx, vendorId: string, now: EpochMs): Promise<Rostered[]> {
  const { rows } = await sql<{ agent_id: string; shop_ids: string[]; now: boolean }>`
    select agent_id, shop_ids, bool_or(from_at <= ${now} and to_at > ${now}) as now from shifts
     where vendor_id = ${vendorId} and from_at between ${now - ROSTER_MS} and ${now + ROSTER_MS} and not cancelled
     group by agent_id, shop_ids`.execute(tx);
  return rows.map((row) => ({ agentId: row.agent_id, shopIds: row.shop_ids, now: row.now }));
}

/** The level of every agent that has one. */
async function agentLevels(tx: Tx, vendorId: string): Promise<Map<string, AgentLevel>> {
  const { rows } = await sql<{ agent_id: string; level: AgentLevel }>`
    select agent_id, level from agents where vendor_id = ${vendorId} and level <> ${AgentLevel.AGENT_LEVEL_UNSPECIFIED}`.execute(tx);
  return new Map(rows.map(({ agent_id, level }) => [agent_id, level]));
}

async function openShortfalls(tx: Tx, vendorId: string, shopIds: readonly string[] | 'all'): Promise<Map<string, ShortfallRow>> {
  const of = shopIds === 'all' ? sql`true` : sql`of_shop = any(${[...shopIds]}::text[])`;
  const { rows } = await sql<ShortfallRow>`select * from shortfalls where vendor_id = ${vendorId} and open and ${of}`.execute(tx);
  return new Map(rows.map((row) => [row.of_shop, row]));
}

/** Shops short for longer than allowed, since when: what waits for whoever plans. */
export async function shortShops(tx: Tx, vendorId: string, shopIds: readonly string[] | 'all', now: EpochMs): Promise<StaffedShop[]> {
  const open = [...(await openShortfalls(tx, vendorId, shopIds)).values()].filter(({ shortfall }) => shortfall).map(({ of_shop }) => of_shop);
  if (open.length === 0) return [];
  return (await staffedShops(tx, vendorId, open, now)).filter(({ shortage }) => shortage?.shortfall).sort(byWorst);
}

interface Person extends Trained {
  readonly name: string;
  readonly level: AgentLevel;
  readonly rostered: readonly Interval[];
  readonly onShift: boolean;
  readonly said: readonly PresenceRow[];
}

/** A day of a shop, in its contract's zone: undefined for a date that cannot be read. */
export async function shopDuty(tx: Tx, vendorId: string, shopId: string, date: string, now: EpochMs): Promise<ShopDuty> {
  const [staffed = StaffedShop.create({ shopId })] = await staffedShops(tx, vendorId, [shopId], now);
  const zone = staffed.zone || 'Asia/Shanghai';
  const on = date === '' ? dateOf(now, zone) : date;
  const day = dayBounds(on, zone);
  const past = { from: day.from, to: Math.max(day.from, Math.min(day.to, now)) };
  const people = await peopleOf(tx, vendorId, shopId, day, now);
  const online = people.map(({ said }) => onlineSpans(changesOf(said), past));
  const rates = people.map(({ rostered }, index) => onlineWithin(unionOf(rostered, past), online[index] ?? []));
  const presenceKnown = people.some(({ said }) => (said[0]?.at ?? Number.POSITIVE_INFINITY) < past.to);
  const shiftsKnown = people.some(({ rostered }) => rostered.length > 0);
  const sum = (of: 'rosteredMs' | 'onlineMs') => rates.reduce((total, each) => total + each[of], 0);
  return ShopDuty.create({
    now: staffed,
    date: on,
    fromAt: day.from,
    toAt: day.to,
    agents: people.map(({ agentId, name, level, trainedOn, said, onShift }, index) => {
      const last = said.at(-1);
      const rate = rates[index] ?? { rosteredMs: 0, onlineMs: 0 };
      const known = last === undefined ? {} : { presence: last.presence, presenceSince: last.at, source: last.source || 'page' };
      return DutyAgent.create({ agentId, name, level, trainedOn, ...known, onShift, ...rate });
    }),
    steps:
      presenceKnown || shiftsKnown
        ? bothSteps(
            online,
            people.map(({ rostered }) => rostered),
            past,
            day,
          )
        : [],
    shortfalls: await shortfallsOn(tx, vendorId, shopId, day),
    rosteredMs: sum('rosteredMs'),
    onlineMs: sum('onlineMs'),
    presenceKnown,
    shiftsKnown,
    asOf: now,
  });
}

/** Online and rostered told at the same instants. */
function bothSteps(online: readonly (readonly Interval[])[], rostered: readonly (readonly Interval[])[], past: Interval, day: Interval): DutyStep[] {
  const there = stepsOf(online, past);
  const planned = stepsOf(rostered, day);
  const ats = [...new Set([...there, ...planned].map(({ at }) => at))].sort((a, b) => a - b);
  const countAt = (steps: typeof there, at: EpochMs) => steps.findLast((step) => step.at <= at)?.count ?? 0;
  return ats.map((at) => DutyStep.create({ at, online: countAt(there, at), rostered: countAt(planned, at) }));
}

async function peopleOf(tx: Tx, vendorId: string, shopId: string, day: Interval, now: EpochMs): Promise<Person[]> {
  const trained = (await trainedFor(tx, vendorId, [shopId])).get(shopId) ?? [];
  const { rows: shifts } = await sql<{ agent_id: string; from_at: string; to_at: string }>`
    select agent_id, from_at, to_at from shifts
     where vendor_id = ${vendorId} and from_at > ${day.from - MAX_SHIFT_MS} and from_at < ${day.to} and to_at > ${day.from} and not cancelled
       and (${shopId} = any(shop_ids) or (cardinality(shop_ids) = 0 and agent_id = any(${trained.map(({ agentId }) => agentId)}::text[])))`.execute(tx);
  const byAgent = Map.groupBy(
    shifts.map((row) => ({ agentId: row.agent_id, from: Number(row.from_at), to: Number(row.to_at) })),
    ({ agentId }) => agentId,
  );
  const planned = [...byAgent.keys()].filter((agentId) => !trained.some((each) => each.agentId === agentId));
  const all = [...trained, ...planned.map((agentId) => ({ agentId, trainedOn: '' }))];
  const ids = all.map(({ agentId }) => agentId);
  const said = await presenceOf(tx, vendorId, ids, { from: day.from, to: now });
  const { rows: names } = await sql<{ agent_id: string; name: string; level: AgentLevel }>`
    select agent_id, name, level from agents where vendor_id = ${vendorId} and agent_id = any(${ids}::text[])`.execute(tx);
  const known = new Map(names.map((row) => [row.agent_id, row]));
  return all
    .map(({ agentId, trainedOn }) => {
      const spans = byAgent.get(agentId) ?? [];
      const onShift = spans.some(({ from, to }) => from <= now && now < to);
      const { name = '', level = AgentLevel.AGENT_LEVEL_UNSPECIFIED } = known.get(agentId) ?? {};
      return { agentId, trainedOn, name, level, rostered: unionOf(spans, day), onShift, said: said.get(agentId) ?? [] };
    })
    .sort((a, b) => a.name.localeCompare(b.name) || (a.agentId < b.agentId ? -1 : 1));
}

async function shortfallsOn(tx: Tx, vendorId: string, shopId: string, { from, to }: Interval): Promise<DutyShortfall[]> {
  const { rows } = await sql<ShortfallRow>`select * from shortfalls where vendor_id = ${vendorId} and of_shop = ${shopId}`.execute(tx);
  return rows
    .flatMap((row) => [
      ...row.past.map(([since, endedAt, contracted, online]) => ({ since, endedAt, contracted, online })),
      ...(row.open && row.shortfall ? [{ since: Number(row.since), endedAt: 0, contracted: row.contracted, online: row.online }] : []),
    ])
    .filter(({ since, endedAt }) => since < to && (endedAt === 0 || endedAt > from))
    .map((each) => DutyShortfall.create(each));
}
