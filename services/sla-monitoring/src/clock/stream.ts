// The clock stream of a conversation: its name, its state, and the append of what was decided.
import { type AppendMember, expectLoaded, fold, type LoadedStream } from '@deskfleet/event-store';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import { BreachWithdrawn, ClauseBreached, ClauseWarned, ResponseClockCancelled, ResponseClockStarted, ResponseClockStopped } from '@deskfleet/protocol/sla';
import { type ClockEvent, type Clocks, clock } from './clock.ts';

const SLA_MONITORING = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'sla-monitoring', role: 'service' });

/** What this service's log holds. */
export const clockEvents = [ResponseClockStarted, ResponseClockStopped, ResponseClockCancelled, ClauseWarned, ClauseBreached, BreachWithdrawn] as const;

const types: ReadonlySet<string> = new Set(clockEvents.map(({ $type }) => $type));

export function clockStreamOf(conversationId: string): string {
  return `clock-${conversationId}`;
}

/** The conversation's clocks as last said. */
export function clocksOf(stream: LoadedStream): Clocks {
  return fold(
    clock,
    stream.events.map(({ event }) => event as ClockEvent).filter(({ $type }) => types.has($type)),
  );
}

export interface ClockCause {
  readonly vendorId: string;
  readonly shopId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly commandId: string;
}

/** Appends what was decided on a loaded stream. Corrections happen when they are learned, everything else at its own instant. */
export function memberOf(stream: Pick<LoadedStream, 'streamId' | 'version'>, events: readonly ClockEvent[], cause: ClockCause, now: number): AppendMember {
  const { shopId, ...rest } = cause;
  return {
    cause: { ...rest, actor: SLA_MONITORING },
    streams: [
      {
        streamId: stream.streamId,
        expected: expectLoaded(stream),
        events: events.map((event) => ({ event, occurredAt: instantOf(event, now), shopId })),
      },
    ],
  };
}

function instantOf(event: ClockEvent, now: number): number {
  switch (event.$type) {
    case 'deskfleet.sla.v1.ResponseClockStarted':
      return event.startedAt;
    case 'deskfleet.sla.v1.ResponseClockStopped':
      return event.stoppedAt;
    case 'deskfleet.sla.v1.ClauseWarned':
      return event.warnedAt;
    case 'deskfleet.sla.v1.ClauseBreached':
      return event.breachedAt;
    case 'deskfleet.sla.v1.ResponseClockCancelled':
    case 'deskfleet.sla.v1.BreachWithdrawn':
      return now;
  }
}
