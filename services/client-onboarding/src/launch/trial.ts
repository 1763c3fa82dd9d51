// The trial (合作试用): it runs beside the work from the first go-live, may be made longer by both sides together, and ends with the client's verdict.
// Silence decides nothing and moves no money. Source: domain.md P-04, BR-206, BR-207.
import { accept, type Decision, type Refused, refuse } from '@deskfleet/event-store';
import { type Consent, Party } from '@deskfleet/protocol/common';
import {
  type HandbackListed,
  ServiceEndSet,
  TrialExtended,
  TrialExtensionProposed,
  TrialFailed,
  TrialPassed,
  type TrialStarted,
  TrialVerdictReminded,
} from '@deskfleet/protocol/onboarding';
import { monthOf } from '@deskfleet/service-hours';
import { isDate } from '../contract/terms.ts';
import { type Agreement, daysAfter, daysBetween, endOf, todayOf } from './agreement.ts';
import { type EndedRefusal, ended } from './ended.ts';
import { handbackOf } from './handback.ts';
import type { Launch, Trial, TrialEvent } from './state.ts';

export type TrialCommand =
  | { readonly kind: 'propose-extension'; readonly endsOn: string; readonly by: Party; readonly consent: Consent | undefined; readonly now: number }
  | { readonly kind: 'agree-extension'; readonly endsOn: string; readonly by: Party; readonly consent: Consent | undefined; readonly now: number }
  | {
      readonly kind: 'give-verdict';
      readonly passed: boolean;
      readonly reason: string;
      /** A failed trial's; 0 = now. */
      readonly serviceEndsAt: number;
      readonly consent: Consent | undefined;
      readonly now: number;
    }
  | { readonly kind: 'remind-of-verdict'; readonly now: number };

export type TrialRefusal =
  | EndedRefusal
  | 'trial-not-started'
  | 'trial-decided'
  | 'trial-cut-short'
  | 'client-verdict-missing'
  | 'verdict-reason-missing'
  | 'service-end-in-the-past'
  | 'service-end-too-late'
  | 'extension-date-invalid'
  | 'extension-not-later'
  | 'extension-too-long'
  | 'extension-not-proposed'
  | 'extension-own-proposal'
  | 'extension-changed';

/** Days a trial may last, extensions included. */
const TRIAL_DAYS = 366;
/** Days after the verdict at which a failed trial's service may end at the latest. */
const RUN_OUT_DAYS = 90;
const REASON_CHARACTERS = 2_000;

type Running = Extract<Trial, { status: 'running' }>;

export function evolveTrial(trial: Trial, event: TrialEvent): Trial {
  if (event.$type === 'deskfleet.onboarding.v1.TrialStarted') return started(event);
  if (trial.status !== 'running') return trial;
  const { startsOn, endsOn, endsAt } = trial;
  switch (event.$type) {
    case 'deskfleet.onboarding.v1.TrialExtensionProposed':
      return { ...trial, proposal: { endsOn: event.endsOn, by: event.by, consent: event.consent } };
    case 'deskfleet.onboarding.v1.TrialExtended':
      return { ...trial, endsOn: event.endsOn, endsAt: event.endsAt, proposal: undefined, remindedAt: undefined };
    case 'deskfleet.onboarding.v1.TrialVerdictReminded':
      return { ...trial, remindedAt: event.daysLeft };
    case 'deskfleet.onboarding.v1.TrialPassed':
      return { status: 'passed', startsOn, endsOn, endsAt, month: event.month, decidedAt: event.decidedAt, consent: event.consent };
    case 'deskfleet.onboarding.v1.TrialFailed':
      return { status: 'failed', startsOn, endsOn, endsAt, reason: event.reason, decidedAt: event.decidedAt, consent: event.consent };
  }
}

function started({ startsOn, endsOn, endsAt }: TrialStarted): Trial {
  return { status: 'running', startsOn, endsOn, endsAt, proposal: undefined, remindedAt: undefined };
}

export function decideTrial(of: Agreement, launch: Launch, command: TrialCommand): Decision<TrialEvent | ServiceEndSet | HandbackListed, TrialRefusal> {
  const { trial } = launch;
  if (command.kind === 'remind-of-verdict') return remind(of, trial, command.now);
  if (command.kind === 'give-verdict') return verdict(of, launch, command);
  if (trial.status !== 'running') return notRunning(of, trial);
  const over = ended(of, launch, command.now);
  if (over !== undefined) return over;
  return command.kind === 'propose-extension' ? propose(of, trial, command) : agree(of, trial, command);
}

function notRunning(of: Agreement, trial: Exclude<Trial, Running>): Refused<TrialRefusal> {
  switch (trial.status) {
    case 'none':
      return of.status === 'draft' ? refuse('contract-not-signed', { number: of.number }) : refuse('trial-not-started', { number: of.number });
    case 'passed':
      return refuse('trial-decided', { verdict: 'passed', decidedAt: trial.decidedAt, happened: 'TrialPassed' });
    case 'failed':
      return refuse('trial-decided', { verdict: 'failed', decidedAt: trial.decidedAt, happened: 'TrialFailed' });
    case 'cut-short':
      return refuse('trial-cut-short', { happened: 'ContractTerminated' });
  }
}

