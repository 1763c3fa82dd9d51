// Launches to look at: one on its way to the first go-live, one in its trial with a batch under review, one that has ended.
import { addDays } from '../src/format/dates.ts';
import type { Launch, LaunchBatch, LaunchGate, LaunchInformation, LaunchTraining, TrialCard } from '../src/screens/launch/queries.ts';
import { contracts, HOUR, NOW, TODAY, ZONE } from './fixtures.ts';

const DAY = 24 * HOUR;
const byClient = { decidedBy: 'client' as const, userId: 'us_owner', evidence: '', fileIds: [] };
const onBehalf = { decidedBy: 'vendor-on-behalf' as const, userId: 'us_1', evidence: '电话 3 月 2 日 10:05', fileIds: [] };
const cny = (amount: string) => ({ currency: 'CNY', amount });

const gate = (key: string, part: Partial<LaunchGate> = {}): LaunchGate => ({
  ...{ key, passed: true, code: '', waitsFor: '', since: NOW - 9 * DAY, path: '', have: 0, needed: 0, items: [], topic: '', batch: 0, date: '' },
  ...part,
});
const shut = (key: string, code: string, waitsFor: string, part: Partial<LaunchGate> = {}) =>
  gate(key, { passed: false, code, waitsFor, path: '/contracts/ct_1/onboarding', since: NOW - 4 * DAY, ...part });

const training = (part: Partial<LaunchTraining>): LaunchTraining => ({
  ...{ trainingId: 'tr_1', kind: 'product' as const, topic: '春季新品', givenBy: 'client' as const, plannedOn: addDays(TODAY, -6), shopIds: ['sh_baby'] },
  agents: [
    { agentId: 'ag_0', name: '小美' },
    { agentId: 'ag_1', name: '小红' },
  ],
  ...{
    status: 'completed',
    recordedBy: 'unspecified' as const,
    heldOn: addDays(TODAY, -6),
    minutes: 90,
    consent: byClient,
    waitsFor: '',
    since: NOW - 6 * DAY,
  },
  results: [
    { agentId: 'ag_0', agentName: '小美', scoreBp: 9_600, passed: true },
    { agentId: 'ag_1', agentName: '小红', scoreBp: 5_500, passed: false },
  ],
  ...part,
});

const item = (itemKey: string, part: Partial<LaunchInformation> = {}): LaunchInformation => ({
  ...{ itemKey, title: '', standard: true, required: true, reason: '', status: 'open', secret: false, content: '', erased: false, fileIds: [] },
  ...{ reopenedReason: '', reopenedBy: 'unspecified' as const, since: NOW - 9 * DAY, looks: [], looked: 0 },
  ...part,
});
const given = (itemKey: string, content: string, part: Partial<LaunchInformation> = {}) =>
  item(itemKey, { status: 'handed-over', content, consent: byClient, since: NOW - 3 * DAY, ...part });

const information = [
  given('sub-accounts', '', { secret: true, looked: 3, looks: [{ userId: 'us_1', at: NOW - 5 * HOUR }] }),
  given('discount-authority', '满 200 减 10 以内可自行决定，超过请示店长。'),
  item('return-address', { reopenedReason: '缺收件人电话', reopenedBy: 'vendor' }),
  item('campaigns'),
  given('shipping-promises', '48 小时内发货，预售除外。', { consent: onBehalf }),
  item('banned-words', { required: false, reason: '平台词表已够用' }),
];

const batch = (batchNo: number, part: Partial<LaunchBatch> = {}): LaunchBatch => ({
  ...{ batchKey: `batch-${batchNo}`, batchNo, name: '', shopIds: ['sh_baby'], products: 200, agentsNeeded: 5, agentsTrained: 5, status: 'planned', liveAt: 0 },
  ...{ reason: '', note: '', waitsFor: '', since: 0 },
  ...part,
});

function launchOf(contractId: string, part: Partial<Launch>): Launch {
  const contract = contracts.find((each) => each.contractId === contractId);
  return {
    ...{
      contractId,
      number: contract?.number ?? '',
      clientId: contract?.clientId ?? '',
      zone: ZONE,
      shopIds: contract?.shops.map((shop) => shop.shopId) ?? [],
    },
    ...{ status: 'signed', nextBatchKey: 'batch-1', gates: [], trainingsNeeded: ['product', 'shop'], trainings: [], information, batches: [] },
    ...{ noticeDays: 30, earliestLastServiceOn: addDays(TODAY, 30), endsOn: addDays(TODAY, 300), asOf: NOW },
    ...part,
  };
}

