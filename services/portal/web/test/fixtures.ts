// A small world for looking at screens: four shops on four platforms, one contract each, a month with good and bad news. Typed by the API.
import type { Agent, Breach, Clock, Contract, ContractTerms, Conversation, Floor, Ribbon, Shop, SlaClause, WaitingItem } from '../src/api/types.ts';
import { addDays, dateOf } from '../src/format/dates.ts';

export const ZONE = 'Asia/Shanghai';
export const NOW = Date.now();
export const TODAY = dateOf(NOW, ZONE);
export const MONTH = TODAY.slice(0, 7);
export const HOUR = 3_600_000;
export const cny = (amount: string) => ({ currency: 'CNY', amount });
export const event = { source: 'sla-monitoring/0/1', position: 48_213 };

const names: [string, string, string, string][] = [
  ['sh_home', 'dy-home', '云栖家居旗舰店', 'douyin'],
  ['sh_baby', 'tm-baby', '小满母婴旗舰店', 'tmall'],
  ['sh_snack', 'pdd-snack', '山野零食专营店', 'pinduoduo'],
  ['sh_phone', 'jd-phone', '极光数码自营店', 'jd'],
];

export const shops: Shop[] = names.map(([shopId, code, name, platform], index) => ({
  shopId,
  clientId: `cl_${index}`,
  clientName: name.slice(0, 2),
  code,
  name,
  platform,
  addedAt: NOW - 200 * 24 * HOUR,
  contractId: index === 3 ? '' : `ct_${index}`,
  contractNumber: index === 3 ? '' : `C-014${index}`,
  zone: index === 3 ? '' : ZONE,
}));

const clause: SlaClause = {
  key: 'first-response',
  metric: 'first-response',
  metricVersion: 1,
  allowanceMs: 30_000,
  targetBp: 9000,
  clock: 'service-hours',
  begunWithin: [],
  pooled: false,
  credit: { base: 'usage-fee', rateBp: 500 },
};
const replies: SlaClause = {
  ...clause,
  key: 'reply-rate',
  metric: 'reply-rate',
  allowanceMs: 180_000,
  targetBp: 8500,
  begunWithin: [{ weekdays: [], from: '08:00', to: '23:00', holidays: 'unspecified' }],
};

const terms: ContractTerms = {
  currency: 'CNY',
  zone: ZONE,
  serviceWindows: [{ weekdays: [], from: '08:00', to: '23:00', holidays: 'unspecified' }],
  effectiveOn: '2026-01-01',
  endsOn: '',
  scope: [],
  deposit: cny('6000.00'),
  monthlyFee: cny('5000.00'),
  usage: { unit: 'conversation', exclusions: ['bot-only', 'outside-service-hours'], unitPrice: '0.60', included: 300 },
  clauses: [clause, replies],
  holidayCalendar: 'CN',
  staffing: [{ level: 'middle', count: 5 }],
  trainingSupport: ['产品培训', '店铺培训'],
  qualityStandard: '质检得分不低于 90 分',
  assessmentMethod: '每月抽检 5%',
  serviceProcess: '先答疑，再推荐，超出权限转店主',
  engagement: 'long',
  trial: { days: 15, clauseKeys: [] },
  batches: [],
  lateFee: { rateBpPerDay: 5, graceDays: 3 },
  noticeDays: 30,
  renewal: { months: 12, remindDays: 30 },
  paymentDays: 10,
};

export const contracts: Contract[] = shops.slice(0, 3).map((shop, index) => ({
  contractId: `ct_${index}`,
  number: `C-014${index}`,
  clientId: shop.clientId,
  clientName: shop.clientName,
  shops: [shop],
  terms,
  signedOn: '2025-12-20',
  textHash: '',
  clientConsent: { decidedBy: 'vendor-on-behalf', userId: 'us_1', evidence: '邮件 2025-12-20', fileIds: [] },
  importedFrom: '',
  recordedAt: NOW - 180 * 24 * HOUR,
}));

export const agents: Agent[] = ['小林', '阿夏', '大川', '若溪'].map((name, index) => ({
  agentId: `ag_${index}`,
  name,
  skills: ['pre-sale'],
  maxLoad: 8,
  presence: index < 3 ? 'online' : 'away',
  presenceSince: NOW - HOUR,
  trainedShopIds: [],
  load: index + 2,
  level: index < 2 ? 'senior' : 'middle',
  levels: [
    { level: index < 2 ? 'senior' : 'middle', at: NOW - 72 * HOUR, userId: 'us_1' },
    ...(index === 0 ? [{ level: 'middle' as const, at: NOW - 2_000 * HOUR, userId: 'us_1' }] : []),
  ],
}));

