// Everything a service can say to a reader is said in Chinese and in English. What it says is collected from the source, so that a new refusal
// without words fails here and not on somebody's screen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractTerms, CountingUnit, CreditBase, UsageExclusion } from '@deskfleet/protocol/terms';
import { describe, expect, test } from 'vitest';
import { type ClauseResult, charges, type MonthUsage } from '../../services/billing/src/rating/charges.ts';
import { lateFeeLines } from '../../services/billing/src/rating/late-fees.ts';
import { kindOf } from '../../services/conversations/src/intake/incoming.ts';
import { HOLDING, TEXTS } from '../../services/portal/src/http/problem-texts.ts';
import { namesIn, words } from '../../services/portal/src/http/problem-words.ts';
import { billingWords } from '../../services/portal/web/src/screens/billing/words.ts';
import { domain } from '../../services/portal/web/src/words/domain.ts';
import { expectedInChinese, foundInChinese, ruleInChinese } from '../../services/portal/words/said.ts';
import { type Collected, type Refusal, ROOT, readSource, saidIn, unionIn } from './sources.ts';

const said = saidIn(['services/*/src/**/*.ts', 'libs/service-kit/src/**/*.ts']);

/** Codes that are computed, by the expression that gives them. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  'libs/service-kit/src/commands.ts REUSED': ['command-id-reused'],
  'services/billing/src/work/closing.ts first.heldBy': ['month-not-ended', 'clocks-not-yet-due'],
  'services/client-onboarding/src/care/texts.ts code': unionIn('services/client-onboarding/src/care/texts.ts', 'MissingText'),
  'services/client-onboarding/src/launch-api.ts mine.code': [], // of the consent, collected where it is made
  'services/client-onboarding/src/contract/problems.ts code': [], // of the problems, each collected where it is made
  'services/conversations/src/channel/receive-webhook.ts refused': unionIn('libs/service-kit/src/signature.ts', 'NotGenuine'),
  'services/agent-pools/src/staffing/receive.ts refused': unionIn('libs/service-kit/src/signature.ts', 'NotGenuine'),
  'services/portal/src/files/files.ts problem': unionIn('services/portal/src/files/kinds.ts', 'FileProblem'),
  'services/client-onboarding/src/contract/problems.ts together': ['terms-invalid', 'profile-invalid', 'quote-invalid'],
  'services/client-onboarding/src/lead/lead.ts code': ['profile-headcount-invalid', 'profile-inquiries-invalid', 'quote-trial-invalid'],
  'services/client-onboarding/src/lead/quote.ts code': unionIn('services/client-onboarding/src/lead/quote.ts', 'MissingCode'),
  'services/client-onboarding/src/work/draft-commands.ts begun.code': [], // each collected where it is refused
  'services/portal/src/http/problems.ts code': [], // of the services' refusals
  'libs/service-kit/src/operations/service.ts error.code': [
    'rebuild-running',
    'too-many-rebuilds',
    'projection-not-rebuildable',
    'projection-is-live',
    'projection-version-without-code',
  ],
};
/** What is not there answers like what is not one's own to see: without a word more. */
const refusals: readonly Refusal[] = [
  ...said.refusals.filter(({ code }) => !code.endsWith('-not-found')),
  ...Object.entries(COMPUTED).flatMap(([at, codes]) => codes.map((code) => ({ code, facts: undefined, at }))),
];

/** Facts that stand in the detail, and ids, which say nothing to a reader. */
const IN_THE_DETAIL = new Set(['field', 'found', 'expected', 'problems', 'held', 'missing', 'waitsFor']);
/** Which event of the stream a refusal follows from: the service adds who and when. */
const EVENT = 'happened';
const UNSAID: Readonly<Record<string, readonly string[]>> = {
  busy: ['streams', 'attempts'], // names of streams are for whoever looks into it
  overloaded: ['retryAfterMs'], // the Retry-After header
  'not-allowed': ['role', 'mayAgree'], // the reader's own
  'invitation-expired': ['expiresAt'], // an instant: the server does not know the reader's zone
  'lead-won': ['contractId'],
  'lead-has-draft': ['contractId'],
  'service-type-differs': ['opened_as'], // a number of the protocol
  'contract-terminated': ['serviceEndsAt'],
  'trial-failed': ['serviceEndsAt'],
  'service-ended': ['serviceEndsAt'],
  'trial-decided': ['decidedAt'],
};

