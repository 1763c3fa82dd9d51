// The onboarding board, notifications and webhooks as the portal answers them, for the fixture server.
import type { BoardCard, BoardColumn, Notification } from '../src/api/types.ts';
import { HOUR, NOW } from './fixtures.ts';

const DAY = 24 * HOUR;

const boardCard = (part: Partial<BoardCard>): BoardCard => ({
  subjectId: 'ct_9',
  leadId: 'ld_9',
  contractId: 'ct_9',
  number: 'C-0142',
  clientId: 'cl_9',
  clientName: '青禾母婴',
  shopId: 'sh_baby',
  shopName: '母婴旗舰店',
  shopCode: 'tm-baby',
  step: 'training',
  turn: 'client',
  what: 'information-open',
  facts: [],
  since: NOW - 4 * DAY,
  stepSince: NOW - 9 * DAY,
  trial: 'none',
  trialDay: 0,
  trialDays: 0,
  trialEndsOn: '',
  remindedAt: 0,
  ...part,
});

const facts = (values: Readonly<Record<string, string>>): BoardCard['facts'] => Object.entries(values).map(([name, value]) => ({ name, value }));

const cards: readonly BoardCard[] = [
  boardCard({ facts: facts({ open: '2', of: '9' }), remindedAt: NOW - 26 * HOUR }),
  boardCard({
    subjectId: 'ct_8',
    contractId: 'ct_8',
    number: 'C-0139',
    clientName: '云栖家居',
    shopId: 'sh_home',
    shopName: '家居旗舰店',
    step: 'handover',
    what: 'batch-under-review',
    facts: facts({ batch: '2', of: '3', accepted: '200', products: '600' }),
    since: NOW - 2 * DAY,
    stepSince: NOW - 7 * DAY,
    trial: 'running',
    trialDay: 9,
    trialDays: 15,
    trialEndsOn: '2026-04-06',
  }),
  boardCard({
    subjectId: 'ct_7',
    contractId: 'ct_7',
    number: 'C-0145',
    clientName: '远山户外',
    shopId: 'sh_phone',
    shopName: '户外专营店',
    step: 'deposit',
    what: 'deposit-due',
    facts: facts({ short: '0.01', required: '6000.00', currency: 'CNY' }),
    since: NOW - 3 * DAY,
    stepSince: NOW - 3 * DAY,
  }),
  boardCard({
    subjectId: 'ct_6',
    contractId: 'ct_6',
    number: 'C-0147',
    clientName: '拾味零食',
    shopName: '零食铺子',
    step: 'contract',
    turn: 'vendor-operations',
    what: 'contract-to-countersign',
    since: NOW - 5 * HOUR,
    stepSince: NOW - 2 * DAY,
  }),
  boardCard({
    subjectId: 'ld_5',
    leadId: 'ld_5',
    contractId: '',
    number: '',
    clientName: '木子服饰',
    shopId: '',
    shopName: '',
    step: 'lead',
    turn: 'vendor-operations',
    what: 'profile-missing',
    since: NOW - 30 * HOUR,
    stepSince: NOW - 30 * HOUR,
  }),
];

const column = (step: string, shops: number, part: Partial<BoardColumn> = {}): BoardColumn => ({
  step,
  shops,
  client: 0,
  vendorOperations: 0,
  finance: 0,
  onTrial: 0,
  finished: 31,
  medianMs: 2 * DAY + 5 * HOUR,
  ...part,
});

export const board = {
  cards,
  nextToken: '',
  total: cards.length,
  columns: [
    column('lead', 6, { vendorOperations: 6 }),
    column('quote', 4, { client: 3, vendorOperations: 1 }),
    column('contract', 3, { client: 2, vendorOperations: 1 }),
    column('deposit', 2, { client: 2 }),
    column('training', 5, { client: 4, vendorOperations: 1, medianMs: 6 * DAY }),
    column('handover', 4, { client: 3, vendorOperations: 1, onTrial: 1, finished: 0, medianMs: 0 }),
    column('live', 44, { onTrial: 3, finished: 0, medianMs: 0 }),
  ],
  asOf: NOW,
};

/** 5,000 shops: the longest fifty, the others as a number. */
export const manyBoard = {
  ...board,
  cards: Array.from({ length: 50 }, (_, index) =>
    boardCard({ ...cards[index % cards.length], subjectId: `ct_${index}`, shopName: `店铺 ${index + 1}`, stepSince: NOW - (90 - index) * DAY }),
  ),
  nextToken: '50',
  total: 5_000,
};