const clock = (part: Partial<Clock>): Clock => ({
  conversationId: 'cv_9f3kq2',
  contractId: 'ct_0',
  shopId: 'sh_home',
  clauseKey: 'first-response',
  round: 1,
  startedAt: NOW - 45_000,
  dueAt: NOW + 12_000,
  stoppedAt: 0,
  elapsedMs: 18_000,
  state: 'running',
  reason: '',
  agent: '',
  breachId: '',
  date: TODAY,
  ...part,
});

export const floor: Floor = {
  open: 12,
  dueSoon: 5,
  breachedToday: 7,
  waiting: [
    {
      clock: clock({ dueAt: NOW - 125_000, startedAt: NOW - 155_000, state: 'missed', shopId: 'sh_snack', contractId: 'ct_2', conversationId: 'cv_late01' }),
      leftMs: -125_000,
      warned: true,
    },
    { clock: clock({}), leftMs: 12_000, warned: true },
    { clock: clock({ shopId: 'sh_baby', contractId: 'ct_1', dueAt: NOW + 41_000, conversationId: 'cv_baby01' }), leftMs: 41_000, warned: false },
    {
      clock: clock({ shopId: 'sh_baby', contractId: 'ct_1', clauseKey: 'reply-rate', dueAt: NOW + 170_000, conversationId: 'cv_baby02' }),
      leftMs: 170_000,
      warned: false,
    },
  ],
  hours: shops.slice(0, 3).flatMap((shop, row) =>
    Array.from({ length: 15 }, (_, hour) => {
      const due = 4 + ((hour * 7 + row * 5) % 23);
      const missed = row === 0 ? Math.floor(due * (hour > 9 ? 0.5 : 0.2)) : row === 1 ? (hour === 4 ? 2 : 0) : Math.floor(due * 0.1);
      return {
        shopId: shop.shopId,
        clauseKey: 'first-response',
        hourStart: Math.floor(NOW / HOUR) * HOUR - (14 - hour) * HOUR,
        met: due - missed,
        missed,
        targetBp: 9000,
      };
    }),
  ),
  asOf: NOW,
  rest: { shops: 0, met: 0, missed: 0 },
};

const waitingItem = (kind: string, part: Partial<WaitingItem>): WaitingItem => ({
  kind,
  vendorId: 've_1',
  shopId: '',
  contractId: '',
  waitsFor: 'vendor-operations',
  since: NOW - 5 * HOUR,
  count: 1,
  subject: '',
  path: '/',
  ...part,
});
export const waiting = {
  items: [
    waitingItem('contract-missing', { shopId: 'sh_phone', since: NOW - 4 * 24 * HOUR, path: '/contracts/new' }),
    waitingItem('account-unmapped', { shopId: 'sh_home', count: 214, subject: 'dy_kf_07', path: '/accounts', waitsFor: 'team-lead' }),
    waitingItem('sample-not-scored', { waitsFor: 'qa-inspector', count: 32, path: '/next' }),
    waitingItem('month-not-closed', { waitsFor: 'finance', subject: MONTH, path: '/close', contractId: 'ct_1' }),
  ],
  total: 4,
  rest: 0,
  away: [] as string[],
  asOf: NOW,
};

export const dayList = Array.from({ length: 30 }, (_, index) => addDays(TODAY, index - 29));
const attainment = (met: number, missed: number, unanswered: number) => ({ met, missed, notYetDue: 2, notOurs: 6, unanswered, withoutCustomer: 3 });

export const contractSla = (contractId: string) => {
  const index = Number(contractId.slice(3)) || 0;
  const bad = index === 0;
  const days = dayList.flatMap((date, day) =>
    day % 9 === 5
      ? []
      : [{ date, attainment: attainment(10 + ((day * 5) % 9), bad ? 8 + (day % 6) : day % 13 === 0 ? 2 : 0, 1), holiday: day === 7, makeUpDay: day === 12 }],
  );
  const met = days.reduce((sum, day) => sum + day.attainment.met, 0);
  const missed = days.reduce((sum, day) => sum + day.attainment.missed, 0);
  const all = met + missed + 2;
  const waits = [1, 4, 8, 15, 22, 30, 48, 90, 240, 900, 3600, 14_400, 57_300].map((seconds, at) => ({
    ms: seconds * 1000,
    count: Math.round(all * Math.min(0.96, bad ? 0.09 * (at + 1) : 0.4 + 0.06 * at)),
  }));
  const figure = (one: SlaClause) => ({
    clause: one,
    shopId: shops[index]?.shopId ?? '',
    attainment: attainment(met, missed, bad ? 21 : 1),
    kept: !bad,
    meanMs: 298 * 60_000,
    medianLowerMs: bad ? 84_000 : 11_000,
    p90Ms: bad ? 955_000 : 26_000,
    answered: met + missed - 21,
    averageResponseMs: 38_400,
    roundsAnswered: 1240,
    days,
    waits,
    warned: 9,
  });
  return { contractId, zone: ZONE, clauses: [figure(clause), figure(replies)], asOf: NOW };
};