const launches: Readonly<Record<string, Launch>> = {
  ct_0: launchOf('ct_0', {
    nextBatchKey: 'batch-3',
    gates: [
      gate('signatures'),
      gate('deposit'),
      gate('training-product'),
      gate('training-shop'),
      gate('information'),
      gate('agents'),
      shut('batch-before', 'batch-under-review', 'client', { batch: 2 }),
    ],
    trainings: [
      training({}),
      training({ trainingId: 'tr_2', kind: 'shop', topic: '店铺规则与售后流程', status: 'pending', recordedBy: 'vendor', waitsFor: 'client' }),
    ],
    batches: [
      batch(1, { status: 'accepted', liveAt: NOW - 8 * DAY, consent: byClient }),
      batch(2, { status: 'under-review', liveAt: NOW - 2 * DAY, since: NOW - 2 * DAY, waitsFor: 'client', note: '尺码问题已重新培训' }),
      batch(3),
    ],
    trial: {
      ...{ status: 'running', startsOn: addDays(TODAY, -8), endsOn: addDays(TODAY, 6), endsAt: NOW + 7 * DAY, day: 9, days: 15 },
      ...{ proposedEndsOn: addDays(TODAY, 20), proposedBy: 'vendor', reminded: false, decidedAt: 0, month: '', reason: '', since: NOW - 8 * DAY },
    },
  }),
  ct_1: launchOf('ct_1', {
    gates: [
      gate('signatures'),
      shut('deposit', 'deposit-missing', 'client', { path: '/deposits/ct_1', required: cny('6000.00'), received: cny('5999.99'), short: cny('0.01') }),
      gate('training-product'),
      shut('training-shop', 'training-unconfirmed', 'client', { topic: '店铺规则与售后流程' }),
      shut('information', 'information-open', 'client', { have: 7, needed: 9, items: ['return-address', 'campaigns'] }),
      shut('agents', 'agents-missing', 'vendor-operations', { have: 4, needed: 5 }),
    ],
    trainings: [
      training({}),
      training({ trainingId: 'tr_2', kind: 'shop', topic: '店铺规则与售后流程', status: 'scheduled', heldOn: '', minutes: 0, results: [], waitsFor: 'client' }),
    ],
    batches: [batch(1, { agentsTrained: 4 }), batch(2), batch(3)],
    trial: {
      ...{ status: 'none', startsOn: '', endsOn: '', endsAt: 0, day: 0, days: 15, proposedEndsOn: '', proposedBy: 'unspecified', reminded: false },
      ...{ decidedAt: 0, month: '', reason: '', since: 0 },
    },
  }),
  ct_2: launchOf('ct_2', {
    nextBatchKey: '',
    batches: [batch(1, { status: 'accepted', liveAt: NOW - 30 * DAY, consent: byClient })],
    trial: {
      ...{ status: 'failed', startsOn: addDays(TODAY, -30), endsOn: addDays(TODAY, -16), endsAt: NOW - 15 * DAY, day: 0, days: 15, proposedEndsOn: '' },
      ...{ proposedBy: 'unspecified', reminded: true, decidedAt: NOW - 3 * DAY, month: '', reason: '回复太慢', consent: onBehalf, since: NOW - 3 * DAY },
    },
    ending: {
      ...{ how: 'trial-failed', by: 'client', reason: '回复太慢', serviceEndsAt: NOW - 3 * DAY, beforeVerdict: false, beforeGoLive: false },
      ...{ consent: onBehalf, since: NOW - 3 * DAY },
    },
    handback: {
      items: [
        { key: 'open-tickets', title: '', required: true, returned: true, note: 'T-1 至 T-3 已交还店长' },
        { key: 'sub-accounts', title: '', required: true, returned: false, note: '' },
      ],
      signatures: [],
      since: NOW - 3 * DAY,
    },
  }),
};

export const launch = (contractId: string): Launch | undefined => launches[contractId];

export const trialCard = (contractId: string): TrialCard => ({
  ...{ contractId, clausesKnown: true, standingKnown: contractId === 'ct_0', asOf: NOW },
  clauses: (contracts[0]?.terms?.clauses ?? []).map((clause, index) => ({
    ...{ clause, shopId: '', notYetDue: 2 },
    ...(index === 0 ? { met: 233, missed: 292, kept: false } : { met: 480, missed: 20, kept: true }),
  })),
  ...(contractId === 'ct_0' ? { deposit: cny('6000.00'), fees: cny('1850.00'), kept: cny('1850.00'), refund: cny('4150.00'), receivable: cny('0.00') } : {}),
});
