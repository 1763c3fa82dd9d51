// Who is trained for the shops, and what they said of where they are: read for counting and for showing alike, so that both count the same.
import type { EpochMs, Tx } from '@deskfleet/event-store';
import { Presence } from '@deskfleet/protocol/agents';
import { type RawBuilder, sql } from 'kysely';
import type { Changes } from './presence.ts';
import type { ServedRow } from './served.ts';

const SERVED = sql`
  select s.shop_id, s.contract_id, s.contracted, s.terms, s.effective_on, s.ends_on, s.awaits_launch, l.live_at, l.service_ends_at
    from served_shops s
    left join launched_shops l on l.vendor_id = s.vendor_id and l.shop_id = s.shop_id and l.contract_id = s.contract_id`;

/** The contracts of these shops, the newest first. */
export async function servedRows(tx: Tx, vendorId: string, shopIds: readonly string[] | 'all'): Promise<Map<string, ServedRow[]>> {
  const of = shopIds === 'all' ? sql`true` : sql`s.shop_id = any(${[...shopIds]}::text[])`;
  const { rows } = await sql<ServedRow>`${SERVED} where s.vendor_id = ${vendorId} and ${of} order by s.effective_on desc, s.contract_id`.execute(tx);
  return Map.groupBy(rows, ({ shop_id }) => shop_id);
}

/** The shops that share a contract, by contract. */
export async function shopsOfContracts(tx: Tx, vendorId: string, contractIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ contract_id: string; shop_id: string }>`
    select contract_id, shop_id from served_shops where vendor_id = ${vendorId} and contract_id = any(${[...contractIds]}::text[]) order by shop_id`.execute(
    tx,
  );
  return mapValues(
    Map.groupBy(rows, ({ contract_id }) => contract_id),
    (group) => group.map(({ shop_id }) => shop_id),
  );
}

export interface Trained {
  readonly agentId: string;
  readonly trainedOn: string;
}

/** Who is trained, by shop. */
export async function trainedFor(tx: Tx, vendorId: string, shopIds: readonly string[] | 'all'): Promise<Map<string, Trained[]>> {
  const of = shopIds === 'all' ? sql`true` : sql`shop_id = any(${[...shopIds]}::text[])`;
  const { rows } = await sql<{ shop_id: string; agent_id: string; trained_on: string }>`
    select shop_id, agent_id, trained_on from trained_agents where vendor_id = ${vendorId} and ${of} order by agent_id`.execute(tx);
  return mapValues(
    Map.groupBy(rows, ({ shop_id }) => shop_id),
    (group) => group.map((row) => ({ agentId: row.agent_id, trainedOn: row.trained_on })),
  );
}

export interface PresenceRow {
  readonly at: EpochMs;
  readonly presence: Presence;
  readonly source: string;
}

/** What was said of these agents in (from, to], and last before; 'all' = of everybody trained. One look into the index for each agent and bound. */
export async function presenceOf(
  tx: Tx,
  vendorId: string,
  agentIds: readonly string[] | 'all',
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
): Promise<Map<string, PresenceRow[]>> {
  const people: RawBuilder<unknown> =
    agentIds === 'all'
      ? sql`select distinct agent_id from trained_agents where vendor_id = ${vendorId}`
      : sql`select unnest(${[...agentIds]}::text[]) as agent_id`;
  const { rows } = await sql<{ agent_id: string; at: string; presence: Presence; source: string }>`
    select a.agent_id, p.at, p.presence, p.source from (${people}) a
     cross join lateral (
       (select at, presence, source from presence_changes c where c.vendor_id = ${vendorId} and c.agent_id = a.agent_id and c.at <= ${from} order by at desc limit 1)
       union all
       (select at, presence, source from presence_changes c where c.vendor_id = ${vendorId} and c.agent_id = a.agent_id and c.at > ${from} and c.at <= ${to})
     ) p
     order by a.agent_id, p.at`.execute(tx);
  return mapValues(
    Map.groupBy(rows, ({ agent_id }) => agent_id),
    (group) => group.map(({ at, presence, source }) => ({ at: Number(at), presence, source })),
  );
}

/** Only who is online is there: away is logged in without anybody at the keyboard (P-25). */
export function changesOf(rows: readonly PresenceRow[] | undefined): Changes {
  return (rows ?? []).map(({ at, presence }) => ({ at, online: presence === Presence.PRESENCE_ONLINE }));
}

function mapValues<K, V, W>(map: ReadonlyMap<K, V>, change: (value: V) => W): Map<K, W> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
