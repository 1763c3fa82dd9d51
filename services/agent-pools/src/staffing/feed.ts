// A roster or console that speaks for itself, by signed webhook. Connecting again gives a new secret; the old one no longer signs.
import { randomBytes } from 'node:crypto';
import { accept, type Decider, expectLoaded, fold, type LoadedStream, refuse } from '@deskfleet/event-store';
import type { Keyring } from '@deskfleet/event-store/sealing';
import { StaffingFeedConnected } from '@deskfleet/protocol/agents';
import { ConnectStaffingFeedRequest, ConnectStaffingFeedResponse } from '@deskfleet/protocol/agents-staffing';
import { type Caller, type Kit, unwrap } from '@deskfleet/service-kit';

const SECRET_BYTES = 32;
/** Characters. */
const NAME_LIMIT = 100;

export const feedStream = (vendorId: string): string => `staffing-feed-${vendorId}`;

/** The version of the secret that signs; 0 = nobody connected a feed. */
export const feed: Decider<{ readonly name: string; readonly secretVersion: number }, StaffingFeedConnected, number, 'feed-name-missing'> = {
  initial: 0,
  evolve: (_, { secretVersion }) => secretVersion,
  decide(_, { name, secretVersion }) {
    const trimmed = name.trim();
    if (trimmed === '' || trimmed.length > NAME_LIMIT)
      return refuse('feed-name-missing', { field: 'name', found: `${trimmed.length} characters`, expected: `1 to ${NAME_LIMIT} characters` });
    return accept(StaffingFeedConnected.create({ name: trimmed, secretVersion }));
  },
};

export function secretVersionOf(stream: LoadedStream | undefined): number {
  return fold(feed, stream?.events.map(({ event }) => event as StaffingFeedConnected) ?? []);
}

export async function connectFeed(kit: Kit, keyring: Keyring, caller: Caller, request: ConnectStaffingFeedRequest): Promise<ConnectStaffingFeedResponse> {
  const streamId = feedStream(caller.vendorId);
  // What the roster signs with: its hex text, as it will be pasted there.
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  const secretVersion = await keyring.putSecret(caller.vendorId, streamId, Buffer.from(secret));
  let connected = false;
  const result = await kit.command({
    caller,
    commandId: request.commandId,
    content: ConnectStaffingFeedRequest.encode({ ...request, commandId: '' }).finish(),
    answer: ConnectStaffingFeedResponse,
    streams: [streamId],
    decide(streams, now) {
      const stream = streams.get(streamId);
      const decision = feed.decide(secretVersionOf(stream), { name: request.name, secretVersion });
      if (!decision.accepted) return decision;
      connected = true;
      const events = decision.events.map((event) => ({ event, occurredAt: now, shopId: '' }));
      // Kept for repeats, so without the secret: who lost the answer connects again.
      return { appends: [{ streamId, expected: expectLoaded(stream ?? { version: 0 }), events }], answer: ConnectStaffingFeedResponse.create() };
    },
  });
  const { answer, at } = unwrap(result);
  return { ...answer, secret: connected ? secret : '', at };
}