describe('refusals', () => {
  test('each code can be read from the source', () => {
    expect(new Set(said.unread.map((site) => site.replace(/:\d+ /, ' ')))).toEqual(new Set(Object.keys(COMPUTED)));
    expect(new Set(refusals.map(({ code }) => code)).size).toBeGreaterThan(100);
  });

  test('each code has words in both languages, the same facts in each', () => {
    const wordless = refusals.filter(({ code }) => (TEXTS[code]?.zh ?? '') === '' || (TEXTS[code]?.en ?? '') === '');
    expect(wordless.map(({ code, at }) => `${code} at ${at}`)).toEqual([]);
    for (const [code, { zh, en }] of Object.entries(TEXTS)) {
      expect(new Set(namesIn(zh)), code).toEqual(new Set(namesIn(en)));
      expect(zh, code).toMatch(/\p{Script=Han}/u);
      expect(en, code).not.toMatch(/\p{Script=Han}/u);
      expect(`${zh}${en}`, code).not.toMatch(/[!！亲]|抱歉|\boops\b|\bsorry\b/i);
    }
  });

  test('each fact that a text needs is given wherever its code is', () => {
    const needed = (code: string): readonly string[] => namesIn((TEXTS[code]?.en ?? '').replaceAll(/\[[^\]]*\]/g, ''));
    const lacking = refusals.flatMap(({ code, facts, at }) =>
      facts === undefined ? [] : needed(code).flatMap((name) => (facts.includes(name) ? [] : [`${code} at ${at}: {${name}}`])),
    );
    expect(lacking).toEqual([]);
  });

  test('each fact that is given is said', () => {
    const mute = refusals.flatMap(({ code, facts = [], at }) =>
      facts
        .filter((name) => !IN_THE_DETAIL.has(name) && name !== EVENT && !/^id$|Ids?$/.test(name) && !UNSAID[code]?.includes(name))
        .flatMap((name) => (namesIn(TEXTS[code]?.en ?? '').includes(name) ? [] : [`${code} at ${at}: ${name}`])),
    );
    expect(mute).toEqual([]);
  });

  test('no text is left without a code', () => {
    const codes = new Set(refusals.map(({ code }) => code));
    expect(Object.keys(TEXTS).filter((code) => !codes.has(code))).toEqual([]);
  });

  test('several problems are each said by their own code, where they are and what was expected', () => {
    const facts = {
      problems: [
        { code: 'service-window-missing', field: 'terms.serviceWindows', found: [], expected: 'at least one service window; 00:00 to 24:00 when always' },
        { code: 'counting-unit-missing', field: 'terms.usage.unit', found: '', expected: 'conversation or buyer-day' },
      ],
    };
    expect(words('terms-invalid', facts, 'zh')).toEqual({
      title: '合同还不能签：',
      detail:
        '没有写明服务时间（terms.serviceWindows）：应为至少一个服务时段；全天为 00:00 至 24:00。没有写明按什么计数（terms.usage.unit）：应为 conversation 或 buyer-day。',
    });
    expect(words('terms-invalid', facts, 'en').detail).toBe(
      'The terms do not say which hours are served (terms.serviceWindows: expected at least one service window; 00:00 to 24:00 when always). The terms do not say what is counted (terms.usage.unit: expected conversation or buyer-day).',
    );
  });

  test('a single problem is said once, with what was found', () => {
    const facts = { field: 'name', found: '0 characters', expected: '1 to 100 characters' };
    expect(words('agent-name-missing', facts, 'zh')).toEqual({ title: '没有写客服姓名，或姓名太长。', detail: 'name：0 个字符，应为 1 至 100 个字符。' });
    expect(words('bad-input', { problems: [{ field: 'body name', expected: "must have required property 'name'" }] }, 'en').detail).toBe(
      "body name must have required property 'name'.",
    );
  });

  test('where a deposit goes is said in the reader’s language', () => {
    expect(words('deposit-already-routed', { by: 'invoice', month: '2026-10' }, 'zh').title).toBe('保证金的去向已定（抵入账单，2026-10），不能再改。');
    expect(words('deposit-already-routed', { by: 'refund', month: '' }, 'en').title).toBe(
      'Where the deposit goes is already decided (settled and refunded); it cannot go another way.',
    );
  });

  test('what holds a month is named, contract by contract', () => {
    const held = [{ contract: 'K-1', shops: ['s'], month: '2026-10', heldBy: 'clocks-not-yet-due', count: 3 }];
    expect(words('clocks-not-yet-due', { through: '2026-10', held }, 'zh')).toEqual({
      title: '到 2026-10 还有计时未到期，不能月结。',
      detail: 'K-1 2026-10：还有计时未到期（3 个）。',
    });
    expect(words('clocks-not-yet-due', { through: '2026-10', held }, 'en').detail).toBe('K-1 2026-10: has clocks not yet due (3).');
    expect(Object.keys(HOLDING).sort()).toEqual(Object.keys(domain.zh.held).sort());
  });

  test('all that a go-live lacks is said at once, with whose turn it is', () => {
    const amount = (minor: number) => ({ currency: 'CNY', minor });
    const lacking = [
      { code: 'deposit-missing', required: amount(600_000), received: amount(599_999), short: amount(1), waitsFor: 'client', path: '/deposits/ct_1' },
      { code: 'training-not-planned', training: 'shop', waitsFor: 'vendor-operations', path: '/contracts/ct_1/onboarding' },
      { code: 'information-open', items: ['campaigns', 'Size chart'], open: 2, of: 9, waitsFor: 'client', path: '/contracts/ct_1/onboarding' },
    ];
    expect(words('not-ready', { batch: 1, missing: lacking }, 'zh')).toEqual({
      title: '第 1 批还不能上线：',
      detail: '保证金 ¥6,000.00 还差 ¥0.01，已收 ¥5,999.99。等客户。店铺培训还没有安排。等运营。店铺信息 9 项还有 2 项没有移交：活动安排、Size chart。等客户。',
    });
    expect(words('not-ready', { batch: 1, missing: lacking }, 'en').detail).toBe(
      "CNY 0.01 of the CNY 6,000.00 deposit is missing; CNY 5,999.99 was received. It's the turn of the client. Shop training is not planned yet. " +
        "It's the turn of vendor operations. 2 of 9 items of shop information are not handed over: campaigns, Size chart. It's the turn of the client.",
    );
  });

  test('who may do it is said where it is known', () => {
    expect(words('not-allowed', { role: 'client', allowed: ['finance', 'vendor-operations'] }, 'zh').title).toBe('你的角色不能做这件事。由财务、运营来做。');
    expect(words('not-allowed', {}, 'en').title).toBe("Your role can't do this.");
  });
});

