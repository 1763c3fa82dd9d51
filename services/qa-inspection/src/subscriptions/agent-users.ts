// Which portal users are agents themselves (BR-171).
import type { Subscription } from '@deskfleet/event-bus';
import { AgentHired } from '@deskfleet/protocol/agents';
import { sql } from 'kysely';

export const agentUsers: Subscription<AgentHired> = {
  group: 'qa-inspection-agents',
  sources: ['agent-pools'],
  types: [AgentHired],
  sliceSize: 500,
  async handle(events, tx) {
    for (const { event, meta } of events) {
      if (event.userId === '') continue;
      await sql`
        insert into agent_users (vendor_id, agent_id, user_id) values (${meta.vendorId}, ${event.agentId}, ${event.userId})
        on conflict (vendor_id, agent_id) do update set user_id = excluded.user_id`.execute(tx);
    }
  },
};