type Asked<Kind extends TrialCommand['kind']> = Extract<TrialCommand, { kind: Kind }>;

function propose(of: Agreement, trial: Running, { endsOn, by, consent }: Asked<'propose-extension'>): Decision<TrialEvent, TrialRefusal> {
  if (!isDate(endsOn)) return refuse('extension-date-invalid', { field: 'endsOn', found: endsOn, expected: 'a date such as 2026-01-31' });
  if (endsOn <= trial.endsOn) return refuse('extension-not-later', { field: 'endsOn', found: endsOn, expected: `after ${trial.endsOn}` });
  const last = daysAfter(trial.startsOn, TRIAL_DAYS - 1);
  if (endsOn > last) return refuse('extension-too-long', { field: 'endsOn', found: endsOn, expected: `${last} or before` });
  if (trial.proposal?.endsOn === endsOn && trial.proposal.by === by) return accept();
  return accept(TrialExtensionProposed.create({ contractId: of.contractId, endsOn, by, consent }));
}

/** What is agreed to is named, so that nobody agrees to a proposal that was changed meanwhile. */
function agree(of: Agreement, trial: Running, { endsOn, by, consent }: Asked<'agree-extension'>): Decision<TrialEvent, TrialRefusal> {
  const { proposal } = trial;
  if (proposal === undefined) return trial.endsOn === endsOn ? accept() : refuse('extension-not-proposed', { endsOn: trial.endsOn });
  if (proposal.by === by)
    return refuse('extension-own-proposal', { endsOn: proposal.endsOn, waitsFor: by === Party.PARTY_CLIENT ? 'vendor-operations' : 'client' });
  if (proposal.endsOn !== endsOn) return refuse('extension-changed', { endsOn: proposal.endsOn, happened: 'TrialExtensionProposed' });
  return accept(TrialExtended.create({ contractId: of.contractId, endsOn, endsAt: endOf(endsOn, of), by, consent }));
}

/** Only the client judges: without its word there is no verdict, however long the trial is over (BR-206, BR-207). */
function verdict(of: Agreement, launch: Launch, command: Asked<'give-verdict'>): Decision<TrialEvent | ServiceEndSet | HandbackListed, TrialRefusal> {
  const { trial } = launch;
  const { passed, consent, now } = command;
  if (trial.status === (passed ? 'passed' : 'failed')) return accept();
  if (trial.status !== 'running') return notRunning(of, trial);
  if (consent === undefined) return refuse('client-verdict-missing', { waitsFor: 'client', endsOn: trial.endsOn });
  const { contractId } = of;
  if (passed) return accept(TrialPassed.create({ contractId, decidedAt: now, month: monthOf(now, of.terms.zone), consent }));
  return fail(of, launch, command);
}

function fail(
  of: Agreement,
  launch: Launch,
  { reason, now, ...command }: Asked<'give-verdict'>,
): Decision<TrialEvent | ServiceEndSet | HandbackListed, TrialRefusal> {
  const { contractId, shopIds } = of;
  // A contract that ran out without a verdict still gets one, or its deposit would lie for ever; its service ended with its last day.
  const { endsOn } = of.terms;
  const ranOut = endsOn === '' ? Infinity : endOf(endsOn, of);
  const serviceEndsAt = Math.min(command.serviceEndsAt === 0 ? now : command.serviceEndsAt, ranOut);
  const said = reason.trim();
  if (said === '' || said.length > REASON_CHARACTERS)
    return refuse('verdict-reason-missing', { field: 'reason', found: said.length, expected: `1 to ${REASON_CHARACTERS} characters` });
  if (serviceEndsAt < Math.min(now, ranOut)) return refuse('service-end-in-the-past', { field: 'serviceEndsAt', expected: 'now or later' });
  const last = endOf(daysAfter(todayOf(of, now), RUN_OUT_DAYS), of);
  if (serviceEndsAt > last) return refuse('service-end-too-late', { field: 'serviceEndsAt', expected: `within ${RUN_OUT_DAYS} days` });
  return accept<TrialEvent | ServiceEndSet | HandbackListed>(
    TrialFailed.create({ contractId, decidedAt: now, serviceEndsAt, reason: said, consent: command.consent }),
    ServiceEndSet.create({ contractId, shopIds: [...shopIds], serviceEndsAt }),
    handbackOf(of, launch),
  );
}

/** Once a day at most, before the end and, while nobody has judged, after it. */
function remind(of: Agreement, trial: Trial, now: number): Decision<TrialEvent, TrialRefusal> {
  if (trial.status !== 'running') return accept();
  const daysLeft = daysBetween(todayOf(of, now), trial.endsOn);
  if (trial.remindedAt !== undefined && trial.remindedAt <= daysLeft) return accept();
  return accept(TrialVerdictReminded.create({ contractId: of.contractId, endsOn: trial.endsOn, daysLeft }));
}
