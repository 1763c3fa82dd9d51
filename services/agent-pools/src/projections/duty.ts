// Who is trained for what, who was where when, and whose shops are to be counted again: one projection, so that a shop that is counted is counted
// with the very change that touched it.
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import { AgentPresenceChanged, AgentTrainedForShop } from '@deskfleet/protocol/agents';
import type { SqlProjection } from '@deskfleet/read-model';
import { sql } from 'kysely';
import { touchShops } from '../staffing/touched.ts';

type Event = AgentPresenceChanged | AgentTrainedForShop;

export const duty: SqlProjection<Event> = {
  name: 'duty',
  version: 1,
  types: [AgentPresenceChanged, AgentTrainedForShop] as SqlProjection<Event>['types'],
  async write(events, tx) {
    const trained = events.flatMap(({ event, meta }) => (event.$type === AgentTrainedForShop.$type ? [{ vendorId: meta.vendorId, ...event }] : []));
    const changed = events.flatMap((recorded) => (recorded.event.$type === AgentPresenceChanged.$type ? [{ ...recorded, event: recorded.event }] : []));
    if (trained.length > 0) await addTrained(trained, tx);
    if (changed.length > 0) await addChanges(changed, tx);
    const vendorIds = events.map(({ meta }) => meta.vendorId);
    await touchShops(sql`
      select distinct t.vendor_id, other.shop_id
        from unnest(${vendorIds}::text[], ${events.map(({ event }) => event.agentId)}::text[]) as n (v, a)
        join trained_agents t on t.vendor_id = n.v and t.agent_id = n.a
        join served_shops s on s.vendor_id = t.vendor_id and s.shop_id = t.shop_id
        join served_shops other on other.vendor_id = s.vendor_id and other.contract_id = s.contract_id`).execute(tx);
  },
};

async function addTrained(trained: readonly ({ readonly vendorId: string } & AgentTrainedForShop)[], tx: Tx): Promise<void> {
  await sql`
    insert into trained_agents (vendor_id, agent_id, shop_id, trained_on)
    select * from unnest(${trained.map((each) => each.vendorId)}::text[], ${trained.map((each) => each.agentId)}::text[],
                         ${trained.map((each) => each.shopId)}::text[], ${trained.map((each) => each.trainedOn)}::text[])
    on conflict do nothing`.execute(tx);
}

async function addChanges(changed: readonly RecordedEvent<AgentPresenceChanged>[], tx: Tx): Promise<void> {
  // Two changes of one agent in a millisecond: the later one is what holds.
  const last = new Map(changed.map((each) => [JSON.stringify([each.meta.vendorId, each.event.agentId, each.occurredAt]), each]));
  const rows = [...last.values()];
  await sql`
    insert into presence_changes (vendor_id, agent_id, at, presence, source)
    select * from unnest(${rows.map(({ meta }) => meta.vendorId)}::text[], ${rows.map(({ event }) => event.agentId)}::text[],
                         ${rows.map(({ occurredAt }) => occurredAt)}::bigint[], ${rows.map(({ event }) => event.presence)}::int[],
                         ${rows.map(({ event }) => event.source)}::text[])
    on conflict (vendor_id, agent_id, at) do update set presence = excluded.presence, source = excluded.source`.execute(tx);
}
