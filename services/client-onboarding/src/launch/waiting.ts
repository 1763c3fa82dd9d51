// The open steps of a launch: each with whose turn it is and since when. What the client's to-do list, the board and the contract page go by.
import { Party } from '@deskfleet/protocol/common';
import { type Agreement, trainingsNeeded } from './agreement.ts';
import { gatesOf, nextBatch } from './gates.ts';
import { type Since, sinceWhen } from './history.ts';
import { openInformation } from './information.ts';
import type { Launch } from './state.ts';
import { otherParty, roleOfParty } from './training.ts';

export interface OpenStep {
  /** A WaitingItem's kind. */
  readonly kind:
    | 'training-not-planned'
    | 'training-not-held'
    | 'training-unconfirmed'
    | 'information-open'
    | 'go-live-open'
    | 'batch-under-review'
    | 'batch-in-rework'
    | 'trial-extension-proposed'
    | 'trial-verdict-open'
    | 'handback-open'
    | 'handback-unsigned'
    | 'contract-expiring';
  readonly waitsFor: 'client' | 'vendor-operations';
  readonly since: number;
  readonly count: number;
  /** What the kind is about: a training's topic, a batch's number, a date. */
  readonly subject: string;
}

/** Every open step at this instant. The deposit is not among them: that one is billing's to tell. */
export function openSteps(of: Agreement, launch: Launch, since: Since, now: number): readonly OpenStep[] {
  if (of.status === 'draft') return [];
  if (launch.ending.status === 'set') return handbackSteps(launch, since);
  return [
    ...trainingSteps(of, launch, since),
    ...(of.status === 'signed' ? informationSteps(launch, since) : []),
    ...goLiveSteps(of, launch, since, now),
    ...batchSteps(launch, since),
    ...trialSteps(launch, since),
    ...handbackSteps(launch, since),
    ...expirySteps(of, launch, since),
  ];
}

function trainingSteps(of: Agreement, launch: Launch, since: Since): OpenStep[] {
  const steps: OpenStep[] = [];
  for (const { trainingId, topic, givenBy, progress } of Object.values(launch.trainings)) {
    if (progress.status === 'completed') continue;
    const pending = progress.status === 'pending';
    steps.push({
      kind: pending ? 'training-unconfirmed' : 'training-not-held',
      waitsFor: roleOfParty(pending ? otherParty(progress.recordedBy) : givenBy),
      ...{ since: sinceWhen(since, [`training:${trainingId}`]), count: 1, subject: topic },
    });
  }
  const waits = of.status === 'signed' && nextBatch(of, launch) !== undefined;
  const unplanned = trainingsNeeded(of.terms).filter((name) => !Object.values(launch.trainings).some((training) => training.name === name));
  if (waits && unplanned.length > 0) {
    const count = unplanned.length;
    steps.push({ kind: 'training-not-planned', waitsFor: 'vendor-operations', since: sinceWhen(since, ['signatures']), count, subject: unplanned.join(' ') });
  }
  return steps;
}

function informationSteps(launch: Launch, since: Since): OpenStep[] {
  const open = openInformation(launch);
  if (open.length === 0) return [];
  const oldest = Math.min(...open.map((key) => sinceWhen(since, [`information:${key}`])));
  return [{ kind: 'information-open', waitsFor: 'client', since: oldest, count: open.length, subject: open.join(' ') }];
}

function goLiveSteps(of: Agreement, launch: Launch, since: Since, now: number): OpenStep[] {
  const batch = nextBatch(of, launch);
  if (batch === undefined || of.status !== 'signed') return [];
  const gates = gatesOf(of, launch, batch, now);
  if (gates.some(({ missing }) => missing !== undefined)) return [];
  const opened = sinceWhen(
    since,
    gates.flatMap(({ topics }) => topics),
  );
  return [{ kind: 'go-live-open', waitsFor: 'vendor-operations', since: opened, count: 1, subject: String(batch.no) }];
}

function batchSteps(launch: Launch, since: Since): OpenStep[] {
  return Object.values(launch.batches).flatMap(({ key, no, progress }): OpenStep[] => {
    if (progress.status === 'accepted') return [];
    const review = progress.status === 'under-review';
    const kind = review ? 'batch-under-review' : 'batch-in-rework';
    return [{ kind, waitsFor: review ? 'client' : 'vendor-operations', since: sinceWhen(since, [`batch:${key}`]), count: 1, subject: String(no) }];
  });
}

/** A verdict is the client's to-do from the first reminder on, three days before the end. */
function trialSteps({ trial }: Launch, since: Since): OpenStep[] {
  if (trial.status !== 'running') return [];
  const steps: OpenStep[] = [];
  if (trial.proposal !== undefined) {
    const { by, endsOn } = trial.proposal;
    const waitsFor = roleOfParty(otherParty(by));
    steps.push({ kind: 'trial-extension-proposed', waitsFor, since: sinceWhen(since, ['extension']), count: 1, subject: endsOn });
  }
  if (trial.remindedAt !== undefined) {
    steps.push({ kind: 'trial-verdict-open', waitsFor: 'client', since: sinceWhen(since, ['verdict']), count: 1, subject: trial.endsOn });
  }
  return steps;
}

function handbackSteps({ handback }: Launch, since: Since): OpenStep[] {
  if (handback === undefined || handback.signed.length === 2) return [];
  const at = sinceWhen(since, ['handback']);
  const open = handback.items.filter(({ required, returned }) => required && returned === undefined);
  if (open.length > 0) {
    const subject = open.map(({ key }) => key).join(' ');
    return [{ kind: 'handback-open', waitsFor: 'vendor-operations', since: at, count: open.length, subject }];
  }
  return [Party.PARTY_VENDOR, Party.PARTY_CLIENT]
    .filter((party) => !handback.signed.some((signature) => signature.party === party))
    .map((party) => ({ kind: 'handback-unsigned', waitsFor: roleOfParty(party), since: at, count: 1, subject: '' }));
}

/** Both sides are told that the contract runs out. */
function expirySteps({ terms }: Agreement, launch: Launch, since: Since): OpenStep[] {
  if (launch.expiryReminded === undefined || launch.handback !== undefined) return [];
  return (['vendor-operations', 'client'] as const).map((waitsFor) => ({
    ...{ kind: 'contract-expiring', waitsFor, since: sinceWhen(since, ['expiry']), count: 1, subject: terms.endsOn },
  }));
}
