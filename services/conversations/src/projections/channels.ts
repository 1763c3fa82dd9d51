// Each shop's channel: what it is called and who assigns its conversations.
import { ChannelConnected, type ChannelKind } from '@deskfleet/protocol/conversations';
import type { RowProjection } from '@deskfleet/read-model';

export interface ChannelRow {
  channel: string;
  channel_kind: ChannelKind;
  of_shop: string;
}

export const channels: RowProjection<ChannelConnected, ChannelRow> = {
  name: 'channels',
  version: 1,
  types: [ChannelConnected],
  columns: `
    of_shop text collate "C" not null,
    channel text not null,
    channel_kind integer not null`,
  keyColumns: ['of_shop'],
  keys: ({ event }) => [{ of_shop: event.shopId }],
  apply: (_, { event }) => ({ of_shop: event.shopId, channel: event.channel, channel_kind: event.channelKind }),
};
