// Launches as tests begin with them: what both sides have done, by name.
import { Consent, Consent_DecidedBy, Money, Party } from '@deskfleet/protocol/common';
import {
  BatchAccepted,
  BatchWentLive,
  DepositNoted,
  InformationHandedOver,
  ShopWentLive,
  TrainingCompleted,
  TrainingConfirmed,
  TrainingKind,
  TrainingRecorded,
  TrainingResult,
  TrainingScheduled,
  TrialStarted,
} from '@deskfleet/protocol/onboarding';
import { type BatchTerm, type ContractTerms, EngagementTerm } from '@deskfleet/protocol/terms';
import { standardTerms } from '../contract/standard-terms.ts';
import type { Agreement } from './agreement.ts';
import { STANDARD_ITEMS } from './information-items.ts';
import type { LaunchEvent } from './state.ts';

export const ZONE = 'Asia/Shanghai';
export const at = (local: string): number => Date.parse(`${local}+08:00`);
export const NOW = at('2026-03-02T10:00:00');
export const cny = (minor: number): Money => Money.create({ currency: 'CNY', minor });

export const byClient = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: 'owner-1' });
export const CLIENT = Party.PARTY_CLIENT;
export const VENDOR = Party.PARTY_VENDOR;

const batch = (no: number): BatchTerm => ({
  $type: 'deskfleet.common.v1.BatchTerm',
  key: `batch-${no}`,
  name: `Batch ${no}`,
  shopIds: [],
  products: 200,
  agents: 2,
});

export const terms: ContractTerms = {
  ...standardTerms,
  zone: ZONE,
  effectiveOn: '2026-03-01',
  endsOn: '2026-12-31',
  deposit: cny(600_000),
  engagement: EngagementTerm.ENGAGEMENT_TERM_LONG,
  trial: { $type: 'deskfleet.common.v1.TrialTerms', days: 15, clauseKeys: [] },
  batches: [batch(1), batch(2), batch(3)],
  noticeDays: 30,
};

export const agreement: Agreement = { contractId: 'ct_1', number: 'HT-1', clientId: 'cl_1', shopIds: ['sh_1', 'sh_2'], terms, status: 'signed' };
export const agreed = (change: Partial<ContractTerms>): Agreement => ({ ...agreement, terms: { ...terms, ...change } });

const { contractId } = agreement;

export const received = (minor: number, sourcePosition = 1): LaunchEvent =>
  DepositNoted.create({ contractId, required: cny(600_000), received: cny(minor), sourcePosition });

export const result = (agentId: string, passed = true): TrainingResult =>
  TrainingResult.create({ agentId, agentName: agentId, scoreBp: passed ? 9_000 : 4_000, passed });

export const scheduled = (trainingId: string, kind: TrainingKind, givenBy: Party = CLIENT): LaunchEvent =>
  TrainingScheduled.create({ contractId, trainingId, kind, topic: 'All about it', givenBy, plannedOn: '2026-03-01' });

export const told = (trainingId: string, by: Party, agents: readonly TrainingResult[] = [result('ag_1'), result('ag_2')]): LaunchEvent =>
  TrainingRecorded.create({ contractId, trainingId, heldOn: '2026-03-01', minutes: 90, results: [...agents], by });

/** Planned, told by the vendor and confirmed by the client. */
export function trained(trainingId: string, kind: TrainingKind, agents: readonly TrainingResult[] = [result('ag_1'), result('ag_2')]): LaunchEvent[] {
  return [
    scheduled(trainingId, kind),
    told(trainingId, VENDOR, agents),
    TrainingConfirmed.create({ contractId, trainingId, by: CLIENT, consent: byClient }),
    TrainingCompleted.create({ contractId, trainingId, kind, shopIds: ['sh_1', 'sh_2'], results: [...agents], heldOn: '2026-03-01' }),
  ];
}

export const handedOver = (itemKey: string, secret = false): LaunchEvent =>
  InformationHandedOver.create({ contractId, itemKey, content: Buffer.from('sealed'), subjectId: 's-1', secret, consent: byClient });

export const allInformation: readonly LaunchEvent[] = STANDARD_ITEMS.map(({ key, secret = false }) => handedOver(key, secret));
export const productTraining: readonly LaunchEvent[] = trained('tr_p', TrainingKind.TRAINING_KIND_PRODUCT);
export const shopTraining: readonly LaunchEvent[] = trained('tr_s', TrainingKind.TRAINING_KIND_SHOP);

/** Everything the first go-live needs. */
export const ready: readonly LaunchEvent[] = [received(600_000), ...productTraining, ...shopTraining, ...allInformation];

export const wentLive = (no: number, liveAt = NOW): LaunchEvent =>
  BatchWentLive.create({
    ...{ contractId, batchKey: `batch-${no}`, batchNo: no, shopIds: ['sh_1', 'sh_2'], products: 200 },
    ...{ agentIds: ['ag_1', 'ag_2'], liveAt },
  });
export const shopsLive: readonly LaunchEvent[] = ['sh_1', 'sh_2'].map((shopId) => ShopWentLive.create({ contractId, shopId, liveAt: NOW }));
export const trialStarted: LaunchEvent = TrialStarted.create({ contractId, startsOn: '2026-03-02', endsOn: '2026-03-16', endsAt: at('2026-03-17T00:00:00') });
export const accepted = (no: number): LaunchEvent => BatchAccepted.create({ contractId, batchKey: `batch-${no}`, consent: byClient });

/** Live with its first batch, the trial running. */
export const live: readonly LaunchEvent[] = [...ready, wentLive(1), ...shopsLive, trialStarted];