export const began = NOW - 26 * HOUR;
const missedClock = clock({
  startedAt: began,
  dueAt: began + 30_000,
  stoppedAt: began + 45_000,
  elapsedMs: 45_000,
  state: 'missed',
  agent: 'ag_0',
  breachId: 'br_1',
  date: dateOf(began, ZONE),
});
export const breach: Breach = {
  breachId: 'br_1',
  clock: missedClock,
  breachedAt: began + 30_001,
  knownAt: began + 30_040,
  overtimeMs: 15_000,
  withdrawn: false,
  withdrawnReason: '',
  clause,
  startMessageId: 'm-1',
  stopMessageId: 'm-3',
  zone: ZONE,
  numberInMonth: 118,
  event,
};
export const breaches = Array.from(
  { length: 12 },
  (_, index): Breach => ({
    ...breach,
    breachId: index === 0 ? 'br_1' : `br_${index + 1}`,
    overtimeMs: 15_000 + index * 37_000,
    withdrawn: index === 4,
    withdrawnReason: index === 4 ? 'earlier-reply-learned' : '',
  }),
);
export const clocks = Array.from({ length: 40 }, (_, index) => ({
  ...missedClock,
  conversationId: `cv_${index}abcdef`,
  ...(index % 3 === 0 ? {} : { state: 'met', breachId: '', stoppedAt: began + 21_000, elapsedMs: 21_000 }),
}));

const says: [string, string, string, number][] = [
  ['customer', '', '你好，这款窗帘什么时候发货？我周五前要用', 0],
  ['bot', 'bot_welcome', '您好，欢迎光临云栖家居，客服马上到', 1],
  ['agent', 'ag_0', '在的，今天 18 点前发出，走顺丰，预计周四到', 45],
  ['customer', '', '能便宜点吗？隔壁店才 169', 80],
  ['agent', 'ag_0', '已经是活动价了，可以给您备注优先发货', 118],
  ['customer', '', '那尺寸 2.7 米够不够落地窗？', 46_918],
  ['agent', 'ag_0', '落地窗一般建议 2.8 米，可以免费改高，拍下备注就行', 46_940],
];
export const conversation = (conversationId: string): Conversation => ({
  summary: {
    conversationId,
    shopId: 'sh_home',
    channel: 'douyin',
    serviceType: 'pre-sale',
    firstMessageAt: began,
    lastMessageAt: began + 46_940_000,
    messages: says.length,
    lastSender: 'agent',
    customerSubject: 'su_1',
  },
  customerName: 'b***6',
  messages: says.map(([sender, account, text, seconds], index) => ({
    messageId: `m-${index + 1}`,
    sentAt: began + seconds * 1000,
    recordedAt: began + seconds * 1000 + 300,
    sender: sender as 'customer',
    account,
    text,
    erased: false,
    eventSource: 'conversations/0/1',
    eventPosition: 100 + index,
  })),
});
export const conversations = Array.from({ length: 60 }, (_, index) => ({
  conversationId: `cv_${index}9f3kq2`,
  shopId: shops[index % 4]?.shopId ?? '',
  channel: shops[index % 4]?.platform ?? '',
  serviceType: index % 3 === 0 ? ('after-sale' as const) : ('pre-sale' as const),
  firstMessageAt: NOW - index * 700_000,
  lastMessageAt: NOW - index * 700_000 + 240_000,
  messages: 4 + (index % 11),
  lastSender: index % 2 === 0 ? ('agent' as const) : ('customer' as const),
  customerSubject: 'su',
}));

export const ribbon = (conversationId: string): Ribbon => ({
  conversationId,
  zone: ZONE,
  rows: [
    {
      clock: missedClock,
      clause,
      segments: [
        { fromAt: began, toAt: began + 30_000, state: 'running' },
        { fromAt: began + 30_000, toAt: began + 45_000, state: 'overtime' },
      ],
    },
    {
      clock: {
        ...missedClock,
        clauseKey: 'reply-rate',
        round: 3,
        state: 'met',
        breachId: '',
        startedAt: began + 118_000,
        dueAt: began + 46_990_000,
        stoppedAt: began + 46_940_000,
        elapsedMs: 142_000,
      },
      clause: replies,
      segments: [
        { fromAt: began + 118_000, toAt: began + 238_000, state: 'running' },
        { fromAt: began + 238_000, toAt: began + 46_918_000, state: 'outside-hours' },
        { fromAt: began + 46_918_000, toAt: began + 46_940_000, state: 'running' },
      ],
    },
  ],
  notOursReason: '',
});
