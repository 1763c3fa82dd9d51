// Which shops' people are to be counted again.
import { sql } from 'kysely';

/** Has these shops counted again: rows of (vendor, shop). Sorted, so that two never lock in opposite order. */
export function touchShops(shops: ReturnType<typeof sql>) {
  return sql`
    insert into touched_shops (vendor_id, shop_id) select * from (${shops}) as new order by 1, 2
    on conflict (vendor_id, shop_id) do update set touches = touched_shops.touches + 1`;
}
