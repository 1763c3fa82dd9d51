// One row an agent: what assignment looks at, and what the agents page shows.
import { AgentHired, AgentPresenceChanged, AgentTrainedForShop, Presence } from '@deskfleet/protocol/agents';
import type { RowProjection } from '@deskfleet/read-model';

export interface AgentRow {
  agent_id: string;
  name: string;
  skills: readonly string[];
  max_load: number;
  presence: Presence;
  presence_since: number;
  trained_shops: readonly string[];
}

type Event = AgentHired | AgentTrainedForShop | AgentPresenceChanged;

export const agents: RowProjection<Event, AgentRow> = {
  name: 'agents',
  version: 1,
  types: [AgentHired, AgentTrainedForShop, AgentPresenceChanged] as RowProjection<Event, AgentRow>['types'],
  columns: `
    agent_id text collate "C" not null,
    name text not null,
    skills text[] not null,
    max_load integer not null,
    presence integer not null,
    presence_since bigint not null,
    trained_shops text[] not null`,
  keyColumns: ['agent_id'],
  keys: ({ event }) => [{ agent_id: event.agentId }],
  apply(row, { event, occurredAt }) {
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
        };
      case 'deskfleet.agents.v1.AgentTrainedForShop':
        return row && { ...row, trained_shops: [...row.trained_shops, event.shopId] };
      case 'deskfleet.agents.v1.AgentPresenceChanged':
        return row && { ...row, presence: event.presence, presence_since: occurredAt };
    }
  },
};
