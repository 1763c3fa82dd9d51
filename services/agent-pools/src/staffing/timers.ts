// Too few online becomes a shortfall by a durable timer, one millisecond after the allowed service time is used up (BR-218). Firing decides afresh.
import type { AppendMember, EventStore } from '@deskfleet/event-store';
import { StaffingFellShort, StaffingRecovered, StaffingShortfallBegan, StaffingShortfallEnded } from '@deskfleet/protocol/agents';
import type { TimerPlan } from '@deskfleet/read-model';
import { NEVER } from '@deskfleet/service-hours';
import { type StaffingEvent, staffing } from './staffing.ts';
import { memberOn, stateOf } from './stream.ts';

const KIND = 'staffing-due';

export function staffingTimers(store: Pick<EventStore, 'load'>): TimerPlan<StaffingEvent> {
  return {
    kind: KIND,
    types: [StaffingFellShort, StaffingRecovered, StaffingShortfallBegan, StaffingShortfallEnded] as TimerPlan<StaffingEvent>['types'],
    armedBy: [StaffingFellShort],
    appends: [StaffingShortfallBegan],
    changes({ event, streamId }) {
      if (event.$type !== StaffingFellShort.$type) return [{ clear: { kind: KIND, key: event.shopId } }];
      return event.dueAt >= NEVER ? [] : [{ set: { kind: KIND, key: event.shopId, streamId, dueAt: event.dueAt + 1 } }];
    },
    async fire(timers, now) {
      const members: AppendMember[] = [];
      for (const [vendorId, ofVendor] of Map.groupBy(timers, (timer) => timer.vendorId)) {
        const streams = await store.load(
          vendorId,
          ofVendor.map(({ streamId }) => streamId),
        );
        for (const { streamId, key: shopId, dueAt } of ofVendor) {
          const stream = streams.get(streamId);
          const decision = staffing.decide(stateOf(stream), { kind: 'elapse', shopId, now });
          if (!decision.accepted || decision.events.length === 0) continue;
          members.push(memberOn(stream, shopId, decision.events, { vendorId, commandId: `${KIND}:${shopId}:${dueAt}` }, now));
        }
      }
      return members;
    },
  };
}
