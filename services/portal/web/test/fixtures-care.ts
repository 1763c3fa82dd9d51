// Living together and headcount, for looking: questions open and answered, weaknesses in every state, meetings, people over a day.

import { addDays, startOfDay } from '../src/format/dates.ts';
import type { Meeting, Question, Suggestion, Supervision, WeaknessState } from '../src/screens/care/queries.ts';
import type { Shift, ShopDuty, StaffedShop } from '../src/screens/staffing/queries.ts';
import { HOUR, MONTH, NOW, TODAY, ZONE } from './fixtures.ts';

const byClient = { decidedBy: 'client' as const, userId: 'us_owner', evidence: '', fileIds: [] };
const onBehalf = { decidedBy: 'vendor-on-behalf' as const, userId: 'us_1', evidence: '电话 11-12 10:05', fileIds: [] };

const question = (part: Partial<Question>): Question => ({
  questionId: 'qu_1',
  contractId: 'ct_0',
  shopId: 'sh_home',
  state: 'open',
  text: '沙发的退货地址是哪里？买家问了三次，仓库说要您确认。',
  askedAt: NOW - 100 * HOUR,
  askedBy: 'us_1',
  agentId: 'ag_0',
  conversationIds: ['cv_9f3kq2', 'cv_8k1p00'],
  closedAt: 0,
  closedBy: '',
  reason: '',
  answers: [],
  zone: ZONE,
  ...part,
});

const answered = question({
  questionId: 'qu_3',
  state: 'answered',
  text: '满 200 送的赠品能换成优惠券吗？',
  conversationIds: [],
  closedAt: NOW - 20 * HOUR,
  closedBy: 'us_owner',
  answers: [{ version: 2, text: '可以换 10 元券，赠品发完为止。', recordedAt: NOW - 20 * HOUR, consent: byClient }],
});

export const questions = {
  questions: [
    question({}),
    question({ questionId: 'qu_2', shopId: 'sh_baby', text: '奶瓶刻度模糊是批次问题吗？', conversationIds: [], askedAt: NOW - 5 * HOUR }),
  ],
  nextToken: '',
  total: 2,
  open: 2,
  oldestAt: NOW - 100 * HOUR,
  buyersWaiting: 2,
};
export const answeredQuestions = { ...questions, questions: [answered], total: 1 };
export const oneQuestion = {
  ...answered,
  answers: [...answered.answers, { version: 1, text: '不能换。', recordedAt: NOW - 40 * HOUR, consent: onBehalf }],
};
export const knowledge = {
  entries: [
    {
      questionId: 'qu_3',
      shopId: 'sh_home',
      question: answered.text,
      answer: '可以换 10 元券，赠品发完为止。',
      version: 2,
      recordedAt: NOW - 20 * HOUR,
      consent: byClient,
    },
    {
      questionId: 'qu_4',
      shopId: 'sh_home',
      question: '退货运费谁出？',
      answer: '质量问题我们出，其余买家出。',
      version: 1,
      recordedAt: NOW - 90 * HOUR,
      consent: onBehalf,
    },
  ],
  total: 2,
  searched: 2,
};

const weakness = (part: Partial<WeaknessState>): WeaknessState => ({
  key: 'we_1',
  checkId: 'sc_1',
  checkedOn: addDays(TODAY, -6),
  inspector: '店主 云栖',
  text: '晚上八点到九点，好几位买家等了两分钟以上才有人回。',
  judged: 'process',
  conversationId: 'cv_9f3kq2',
  clauseKey: 'first-response',
  state: 'open',
  remedy: '',
  remedyBy: 'unspecified',
  dueOn: '',
  doneOn: '',
  ...part,
});
const suggestion = (part: Partial<Suggestion>): Suggestion => ({
  suggestionId: 'sg_1',
  text: '大促前一周把尺码表放进快捷回复。',
  by: 'client',
  madeAt: NOW - 30 * HOUR,
  state: 'open',
  reason: '',
  repliedAt: 0,
  ...part,
});
export const supervision: Supervision = {
  contractId: 'ct_0',
  checks: [{ checkId: 'sc_1', checkedOn: addDays(TODAY, -6), inspector: '店主 云栖', weaknesses: 4, consent: byClient }],
  weaknesses: [
    weakness({}),
    weakness({
      key: 'we_2',
      state: 'proposed',
      text: '推荐时没有问用途。',
      clauseKey: '',
      remedy: '售前流程加一步：先问用途。',
      remedyBy: 'vendor',
      dueOn: addDays(TODAY, 7),
    }),
    weakness({
      key: 'we_3',
      state: 'overdue',
      judged: 'result',
      text: '询单转化低于上月。',
      remedy: '每周复盘十段未成交会话。',
      remedyBy: 'client',
      dueOn: addDays(TODAY, -1),
      consent: onBehalf,
    }),
    weakness({
      key: 'we_4',
      state: 'done',
      text: '周末没有主管在线。',
      remedy: '周末排一名主管。',
      remedyBy: 'vendor',
      dueOn: addDays(TODAY, -2),
      doneOn: addDays(TODAY, -3),
      consent: byClient,
    }),
  ],
  summary: { checks: 1, weaknesses: 4, process: 3, result: 1, open: 2, agreed: 0, overdue: 1, done: 1 },
  suggestions: [
    suggestion({}),
    suggestion({ suggestionId: 'sg_2', by: 'vendor', text: '详情页补一张安装图，能少三成咨询。', state: 'adopted', repliedAt: NOW - HOUR, consent: byClient }),
    suggestion({
      suggestionId: 'sg_3',
      text: '夜里也要人工。',
      state: 'declined',
      reason: '夜里每小时不到两段会话，机器人先接，早上回访。',
      repliedAt: NOW - HOUR,
    }),
  ],
  today: TODAY,
};

