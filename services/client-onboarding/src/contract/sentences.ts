// Each term as a sentence, in the order in which a contract is read: who, when, what, how well, for how much, until when.
import { formatAmount, fromProto } from '@deskfleet/money';
import type { Money } from '@deskfleet/protocol/common';
import {
  AgentLevel,
  type BatchTerm,
  ClockKind,
  type ContractTerms,
  CountingUnit,
  CreditBase,
  EngagementTerm,
  HolidayRule,
  Metric,
  ServiceScope,
  type ServiceWindow,
  type SlaClause,
  UsageExclusion,
  type UsageTerms,
} from '@deskfleet/protocol/terms';

/** One thing agreed, in both languages. */
export interface Sentence {
  readonly zh: string;
  readonly en: string;
}

type Words<Value extends number> = Readonly<Partial<Record<Value, readonly [zh: string, en: string]>>>;

const LEVELS: Words<AgentLevel> = {
  [AgentLevel.AGENT_LEVEL_UNSPECIFIED]: ['不限级别', 'any level'],
  [AgentLevel.AGENT_LEVEL_JUNIOR]: ['初级', 'junior'],
  [AgentLevel.AGENT_LEVEL_MIDDLE]: ['中级', 'middle'],
  [AgentLevel.AGENT_LEVEL_SENIOR]: ['高级', 'senior'],
  [AgentLevel.AGENT_LEVEL_ACCOUNT_MANAGER]: ['客户经理', 'account manager'],
};
const SCOPES: Words<ServiceScope> = {
  [ServiceScope.SERVICE_SCOPE_PRE_SALE]: ['售前', 'pre-sale'],
  [ServiceScope.SERVICE_SCOPE_AFTER_SALE]: ['售后', 'after-sale'],
};
const ENGAGEMENTS: Words<EngagementTerm> = {
  [EngagementTerm.ENGAGEMENT_TERM_LONG]: ['长期合作', 'long-term'],
  [EngagementTerm.ENGAGEMENT_TERM_SHORT]: ['短期合作', 'short-term'],
  [EngagementTerm.ENGAGEMENT_TERM_TEMPORARY]: ['临时合作', 'temporary'],
};
const HOLIDAYS: Words<HolidayRule> = {
  [HolidayRule.HOLIDAY_RULE_CLOSED]: ['，法定节假日除外、调休上班日照常', ', closed on public holidays, open on make-up days'],
  [HolidayRule.HOLIDAY_RULE_ONLY]: ['，仅法定节假日', ', on public holidays only'],
};
const EXCLUSIONS: Words<UsageExclusion> = {
  [UsageExclusion.USAGE_EXCLUSION_BOT_ONLY]: ['只有机器人应答的', 'answered by a bot alone'],
  [UsageExclusion.USAGE_EXCLUSION_OUTSIDE_SERVICE_HOURS]: ['首条消息在服务时间之外的', 'begun outside the service hours'],
  [UsageExclusion.USAGE_EXCLUSION_UNANSWERED]: ['无人应答的', 'answered by nobody'],
};
const BASES: Words<CreditBase> = {
  [CreditBase.CREDIT_BASE_USAGE_FEE]: ['按量费用', 'the usage fee'],
  [CreditBase.CREDIT_BASE_MONTHLY_FEE]: ['月费', 'the monthly fee'],
  [CreditBase.CREDIT_BASE_ALL_FEES]: ['全部费用', 'all fees'],
};
const WEEKDAYS = [
  ['周一', 'Mon'],
  ['周二', 'Tue'],
  ['周三', 'Wed'],
  ['周四', 'Thu'],
  ['周五', 'Fri'],
  ['周六', 'Sat'],
  ['周日', 'Sun'],
] as const;
const NONE: Sentence = { zh: '未约定', en: 'none agreed' };

