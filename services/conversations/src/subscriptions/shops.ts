// client-onboarding adds shops; a shop is known here once its event has been applied.
import type { Subscription } from '@deskfleet/event-bus';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { sql } from 'kysely';

/** Shops come rarely and their handling appends nothing. */
const SLICE_EVENTS = 500;

export const knownShops: Subscription<ShopAdded> = {
  group: 'conversations',
  sources: ['client-onboarding'],
  types: [ShopAdded],
  sliceSize: SLICE_EVENTS,
  async handle(events, tx) {
    await sql`
      insert into known_shops (vendor_id, shop_id, code)
      select v, s, c from unnest(
        ${events.map(({ meta }) => meta.vendorId)}::text[], ${events.map(({ event }) => event.shopId)}::text[], ${events.map(({ event }) => event.code)}::text[]
      ) as new (v, s, c)
      on conflict do nothing`.execute(tx);
  },
};
