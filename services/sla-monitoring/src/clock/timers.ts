// Deadlines: a started clock arms two timers, at 80 % of its allowance and one millisecond after its due instant. Firing decides afresh
// from the clock stream; a reply that was recorded meanwhile makes it say nothing.
import type { AppendMember, EventStore, RecordedEvent } from '@deskfleet/event-store';
import type { MessageType } from '@deskfleet/protocol';
import { ClauseBreached, ClauseWarned, ResponseClockStarted } from '@deskfleet/protocol/sla';
import type { Timer, TimerChange, TimerPlan } from '@deskfleet/read-model';
import { type ClockEvent, clock } from './clock.ts';
import { clockEvents, clocksOf, memberOf } from './stream.ts';

/** The two plans of a clock. */
export function clockTimers(store: Pick<EventStore, 'load'>): readonly TimerPlan<ClockEvent>[] {
  return [plan(store, 'clock-warn'), plan(store, 'clock-due')];
}

function plan(store: Pick<EventStore, 'load'>, kind: 'clock-warn' | 'clock-due'): TimerPlan<ClockEvent> {
  return {
    kind,
    types: clockEvents as readonly MessageType<ClockEvent>[],
    armedBy: [ResponseClockStarted],
    appends: [ClauseWarned, ClauseBreached],
    changes: (recorded) => changes(kind, recorded),
    fire: (timers, now) => fire(store, timers, now),
  };
}

function changes(kind: 'clock-warn' | 'clock-due', { event, streamId }: RecordedEvent<ClockEvent>): TimerChange[] {
  const { contractId, clauseKey, round } = event.clock ?? { contractId: '', clauseKey: '', round: 0 };
  const key = `${streamId}/${contractId}/${clauseKey}/${round}`;
  switch (event.$type) {
    case 'deskfleet.sla.v1.ResponseClockStarted':
      return [{ set: { kind, key, streamId, dueAt: kind === 'clock-warn' ? event.warnAt : event.dueAt + 1 } }];
    case 'deskfleet.sla.v1.ClauseWarned':
      return kind === 'clock-warn' ? [{ clear: { kind, key } }] : [];
    default:
      return [{ clear: { kind, key } }];
  }
}

/** One member a stream, under the first timer's command: it says everything that is due there. */
async function fire(store: Pick<EventStore, 'load'>, timers: readonly Timer[], now: number): Promise<AppendMember[]> {
  const members: AppendMember[] = [];
  for (const [vendorId, ofVendor] of Map.groupBy(timers, (timer) => timer.vendorId)) {
    const firsts = new Map(ofVendor.toReversed().map((timer) => [timer.streamId, timer]));
    const streams = await store.load(vendorId, [...firsts.keys()]);
    for (const [streamId, timer] of firsts) {
      const stream = streams.get(streamId);
      const last = stream?.events.at(-1);
      if (stream === undefined || last === undefined) continue;
      const decision = clock.decide(clocksOf(stream), { kind: 'elapse', now });
      if (!decision.accepted || decision.events.length === 0) continue;
      const { shopId, correlationId, eventId } = last.meta;
      const commandId = `${timer.kind}:${timer.key}:${timer.dueAt}`;
      members.push(memberOf(stream, decision.events, { vendorId, shopId, correlationId, causationId: eventId, commandId }, now));
    }
  }
  return members;
}
