// Which shops a client has, learned from client-onboarding: what a client's user may see follows from it.

import type { Subscription } from '@deskfleet/event-bus';
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { sql } from 'kysely';

export const clientShops: Subscription<ShopAdded> = {
  group: 'portal',
  sources: ['client-onboarding'],
  types: [ShopAdded],
  sliceSize: 500,
  handle: async (events, tx) => recordShops(events, tx),
};

async function recordShops(events: readonly RecordedEvent<ShopAdded>[], tx: Tx): Promise<void> {
  const column = (pick: (event: RecordedEvent<ShopAdded>) => string): string[] => events.map(pick);
  await sql`
    insert into client_shops (vendor_id, client_id, shop_id)
    select * from unnest(${column(({ meta }) => meta.vendorId)}::text[], ${column(({ event }) => event.clientId)}::text[], ${column(({ event }) => event.shopId)}::text[])
    on conflict (vendor_id, shop_id) do nothing`.execute(tx);
}