/** All terms. `shops`: names by id, for the handover. */
export function sentencesOf(terms: ContractTerms, shops: ReadonlyMap<string, string>): Sentence[] {
  return [
    {
      zh: `自 ${terms.effectiveOn} 起${terms.endsOn === '' ? '，未约定终止日期' : `至 ${terms.endsOn}（含）`}。`,
      en: `From ${terms.effectiveOn}${terms.endsOn === '' ? '; no last day agreed' : ` to ${terms.endsOn}, inclusive`}.`,
    },
    {
      zh: `日期、月份与时间按 ${terms.zone} 时区；金额以 ${terms.currency} 计。`,
      en: `Days, months and times are those of ${terms.zone}; amounts are in ${terms.currency}.`,
    },
    said('合作方式', 'Cooperation', terms.engagement === EngagementTerm.ENGAGEMENT_TERM_UNSPECIFIED ? NONE : both(ENGAGEMENTS, terms.engagement)),
    said(
      '客服人数',
      'Agents',
      list(
        terms.staffing.map(({ level, count }) =>
          tagged(`${both(LEVELS, level).zh} ${count} 人`, `${count} ${level === AgentLevel.AGENT_LEVEL_UNSPECIFIED ? 'of ' : ''}${both(LEVELS, level).en}`),
        ),
      ),
    ),
    said('服务时间', 'Service hours', list(terms.serviceWindows.map(windowWords), '；', '; ')),
    ...(terms.holidayCalendar === '' ? [] : [{ zh: '节假日与调休按中国法定日历。', en: "Holidays and make-up days are those of China's statutory calendar." }]),
    said('服务范围', 'Scope', list(terms.scope.map((scope) => both(SCOPES, scope)))),
    said(
      '客户提供的培训',
      'Trainings the client gives',
      list(
        terms.trainingSupport.map((one) => tagged(one, one)),
        '；',
        '; ',
      ),
    ),
    said('质量要求', 'Quality', inWords(terms.qualityStandard)),
    said('考核方法', 'Assessment', inWords(terms.assessmentMethod)),
    said('服务流程', 'Process', inWords(terms.serviceProcess)),
    ...clauseSentences(terms.clauses),
    said('月费', 'Monthly fee', terms.monthlyFee === undefined ? NONE : feeWords(amount(terms.monthlyFee))),
    ...usageSentences(terms.usage, terms.currency),
    said('保证金', 'Deposit', terms.deposit === undefined ? NONE : tagged(amount(terms.deposit), amount(terms.deposit))),
    said('合作试用', 'Trial', trialWords(terms)),
    said(
      '店铺移交',
      'Handover',
      list(
        terms.batches.map((batch, index) => batchWords(batch, index, shops)),
        '；',
        '; ',
      ),
    ),
    said(
      '付款期限',
      'Payment',
      terms.paymentDays === 0 ? NONE : tagged(`账单开出后 ${terms.paymentDays} 天内`, `within ${days(terms.paymentDays)} after an invoice is issued`),
    ),
    said('滞纳金', 'Late fee', lateFeeWords(terms)),
    said('提前通知终止', 'Notice', terms.noticeDays === 0 ? NONE : tagged(`提前 ${terms.noticeDays} 天`, `${days(terms.noticeDays)} before the end`)),
    said('续约', 'Renewal', renewalWords(terms)),
  ];
}

function said(zhName: string, enName: string, { zh, en }: Sentence): Sentence {
  return { zh: `${zhName}：${zh}。`, en: `${enName}: ${en}.` };
}

function tagged(zh: string, en: string): Sentence {
  return { zh, en };
}

function both<Value extends number>(words: Words<Value>, value: Value): Sentence {
  const found = words[value];
  return found === undefined ? tagged(`${value}`, `${value}`) : tagged(found[0], found[1]);
}

function list(parts: readonly Sentence[], zh = '、', en = ', '): Sentence {
  return parts.length === 0 ? NONE : tagged(parts.map((part) => part.zh).join(zh), parts.map((part) => part.en).join(en));
}

/** What was written in the parties' own words stands in both languages as it is, without its last full stop. */
function inWords(text: string): Sentence {
  const plain = text
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/[。.]$/u, '');
  return plain === '' ? NONE : tagged(plain, plain);
}