const notice = (kind: string, part: Partial<Notification>): Notification => ({
  notificationId: `n-${kind}`,
  kind,
  facts: {},
  path: '/contracts/ct_0',
  subjectId: 'ct_0',
  shopIds: ['sh_home'],
  occurredAt: NOW - 2 * HOUR,
  notedAt: NOW - 2 * HOUR,
  read: false,
  ...part,
});

export const notifications = {
  notifications: [
    notice('done-on-behalf', { facts: { what: 'quote-accepted', evidence: '11 月 24 日电话，店主口头同意', fileIds: ['fi_1'] } }),
    notice('deposit-received', { facts: { amount: '2000.00', currency: 'CNY', complete: false }, path: '/deposits/ct_0' }),
    notice('trial-verdict-due', { facts: { endsOn: '2026-04-06', daysLeft: 3 }, occurredAt: NOW - 9 * HOUR }),
    notice('reminded', { facts: { what: 'contract-to-sign', step: 'contract', note: '周五前签，下周可以开始培训' }, read: true, occurredAt: NOW - 30 * HOUR }),
    notice('invoice-issued', {
      facts: { number: 'DF-202603-0142', month: '2026-03', amount: '3586.20', currency: 'CNY' },
      read: true,
      occurredAt: NOW - 4 * DAY,
    }),
  ],
  unread: 3,
  nextToken: '',
};

export const files = {
  files: [
    {
      fileId: 'fi_1',
      name: '电话录音 11-24.m4a',
      contentType: 'audio/mp4',
      size: 812_345,
      sha256: 'ab'.repeat(32),
      shopIds: ['sh_home'],
      contractId: '',
      storedBy: 'us_1',
      storedAt: NOW - 3 * HOUR,
    },
  ],
};

export const webhooks = {
  webhooks: [
    {
      webhookId: 'wh_1',
      url: 'https://erp.example.com/deskfleet',
      configuredAt: NOW - 20 * DAY,
      configuredBy: 'us_1',
      waiting: 1,
      givenUp: 2,
      lastDeliveredAt: NOW - HOUR,
      lastError: 'answered 503',
    },
  ],
};

const delivery = {
  eventId: 'ev-1',
  kind: 'deposit-received',
  attempts: 1,
  createdAt: NOW - HOUR,
  endedAt: NOW - HOUR,
  dueAt: 0,
  lastStatus: 200,
  lastError: '',
};
export const deliveries = {
  deliveries: [
    { ...delivery, state: 'delivered' },
    { ...delivery, eventId: 'ev-2', state: 'waiting', attempts: 3, endedAt: 0, dueAt: NOW + HOUR, lastStatus: 503 },
    { ...delivery, eventId: 'ev-3', state: 'given-up', attempts: 17, lastStatus: 0, lastError: 'no answer within 10 s' },
  ],
};

const task = (kind: string, part: object) => ({
  kind,
  vendorId: 've_1',
  shopId: 'sh_home',
  contractId: 'ct_0',
  waitsFor: 'client',
  since: NOW - DAY,
  count: 1,
  subject: '',
  path: '/',
  ...part,
});
/** What waits for the client, the oldest first. */
export const tasks = {
  items: [
    task('question-open', { subject: 'qu_3', count: 3, since: NOW - 4 * DAY, path: '/questions/qu_3' }),
    task('quote-awaiting-client', { path: '/quotes/qt_1-2', since: NOW - 3 * DAY }),
    task('contract-awaiting-signature', { contractId: 'ct_offered', path: '/contracts/ct_offered/sign', since: NOW - 3 * DAY }),
    task('deposit-awaited', { contractId: 'ct_1', shopId: 'sh_baby', path: '/deposits/ct_1', since: NOW - 3 * DAY }),
    task('remedy-proposed', { subject: 'we_2', path: '/contracts/ct_0/supervision', since: NOW - 2 * DAY }),
    task('batch-under-review', { subject: '2', path: '/contracts/ct_0/onboarding', since: NOW - 2 * DAY }),
    task('training-unconfirmed', { subject: '店铺规则与售后流程', path: '/contracts/ct_0/onboarding', since: NOW - 2 * DAY }),
    task('information-open', { contractId: 'ct_1', shopId: 'sh_baby', count: 2, subject: 'return-address campaigns', path: '/contracts/ct_1/onboarding' }),
    task('trial-verdict-open', { subject: '2026-04-06', path: '/contracts/ct_0/onboarding' }),
    task('handback-unsigned', { contractId: 'ct_2', shopId: 'sh_snack', path: '/contracts/ct_2/onboarding' }),
  ],
  total: 10,
  rest: 0,
  away: [],
  asOf: NOW,
};
