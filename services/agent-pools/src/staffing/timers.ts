// Too few online becomes a shortfall by a durable timer, one millisecond after the allowed service time is used up (BR-218), and is over by another when
// service ends. Firing decides afresh.
import type { AppendMember, EpochMs, EventStore } from '@deskfleet/event-store';
import { StaffingEndMoved, StaffingFellShort, StaffingRecovered, StaffingShortfallBegan, StaffingShortfallEnded } from '@deskfleet/protocol/agents';
import type { Timer, TimerPlan } from '@deskfleet/read-model';
import { NEVER } from '@deskfleet/service-hours';
import { type StaffingCommand, type StaffingEvent, staffing } from './staffing.ts';
import { memberOn, stateOf } from './stream.ts';

const DUE = 'staffing-due';
const END = 'staffing-end';

export function staffingTimers(store: Pick<EventStore, 'load'>): TimerPlan<StaffingEvent>[] {
  return [
    {
      kind: DUE,
      types: [StaffingFellShort, StaffingRecovered, StaffingShortfallBegan, StaffingShortfallEnded] as TimerPlan<StaffingEvent>['types'],
      armedBy: [StaffingFellShort],
      appends: [StaffingShortfallBegan],
      changes({ event, streamId }) {
        if (event.$type !== StaffingFellShort.$type) return [{ clear: { kind: DUE, key: event.shopId } }];
        return event.dueAt >= NEVER ? [] : [{ set: { kind: DUE, key: event.shopId, streamId, dueAt: event.dueAt + 1 } }];
      },
      fire: (timers, now) => fired(store, timers, 'elapse', now),
    },
    {
      kind: END,
      types: [StaffingFellShort, StaffingEndMoved, StaffingRecovered, StaffingShortfallEnded] as TimerPlan<StaffingEvent>['types'],
      armedBy: [StaffingFellShort, StaffingEndMoved],
      appends: [StaffingRecovered, StaffingShortfallEnded],
      changes({ event, streamId }) {
        const endsAt = event.$type === StaffingFellShort.$type || event.$type === StaffingEndMoved.$type ? event.endsAt : 0;
        return endsAt === 0 ? [{ clear: { kind: END, key: event.shopId } }] : [{ set: { kind: END, key: event.shopId, streamId, dueAt: endsAt } }];
      },
      fire: (timers, now) => fired(store, timers, 'service-ends', now),
    },
  ];
}

async function fired(
  store: Pick<EventStore, 'load'>,
  timers: readonly Timer[],
  kind: Exclude<StaffingCommand['kind'], 'count'>,
  now: EpochMs,
): Promise<AppendMember[]> {
  const members: AppendMember[] = [];
  for (const [vendorId, ofVendor] of Map.groupBy(timers, (timer) => timer.vendorId)) {
    const streams = await store.load(
      vendorId,
      ofVendor.map(({ streamId }) => streamId),
    );
    for (const { streamId, key: shopId, dueAt, kind: timer } of ofVendor) {
      const stream = streams.get(streamId);
      const decision = staffing.decide(stateOf(stream), { kind, shopId, now });
      if (!decision.accepted || decision.events.length === 0) continue;
      members.push(memberOn(stream, shopId, decision.events, { vendorId, commandId: `${timer}:${shopId}:${dueAt}` }, now));
    }
  }
  return members;
}
