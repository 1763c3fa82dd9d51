// Where each contract's launch stands: one row a contract, with its open steps. The state is folded here as the decider folds it, so that a list needs
// no stream. Sealed contents are not in it.
import {
  BatchAccepted,
  BatchReworked,
  BatchReworkRequested,
  BatchWentLive,
  ContractDrafted,
  ContractDraftRevised,
  ContractExpiryReminded,
  ContractImported,
  ContractSigned,
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
  TrainingRecorded,
  TrainingScheduled,
  TrialExtended,
  TrialExtensionProposed,
  TrialFailed,
  TrialPassed,
  TrialStarted,
  TrialVerdictReminded,
} from '@deskfleet/protocol/onboarding';
import type { RowProjection } from '@deskfleet/read-model';
import { type Agreement, type AgreementEvent, agreementAfter } from '../launch/agreement.ts';
import { type Since, sinceAfter } from '../launch/history.ts';
import { launchUnder, NOT_LAUNCHED } from '../launch/launch.ts';
import type { Launch, LaunchEvent } from '../launch/state.ts';
import { type OpenStep, openSteps } from '../launch/waiting.ts';

/** What a launch stream holds. */
export const LAUNCH_EVENTS = [
  ...[DepositNoted, TrainingScheduled, TrainingRecorded, TrainingConfirmed, TrainingCompleted],
  ...[InformationItemSet, InformationHandedOver, InformationReopened, InformationRevealed],
  ...[BatchWentLive, ShopWentLive, BatchAccepted, BatchReworkRequested, BatchReworked],
  ...[TrialStarted, TrialExtensionProposed, TrialExtended, TrialVerdictReminded, TrialPassed, TrialFailed],
  ...[ContractTerminated, ServiceEndSet, HandbackListed, HandbackItemReturned, HandbackSigned, ContractExpiryReminded],
] as const;

export interface LaunchRow {
  readonly contract_id: string;
  /** The contract's first: whoever sees it sees the launch. */
  readonly shop_id: string;
  readonly agreement: Agreement;
  readonly launch: Launch;
  readonly since: Since;
  readonly steps: readonly OpenStep[];
  /** How many of them wait for whom; so that a list finds its rows by an index. */
  readonly waits_client: number;
  readonly waits_vendor: number;
}

type Event = AgreementEvent | LaunchEvent;

export const launches: RowProjection<Event, LaunchRow> = {
  name: 'launches',
  version: 2,
  types: [ContractDrafted, ContractDraftRevised, ContractSigned, ContractImported, ...LAUNCH_EVENTS] as RowProjection<Event, LaunchRow>['types'],
  columns: `
    contract_id text collate "C" not null,
    agreement jsonb not null,
    launch jsonb not null,
    since jsonb not null,
    steps jsonb not null,
    waits_client int not null,
    waits_vendor int not null`,
  keyColumns: ['contract_id'],
  indexes: ['(vendor_id) where waits_client > 0', '(vendor_id) where waits_vendor > 0'],
  keys: ({ event }) => [{ contract_id: event.contractId }],
  apply(row, { event, occurredAt }) {
    const agreement = isAgreementEvent(event) ? agreementAfter(row?.agreement, event) : row?.agreement;
    if (agreement === undefined) return row;
    const before = row?.launch ?? NOT_LAUNCHED;
    const launch = isAgreementEvent(event) ? before : launchUnder(agreement).evolve(before, event);
    const since = sinceAfter(row?.since ?? {}, event, occurredAt);
    const steps = openSteps(agreement, launch, since, occurredAt);
    const waits = (whom: OpenStep['waitsFor']) => steps.filter(({ waitsFor }) => waitsFor === whom).length;
    return {
      ...{ contract_id: agreement.contractId, shop_id: agreement.shopIds[0] ?? '', agreement, launch, since, steps },
      ...{ waits_client: waits('client'), waits_vendor: waits('vendor-operations') },
    };
  },
};

function isAgreementEvent(event: Event): event is AgreementEvent {
  switch (event.$type) {
    case ContractDrafted.$type:
    case ContractDraftRevised.$type:
    case ContractSigned.$type:
    case ContractImported.$type:
      return true;
    default:
      return false;
  }
}