describe('what was found and expected', () => {
  test('each phrase of a service has Chinese words', () => {
    const untold = said.phrases.filter(({ kind, text }) => {
      // A found word alone is what was sent, to be quoted.
      if (kind === 'found') return !/^[a-z-]+$/.test(text) && foundInChinese(text) === undefined;
      return expectedInChinese(text) === undefined;
    });
    expect(untold).toEqual([]);
    expect(said.phrases.length).toBeGreaterThan(80);
  });

  test.for([undefined, null, [1], { a: 1 }, 'text', 7, true])('what %s is, is said in Chinese', (value) => {
    expect(foundInChinese(kindOf(value)) ?? '').toMatch(/\p{Script=Han}|^null$/u);
  });

  test('numbers and examples stay as they are', () => {
    expect(expectedInChinese('an RFC 3339 date and time with a zone, e.g. 2026-11-11T20:15:00.000+08:00')).toBe(
      '带时区的日期时间，应如 2026-11-11T20:15:00.000+08:00',
    );
    expect(expectedInChinese('a string of 1 to 200 characters, none of them a control character')).toBe('1 至 200 个字符的文本，不含控制字符');
    expect(expectedInChinese('customer | agent | bot | system')).toBe('customer | agent | bot | system');
    expect(foundInChinese('2026-03-05 10:00')).toBeUndefined();
    expect(foundInChinese('m-1 with other content')).toBe('m-1，内容不同');
  });
});

