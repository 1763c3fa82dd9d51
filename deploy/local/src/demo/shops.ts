// The demo vendor's shops, contracts and agents: what the trade agrees on Tmall, JD, Pinduoduo and Douyin.
import type { SampleShop } from './generate.ts';

export interface DemoShop extends SampleShop {
  readonly platform: string;
  readonly client: string;
}

export const demoShops: readonly DemoShop[] = [
  {
    code: 'tmall-muying',
    name: '禾苗母婴旗舰店',
    client: '禾苗母婴',
    platform: 'tmall',
    channel: 'tmall',
    products: ['婴儿连体衣', '恒温奶瓶', '纸尿裤L码', '辅食剪'],
    accounts: ['禾苗母婴:01', '禾苗母婴:02'],
    quickOfHundred: 96,
  },
  {
    code: 'tmall-tongzhuang',
    name: '禾苗童装专卖店',
    client: '禾苗母婴',
    platform: 'tmall',
    channel: 'tmall',
    products: ['儿童羽绒服', '纯棉秋衣套装', '小白鞋'],
    accounts: ['禾苗童装:01', '禾苗童装:02'],
    quickOfHundred: 90,
  },
  {
    code: 'jd-shuma',
    name: '京东-远山数码专营店',
    client: '远山数码',
    platform: 'jd',
    channel: 'jd',
    products: ['蓝牙耳机', '氮化镓充电器', '机械键盘'],
    accounts: ['远山数码:01', '远山数码:02', '远山数码:03'],
    quickOfHundred: 92,
  },
  {
    code: 'pdd-lingshi',
    name: '拼多多-满口香零食',
    client: '满口香食品',
    platform: 'pinduoduo',
    channel: 'pinduoduo',
    products: ['每日坚果', '手撕牛肉干', '冻干草莓'],
    accounts: ['满口香:01', '满口香:02'],
    quickOfHundred: 78,
  },
  {
    code: 'douyin-jiaju',
    name: '抖店-木已成家居',
    client: '木已成家居',
    platform: 'douyin',
    channel: 'douyin',
    products: ['实木边几', '落地灯', '懒人沙发'],
    accounts: ['木已成:01', '木已成:02'],
    quickOfHundred: 62,
  },
];

/** What the portal's contract routes take, but for the ids and the date. */
export interface DemoContract {
  readonly client: string;
  readonly shopCodes: readonly string[];
  readonly number: string;
  readonly terms: Record<string, unknown>;
}

const everyDay = (from: string, to: string) => [{ weekdays: [], from, to }];
const shanghai = { currency: 'CNY', zone: 'Asia/Shanghai', holidayCalendar: 'CN' };
const firstResponse = (targetBp: number, credit?: { base: string; rateBp: number }) => ({
  key: 'first-response',
  metric: 'first-response',
  metricVersion: 1,
  allowanceMs: 30_000,
  targetBp,
  clock: 'service-hours',
  ...(credit === undefined ? {} : { credit }),
});
const threeMinuteReply = (targetBp: number, credit?: { base: string; rateBp: number }) => ({
  key: 'three-minute-reply',
  metric: 'reply-rate',
  metricVersion: 1,
  allowanceMs: 180_000,
  targetBp,
  clock: 'wall',
  begunWithin: everyDay('08:00', '23:00'),
  ...(credit === undefined ? {} : { credit }),
});

/** Contracts in force from a date (the first day of the month before the last). */
export function demoContracts(effectiveOn: string): readonly DemoContract[] {
  const yuan = (amount: string) => ({ currency: 'CNY', amount });
  return [
    {
      client: '禾苗母婴',
      shopCodes: ['tmall-muying', 'tmall-tongzhuang'],
      number: 'C-0101',
      terms: {
        ...shanghai,
        effectiveOn,
        serviceWindows: everyDay('08:00', '24:00'),
        deposit: yuan('6000.00'),
        monthlyFee: yuan('5000.00'),
        usage: { unit: 'conversation', exclusions: ['bot-only'], unitPrice: '0.60', included: 60 },
        clauses: [firstResponse(9000, { base: 'all-fees', rateBp: 500 })],
      },
    },
    {
      client: '远山数码',
      shopCodes: ['jd-shuma'],
      number: 'C-0102',
      terms: {
        ...shanghai,
        effectiveOn,
        serviceWindows: everyDay('08:00', '24:00'),
        usage: { unit: 'conversation', exclusions: ['none'], unitPrice: '0.80', included: 0 },
        staffing: [
          { level: 'senior', count: 1 },
          { level: 'middle', count: 1 },
        ],
        clauses: [firstResponse(8500, { base: 'usage-fee', rateBp: 500 })],
      },
    },
    {
      client: '满口香食品',
      shopCodes: ['pdd-lingshi'],
      number: 'C-0103',
      terms: {
        ...shanghai,
        effectiveOn,
        serviceWindows: everyDay('08:00', '24:00'),
        monthlyFee: yuan('9000.00'),
        clauses: [threeMinuteReply(9500, { base: 'monthly-fee', rateBp: 500 })],
      },
    },
    {
      client: '木已成家居',
      shopCodes: ['douyin-jiaju'],
      number: 'C-0104',
      terms: {
        ...shanghai,
        effectiveOn,
        serviceWindows: everyDay('09:00', '24:00'),
        scope: ['pre-sale'],
        usage: { unit: 'buyer-day', exclusions: ['bot-only', 'outside-service-hours'], unitPrice: '0.90', included: 0 },
        clauses: [firstResponse(9000, { base: 'usage-fee', rateBp: 500 }), threeMinuteReply(9000)],
      },
    },
  ];
}

/** Work names as clients see them; each speaks through the accounts listed. */
export const demoAgents: readonly {
  readonly name: string;
  readonly level: string;
  readonly skills: readonly string[];
  readonly accounts: readonly (readonly [shop: string, account: string])[];
}[] = [
  {
    name: '客服A',
    level: 'senior',
    skills: ['pre-sale', 'after-sale'],
    accounts: [
      ['tmall-muying', '禾苗母婴:01'],
      ['tmall-tongzhuang', '禾苗童装:01'],
    ],
  },
  {
    name: '客服B',
    level: 'middle',
    skills: ['pre-sale', 'after-sale'],
    accounts: [
      ['tmall-muying', '禾苗母婴:02'],
      ['tmall-tongzhuang', '禾苗童装:02'],
    ],
  },
  { name: '客服C', level: 'senior', skills: ['pre-sale', 'after-sale'], accounts: [['jd-shuma', '远山数码:01']] },
  { name: '客服D', level: 'middle', skills: ['pre-sale', 'after-sale'], accounts: [['jd-shuma', '远山数码:02']] },
  { name: '客服E', level: 'middle', skills: ['pre-sale', 'after-sale'], accounts: [['pdd-lingshi', '满口香:01']] },
  { name: '客服F', level: 'junior', skills: ['pre-sale', 'after-sale'], accounts: [['pdd-lingshi', '满口香:02']] },
  { name: '客服G', level: 'middle', skills: ['pre-sale'], accounts: [['douyin-jiaju', '木已成:01']] },
];
