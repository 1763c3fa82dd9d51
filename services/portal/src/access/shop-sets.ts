// Saved sets of shops, kept per person and vendor. Whoever lost a shop since sees the set without it: what is answered is what the caller sees now.
import type { Caller, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { BadField } from '../http/json.ts';
import { notFound } from '../http/problems.ts';

/** Sets a person keeps. */
const MAX_SETS = 50;
/** Shops in a set: they stand in the address of a page. */
export const MAX_SET_SHOPS = 50;

export interface ShopSet {
  readonly setId: string;
  readonly name: string;
  readonly shopIds: readonly string[];
}

export interface ShopSets {
  of(caller: Caller): Promise<readonly ShopSet[]>;
  /** Keeps a set; one of the same name is replaced. The caller has been found to see the shops. */
  save(caller: Caller, name: string, shopIds: readonly string[]): Promise<ShopSet>;
  remove(caller: Caller, setId: string): Promise<void>;
}

interface SetRow {
  readonly set_id: string;
  readonly name: string;
  readonly shop_ids: string[];
}

export function shopSets(kit: Pick<Kit, 'work' | 'now' | 'newId'>): ShopSets {
  const seen = ({ set_id, name, shop_ids }: SetRow, { shopIds }: Caller): ShopSet => ({
    setId: set_id,
    name,
    shopIds: shopIds === 'all' ? shop_ids : shop_ids.filter((id) => shopIds.includes(id)),
  });
  return {
    of: (caller) =>
      kit.work(async (tx) => {
        const { rows } = await sql<SetRow>`
          select set_id, name, shop_ids from shop_sets where vendor_id = ${caller.vendorId} and user_id = ${caller.id} order by name limit ${MAX_SETS}`.execute(
          tx,
        );
        return rows.map((row) => seen(row, caller)).filter(({ shopIds }) => shopIds.length > 0);
      }),

    save: (caller, name, shopIds) =>
      kit.work(async (tx) => {
        const kept = await sql<{ n: string }>`
          select count(*) as n from shop_sets where vendor_id = ${caller.vendorId} and user_id = ${caller.id} and name <> ${name}`.execute(tx);
        if (Number(kept.rows[0]?.n ?? 0) >= MAX_SETS) throw new BadField('name', name, `at most ${MAX_SETS} sets: remove one first`);
        const { rows } = await sql<SetRow>`
          insert into shop_sets (set_id, vendor_id, user_id, name, shop_ids, saved_at)
          values (${`ss_${kit.newId()}`}, ${caller.vendorId}, ${caller.id}, ${name}, ${[...shopIds]}::text[], ${kit.now()})
          on conflict (vendor_id, user_id, name) do update set shop_ids = excluded.shop_ids, saved_at = excluded.saved_at
          returning set_id, name, shop_ids`.execute(tx);
        const row = rows[0];
        if (row === undefined) throw new Error('an upsert answered no row');
        return seen(row, caller);
      }),

    remove: (caller, setId) =>
      kit.work(async (tx) => {
        const { rows } = await sql`
          delete from shop_sets where vendor_id = ${caller.vendorId} and user_id = ${caller.id} and set_id = ${setId} returning set_id`.execute(tx);
        if (rows.length === 0) throw notFound();
      }),
  };
}
