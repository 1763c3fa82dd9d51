// At each month's end, in the contract's zone, it is asked whether managers talked in it (BR-016), from the first whole month after the contract was
// recorded. A contract arms the questions of two years, each talk of managers those of the two years after it: a reminder that armed the next one would
// be a circle of types. Whoever has not talked in two years is not asked anew; the last month missed goes on waiting. Firing decides afresh.
import { type AppendMember, type EventStore, expectLoaded, fold, type LoadedStream, type RecordedEvent } from '@deskfleet/event-store';
import { ContractImported, ContractSigned, ManagementMeetingHeld, ManagementMeetingMissed, ServiceEndSet } from '@deskfleet/protocol/onboarding';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { TimerChange, TimerPlan } from '@deskfleet/read-model';
import { dateOf, monthBounds } from '@deskfleet/service-hours';
import { contractStream } from '../streams.ts';
import { managers, type SupervisionEvent, supervision } from './supervision.ts';

const KIND = 'management-meeting';
type Event = ContractSigned | ContractImported | ManagementMeetingHeld;

/** Months a contract or a talk of managers asks for. */
const MONTHS_AHEAD = 24;

export const supervisionStream = (contractId: string): string => `supervision-${contractId}`;
const launchStream = (contractId: string): string => `launch-${contractId}`;

export function meetingTimers(store: Pick<EventStore, 'load'>): TimerPlan<Event> {
  const armedBy = [ContractSigned, ContractImported, ManagementMeetingHeld];
  return {
    kind: KIND,
    types: armedBy as TimerPlan<Event>['types'],
    armedBy,
    appends: [ManagementMeetingMissed],
    changes,
    async fire(timers, now) {
      const members: AppendMember[] = [];
      for (const [vendorId, ofVendor] of Map.groupBy(timers, (timer) => timer.vendorId)) {
        const ids = [...new Set(ofVendor.map(({ key }) => monthIn(key).contractId))];
        const streams = await store.load(
          vendorId,
          ids.flatMap((id) => [contractStream(id), launchStream(id), supervisionStream(id)]),
        );
        // Of several months of one contract the first goes in; the others conflict and are decided again.
        for (const { key, dueAt } of ofVendor) {
          const member = missedIn(monthIn(key), streams, now, { vendorId, commandId: `${KIND}:${key}:${dueAt}` });
          if (member !== undefined) members.push(member);
        }
      }
      return members;
    },
  };
}

/** Timers are by contract and month, so that a talk recorded late moves none but its own. */
function monthIn(key: string): { readonly contractId: string; readonly month: string } {
  const slash = key.lastIndexOf('/');
  return { contractId: key.slice(0, slash), month: key.slice(slash + 1) };
}

function changes({ event, recordedAt }: RecordedEvent<Event>): TimerChange[] {
  const { contractId } = event;
  const ask = (first: string, zone: string, lastDay: string): TimerChange[] =>
    monthsFrom(first, lastDay === '' ? undefined : lastDay.slice(0, 7)).map((month) => ({
      set: { kind: KIND, key: `${contractId}/${month}`, streamId: supervisionStream(contractId), dueAt: monthBounds(month, zone).to },
    }));
  if (event.$type === ManagementMeetingHeld.$type) return managers(event.levels) ? ask(monthAfter(event.heldOn.slice(0, 7)), event.zone, '') : [];
  const { zone = '', effectiveOn = '', endsOn = '' } = event.terms ?? {};
  if (zone === '') return [];
  return ask(firstWholeMonth([effectiveOn, dateOf(recordedAt, zone)].sort().at(-1) ?? ''), zone, endsOn);
}

/** From the first to the last at most, both included. */
function monthsFrom(first: string, last: string | undefined): string[] {
  const months: string[] = [];
  for (let month = first; months.length < MONTHS_AHEAD && (last === undefined || month <= last); month = monthAfter(month)) months.push(month);
  return months;
}

function firstWholeMonth(date: string): string {
  return date.endsWith('-01') ? date.slice(0, 7) : monthAfter(date.slice(0, 7));
}

function monthAfter(month: string): string {
  return Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString();
}

function missedIn(
  { contractId, month }: ReturnType<typeof monthIn>,
  streams: ReadonlyMap<string, LoadedStream>,
  now: number,
  cause: { readonly vendorId: string; readonly commandId: string },
): AppendMember | undefined {
  const contract = streams
    .get(contractStream(contractId))
    ?.events.map(({ event }) => event)
    .find(isContract);
  const terms = contract?.terms;
  if (terms === undefined) return undefined;
  const { zone, endsOn } = terms;
  const end = monthBounds(month, zone).to;
  const ended =
    streams
      .get(launchStream(contractId))
      ?.events.map(({ event }) => event)
      .findLast(isEnd)?.serviceEndsAt ?? Number.POSITIVE_INFINITY;
  // Who parts within the month owes no talk in it.
  if (ended < end || (endsOn !== '' && endsOn < dateOf(end - 1, zone))) return undefined;
  const stream = streams.get(supervisionStream(contractId));
  const state = fold(supervision, stream?.events.map(({ event }) => event as SupervisionEvent) ?? []);
  const decision = supervision.decide(state, { kind: 'month-over', contractId, month, zone, today: dateOf(now, zone) });
  if (!decision.accepted || decision.events.length === 0) return undefined;
  const events = decision.events.map((event) => ({ event, occurredAt: now, shopId: contract?.shopIds[0] ?? '' }));
  return {
    cause: { ...cause, actor: Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'client-onboarding' }), correlationId: contractId, causationId: contractId },
    streams: [{ streamId: supervisionStream(contractId), expected: expectLoaded(stream ?? { version: 0 }), events }],
  };
}

function isContract(event: { readonly $type: string }): event is ContractSigned | ContractImported {
  return event.$type === ContractSigned.$type || event.$type === ContractImported.$type;
}

function isEnd(event: { readonly $type: string }): event is ServiceEndSet {
  return event.$type === ServiceEndSet.$type;
}