function windowWords({ weekdays, from, to, holidays }: ServiceWindow): Sentence {
  const named = [...weekdays].sort().map((day) => WEEKDAYS[day - 1] ?? ['', '']);
  const overnight = to <= from;
  const rule = holidays === HolidayRule.HOLIDAY_RULE_UNSPECIFIED ? tagged('', '') : both(HOLIDAYS, holidays);
  return tagged(
    `${named.length === 0 ? '每天' : named.map(([zh]) => zh).join('、')} ${from} 至${overnight ? '次日 ' : ' '}${to}${rule.zh}`,
    `${named.length === 0 ? 'every day' : named.map(([, en]) => en).join(', ')} ${from} to ${to}${overnight ? ' of the next day' : ''}${rule.en}`,
  );
}

function clauseSentences(clauses: readonly SlaClause[]): Sentence[] {
  return clauses.length === 0 ? [said('服务水平', 'Service levels', NONE)] : clauses.map(clauseSentence);
}

function clauseSentence(clause: SlaClause): Sentence {
  const first = clause.metric === Metric.METRIC_FIRST_RESPONSE;
  const metric = first
    ? tagged(
        '首次响应（每段会话：买家第一条消息到第一次人工回复）',
        'first response (each conversation: first message of the buyer to first reply of a person)',
      )
    : tagged('回复（每一轮：买家第一条未回消息到下一次人工回复）', 'reply (each round: first unanswered message of the buyer to the next reply of a person)');
  const clock =
    clause.clock === ClockKind.CLOCK_KIND_WALL
      ? tagged('按自然时间计时', 'by the wall clock')
      : tagged('只在服务时间内计时', 'counted within service hours only');
  const within = clause.begunWithin.length === 0 ? tagged('', '') : during(list(clause.begunWithin.map(windowWords), '；', '; '));
  const pool = clause.pooled ? tagged('全部店铺合并考核', 'over all shops together') : tagged('每个店铺分别考核', 'for each shop by itself');
  const credit = clause.credit === undefined ? tagged('未约定抵扣', 'no credit agreed') : creditWords(clause.credit);
  const version = clause.metricVersion;
  return {
    zh: `服务水平“${clause.key}”：${metric.zh}每月至少 ${percent(clause.targetBp)} 不超过 ${durationZh(clause.allowanceMs)}，${clock.zh}${within.zh}，${pool.zh}，口径第 ${version} 版；${credit.zh}。`,
    en: `Service level "${clause.key}": ${metric.en}, each month at least ${percent(clause.targetBp)} within ${durationEn(clause.allowanceMs)}, ${clock.en}${within.en}, ${pool.en}, metric version ${version}; ${credit.en}.`,
  };
}

function during({ zh, en }: Sentence): Sentence {
  return tagged(`，仅计开始于${zh}的`, `, of those begun ${en}`);
}

function creditWords({ base, rateBp }: NonNullable<SlaClause['credit']>): Sentence {
  const of = both(BASES, base);
  return tagged(`未达标抵扣${of.zh}的 ${percent(rateBp)}`, `when missed, ${percent(rateBp)} of ${of.en} is credited`);
}

function feeWords(fee: string): Sentence {
  return tagged(`${fee}，不足整月按服务天数折算`, `${fee}, for part of a month by days of service`);
}

function usageSentences(usage: UsageTerms | undefined, currency: string): Sentence[] {
  if (usage === undefined) return [said('按量收费', 'Fee by what is counted', NONE)];
  const day = usage.unit === CountingUnit.COUNTING_UNIT_BUYER_DAY;
  const counted = usage.exclusions.filter((one) => one !== UsageExclusion.USAGE_EXCLUSION_NONE).map((one) => both(EXCLUSIONS, one));
  const price = `${currency} ${usage.unitPrice}`;
  const included = usage.included === 0 ? tagged('', '') : tagged(`，月费已含每月 ${usage.included} 个`, `; the monthly fee covers ${usage.included} a month`);
  return [
    {
      zh: `按量收费：每${day ? '位买家每天（同一天多次咨询计一次）' : '段会话'} ${price}${included.zh}。`,
      en: `Fee by what is counted: ${price} a ${day ? 'buyer and day (several chats of one buyer on a day count once)' : 'conversation'}${included.en}.`,
    },
    counted.length === 0
      ? tagged('不计费的情形：没有，全部计费。', 'Not counted: nothing; everything is charged.')
      : said('不计费的情形', 'Not counted', list(counted)),
  ];
}

