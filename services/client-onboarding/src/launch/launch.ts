// From the signatures to the end, in one stream: so that a verdict and a termination, or two go-lives, cannot both win. Training, information, batches,
// trial and ending each have their rules in a file of their own, over one state. Source: domain.md P-04 to P-06.
import { accept, type Decider, type Decision, refuse } from '@deskfleet/event-store';
import { DepositNoted } from '@deskfleet/protocol/onboarding';
import type { Agreement } from './agreement.ts';
import { type BatchCommand, type BatchRefusal, decideBatch, evolveBatches } from './batches.ts';
import { cutShort, decideEnding, type EndingCommand, type EndingRefusal, failed, terminated } from './ending.ts';
import { decideHandback, evolveHandback, type HandbackCommand, type HandbackRefusal } from './handback.ts';
import { decideInformation, evolveInformation, type InformationCommand, type InformationRefusal } from './information.ts';
import { standardInformation } from './information-items.ts';
import type { Launch, LaunchEvent } from './state.ts';
import { decideTraining, evolveTraining, type TrainingCommand, type TrainingRefusal } from './training.ts';
import { decideTrial, evolveTrial, type TrialCommand, type TrialRefusal } from './trial.ts';

/** What billing has received, as its log says at a position. */
export interface NoteDeposit {
  readonly kind: 'note-deposit';
  readonly required: DepositNoted['required'];
  readonly received: DepositNoted['received'];
  readonly sourcePosition: number;
}

export type LaunchCommand = NoteDeposit | TrainingCommand | InformationCommand | BatchCommand | TrialCommand | EndingCommand | HandbackCommand;
export type LaunchRefusal = TrainingRefusal | InformationRefusal | BatchRefusal | TrialRefusal | EndingRefusal | HandbackRefusal;

export const NOT_LAUNCHED: Launch = {
  deposit: undefined,
  trainings: {},
  information: standardInformation(),
  batches: {},
  liveShopIds: [],
  trial: { status: 'none' },
  ending: { status: 'none' },
  handback: undefined,
  expiryReminded: undefined,
};

/** The launch of one contract. What its stream says is judged under what the contract says, and a signed contract never changes. */
export function launchUnder(of: Agreement): Decider<LaunchCommand, LaunchEvent, Launch, LaunchRefusal> {
  return {
    initial: NOT_LAUNCHED,
    evolve: (launch, event) => evolve(of, launch, event),
    decide: (launch, command) => decide(of, launch, command),
  };
}

function evolve(of: Agreement, launch: Launch, event: LaunchEvent): Launch {
  switch (event.$type) {
    case 'deskfleet.onboarding.v1.DepositNoted': {
      const { required, received, sourcePosition } = event;
      return { ...launch, deposit: { required: required?.minor ?? 0, received: received?.minor ?? 0, position: sourcePosition } };
    }
    case 'deskfleet.onboarding.v1.TrainingScheduled':
    case 'deskfleet.onboarding.v1.TrainingRecorded':
    case 'deskfleet.onboarding.v1.TrainingConfirmed':
    case 'deskfleet.onboarding.v1.TrainingCompleted':
      return { ...launch, trainings: evolveTraining(launch.trainings, event, of.shopIds) };
    case 'deskfleet.onboarding.v1.InformationItemSet':
    case 'deskfleet.onboarding.v1.InformationHandedOver':
    case 'deskfleet.onboarding.v1.InformationReopened':
    case 'deskfleet.onboarding.v1.InformationRevealed':
      return { ...launch, information: evolveInformation(launch.information, event) };
    case 'deskfleet.onboarding.v1.ShopWentLive':
      return { ...launch, liveShopIds: [...launch.liveShopIds, event.shopId] };
    case 'deskfleet.onboarding.v1.BatchWentLive':
    case 'deskfleet.onboarding.v1.BatchAccepted':
    case 'deskfleet.onboarding.v1.BatchReworkRequested':
    case 'deskfleet.onboarding.v1.BatchReworked':
      return { ...launch, batches: evolveBatches(launch.batches, event) };
    case 'deskfleet.onboarding.v1.TrialStarted':
    case 'deskfleet.onboarding.v1.TrialExtensionProposed':
    case 'deskfleet.onboarding.v1.TrialExtended':
    case 'deskfleet.onboarding.v1.TrialVerdictReminded':
    case 'deskfleet.onboarding.v1.TrialPassed':
    case 'deskfleet.onboarding.v1.TrialFailed':
      return { ...launch, trial: evolveTrial(launch.trial, event) };
    case 'deskfleet.onboarding.v1.ContractTerminated':
      return { ...launch, trial: cutShort(launch.trial), ending: terminated(event) };
    case 'deskfleet.onboarding.v1.ServiceEndSet':
      return launch.ending.status === 'set' ? launch : { ...launch, ending: failed(launch.trial, event.serviceEndsAt) };
    case 'deskfleet.onboarding.v1.HandbackListed':
    case 'deskfleet.onboarding.v1.HandbackItemReturned':
    case 'deskfleet.onboarding.v1.HandbackSigned':
      return { ...launch, handback: evolveHandback(launch.handback, event) };
    case 'deskfleet.onboarding.v1.ContractExpiryReminded':
      return { ...launch, expiryReminded: event.daysLeft };
  }
}

function decide(of: Agreement, launch: Launch, command: LaunchCommand): Decision<LaunchEvent, LaunchRefusal> {
  switch (command.kind) {
    case 'note-deposit':
      return noteDeposit(of, launch, command);
    case 'schedule-training':
    case 'record-training':
    case 'confirm-training':
      return unsigned(of) ?? decideTraining(of, launch, command);
    case 'set-information-item':
    case 'hand-over-information':
    case 'reopen-information':
    case 'reveal-information':
      return unsigned(of) ?? decideInformation(of, launch, command);
    case 'go-live':
    case 'accept-batch':
    case 'request-rework':
    case 'report-rework':
      return decideBatch(of, launch, command);
    case 'propose-extension':
    case 'agree-extension':
    case 'give-verdict':
    case 'remind-of-verdict':
      return decideTrial(of, launch, command);
    case 'terminate':
    case 'remind-of-expiry':
      return decideEnding(of, launch, command);
    case 'add-handback-item':
    case 'return-handback-item':
    case 'sign-handback':
      return unsigned(of) ?? decideHandback(of, launch, command);
  }
}

function unsigned(of: Agreement) {
  return of.status === 'draft' ? refuse('contract-not-signed', { number: of.number, waitsFor: 'vendor-operations' }) : undefined;
}

/** Heard again, or heard late, it changes nothing. */
function noteDeposit(
  { contractId }: Agreement,
  { deposit }: Launch,
  { required, received, sourcePosition }: NoteDeposit,
): Decision<LaunchEvent, LaunchRefusal> {
  if (deposit !== undefined && deposit.position >= sourcePosition) return accept();
  return accept(DepositNoted.create({ contractId, required, received, sourcePosition }));
}
