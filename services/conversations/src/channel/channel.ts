// How a shop's customers reach us: over our own channel, where we assign the agent, or a platform's, which assigned one already.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { ChannelConnected, ChannelKind } from '@deskfleet/protocol/conversations';

export type Channel =
  | { readonly status: 'none' }
  | { readonly status: 'connected'; readonly channel: string; readonly kind: ChannelKind; readonly secretVersion: number };

export type ChannelCommand = {
  readonly kind: 'connect';
  readonly shopId: string;
  readonly channel: string;
  readonly channelKind: ChannelKind;
  readonly secretVersion: number;
};

export const channel: Decider<ChannelCommand, ChannelConnected, Channel, 'channel-kind-missing' | 'channel-name-missing' | 'channel-name-fixed'> = {
  initial: { status: 'none' },

  evolve(_, event) {
    return { status: 'connected', channel: event.channel, kind: event.channelKind, secretVersion: event.secretVersion };
  },

  /** Connecting again gives a new secret; the old one no longer signs. A channel keeps its name: conversation ids are made from it. */
  decide(state, { shopId, channel: name, channelKind, secretVersion }) {
    if (name === '') return refuse('channel-name-missing');
    if (channelKind !== ChannelKind.CHANNEL_KIND_OWN && channelKind !== ChannelKind.CHANNEL_KIND_PLATFORM) return refuse('channel-kind-missing');
    if (state.status === 'connected' && state.channel !== name) return refuse('channel-name-fixed', { channel: state.channel });
    return accept(ChannelConnected.create({ shopId, channel: name, channelKind, secretVersion }));
  },
};
