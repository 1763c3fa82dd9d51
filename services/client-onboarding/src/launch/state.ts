// What has become of a launch: plain values, so that a read model keeps them as they are. Sealed contents are not among them; they stay in the log.
import type { Consent, Party } from '@deskfleet/protocol/common';
import type {
  BatchAccepted,
  BatchReworked,
  BatchReworkRequested,
  BatchWentLive,
  ContractExpiryReminded,
  ContractTerminated,
  DepositNoted,
  HandbackItemReturned,
  HandbackListed,
  HandbackSigned,
  InformationHandedOver,
  InformationItemSet,
  InformationReopened,
  InformationRevealed,
  ServiceEndSet,
  ShopWentLive,
  TrainingCompleted,
  TrainingConfirmed,
  TrainingKind,
  TrainingRecorded,
  TrainingResult,
  TrainingScheduled,
  TrialExtended,
  TrialExtensionProposed,
  TrialFailed,
  TrialPassed,
  TrialStarted,
  TrialVerdictReminded,
} from '@deskfleet/protocol/onboarding';
import type { TrainingName } from './agreement.ts';

export type TrainingEvent = TrainingScheduled | TrainingRecorded | TrainingConfirmed | TrainingCompleted;
export type InformationEvent = InformationItemSet | InformationHandedOver | InformationReopened | InformationRevealed;
export type BatchEvent = BatchWentLive | ShopWentLive | BatchAccepted | BatchReworkRequested | BatchReworked;
export type TrialEvent = TrialStarted | TrialExtensionProposed | TrialExtended | TrialVerdictReminded | TrialPassed | TrialFailed;
export type EndingEvent = ContractTerminated | ServiceEndSet | HandbackListed | HandbackItemReturned | HandbackSigned | ContractExpiryReminded;
export type LaunchEvent = DepositNoted | TrainingEvent | InformationEvent | BatchEvent | TrialEvent | EndingEvent;

export interface Account {
  readonly heldOn: string;
  readonly minutes: number;
  readonly results: readonly TrainingResult[];
}

export interface Training {
  readonly trainingId: string;
  readonly kind: TrainingKind;
  readonly name: TrainingName;
  readonly topic: string;
  readonly givenBy: Party;
  readonly plannedOn: string;
  /** Stated, never empty. */
  readonly shopIds: readonly string[];
  readonly agentIds: readonly string[];
  /** Pending on the side that has not yet said the same (BR-211). */
  readonly progress:
    | { readonly status: 'scheduled' }
    | ({ readonly status: 'pending'; readonly recordedBy: Party; readonly consent: Consent | undefined } & Account)
    | ({ readonly status: 'completed'; readonly consent: Consent | undefined } & Account);
}

export interface InformationItem {
  /** Empty = the standard one's. */
  readonly title: string;
  readonly required: boolean;
  /** Why it is not required. */
  readonly reason: string;
  readonly standard: boolean;
  readonly progress:
    | { readonly status: 'open'; readonly reopened: { readonly reason: string; readonly by: Party } | undefined }
    | { readonly status: 'handed-over'; readonly secret: boolean; readonly fileIds: readonly string[]; readonly consent: Consent | undefined };
}

export interface LiveBatch {
  readonly key: string;
  readonly no: number;
  readonly shopIds: readonly string[];
  readonly products: number;
  readonly agentIds: readonly string[];
  readonly liveAt: number;
  readonly progress:
    | { readonly status: 'under-review'; readonly note: string }
    | { readonly status: 'rework'; readonly reason: string; readonly consent: Consent | undefined }
    | { readonly status: 'accepted'; readonly consent: Consent | undefined };
}

interface Term {
  readonly startsOn: string;
  readonly endsOn: string;
  readonly endsAt: number;
}

export type Trial =
  | { readonly status: 'none' }
  | ({
      readonly status: 'running';
      readonly proposal: { readonly endsOn: string; readonly by: Party; readonly consent: Consent | undefined } | undefined;
      /** Days left when both sides were last reminded. */
      readonly remindedAt: number | undefined;
    } & Term)
  | ({ readonly status: 'passed'; readonly month: string; readonly decidedAt: number; readonly consent: Consent | undefined } & Term)
  | ({ readonly status: 'failed'; readonly reason: string; readonly decidedAt: number; readonly consent: Consent | undefined } & Term)
  /** The contract was terminated before a verdict. */
  | ({ readonly status: 'cut-short' } & Term);

export type Ending =
  | { readonly status: 'none' }
  | {
      readonly status: 'set';
      readonly how: 'trial-failed' | 'terminated';
      readonly by: Party;
      readonly reason: string;
      readonly serviceEndsAt: number;
      readonly beforeVerdict: boolean;
      readonly beforeGoLive: boolean;
      readonly consent: Consent | undefined;
    };

export interface HandbackState {
  readonly items: readonly { readonly key: string; readonly title: string; readonly required: boolean; readonly returned: string | undefined }[];
  readonly signed: readonly { readonly party: Party; readonly userId: string; readonly consent: Consent | undefined }[];
}

export interface Launch {
  readonly deposit: { readonly required: number; readonly received: number; readonly position: number } | undefined;
  readonly trainings: Readonly<Record<string, Training>>;
  readonly information: Readonly<Record<string, InformationItem>>;
  readonly batches: Readonly<Record<string, LiveBatch>>;
  readonly liveShopIds: readonly string[];
  readonly trial: Trial;
  readonly ending: Ending;
  readonly handback: HandbackState | undefined;
  /** Days left when both sides were last reminded of the contract's last day. */
  readonly expiryReminded: number | undefined;
}
