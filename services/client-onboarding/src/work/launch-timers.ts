// Reminders (BR-207): of a verdict before the trial's end and daily while the client is silent; of the contract's last day ahead of it. Each firing
// decides afresh, so one that is late, double or no longer due says nothing.
import type { AppendMember, RecordedEvent } from '@deskfleet/event-store';
import {
  ContractExpiryReminded,
  ContractImported,
  ContractSigned,
  ContractTerminated,
  ServiceEndSet,
  TrialExtended,
  TrialFailed,
  TrialPassed,
  TrialStarted,
  TrialVerdictReminded,
} from '@deskfleet/protocol/onboarding';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { Timer, TimerChange, TimerPlan } from '@deskfleet/read-model';
import { dayBounds } from '@deskfleet/service-hours';
import type { Kit } from '@deskfleet/service-kit';
import { type Agreement, daysAfter } from '../launch/agreement.ts';
import { type LaunchCommand, launchUnder } from '../launch/launch.ts';
import { agreementIn, launchAppend, launchIn, launchStream } from '../launch/stream.ts';
import type { ShopEvent } from '../shop/shop.ts';
import { contractStream, shopStream } from '../streams.ts';

const DAY_MS = 86_400_000;
/** Days before the trial's end at which both sides are reminded; from the last on daily. */
const VERDICT_DAYS_BEFORE = [3, 2, 1, 0];
/** Days after it at which the last reminder is given: whoever has not answered sixty is not moved by one more. */
const VERDICT_LAST_DAY_AFTER = 60;
/** Days before the contract's last day, after the first reminder, which the terms may set. */
const EXPIRY_DAYS_BEFORE = [7, 1];
const EXPIRY_FIRST_DAYS_BEFORE = 30;

type TrialChange = TrialStarted | TrialExtended | TrialPassed | TrialFailed | ContractTerminated;
type TermChange = ContractSigned | ContractImported | ServiceEndSet;

const VERDICT = 'trial-verdict';
const EXPIRY = 'contract-expiry';

/** In days before the trial's end; negative: after it. */
const VERDICT_STEPS = [...VERDICT_DAYS_BEFORE, ...Array.from({ length: VERDICT_LAST_DAY_AFTER }, (_, index) => -(index + 1))];

export function launchTimers(kit: Kit): readonly [TimerPlan<TrialChange>, TimerPlan<TermChange>] {
  return [
    {
      kind: VERDICT,
      types: [TrialStarted, TrialExtended, TrialPassed, TrialFailed, ContractTerminated] as TimerPlan<TrialChange>['types'],
      armedBy: [TrialStarted, TrialExtended],
      appends: [TrialVerdictReminded],
      changes: verdictChanges,
      fire: (timers, now) => fire(kit, timers, now, async () => ({ kind: 'remind-of-verdict', now })),
    },
    {
      kind: EXPIRY,
      types: [ContractSigned, ContractImported, ServiceEndSet] as TimerPlan<TermChange>['types'],
      armedBy: [ContractSigned, ContractImported],
      appends: [ContractExpiryReminded],
      changes: expiryChanges,
      fire: (timers, now) => fire(kit, timers, now, async (vendorId, of) => ({ kind: 'remind-of-expiry', succeeded: await succeeded(kit, vendorId, of), now })),
    },
  ];
}

function verdictChanges({ event }: RecordedEvent<TrialChange>): TimerChange[] {
  const { contractId } = event;
  const key = (days: number): string => `${contractId}/${days}`;
  if (event.$type !== TrialStarted.$type && event.$type !== TrialExtended.$type)
    return VERDICT_STEPS.map((days) => ({ clear: { kind: VERDICT, key: key(days) } }));
  // Reminded at the beginning of the trial's last days, then at each day's end without a verdict.
  return VERDICT_STEPS.map((days) => ({
    set: { kind: VERDICT, key: key(days), streamId: launchStream(contractId), dueAt: event.endsAt - (days + 1) * DAY_MS },
  }));
}

function expiryChanges({ event }: RecordedEvent<TermChange>): TimerChange[] {
  const { contractId } = event;
  if (event.$type === ServiceEndSet.$type) {
    return ['first', ...EXPIRY_DAYS_BEFORE].map((step) => ({ clear: { kind: EXPIRY, key: `${contractId}/${step}` } }));
  }
  const { terms } = event;
  if (terms === undefined || terms.endsOn === '') return [];
  const steps: [string, number][] = [
    ['first', terms.renewal?.remindDays || EXPIRY_FIRST_DAYS_BEFORE],
    ...EXPIRY_DAYS_BEFORE.map((days): [string, number] => [String(days), days]),
  ];
  return steps.map(([step, days]) => {
    const dueAt = dayBounds(daysAfter(terms.endsOn, -days), terms.zone).from;
    return { set: { kind: EXPIRY, key: `${contractId}/${step}`, streamId: launchStream(contractId), dueAt } };
  });
}

/** One member a launch, under the first timer's command: several that are due at once say the same. */
async function fire(
  kit: Kit,
  timers: readonly Timer[],
  now: number,
  command: (vendorId: string, of: Agreement) => Promise<LaunchCommand>,
): Promise<AppendMember[]> {
  const members: AppendMember[] = [];
  const firsts = new Map(timers.toReversed().map((timer) => [`${timer.vendorId}\n${timer.streamId}`, timer]));
  for (const timer of firsts.values()) {
    const contractId = timer.streamId.slice(launchStream('').length);
    const streams = await kit.store.load(timer.vendorId, [contractStream(contractId), timer.streamId]);
    const [of, stream] = [agreementIn(streams.get(contractStream(contractId))), streams.get(timer.streamId)];
    if (of === undefined || stream === undefined) continue;
    const decision = launchUnder(of).decide(launchIn(of, stream), await command(timer.vendorId, of));
    if (!decision.accepted || decision.events.length === 0) continue;
    const commandId = `${timer.kind}:${timer.key}:${timer.dueAt}`;
    const actor = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: kit.name });
    const cause = { vendorId: timer.vendorId, actor, correlationId: commandId, causationId: '', commandId };
    members.push({ cause, streams: [launchAppend(of, stream, decision.events, now)] });
  }
  return members;
}

/** Whether every shop of the contract has another that begins after its last day. */
async function succeeded(kit: Kit, vendorId: string, { shopIds, terms }: Agreement): Promise<boolean> {
  const streams = await kit.store.load(vendorId, shopIds.map(shopStream));
  return shopIds.every((shopId) =>
    streams
      .get(shopStream(shopId))
      ?.events.map(({ event }) => event as ShopEvent)
      .some((event) => event.$type === 'deskfleet.onboarding.v1.ShopContracted' && event.effectiveOn > terms.endsOn),
  );
}