describe('invoices', () => {
  const usage = (counted: bigint): readonly MonthUsage[] => [{ shopId: 'sh', counted }];
  const terms = (over: { monthlyFee: number; included?: number; effectiveOn?: string }): ContractTerms =>
    ContractTerms.create({
      currency: 'CNY',
      zone: 'Asia/Shanghai',
      effectiveOn: over.effectiveOn ?? '2000-01-01',
      monthlyFee: { currency: 'CNY', minor: over.monthlyFee },
      usage: {
        unit: CountingUnit.COUNTING_UNIT_CONVERSATION,
        exclusions: [UsageExclusion.USAGE_EXCLUSION_NONE],
        unitPrice: '0.60',
        included: over.included ?? 0,
      },
      clauses: [{ key: 'first-response', targetBp: 9_000, credit: { base: CreditBase.CREDIT_BASE_USAGE_FEE, rateBp: 500 } }],
    });
  const missed: ClauseResult = { clauseKey: 'first-response', shopId: '', met: 4, missed: 5, kept: false };
  const rules = (agreed: ContractTerms, results: readonly ClauseResult[] = []): (string | undefined)[] =>
    charges(agreed, '2026-03', ['sh'], usage(1_200n), results).lines.map((line) => ruleInChinese(line.rule));

  test('each line says in Chinese how it came about', () => {
    expect(rules(terms({ monthlyFee: 600_000, included: 1_000 }), [missed])).toEqual([
      '整月 6000.00',
      '计 1200，月费已含 1000：200 × 0.60',
      '按时 4 / 9，约定 90%：抵扣 5% × 120.00',
    ]);
    const invoice = { number: 'DF-202602-0001', dueOn: '2026-03-10', principal: 600_000n, settled: [{ on: '2026-03-20', minor: 200_000n }], charged: 450n };
    const late = (over: Partial<typeof invoice>) => {
      const overdue = { invoices: [{ ...invoice, ...over }], through: '2026-03-31', since: undefined };
      return lateFeeLines(ContractTerms.create({ currency: 'CNY', lateFee: { rateBpPerDay: 5, graceDays: 3 } }), overdue).map((line) =>
        ruleInChinese(line.rule),
      );
    };
    expect([{}, { charged: 0n }, { settled: [] }, { settled: [], charged: 0n }, { settled: [{ on: '2026-03-10', minor: 600_000n }] }].flatMap(late)).toEqual([
      '未付 4000.00 至 6000.00，2026-03-14 至 2026-03-31：18 天 × 0.05%，减去已计 4.50',
      '未付 4000.00 至 6000.00，2026-03-14 至 2026-03-31：18 天 × 0.05%',
      '未付 6000.00，2026-03-14 至 2026-03-31：18 天 × 0.05%，减去已计 4.50',
      '未付 6000.00，2026-03-14 至 2026-03-31：18 天 × 0.05%',
      '已按时付清，减去已计 4.50',
    ]);
    expect(rules(terms({ monthlyFee: 600_000, effectiveOn: '2026-03-11' }))).toEqual(['6000.00 × 服务 21 天 ÷ 当月 31 天', '1200 × 0.60']);
  });

  test('each reason for which something is not charged, withdrawn or out of a clock has words', () => {
    const reasons = [
      ...unionIn('services/billing/src/usage/assessment.ts', 'NotCounted'),
      ...unionIn('libs/attribution/src/attribution.ts', 'NotOurs'),
      ...unionIn('services/sla-monitoring/src/clock/clock.ts', 'ClockReason'),
      'same-buyer-day',
    ];
    expect(new Set(Object.keys(domain.zh.reasons))).toEqual(new Set(reasons));
    expect(new Set(Object.keys(domain.en.reasons))).toEqual(new Set(reasons));
  });

  test('how a line is spread over its days is said', () => {
    const source = readFileSync(join(ROOT, 'services/billing/src/queries/drill-down.ts'), 'utf8');
    const rulesOf = new Set([...source.matchAll(/rule: [^}\n]*'([a-z-]+)'/g)].map(([, rule]) => rule ?? ''));
    expect(rulesOf.size).toBe(4);
    expect(new Set(Object.keys(billingWords.zh.spreads))).toEqual(rulesOf);
    expect(new Set(Object.keys(billingWords.en.spreads))).toEqual(rulesOf);
  });
});

test('the collector sees every way to refuse, and says which it cannot read', () => {
  const planted: Collected = { refusals: [], phrases: [], unread: [] };
  readSource(
    'planted.ts',
    [
      "refuse('state-forbids', { why });",
      "refuseCall('bad', { ...fault });",
      "throw new Problem(409, 'taken');",
      "return { accepted: false, code: 'plain', facts: { field: 'a', expected: 'at most 7' } };",
      "problem('one', 'field', x, 'a thing');",
      'refuse(code);',
    ].join('\n'),
    planted,
  );
  expect(planted.refusals.map(({ code, facts }) => [code, facts])).toEqual([
    ['state-forbids', ['why']],
    ['bad', undefined],
    ['taken', []],
    ['plain', ['field', 'expected']],
    ['one', ['field', 'found', 'expected']],
  ]);
  expect(planted.phrases.map(({ text }) => text)).toEqual(['at most 7', 'a thing']);
  expect(planted.unread).toEqual(['planted.ts:6 code']);
});
