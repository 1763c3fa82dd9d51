// The stream of a shop's staffing, and how a decision becomes an append to it.
import { type AppendMember, type EpochMs, expectLoaded, fold, type LoadedStream } from '@deskfleet/event-store';
import { StaffingRecovered, StaffingShortfallEnded } from '@deskfleet/protocol/agents';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import { type Staffing, type StaffingEvent, staffing } from './staffing.ts';

export const staffingStream = (shopId: string): string => `staffing-${shopId}`;

export function stateOf(stream: LoadedStream | undefined): Staffing {
  return fold(staffing, stream?.events.map(({ event }) => event as StaffingEvent) ?? []);
}

/** What is said next begins no earlier: what is over ended at its own instant, however late that was said. */
export function lastInstant(stream: LoadedStream | undefined): EpochMs {
  const last = stream?.events.at(-1);
  if (last === undefined) return 0;
  const event = last.event as StaffingEvent;
  switch (event.$type) {
    case StaffingRecovered.$type:
      return event.recoveredAt;
    case StaffingShortfallEnded.$type:
      return event.endedAt;
    default:
      return last.occurredAt;
  }
}

export function memberOn(
  stream: LoadedStream | undefined,
  shopId: string,
  events: readonly StaffingEvent[],
  { vendorId, commandId }: { readonly vendorId: string; readonly commandId: string },
  now: EpochMs,
): AppendMember {
  return {
    cause: {
      vendorId,
      actor: Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'agent-pools' }),
      correlationId: shopId,
      causationId: stream?.events.at(-1)?.meta.eventId ?? shopId,
      commandId,
    },
    streams: [
      {
        streamId: staffingStream(shopId),
        expected: expectLoaded(stream ?? { version: 0 }),
        events: events.map((event) => ({ event, occurredAt: now, shopId })),
      },
    ],
  };
}
