// The clients' shops, each seen by whoever may see it.
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import type { RowProjection } from '@deskfleet/read-model';
import { spellingsOf } from '@deskfleet/spelling';

export interface ShopRow {
  readonly shop_id: string;
  readonly client_id: string;
  readonly code: string;
  readonly name: string;
  readonly platform: string;
  /** Epoch ms. */
  readonly added_at: number;
  /** Name, code, pinyin and initials: what a search looks in. */
  readonly spelled: string;
}

export const shops: RowProjection<ShopAdded, ShopRow> = {
  name: 'shops',
  version: 2,
  types: [ShopAdded],
  columns:
    'client_id text collate "C" not null, code text not null, name text not null, platform text not null, added_at bigint not null, spelled text not null',
  keyColumns: ['shop_id'],
  keys: ({ event }) => [{ shop_id: event.shopId }],
  apply: (_, { event, occurredAt }) => ({
    shop_id: event.shopId,
    client_id: event.clientId,
    code: event.code,
    name: event.name,
    platform: event.platform,
    added_at: occurredAt,
    spelled: spellingsOf(event.name, event.code),
  }),
};
