// Since when each thing of a launch stands as it stands: the last event about it, by topic.
import type { AgreementEvent } from './agreement.ts';
import type { LaunchEvent } from './state.ts';

/** Topic -> epoch ms of the last event about it. Plain, so that a read model keeps it. */
export type Since = Readonly<Record<string, number>>;

/** What an event is about; undefined when nothing waits on it. */
export function topicOf(event: LaunchEvent | AgreementEvent): string | undefined {
  switch (event.$type) {
    case 'deskfleet.onboarding.v1.ContractSigned':
    case 'deskfleet.onboarding.v1.ContractImported':
    case 'deskfleet.onboarding.v1.ContractDrafted':
    case 'deskfleet.onboarding.v1.ContractDraftRevised':
      return 'signatures';
    case 'deskfleet.onboarding.v1.DepositNoted':
      return 'deposit';
    case 'deskfleet.onboarding.v1.TrainingScheduled':
    case 'deskfleet.onboarding.v1.TrainingRecorded':
    case 'deskfleet.onboarding.v1.TrainingConfirmed':
    case 'deskfleet.onboarding.v1.TrainingCompleted':
      return `training:${event.trainingId}`;
    case 'deskfleet.onboarding.v1.InformationItemSet':
    case 'deskfleet.onboarding.v1.InformationHandedOver':
    case 'deskfleet.onboarding.v1.InformationReopened':
      return `information:${event.itemKey}`;
    case 'deskfleet.onboarding.v1.BatchWentLive':
    case 'deskfleet.onboarding.v1.BatchAccepted':
    case 'deskfleet.onboarding.v1.BatchReworkRequested':
    case 'deskfleet.onboarding.v1.BatchReworked':
      return `batch:${event.batchKey}`;
    case 'deskfleet.onboarding.v1.TrialExtensionProposed':
      return 'extension';
    case 'deskfleet.onboarding.v1.TrialStarted':
    case 'deskfleet.onboarding.v1.TrialExtended':
    case 'deskfleet.onboarding.v1.TrialPassed':
    case 'deskfleet.onboarding.v1.TrialFailed':
      return 'trial';
    case 'deskfleet.onboarding.v1.ContractTerminated':
    case 'deskfleet.onboarding.v1.ServiceEndSet':
      return 'ending';
    case 'deskfleet.onboarding.v1.HandbackListed':
    case 'deskfleet.onboarding.v1.HandbackItemReturned':
    case 'deskfleet.onboarding.v1.HandbackSigned':
      return 'handback';
    case 'deskfleet.onboarding.v1.TrialVerdictReminded':
      return 'verdict';
    case 'deskfleet.onboarding.v1.ContractExpiryReminded':
      return 'expiry';
    case 'deskfleet.onboarding.v1.InformationRevealed':
    case 'deskfleet.onboarding.v1.ShopWentLive':
      return undefined;
  }
}

/** With one more event. A reminder keeps the first one's instant: the client's turn began then. */
export function sinceAfter(since: Since, event: LaunchEvent | AgreementEvent, at: number): Since {
  const topic = topicOf(event);
  if (topic === undefined || ((topic === 'verdict' || topic === 'expiry') && since[topic] !== undefined)) return since;
  return { ...since, [topic]: at };
}

/** The latest of these topics; where nothing was heard of any, the signatures'. */
export function sinceWhen(since: Since, topics: readonly string[]): number {
  const signed = since['signatures'] ?? 0;
  return topics.length === 0 ? signed : Math.max(...topics.map((topic) => since[topic] ?? signed));
}
