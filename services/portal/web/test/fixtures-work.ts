// The second half of the small world: quality inspection, billing, imports, accounts, members, services.
import type { Accrual, Assignment, Inspection, Invoice, Sample, Scorecard } from '../src/api/types.ts';
import { began, cny, conversation, dayList, event, HOUR, MONTH, NOW, TODAY } from './fixtures.ts';

export const scorecard: Scorecard = {
  version: 5,
  items: [
    {
      key: 'greeting',
      nameZh: '开场',
      nameEn: 'Greeting',
      pointsTenths: 100,
      fatal: false,
      hintZh: '称呼与问候到位',
      hintEn: 'Greets and addresses the customer',
    },
    {
      key: 'answer',
      nameZh: '解答',
      nameEn: 'Answer',
      pointsTenths: 300,
      fatal: false,
      hintZh: '答到点上，没有漏答',
      hintEn: 'Answers what was asked, misses nothing',
    },
    {
      key: 'promise',
      nameZh: '承诺外赔付',
      nameEn: 'Unauthorised promise',
      pointsTenths: 0,
      fatal: true,
      hintZh: '不许诺权限以外的优惠',
      hintEn: 'Promises nothing beyond authority',
    },
    {
      key: 'closing',
      nameZh: '结束语',
      nameEn: 'Closing',
      pointsTenths: 100,
      fatal: false,
      hintZh: '确认没有其他问题',
      hintEn: 'Asks whether anything is open',
    },
  ],
};
const finding = {
  findingId: 'fi_1',
  assignmentId: 'as_1',
  conversationId: 'cv_9f3kq2',
  shopId: 'sh_home',
  messageId: 'm-5',
  category: 'promise',
  severity: 'major',
  note: '「优先发货」没有授权',
  inspectorId: 'us_2',
  stratum: 'agent:ag_0',
  raisedAt: NOW - 3 * HOUR,
};
export const findings = [finding];
export const assignment: Assignment = {
  assignmentId: 'as_2',
  sampleId: 'sa_88',
  messages: conversation('x').messages.map(({ messageId, sentAt, sender, text }) => ({
    messageId,
    sentAt,
    speaker: sender === 'agent' ? 'agent-a' : sender,
    erased: false,
    text,
  })),
  done: 18,
  total: 50,
  state: 'open',
  findings: [],
};
export const inspection: Inspection = {
  assignmentId: 'as_1',
  sampleId: 'sa_88',
  conversationId: 'cv_9f3kq2',
  shopId: 'sh_home',
  stratum: 'agent:ag_0',
  inspectorId: 'us_2',
  scoredAt: NOW - 3 * HOUR,
  scorecardVersion: 5,
  items: scorecard.items.map((item, index) => ({
    itemKey: item.key,
    grade: index === 1 ? 'partial' : 'pass',
    pointsTenths: index === 1 ? 150 : item.pointsTenths,
  })),
  totalTenths: 350,
  maxTenths: 500,
  fatal: false,
  corrections: [{ at: NOW - 2 * HOUR, totalTenthsBefore: 300, totalTenthsAfter: 350, reason: '复听后改判' }],
  findings,
};
export const sample: Sample = {
  sampleId: 'sa_88',
  shopIds: [],
  range: { from: `${MONTH}-01`, to: TODAY },
  ratioBp: 500,
  seed: 42,
  everyAgent: true,
  framePosition: 8123,
  frameSize: 1000,
  drawn: 50,
  scored: 17,
  skipped: 1,
  drawnAt: NOW - 20 * HOUR,
  drawnBy: 'us_2',
  strata: [
    { key: 'agent:ag_0', size: 400, drawn: 20 },
    { key: 'account:dy_kf_07', size: 214, drawn: 11 },
    { key: 'none', size: 21, drawn: 1 },
  ],
  meanTenths: 912,
  lowTenths: 880,
  highTenths: 941,
  rows: Array.from({ length: 50 }, (_, index) => ({
    assignmentId: `as_${index + 1}`,
    state: index < 17 ? 'scored' : index === 17 ? 'skipped' : 'open',
    conversationId: index < 17 ? 'cv_9f3kq2' : '',
    stratum: index < 17 ? 'agent:ag_0' : '',
    totalTenths: index < 17 ? 380 : 0,
    maxTenths: 500,
    inspectorId: 'us_2',
  })),
};