const meeting: Meeting = {
  meetingId: 'me_1',
  heldOn: addDays(TODAY, -9),
  levels: ['agent', 'supervisor'],
  topics: '双十一复盘：晚高峰缺两人；赠品话术不统一。',
  actions: [
    { key: 'a-1', text: '晚班加两人', owner: 'vendor', dueOn: addDays(TODAY, -2), state: 'overdue', doneAt: 0 },
    { key: 'a-2', text: '给出赠品清单', owner: 'client', dueOn: addDays(TODAY, 3), state: 'open', doneAt: 0 },
    { key: 'a-3', text: '统一赠品话术', owner: 'vendor', dueOn: addDays(TODAY, -5), state: 'done', doneAt: NOW - 100 * HOUR },
  ],
  recordedAt: NOW - 200 * HOUR,
};
export const meetings = {
  meetings: [meeting],
  missedMonths: ['2026-09'],
  month: MONTH,
  managerMet: false,
  monthEndsAt: NOW + 75 * HOUR,
  actionsOverdue: 1,
  today: TODAY,
};

const dayFrom = startOfDay(TODAY, ZONE);
const staffed = (part: Partial<StaffedShop>): StaffedShop => ({
  shopId: 'sh_home',
  contractId: 'ct_0',
  zone: ZONE,
  contracted: { count: 5 },
  contractShops: 1,
  trained: 6,
  onShift: { count: 5 },
  online: { count: 5 },
  unreported: 0,
  contractOnline: { count: 5 },
  open: true,
  heardAt: NOW - 40_000,
  serving: true,
  gaps: [],
  levels: [],
  ...part,
});
const short = staffed({
  gaps: [{ fromAt: dayFrom + 22 * HOUR, toAt: dayFrom + 23 * HOUR, missing: 3 }],
  levels: [
    { level: 'senior', contracted: 2, trained: 2, onShift: { count: 1 }, online: { count: 1 } },
    { level: 'account-manager', contracted: 1, trained: 1 },
  ],
  online: { count: 4 },
  contractOnline: { count: 4 },
  shortage: { since: NOW - HOUR, missing: 1, shortfall: true },
});
const none = { shops: 0, short: 0, unknown: 0 };
export const staffing = {
  shops: [
    short,
    {
      ...staffed({ shopId: 'sh_baby', trained: 3, unreported: 1 }),
      online: { count: 3 },
      contractOnline: { count: 3 },
      shortage: { since: NOW - 300_000, missing: 1, shortfall: false },
    },
    (({ online: _, contractOnline: __, onShift: ___, ...rest }) => rest)(staffed({ shopId: 'sh_snack', contractShops: 2 })),
    (({ contracted: _, ...rest }) => rest)(staffed({ shopId: 'sh_phone', contractId: '', serving: false, trained: 1 })),
  ],
  all: { shops: 4, short: 1, unknown: 1 },
  rest: none,
  asOf: NOW,
};

const step = (hour: number, online: number, rostered: number) => ({ at: dayFrom + hour * HOUR, online, rostered });
const end = Math.max(dayFrom + HOUR, NOW);
export const duty: ShopDuty = {
  now: short,
  date: TODAY,
  fromAt: dayFrom,
  toAt: dayFrom + 24 * HOUR,
  agents: ['小林', '阿夏', '大川', '若溪', '北北'].map((name, index) => ({
    agentId: `ag_${index}`,
    name,
    level: index < 2 ? 'senior' : index < 4 ? 'middle' : 'unspecified',
    trainedOn: '2026-01-05',
    presence: index === 3 ? 'away' : index === 4 ? 'unspecified' : 'online',
    presenceSince: index === 4 ? 0 : NOW - (index + 1) * HOUR,
    source: index === 4 ? '' : index === 0 ? 'page' : 'webhook',
    onShift: index < 4,
    rosteredMs: index < 4 ? 6 * HOUR : 0,
    onlineMs: index < 4 ? (6 - index) * HOUR : 0,
  })),
  steps: [step(0, 0, 0), step(0.5, 3, 4), step(0.6, 4, 4), step(0.8, 3, 4), step(18, 0, 2), step(23, 0, 0)],
  shortfalls: [{ since: NOW - HOUR, endedAt: 0, contracted: 5, online: 4 }],
  rosteredMs: 24 * HOUR,
  onlineMs: 18 * HOUR,
  presenceKnown: true,
  shiftsKnown: true,
  asOf: end,
};

export const shifts: { shifts: Shift[]; nextToken: string } = {
  shifts: ['小林', '阿夏', '大川'].map((agentName, index) => ({
    shiftId: `sf_${index}`,
    agentId: `ag_${index}`,
    agentName,
    shopIds: index === 0 ? [] : ['sh_home', 'sh_baby'].slice(0, index),
    fromAt: dayFrom + (8 + index * 4) * HOUR,
    toAt: dayFrom + (16 + index * 4) * HOUR,
    source: ['page', 'csv', 'webhook'][index] ?? '',
  })),
  nextToken: '',
};

export const plannedByFile = {
  planned: 7,
  unchanged: 1,
  rejected: [
    { line: 3, code: 'shift-agent-unknown', field: 'agent', found: '小梅', expected: 'the id of an agent, or a work name that one agent has' },
    { line: 9, code: 'shift-line-invalid', field: 'from', found: '2026-11-27 09:00', expected: 'an instant with its zone, such as 2026-03-05T10:00:00+08:00' },
  ],
};
