// Gives waiting conversations to agents, the longest waiting first: new ones as they come, queued ones when somebody is trained, comes online
// or has a place free again. Intake never waits for it. One slice at a time, so that two never fill the same place.
import type { AppendMember, EpochMs, NewEvent, Tx } from '@deskfleet/event-store';
import { AgentHired, AgentPresenceChanged, AgentTrainedForShop, ConversationAssigned, ConversationQueued, type Presence } from '@deskfleet/protocol/agents';
import { ConversationOpened, MessageReceived, type ServiceType } from '@deskfleet/protocol/conversations';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { BackgroundWork, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { type Assignment, assign, type Candidate, QUEUE_REASONS } from './assign.ts';

/** Events a slice appends: larger ones would hold the log from its interactive writers. */
const SLICE_CONVERSATIONS = 100;
/** A conversation without a message for half an hour no longer fills a place. */
export const IN_HAND_MS = 30 * 60_000;
/** A queued conversation without a message for a day is given up. */
const QUEUED_MS = 24 * 3_600_000;

interface WaitingRow {
  vendor_id: string;
  shop_id: string;
  conversation_id: string;
  service_type: ServiceType;
  events: number;
}

interface AgentRow {
  vendor_id: string;
  agent_id: string;
  skills: string[];
  max_load: number;
  presence: Presence;
  trained_shops: string[];
  load: string;
}

interface Decided {
  readonly row: WaitingRow;
  readonly assignment: Assignment;
}

export function assignWaiting(kit: Kit): BackgroundWork {
  return {
    name: 'assign-waiting',
    after: [ConversationOpened, MessageReceived, AgentHired, AgentTrainedForShop, AgentPresenceChanged],
    appends: [ConversationAssigned, ConversationQueued],
    async slice() {
      const count = await kit.work(async (tx) => {
        await sql`select pg_advisory_xact_lock(hashtext('agent-pools assign-waiting'))`.execute(tx);
        const decided = await decide(tx, kit.now());
        if (decided.length > 0) await carryOut(kit, tx, decided, kit.now());
        return decided.length;
      });
      return count === SLICE_CONVERSATIONS;
    },
    pending: () => kit.work(async (tx) => (await decide(tx, kit.now())).length),
  };
}

async function decide(tx: Tx, now: EpochMs): Promise<Decided[]> {
  const waiting = await sql<WaitingRow>`
    select vendor_id, shop_id, conversation_id, service_type, events from live_conversations
     where agent_id = '' and last_activity_at > ${now - QUEUED_MS}
     order by opened_at, conversation_id limit ${SLICE_CONVERSATIONS}`.execute(tx);
  if (waiting.rows.length === 0) return [];
  const vendors = [...new Set(waiting.rows.map((row) => row.vendor_id))];
  const { rows } = await sql<AgentRow>`
    select a.vendor_id, a.agent_id, a.skills, a.max_load, a.presence, a.trained_shops,
           (select count(*) from live_conversations l
             where l.vendor_id = a.vendor_id and l.agent_id = a.agent_id and l.agent_id <> '' and l.last_activity_at > ${now - IN_HAND_MS}) as load
      from agents a where a.vendor_id = any(${vendors}::text[])`.execute(tx);
  const agents = Map.groupBy(rows.map(candidateOf), ({ vendorId }) => vendorId);
  const decided: Decided[] = [];
  for (const row of waiting.rows) {
    const candidates = agents.get(row.vendor_id) ?? [];
    const assignment = assign({ shopId: row.shop_id, serviceType: row.service_type }, candidates);
    const chosen = candidates.find(({ agentId }) => agentId === assignment.agentId);
    if (chosen !== undefined) chosen.load++;
    // What queues already and still finds nobody goes on waiting in silence.
    if (assignment.agentId !== undefined || row.events === 0) decided.push({ row, assignment });
  }
  return decided;
}

function candidateOf(row: AgentRow): Candidate & { readonly vendorId: string; load: number } {
  return {
    vendorId: row.vendor_id,
    agentId: row.agent_id,
    skills: row.skills,
    maxLoad: row.max_load,
    presence: row.presence,
    trainedShops: row.trained_shops,
    load: Number(row.load),
  };
}

async function carryOut(kit: Kit, tx: Tx, decided: readonly Decided[], now: EpochMs): Promise<void> {
  await sql`
    update live_conversations l set agent_id = n.a, reason = n.r, decided_at = ${now}, events = l.events + 1
      from unnest(${decided.map(({ row }) => row.vendor_id)}::text[], ${decided.map(({ row }) => row.conversation_id)}::text[],
                  ${decided.map(({ assignment }) => assignment.agentId ?? '')}::text[], ${decided.map(({ assignment }) => assignment.reason)}::text[]) as n (v, c, a, r)
     where l.vendor_id = n.v and l.conversation_id = n.c`.execute(tx);
  const outcomes = await kit.store.appendWithin(
    tx,
    decided.map((each) => memberOf(each, now)),
  );
  const failed = outcomes.find(({ outcome }) => outcome !== 'appended');
  // The slice is rolled back and decided again.
  if (failed !== undefined) throw new Error(`an assignment was not appended: ${failed.outcome}`);
}

function memberOf({ row, assignment }: Decided, now: EpochMs): AppendMember {
  const { conversation_id: conversationId, shop_id: shopId } = row;
  const event: NewEvent['event'] =
    assignment.agentId === undefined
      ? ConversationQueued.create({ conversationId, shopId, why: QUEUE_REASONS[assignment.reason] })
      : ConversationAssigned.create({ conversationId, shopId, agentId: assignment.agentId, reason: assignment.reason });
  const actor = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'agent-pools' });
  return {
    cause: { vendorId: row.vendor_id, actor, correlationId: conversationId, causationId: conversationId, commandId: `assign:${conversationId}:${row.events}` },
    streams: [
      { streamId: `assignment-${conversationId}`, expected: row.events === 0 ? 'none' : { exactly: row.events }, events: [{ event, occurredAt: now, shopId }] },
    ],
  };
}
