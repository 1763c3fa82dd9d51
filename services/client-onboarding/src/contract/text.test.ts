import { ContractTerms, TrialTerms } from '@deskfleet/protocol/terms';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wholeTerms } from '../../test/whole-terms.ts';
import { contractText, hashOf, type Parties } from './text.ts';

const parties: Parties = {
  vendorName: '示例服务商',
  clientName: 'Peony 母婴',
  number: 'HT-1',
  shops: [{ shopId: 'sh_1', code: 'north', name: '北店', platform: 'tmall' }],
  succeeds: '',
};

test('a contract reads as numbered sentences in both languages', () =>
  expect(contractText(parties, wholeTerms)).toMatchInlineSnapshot(`
    "客服外包合同 HT-1
    Customer service contract HT-1

    1. 甲方（客户）：Peony 母婴。乙方（服务商）：示例服务商。
       Client: Peony 母婴. Vendor: 示例服务商.
    2. 服务店铺：北店 (north, tmall)。
       Shops served: 北店 (north, tmall).
    3. 自 2026-04-01 起至 2027-03-31（含）。
       From 2026-04-01 to 2027-03-31, inclusive.
    4. 日期、月份与时间按 Asia/Shanghai 时区；金额以 CNY 计。
       Days, months and times are those of Asia/Shanghai; amounts are in CNY.
    5. 合作方式：长期合作。
       Cooperation: long-term.
    6. 客服人数：初级 4 人、高级 1 人。
       Agents: 4 junior, 1 senior.
    7. 服务时间：周一、周二、周三、周四、周五 09:00 至 12:00，法定节假日除外、调休上班日照常；周一、周二、周三、周四、周五 18:00 至次日 02:00。
       Service hours: Mon, Tue, Wed, Thu, Fri 09:00 to 12:00, closed on public holidays, open on make-up days; Mon, Tue, Wed, Thu, Fri 18:00 to 02:00 of the next day.
    8. 节假日与调休按中国法定日历。
       Holidays and make-up days are those of China's statutory calendar.
    9. 服务范围：售前、售后。
       Scope: pre-sale, after-sale.
    10. 客户提供的培训：产品培训；店铺培训。
       Trainings the client gives: 产品培训; 店铺培训.
    11. 质量要求：不承诺合同外赔付。
       Quality: 不承诺合同外赔付.
    12. 考核方法：每周抽检 50 段会话。
       Assessment: 每周抽检 50 段会话.
    13. 服务流程：接待、记录、跟进。
       Process: 接待、记录、跟进.
    14. 服务水平“first-response”：首次响应（每段会话：买家第一条消息到第一次人工回复）每月至少 90% 不超过 1 小时，只在服务时间内计时，每个店铺分别考核，口径第 1 版；未达标抵扣按量费用的 5%。
       Service level "first-response": first response (each conversation: first message of the buyer to first reply of a person), each month at least 90% within 1 h, counted within service hours only, for each shop by itself, metric version 1; when missed, 5% of the usage fee is credited.
    15. 月费：CNY 10000.00，不足整月按服务天数折算。
       Monthly fee: CNY 10000.00, for part of a month by days of service.
    16. 按量收费：每段会话 CNY 0.60。
       Fee by what is counted: CNY 0.60 a conversation.
    17. 不计费的情形：没有，全部计费。
       Not counted: nothing; everything is charged.
    18. 保证金：CNY 6000.00。
       Deposit: CNY 6000.00.
    19. 合作试用：首次上线当天起 15 天，按服务水平“first-response”考核，由客户下结论；不满意则扣除已发生的服务费，其余保证金退还。
       Trial: 15 days from the day of the first go-live, judged by "first-response"; the verdict is the client's; when not content, fees already incurred are kept and the rest of the deposit is refunded.
    20. 店铺移交：第 1 批“主推款”：全部店铺，200 款商品，须 3 名已培训客服。
       Handover: batch 1 "主推款": all shops, 200 products, 3 trained agents needed.
    21. 付款期限：账单开出后 10 天内。
       Payment: within 10 days after an invoice is issued.
    22. 滞纳金：逾期金额每天 0.05%，宽限 3 天。
       Late fee: 0.05% of the amount overdue a day, after 3 days of grace.
    23. 提前通知终止：提前 30 天。
       Notice: 30 days before the end.
    24. 续约：下一期 12 个月，期满前 30 天提醒双方；续约须双方另签。
       Renewal: the next term is 12 months; both sides are reminded 30 days before the end; renewal is signed by both.
    "
  `));

test('what is not agreed is said to be so', () => {
  const bare = contractText(parties, ContractTerms.create({ effectiveOn: '2026-04-01', zone: 'Asia/Shanghai', currency: 'CNY' }));
  for (const term of ['服务范围', '月费', '保证金', '合作试用', '店铺移交', '付款期限', '滞纳金', '提前通知终止', '续约'])
    expect(bare).toContain(`${term}：未约定。`);
  for (const term of ['Agents', 'Deposit', 'Trial', 'Handover', 'Payment', 'Late fee', 'Notice', 'Renewal']) expect(bare).toContain(`${term}: none agreed.`);
});

test('the same terms give the same text; any term that changes changes its hash', () => {
  const hash = hashOf(contractText(parties, wholeTerms));
  expect(hashOf(contractText(parties, ContractTerms.decode(ContractTerms.encode(wholeTerms).finish())))).toBe(hash);
  const changed = fc.constantFrom<Partial<ContractTerms>>(
    { endsOn: '' },
    { scope: [] },
    { deposit: undefined },
    { monthlyFee: undefined },
    { usage: undefined },
    { clauses: [] },
    { trial: undefined },
    { trial: TrialTerms.create({ days: 16, clauseKeys: ['first-response'] }) },
    { batches: [] },
    { lateFee: undefined },
    { noticeDays: 31 },
    { renewal: undefined },
    { paymentDays: 11 },
    { staffing: [] },
    { trainingSupport: [] },
    { qualityStandard: 'x' },
    { assessmentMethod: 'x' },
    { serviceProcess: 'x' },
    { engagement: 0 },
    { zone: 'UTC' },
    { holidayCalendar: '' },
    { serviceWindows: [] },
  );
  fc.assert(
    fc.property(changed, (change) => {
      expect(hashOf(contractText(parties, { ...wholeTerms, ...change }))).not.toBe(hash);
    }),
  );
});

test('a line break in words that were typed makes no sentence of its own', () =>
  expect(contractText(parties, { ...wholeTerms, serviceProcess: '接待\n99. 免费' })).toContain('服务流程：接待 99. 免费。'));
