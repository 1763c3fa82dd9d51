// The end: either side gives notice, and service ends at a stated instant, in one append. Before a verdict the deposit settles as after a failed
// trial; before the first go-live no fee was made. Source: domain.md P-03, BR-228.
import { accept, type Decision, refuse } from '@deskfleet/event-store';
import { type Consent, Party } from '@deskfleet/protocol/common';
import { ContractExpiryReminded, ContractTerminated, type HandbackListed, ServiceEndSet } from '@deskfleet/protocol/onboarding';
import { isDate } from '../contract/terms.ts';
import { type Agreement, daysAfter, daysBetween, endOf, todayOf } from './agreement.ts';
import { type EndedRefusal, ended } from './ended.ts';
import { handbackOf } from './handback.ts';
import type { Ending, Launch, Trial } from './state.ts';

export type EndingCommand =
  | {
      readonly kind: 'terminate';
      readonly by: Party;
      readonly reason: string;
      /** Empty = as early as the notice allows. */
      readonly lastServiceOn: string;
      readonly consent: Consent | undefined;
      readonly now: number;
    }
  /** `succeeded`: the shops have a contract that follows this one. */
  | { readonly kind: 'remind-of-expiry'; readonly succeeded: boolean; readonly now: number };

export type EndingRefusal =
  | EndedRefusal
  | 'terminating-party-missing'
  | 'termination-reason-missing'
  | 'last-service-day-invalid'
  | 'notice-too-short'
  | 'after-contract-end';

type Happened = ContractTerminated | ServiceEndSet | HandbackListed | ContractExpiryReminded;

const REASON_CHARACTERS = 2_000;

export function terminated(event: ContractTerminated): Ending {
  const { by, reason, serviceEndsAt, beforeVerdict, beforeGoLive, consent } = event;
  return { status: 'set', how: 'terminated', by, reason, serviceEndsAt, beforeVerdict, beforeGoLive, consent };
}

/** A failed trial ends the contract; the client judged. */
export function failed(trial: Trial, serviceEndsAt: number): Ending {
  const { reason, consent } = trial.status === 'failed' ? trial : { reason: '', consent: undefined };
  return { status: 'set', how: 'trial-failed', by: Party.PARTY_CLIENT, reason, serviceEndsAt, beforeVerdict: false, beforeGoLive: false, consent };
}

/** A trial that has no verdict when notice is given will have none. */
export function cutShort(trial: Trial): Trial {
  if (trial.status !== 'running') return trial;
  const { startsOn, endsOn, endsAt } = trial;
  return { status: 'cut-short', startsOn, endsOn, endsAt };
}

export function decideEnding(of: Agreement, launch: Launch, command: EndingCommand): Decision<Happened, EndingRefusal> {
  return command.kind === 'terminate' ? terminate(of, launch, command) : remind(of, launch, command);
}

function terminate(of: Agreement, launch: Launch, command: Extract<EndingCommand, { kind: 'terminate' }>): Decision<Happened, EndingRefusal> {
  const { by, now, consent, lastServiceOn } = command;
  const { contractId, shopIds } = of;
  const reason = command.reason.trim();
  if (saidBefore(of, launch.ending, { by, reason, lastServiceOn })) return accept();
  const over = ended(of, launch, now, { withNotice: true });
  if (over !== undefined) return over;
  if (by !== Party.PARTY_CLIENT && by !== Party.PARTY_VENDOR)
    return refuse('terminating-party-missing', { field: 'by', found: '', expected: 'client or vendor' });
  if (reason === '' || reason.length > REASON_CHARACTERS)
    return refuse('termination-reason-missing', { field: 'reason', found: reason.length, expected: `1 to ${REASON_CHARACTERS} characters` });
  const beforeGoLive = of.status === 'signed' && Object.keys(launch.batches).length === 0;
  const end = serviceEnd(of, lastServiceOn, beforeGoLive ? 0 : of.terms.noticeDays, now);
  if (typeof end !== 'number') return end;
  const beforeVerdict = launch.trial.status === 'running';
  return accept<Happened>(
    ContractTerminated.create({ contractId, by, reason, serviceEndsAt: end, beforeVerdict, beforeGoLive, consent }),
    ServiceEndSet.create({ contractId, shopIds: [...shopIds], serviceEndsAt: end }),
    handbackOf(of, launch),
  );
}

/** The same notice by the same side again. */
function saidBefore(of: Agreement, ending: Ending, asked: { readonly by: Party; readonly reason: string; readonly lastServiceOn: string }): boolean {
  if (ending.status !== 'set' || ending.how !== 'terminated' || ending.by !== asked.by || ending.reason !== asked.reason) return false;
  return asked.lastServiceOn === '' || (isDate(asked.lastServiceOn) && endOf(asked.lastServiceOn, of) === ending.serviceEndsAt);
}

/** The instant service ends: with the last day asked for, not before the notice is over, not after the contract's own last day. */
function serviceEnd(of: Agreement, lastServiceOn: string, noticeDays: number, now: number): number | ReturnType<typeof refuse<EndingRefusal>> {
  const today = todayOf(of, now);
  const earliest = daysAfter(today, noticeDays);
  const contractEnd = of.terms.endsOn === '' ? Infinity : endOf(of.terms.endsOn, of);
  if (lastServiceOn === '') return noticeDays === 0 ? now : Math.min(endOf(earliest, of), contractEnd);
  if (!isDate(lastServiceOn))
    return refuse('last-service-day-invalid', { field: 'lastServiceOn', found: lastServiceOn, expected: 'a date such as 2026-01-31' });
  const end = endOf(lastServiceOn, of);
  if (end > contractEnd) return refuse('after-contract-end', { field: 'lastServiceOn', found: lastServiceOn, expected: `${of.terms.endsOn} or before` });
  if (lastServiceOn < earliest && end < contractEnd)
    return refuse('notice-too-short', { field: 'lastServiceOn', found: lastServiceOn, expected: `${earliest} or later`, noticeDays });
  return end;
}

/** Ahead of the last day, once for each time it is due; not when the end is set or another contract follows. */
function remind(of: Agreement, launch: Launch, { succeeded, now }: Extract<EndingCommand, { kind: 'remind-of-expiry' }>): Decision<Happened, EndingRefusal> {
  const { endsOn } = of.terms;
  if (endsOn === '' || succeeded || launch.ending.status === 'set') return accept();
  const daysLeft = daysBetween(todayOf(of, now), endsOn);
  if (daysLeft < 0 || (launch.expiryReminded !== undefined && launch.expiryReminded <= daysLeft)) return accept();
  return accept(ContractExpiryReminded.create({ contractId: of.contractId, endsOn, daysLeft }));
}
