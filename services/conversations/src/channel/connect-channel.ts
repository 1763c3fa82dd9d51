// Connects a shop's channel and gives it a fresh webhook secret, which is shown in this answer and never again.
import { randomBytes } from 'node:crypto';
import { fold } from '@deskfleet/event-store';
import type { Keyring } from '@deskfleet/event-store/sealing';
import type { ChannelConnected } from '@deskfleet/protocol/conversations';
import { ConnectChannelRequest, ConnectChannelResponse } from '@deskfleet/protocol/conversations-service';
import { type Caller, type Kit, notFound, unwrap } from '@deskfleet/service-kit';
import { findShops } from '../queries/shops.ts';
import { channel } from './channel.ts';

const SECRET_BYTES = 32;

export async function connectChannel(kit: Kit, keyring: Keyring, caller: Caller, request: ConnectChannelRequest): Promise<ConnectChannelResponse> {
  const { shopId } = request;
  const shops = await kit.read(caller, (tx) => findShops(tx, [shopId]));
  if (!shops.has(shopId)) return notFound('shop', shopId);
  const streamId = `channel-${shopId}`;
  // The secret is what the platform signs with: its hex text, as it will be pasted there.
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  const secretVersion = await keyring.putSecret(caller.vendorId, streamId, Buffer.from(secret));
  let connected = false;
  const result = await kit.command({
    caller,
    commandId: request.commandId,
    content: ConnectChannelRequest.encode({ ...request, commandId: '' }).finish(),
    answer: ConnectChannelResponse,
    streams: [streamId],
    decide(streams, now) {
      connected = true;
      const stream = streams.get(streamId);
      const state = fold(channel, stream?.events.map(({ event }) => event as ChannelConnected) ?? []);
      const decision = channel.decide(state, { kind: 'connect', shopId, channel: request.channel, channelKind: request.channelKind, secretVersion });
      if (!decision.accepted) return { ...decision, facts: { ...decision.facts, field: 'channel' } };
      const version = stream?.version ?? 0;
      const events = decision.events.map((event) => ({ event, occurredAt: now, shopId }));
      return {
        appends: [{ streamId, expected: version === 0 ? 'none' : { exactly: version }, events }],
        // Kept for repeats, so without the secret: a repeated call learns where the channel stands and connects again for another one.
        answer: ConnectChannelResponse.create(),
      };
    },
  });
  const { answer, at } = unwrap(result);
  return { ...answer, secret: connected ? secret : '', at };
}
