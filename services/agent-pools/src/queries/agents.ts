// Agents with what is in their hands, and who got which conversation.
import type { EpochMs, Tx } from '@deskfleet/event-store';
import type { Presence } from '@deskfleet/protocol/agents';
import { Agent, Assignment, LevelSet } from '@deskfleet/protocol/agents-service';
import type { Keyset } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { IN_HAND_MS } from '../assignment/assign-waiting.ts';
import type { AgentRow } from '../projections/agents.ts';

/** Agents an answer carries. */
const MAX_AGENTS = 2_000;

interface Row {
  agent_id: string;
  name: string;
  skills: string[];
  max_load: number;
  presence: Presence;
  presence_since: string;
  trained_shops: string[];
  load: string;
  level: AgentRow['level'];
  levels: AgentRow['levels'];
}

/** By name. With `shopIds` only those trained for one of them, and of their shops only these. */
export async function listAgents(tx: Tx, shopIds: readonly string[] | 'all', now: EpochMs): Promise<Agent[]> {
  const { rows } = await sql<Row>`
    select a.agent_id, a.name, a.skills, a.max_load, a.presence, a.presence_since, a.trained_shops, a.level, a.levels,
           (select count(*) from live_conversations l
             where l.vendor_id = a.vendor_id and l.agent_id = a.agent_id and l.agent_id <> '' and l.last_activity_at > ${now - IN_HAND_MS}) as load
      from agents a
     where ${shopIds === 'all' ? sql`true` : sql`a.trained_shops && ${shopIds}::text[]`}
     order by a.name, a.agent_id limit ${MAX_AGENTS}`.execute(tx);
  return rows.map((row) =>
    Agent.create({
      agentId: row.agent_id,
      name: row.name,
      skills: row.skills,
      maxLoad: row.max_load,
      presence: row.presence,
      presenceSince: Number(row.presence_since),
      trainedShopIds: shopIds === 'all' ? row.trained_shops : row.trained_shops.filter((id) => shopIds.includes(id)),
      load: Number(row.load),
      level: row.level,
      levels: row.levels.map(([level, at, userId]) => LevelSet.create({ level, at, userId })).reverse(),
    }),
  );
}

interface AssignmentRow {
  conversation_id: string;
  shop_id: string;
  agent_id: string;
  reason: string;
  decided_at: string;
}

/** Decided ones, the newest first; one more than the page's size. */
export async function listAssignments(tx: Tx, shopIds: readonly string[] | 'all', page: Keyset): Promise<Assignment[]> {
  const { rows } = await sql<AssignmentRow>`
    select conversation_id, shop_id, agent_id, reason, decided_at from live_conversations
     where events > 0
       and ${shopIds === 'all' ? sql`true` : sql`shop_id = any(${shopIds}::text[])`}
       and ${page.after === undefined ? sql`true` : sql`(decided_at, conversation_id) < (${page.after[0]}::bigint, ${page.after[1]}::text)`}
     order by decided_at desc, conversation_id desc limit ${page.size + 1}`.execute(tx);
  return rows.map((row) =>
    Assignment.create({ conversationId: row.conversation_id, shopId: row.shop_id, agentId: row.agent_id, reason: row.reason, at: Number(row.decided_at) }),
  );
}
