// Shops' codes and names: what invoices are ordered by.
import type { Subscription } from '@deskfleet/event-bus';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { sql } from 'kysely';

export const shops: Subscription<ShopAdded> = {
  group: 'billing-shops',
  sources: ['client-onboarding'],
  types: [ShopAdded],
  sliceSize: 500,
  async handle(events, tx) {
    const rows = events.map(({ event, meta }) => ({ vendor_id: meta.vendorId, shop_id: event.shopId, code: event.code, name: event.name }));
    await sql`
      insert into shops (vendor_id, shop_id, code, name)
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as r(vendor_id text, shop_id text, code text, name text)
      on conflict (vendor_id, shop_id) do update set code = excluded.code, name = excluded.name`.execute(tx);
  },
};
