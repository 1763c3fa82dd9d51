// Which of these shops the caller's vendor has.
import type { Tx } from '@deskfleet/event-store';
import { sql } from 'kysely';

export async function findShops(tx: Tx, shopIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ shop_id: string }>`select shop_id from known_shops where shop_id = any(${shopIds}::text[])`.execute(tx);
  return new Set(rows.map((row) => row.shop_id));
}
