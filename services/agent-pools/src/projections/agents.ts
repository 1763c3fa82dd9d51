// One row an agent: what assignment looks at, and what the agents page shows.
import { AgentHired, AgentLevelChanged, AgentPresenceChanged, AgentTrainedForShop, Presence } from '@deskfleet/protocol/agents';
import { AgentLevel } from '@deskfleet/protocol/terms';
import type { RowProjection } from '@deskfleet/read-model';

export interface AgentRow {
  agent_id: string;
  name: string;
  skills: readonly string[];
  max_load: number;
  presence: Presence;
  presence_since: number;
  trained_shops: readonly string[];
  level: AgentLevel;
  /** Which level from when on (epoch ms) and who said so, the first first. */
  levels: readonly (readonly [level: AgentLevel, at: number, userId: string])[];
}

type Event = AgentHired | AgentLevelChanged | AgentTrainedForShop | AgentPresenceChanged;

export const agents: RowProjection<Event, AgentRow> = {
  name: 'agents',
  version: 2,
  types: [AgentHired, AgentLevelChanged, AgentTrainedForShop, AgentPresenceChanged] as RowProjection<Event, AgentRow>['types'],
  columns: `
    agent_id text collate "C" not null,
    name text not null,
    skills text[] not null,
    max_load integer not null,
    presence integer not null,
    presence_since bigint not null,
    trained_shops text[] not null,
    level integer not null,
    levels jsonb not null`,
  keyColumns: ['agent_id'],
  keys: ({ event }) => [{ agent_id: event.agentId }],
  apply(row, { event, meta, occurredAt }) {
    const levelled = (level: AgentLevel) => [level, occurredAt, meta.actor?.id ?? ''] as const;
    switch (event.$type) {
      case 'deskfleet.agents.v1.AgentHired':
        return {
          agent_id: event.agentId,
          name: event.name,
          skills: event.skills,
          max_load: event.maxLoad,
          presence: Presence.PRESENCE_OFFLINE,
          presence_since: occurredAt,
          trained_shops: [],
          level: event.level,
          levels: event.level === AgentLevel.AGENT_LEVEL_UNSPECIFIED ? [] : [levelled(event.level)],
        };
      case 'deskfleet.agents.v1.AgentLevelChanged':
        return row && { ...row, level: event.level, levels: [...row.levels, levelled(event.level)] };
      case 'deskfleet.agents.v1.AgentTrainedForShop':
        return row && { ...row, trained_shops: [...row.trained_shops, event.shopId] };
      case 'deskfleet.agents.v1.AgentPresenceChanged':
        return row && { ...row, presence: event.presence, presence_since: occurredAt };
    }
  },
};
