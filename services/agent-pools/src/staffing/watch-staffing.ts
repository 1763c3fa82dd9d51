// Counts the people of shops that were touched (somebody came, went or was trained; a contract came, went live, begins or ends) and says where they are too
// few for the contract, or enough again. The contracted agents are the contract's: they may be online for any of its shops.
import type { AppendMember, EpochMs, Tx } from '@deskfleet/event-store';
import {
  AgentPresenceChanged,
  AgentTrainedForShop,
  StaffingEndMoved,
  StaffingFellShort,
  StaffingRecovered,
  StaffingShortfallEnded,
} from '@deskfleet/protocol/agents';
import { ContractImported, ContractSigned, ServiceEndSet, ShopWentLive } from '@deskfleet/protocol/onboarding';
import type { BackgroundWork, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { changesOf, presenceOf, servedRows, shopsOfContracts, trainedFor } from './people.ts';
import { type TeamPresence, teamPresence } from './presence.ts';
import { type Served, servedAt } from './served.ts';
import { ALLOWED_MS, staffing } from './staffing.ts';
import { lastInstant, memberOn, staffingStream, stateOf } from './stream.ts';
import { touchShops } from './touched.ts';

/** Each appends two events at most: an append within a transaction takes 100. */
const SLICE_SHOPS = 50;
/** How far back a crossing is looked for. */
const LOOK_BACK_MS = 24 * 3_600_000;

export function watchStaffing(kit: Kit): BackgroundWork {
  return {
    name: 'watch-staffing',
    after: [AgentPresenceChanged, AgentTrainedForShop, ContractSigned, ContractImported, ServiceEndSet, ShopWentLive],
    appends: [StaffingFellShort, StaffingEndMoved, StaffingRecovered, StaffingShortfallEnded],
    async slice() {
      const count = await kit.work(async (tx) => {
        await touchDue(tx, kit.now());
        // Taken away first: a touch that comes meanwhile waits for this transaction, or made this one wait for it.
        const { rows } = await sql<{ vendor_id: string; shop_id: string }>`
          delete from touched_shops t using (select vendor_id, shop_id from touched_shops order by vendor_id, shop_id limit ${SLICE_SHOPS} for update) as taken
           where t.vendor_id = taken.vendor_id and t.shop_id = taken.shop_id returning t.vendor_id, t.shop_id`.execute(tx);
        const members: AppendMember[] = [];
        for (const [vendorId, ofVendor] of Map.groupBy(rows, ({ vendor_id }) => vendor_id)) {
          members.push(
            ...(await countShops(
              kit,
              tx,
              vendorId,
              ofVendor.map(({ shop_id }) => shop_id),
            )),
          );
        }
        if (members.length > 0) {
          const failed = (await kit.store.appendWithin(tx, members)).find(({ outcome }) => outcome !== 'appended');
          // The slice is rolled back and counted again.
          if (failed !== undefined) throw new Error(`a count was not appended: ${failed.outcome}`);
        }
        return rows.length;
      });
      return count === SLICE_SHOPS;
    },
    async pending() {
      const { rows } = await kit.work((tx) =>
        sql<{ n: string }>`
          select (select count(*) from touched_shops) + (select count(*) from counts_due where due_at <= ${kit.now()}) as n`.execute(tx),
      );
      return Number(rows[0]?.n ?? 0);
    },
  };
}

/** Touches the shops of contracts that have begun. */
async function touchDue(tx: Tx, now: EpochMs): Promise<void> {
  const { rows } = await sql<{ vendor_id: string; shop_id: string }>`
    delete from counts_due d using (select * from counts_due where due_at <= ${now} order by due_at limit ${SLICE_SHOPS} for update skip locked) as due
     where d.vendor_id = due.vendor_id and d.shop_id = due.shop_id and d.due_at = due.due_at returning d.vendor_id, d.shop_id`.execute(tx);
  if (rows.length === 0) return;
  const [vendors, shops] = [rows.map(({ vendor_id }) => vendor_id), rows.map(({ shop_id }) => shop_id)];
  await touchShops(sql`select distinct v, s from unnest(${vendors}::text[], ${shops}::text[]) as n (v, s)`).execute(tx);
}

async function countShops(kit: Kit, tx: Tx, vendorId: string, shopIds: readonly string[]): Promise<AppendMember[]> {
  const now = kit.now();
  const rows = await servedRows(tx, vendorId, shopIds);
  const served = new Map(shopIds.map((shopId) => [shopId, servedAt(rows.get(shopId) ?? [], now)]));
  const streams = await kit.store.load(vendorId, shopIds.map(staffingStream), tx);
  const counted = new Map<string, TeamPresence>();
  const members: AppendMember[] = [];
  for (const shopId of shopIds) {
    const stream = streams.get(staffingStream(shopId));
    const promise = served.get(shopId);
    const team = promise === undefined ? undefined : (counted.get(promise.contractId) ?? (await countTeam(tx, vendorId, promise, now)));
    if (promise !== undefined && team !== undefined) counted.set(promise.contractId, team);
    const since = Math.min(now, Math.max(lastInstant(stream), team?.since ?? now));
    const decision = staffing.decide(stateOf(stream), { kind: 'count', shopId, since, short: tooFew(promise, team, since) });
    if (!decision.accepted || decision.events.length === 0) continue;
    members.push(memberOn(stream, shopId, decision.events, { vendorId, commandId: `staffing:${shopId}:${stream?.version ?? 0}` }, now));
  }
  return members;
}

/** What is too few; undefined when it is enough, nothing was agreed, or nobody reports presence: without a source nothing is said (BR-218). */
function tooFew(promise: Served | undefined, team: TeamPresence | undefined, since: EpochMs) {
  if (promise === undefined || team === undefined || !team.known) return undefined;
  const online = team.online + team.unreported;
  if (online >= promise.contracted) return undefined;
  const { contractId, contracted, hours, endsAt } = promise;
  return { contractId, contracted, online, endsAt, dueAt: hours.dueAt(since, ALLOWED_MS) };
}

/** The team of a contract: everybody trained for one of its shops, each once. */
async function countTeam(tx: Tx, vendorId: string, { contractId, contracted, from }: Served, now: EpochMs): Promise<TeamPresence> {
  const shops = (await shopsOfContracts(tx, vendorId, [contractId])).get(contractId) ?? [];
  const trained = await trainedFor(tx, vendorId, shops);
  const agentIds = [...new Set([...trained.values()].flat().map(({ agentId }) => agentId))];
  const begin = Math.max(from, now - LOOK_BACK_MS);
  const presence = await presenceOf(tx, vendorId, agentIds, { from: begin, to: now });
  return teamPresence(new Map(agentIds.map((agentId) => [agentId, changesOf(presence.get(agentId))])), contracted, begin, now);
}