const line = (key: string, quantity: string, unitPrice: string, amount: string, rule: string, clauseKey = '') => ({
  key,
  description: key,
  quantity,
  unitPrice,
  amount: cny(amount),
  rule,
  shopId: '',
  clauseKey,
});
const lines = [
  line('fee.monthly', '31', '5000.00', '5000.00', '5000.00 for the whole month'),
  line('usage.conversation', '1200', '0.60', '720.00', '1500 counted, 300 included in the monthly fee: 1200 x 0.60'),
  line('sla.credit', '1', '-36.00', '-36.00', '233 of 525 on time, agreed 90 %: 5 % of 720.00', 'first-response'),
];
export const accrual = (contractId: string): Accrual => ({
  contractId,
  contractNumber: 'C-0140',
  shopIds: ['sh_home'],
  month: MONTH,
  currency: 'CNY',
  counted: 1200,
  notCounted: 380,
  reasons: [
    { reason: 'bot-only', count: 210 },
    { reason: 'outside-service-hours', count: 90 },
    { reason: 'shop-staff', count: 60 },
    { reason: 'out-of-scope', count: 20 },
  ],
  lines: lines.slice(0, 2),
  total: cny('5720.00'),
  days: dayList.slice(-20).map((date, index) => ({ date, counted: 40 + ((index * 11) % 37), notCounted: 8 + (index % 9), amount: cny('36.60') })),
  invoiceNumber: '',
  notYetAdjusted: 0,
  asOf: NOW,
});
export const invoice: Invoice = {
  invoiceId: 'in_1',
  number: 'DF-202603-0142',
  contractId: 'ct_0',
  contractNumber: 'C-0140',
  shopIds: ['sh_home'],
  period: MONTH,
  currency: 'CNY',
  lines,
  total: cny('5684.00'),
  issuedAt: NOW - 48 * HOUR,
  knownThrough: { 'conversations/0/1': 51_220, 'sla-monitoring/0/1': 48_213 },
  attainment: [{ clauseKey: 'first-response', shopId: 'sh_home', met: 233, missed: 292, targetBp: 9000, kept: false }],
  notYetAdjusted: 2,
  counted: 1200,
  notCounted: 380,
  reasons: accrual('x').reasons,
  event,
};
const invoiceDays = [
  ['23', 700, '420.00'],
  ['24', 500, '300.00'],
] as const;
export const lineDays = { days: invoiceDays.map(([day, quantity, amount]) => ({ date: `${MONTH}-${day}`, quantity, amount: cny(amount) })), spreadRule: '' };
export const usage = {
  items: Array.from({ length: 61 }, (_, index) => ({
    conversationId: `cv_${index}9f3kq2`,
    shopId: 'sh_home',
    date: `${MONTH}-23`,
    firstCustomerAt: began + index * 61_000,
    counted: true,
    reason: '',
    amount: cny('0.60'),
    event,
  })),
  nextToken: '',
  total: 61,
  amount: cny('36.60'),
};
export const plan = {
  candidates: [
    { contractId: 'ct_0', contractNumber: 'C-0140', shopIds: ['sh_home'], month: MONTH, heldBy: 'month-not-ended', count: 0, total: cny('5720.00') },
    { contractId: 'ct_1', contractNumber: 'C-0141', shopIds: ['sh_baby'], month: '2026-02', heldBy: '', count: 0, total: cny('5316.20') },
    { contractId: 'ct_2', contractNumber: 'C-0142', shopIds: ['sh_snack'], month: '2026-02', heldBy: 'clocks-not-yet-due', count: 3, total: cny('4910.00') },
  ],
};
export const imports = [
  {
    importId: 'im_1',
    fileName: 'support-conversations.ndjson',
    startedAt: NOW - HOUR,
    finishedAt: NOW - HOUR + 3000,
    messages: 8331,
    conversations: 525,
    inserted: 8330,
    duplicates: 0,
    rejected: [
      { line: 1204, field: 'sent_at', found: '2026-03-05 10:00', expected: 'an RFC 3339 date and time with a zone, e.g. 2026-11-11T20:15:00.000+08:00' },
      { line: 1208, field: '', found: 'a line of 5242990 bytes', expected: 'a line of at most 131072 bytes' },
      { line: 1209, field: 'shop', found: 'nobody', expected: "the code of one of the vendor's shops" },
    ],
    rejectedTotal: 3,
  },
];
export const accounts = {
  accounts: [
    { shopId: 'sh_home', account: 'dy_kf_07', sender: 'agent', messages: 214, firstSeenAt: NOW - 9 * 24 * HOUR, lastSeenAt: NOW - HOUR, mappings: [] },
    {
      shopId: 'sh_home',
      account: 'ag_0',
      sender: 'agent',
      messages: 1402,
      firstSeenAt: NOW - 40 * 24 * HOUR,
      lastSeenAt: NOW,
      mappings: [{ shopId: 'sh_home', account: 'ag_0', party: 'agent' as const, agentId: 'ag_0', fromAt: 0, toAt: 0 }],
    },
    {
      shopId: 'sh_baby',
      account: 'owner_li',
      sender: 'agent',
      messages: 60,
      firstSeenAt: NOW - 40 * 24 * HOUR,
      lastSeenAt: NOW,
      mappings: [{ shopId: 'sh_baby', account: 'owner_li', party: 'shop-staff' as const, agentId: '', fromAt: NOW - 20 * 24 * HOUR, toAt: 0 }],
    },
  ],
  nextToken: '',
  unmapped: 1,
};
export const members = [
  {
    membershipId: 'me_1',
    name: '运营负责人',
    role: 'vendor-operations' as const,
    clientId: '',
    shopIds: [],
    mayAgree: false,
    state: 'active' as const,
    userId: 'us_1',
    invitedAt: NOW - HOUR,
    expiresAt: NOW,
    acceptedAt: NOW - HOUR,
    withdrawnAt: 0,
    withdrawnReason: '',
  },
  {
    membershipId: 'me_2',
    name: '云栖店主',
    role: 'client' as const,
    clientId: 'cl_0',
    shopIds: ['sh_home'],
    mayAgree: true,
    state: 'invited' as const,
    userId: '',
    invitedAt: NOW - HOUR,
    expiresAt: NOW + HOUR,
    acceptedAt: 0,
    withdrawnAt: 0,
    withdrawnReason: '',
  },
];
export const services = {
  services: ['client-onboarding', 'agent-pools', 'conversations', 'sla-monitoring', 'qa-inspection', 'billing'].map((service, index) => ({
    service,
    ready: true,
    source: `${service}/0/1`,
    position: 1200 * (index + 1),
    settled: index !== 4,
    held: index === 4 ? '12 waiting for contract-of:sh_phone' : '',
  })),
  asOf: NOW,
};