function trialWords({ trial }: ContractTerms): Sentence {
  if (trial === undefined) return NONE;
  const clauses =
    trial.clauseKeys.length === 0
      ? tagged('全部服务水平', 'all service levels')
      : tagged(`服务水平${trial.clauseKeys.map((key) => `“${key}”`).join('、')}`, trial.clauseKeys.map((key) => `"${key}"`).join(', '));
  return tagged(
    `首次上线当天起 ${trial.days} 天，按${clauses.zh}考核，由客户下结论；不满意则扣除已发生的服务费，其余保证金退还`,
    `${days(trial.days)} from the day of the first go-live, judged by ${clauses.en}; the verdict is the client's; when not content, fees already incurred are kept and the rest of the deposit is refunded`,
  );
}

function batchWords({ name, key, shopIds, products, agents }: BatchTerm, index: number, shops: ReadonlyMap<string, string>): Sentence {
  const of = shopIds.map((shopId) => shops.get(shopId) ?? shopId);
  const title = name === '' ? key : name;
  return tagged(
    `第 ${index + 1} 批“${title}”：${of.length === 0 ? '全部店铺' : of.join('、')}${products === 0 ? '' : `，${products} 款商品`}${agents === 0 ? '' : `，须 ${agents} 名已培训客服`}`,
    `batch ${index + 1} "${title}": ${of.length === 0 ? 'all shops' : of.join(', ')}${products === 0 ? '' : `, ${products} products`}${agents === 0 ? '' : `, ${agents} trained agents needed`}`,
  );
}

function lateFeeWords({ lateFee }: ContractTerms): Sentence {
  if (lateFee === undefined) return NONE;
  const rate = percent(lateFee.rateBpPerDay);
  return tagged(
    `逾期金额每天 ${rate}${lateFee.graceDays === 0 ? '' : `，宽限 ${lateFee.graceDays} 天`}`,
    `${rate} of the amount overdue a day${lateFee.graceDays === 0 ? '' : `, after ${days(lateFee.graceDays)} of grace`}`,
  );
}

function renewalWords({ renewal }: ContractTerms): Sentence {
  if (renewal === undefined) return NONE;
  return tagged(
    `下一期 ${renewal.months} 个月，期满前 ${renewal.remindDays} 天提醒双方；续约须双方另签`,
    `the next term is ${renewal.months} months; both sides are reminded ${days(renewal.remindDays)} before the end; renewal is signed by both`,
  );
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

/** 9000 -> `90%`, 8999 -> `89.99%`: basis points without rounding. */
function percent(bp: number): string {
  const cents = String(bp % 100)
    .padStart(2, '0')
    .replace(/0+$/, '');
  return `${Math.trunc(bp / 100)}${cents === '' ? '' : `.${cents}`}%`;
}

function durationZh(ms: number): string {
  return parts(ms, ['小时', '分', '秒', '毫秒'], ' ');
}

function durationEn(ms: number): string {
  return parts(ms, ['h', 'min', 's', 'ms'], ' ');
}

function parts(ms: number, units: readonly [string, string, string, string], gap: string): string {
  const counts = [Math.trunc(ms / 3_600_000), Math.trunc(ms / 60_000) % 60, Math.trunc(ms / 1_000) % 60, ms % 1_000];
  return counts.flatMap((count, index) => (count === 0 ? [] : [`${count} ${units[index]}`])).join(gap);
}

/** `CNY 6000.00` */
function amount(value: Money): string {
  return `${value.currency} ${formatAmount(fromProto(value))}`;
}
