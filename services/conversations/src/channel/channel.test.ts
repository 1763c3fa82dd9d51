// A shop's channel: its kind decides who assigns the agent, its name never changes.
import { fold } from '@deskfleet/event-store';
import { ChannelConnected, ChannelKind } from '@deskfleet/protocol/conversations';
import { expect, test } from 'vitest';
import { channel } from './channel.ts';

const { CHANNEL_KIND_OWN: own, CHANNEL_KIND_UNSPECIFIED: notSaid } = ChannelKind;
const connected = (secretVersion: number) => ChannelConnected.create({ shopId: 'sh_1', channel: 'web', channelKind: own, secretVersion });
const connect = { kind: 'connect', shopId: 'sh_1', channel: 'web', channelKind: own, secretVersion: 2 } as const;

test('connecting again gives a new secret', () =>
  expect(channel.decide(fold(channel, [connected(1)]), connect)).toEqual({ accepted: true, events: [connected(2)] }));

test('a channel without a kind or a name is refused', () => {
  expect(channel.decide(channel.initial, { ...connect, channelKind: notSaid })).toMatchObject({ code: 'channel-kind-missing' });
  expect(channel.decide(channel.initial, { ...connect, channel: '' })).toMatchObject({ code: 'channel-name-missing' });
});

test('a channel keeps its name', () =>
  expect(channel.decide(fold(channel, [connected(1)]), { ...connect, channel: 'app' })).toMatchObject({
    code: 'channel-name-fixed',
    facts: { channel: 'web' },
  }));
