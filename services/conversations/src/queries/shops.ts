// Which of these shops the caller's vendor has, and the channel each is connected by.
import type { Tx } from '@deskfleet/event-store';
import { ChannelKind } from '@deskfleet/protocol/conversations';
import { sql } from 'kysely';

export interface KnownShop {
  /** The kind of this channel of the shop's; what was never connected is a platform's. */
  kindOf(channel: string): ChannelKind;
}

export async function findShops(tx: Tx, shopIds: readonly string[]): Promise<Map<string, KnownShop>> {
  const { rows } = await sql<{ shop_id: string; channel: string | null; channel_kind: ChannelKind | null }>`
    select s.shop_id, c.channel, c.channel_kind
      from known_shops s left join channels c on c.vendor_id = s.vendor_id and c.of_shop = s.shop_id
     where s.shop_id = any(${shopIds}::text[])`.execute(tx);
  return new Map(
    rows.map((row) => [
      row.shop_id,
      { kindOf: (channel) => (channel === row.channel && row.channel_kind !== null ? row.channel_kind : ChannelKind.CHANNEL_KIND_PLATFORM) },
    ]),
  );
}
