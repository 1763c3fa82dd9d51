// What a quote's price is computed from and how: quantities times unit prices, every step with its rule, summing to the fee that is quoted.
// Source: domain.md P-02, 4.14, BR-001, BR-002.
import { divideHalfUp, fromProto, isCurrency, isDecimal, type Money, minorDigits, money, parseDecimal, sum, toProto } from '@deskfleet/money';
import { CampaignFrequency, type Coverage, QuoteStep, type ShopProfile } from '@deskfleet/protocol/onboarding';
import { EngagementTerm } from '@deskfleet/protocol/terms';
import { type Problem, problem } from '../contract/problems.ts';

/** A day of inquiries stands for a month by this many days. */
const DAYS_OF_A_MONTH = 30;
const STEPS_LIMIT = 50;
const KEY = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Characters of a rule. */
const RULE_LIMIT = 300;

export interface Plan {
  readonly coverage: Coverage;
  readonly engagement: EngagementTerm;
  readonly separated: boolean;
  readonly note: string;
}

/** A step as the vendor typed it: its amount is computed here. */
export type TypedStep = Pick<QuoteStep, 'key' | 'quantity' | 'unitPrice' | 'rule' | 'shopId' | 'ofUsage' | 'suggested'>;

type MissingCode =
  | 'profile-missing'
  | 'profile-category-missing'
  | 'profile-headcount-missing'
  | 'profile-inquiries-missing'
  | 'profile-campaigns-missing'
  | 'plan-missing';

export interface Missing {
  readonly code: MissingCode;
  readonly shopId: string;
  readonly field: string;
}

/** What a quote still needs to know, shop by shop (BR-001). */
export function missingForQuote(profiles: readonly ShopProfile[], plan: Plan | undefined): Missing[] {
  return [
    ...(profiles.length > 0 ? [] : [{ code: 'profile-missing' as const, shopId: '', field: 'profiles' }]),
    ...profiles.flatMap(missingOfShop),
    ...(plan === undefined ? [{ code: 'plan-missing' as const, shopId: '', field: 'plan' }] : []),
  ];
}

function missingOfShop({ shopId, code, category, agentHeadcount, averageInquiries, campaigns }: ShopProfile): Missing[] {
  const at = (name: string): string => `profiles.${code}.${name}`;
  return [
    ...(category.trim() === '' ? [{ code: 'profile-category-missing' as const, shopId, field: at('category') }] : []),
    ...(agentHeadcount === undefined ? [{ code: 'profile-headcount-missing' as const, shopId, field: at('agentHeadcount') }] : []),
    ...(averageInquiries === undefined ? [{ code: 'profile-inquiries-missing' as const, shopId, field: at('averageInquiries') }] : []),
    ...(campaigns === CampaignFrequency.CAMPAIGN_FREQUENCY_UNSPECIFIED ? [{ code: 'profile-campaigns-missing' as const, shopId, field: at('campaigns') }] : []),
  ];
}

/** What steps may rest on: the lead's shops, and what their profiles and the plan suggest. */
interface Basis {
  readonly shopIds: readonly string[];
  readonly suggested: readonly QuoteStep[];
}

/** What is wrong with steps that are to be computed. */
export function stepProblems(steps: readonly TypedStep[], currency: string, usagePrice: string | undefined, basis: Basis) {
  const repeated = steps.findIndex((step, index) => steps.findIndex(({ key, shopId }) => key === step.key && shopId === step.shopId) < index);
  return [
    ...(isCurrency(currency) ? [] : [problem('currency-unknown', 'currency', currency, 'an ISO 4217 code such as CNY')]),
    ...(steps.length <= STEPS_LIMIT ? [] : [problem('quote-steps-too-many', 'steps', steps.length, `at most ${STEPS_LIMIT}`)]),
    ...steps.flatMap((step, index) => oneStep(step, `steps[${index}]`, usagePrice, basis)),
    ...(repeated < 0 ? [] : [problem('quote-step-repeated', `steps[${repeated}].key`, steps[repeated]?.key, 'a key of its own')]),
  ];
}

function oneStep(step: TypedStep, field: string, usagePrice: string | undefined, { shopIds, suggested }: Basis) {
  const { key, quantity, unitPrice, shopId, ofUsage } = step;
  const counted = isDecimal(quantity) && parseDecimal(quantity).units >= 0n;
  return [
    ...(KEY.test(key) ? [] : [problem('quote-step-key-invalid', `${field}.key`, key, 'kebab-case such as first-response')]),
    ...(counted ? [] : [problem('quote-quantity-invalid', `${field}.quantity`, quantity, 'a decimal of zero or more such as 0.60')]),
    ...(isDecimal(unitPrice) ? [] : [problem('quote-price-invalid', `${field}.unitPrice`, unitPrice, 'a decimal such as 0.60')]),
    ...ruleProblems(step, field, suggested),
    ...(shopId === '' || shopIds.includes(shopId) ? [] : [problem('quote-shop-unknown', `${field}.shopId`, shopId, 'a shop of the lead')]),
    ...(ofUsage && usagePrice !== undefined && isDecimal(unitPrice) && isDecimal(usagePrice) && !sameDecimal(unitPrice, usagePrice)
      ? [problem('quote-usage-price-differs', `${field}.unitPrice`, unitPrice, usagePrice)]
      : []),
    ...(ofUsage && usagePrice === undefined ? [problem('quote-usage-missing', 'usage', '', 'a unit price for what is counted')] : []),
  ];
}

/** How the quantity came about is said by the vendor, or by the profiles and the plan that suggest this very quantity. */
function ruleProblems({ key, shopId, quantity, rule, suggested }: TypedStep, field: string, suggestions: readonly QuoteStep[]) {
  if (!suggested)
    return rule.trim() !== '' && rule.length <= RULE_LIMIT
      ? []
      : [problem('quote-rule-missing', `${field}.rule`, rule.length, `1 to ${RULE_LIMIT} characters`)];
  const same = suggestions.find((each) => each.key === key && each.shopId === shopId);
  const holds = same !== undefined && isDecimal(quantity) && sameDecimal(quantity, same.quantity);
  return holds ? [] : [problem('quote-step-not-suggested', `${field}.quantity`, quantity, same?.quantity ?? 'a step that profile and plan suggest')];
}

interface Computed {
  readonly steps: QuoteStep[];
  /** Undefined where no step is of it. */
  readonly monthlyFee: Money | undefined;
  /** Of a month in all. */
  readonly estimate: Money;
}

/** Each step's quantity times its unit price, rounded once, half away from zero; the fee and the estimate are their exact sums. */
export function computed(typed: readonly TypedStep[], currency: string): Computed {
  const steps = typed.map((step) => QuoteStep.create({ ...step, rule: step.suggested ? '' : step.rule.trim(), amount: toProto(amountOf(step, currency)) }));
  const amounts = (of: readonly QuoteStep[]): Money[] => of.flatMap(({ amount }) => (amount === undefined ? [] : [fromProto(amount)]));
  const fixed = steps.filter(({ ofUsage }) => !ofUsage);
  return { steps, monthlyFee: fixed.length === 0 ? undefined : sum(currency, amounts(fixed)), estimate: sum(currency, amounts(steps)) };
}

function amountOf({ quantity, unitPrice }: TypedStep, currency: string): Money {
  const [q, p] = [parseDecimal(quantity), parseDecimal(unitPrice)];
  const scale = q.scale + p.scale;
  const digits = minorDigits(currency);
  const exact = q.units * p.units;
  return money(currency, scale <= digits ? exact * 10n ** BigInt(digits - scale) : divideHalfUp(exact, 10n ** BigInt(scale - digits)));
}

function sameDecimal(a: string, b: string): boolean {
  const [x, y] = [parseDecimal(a), parseDecimal(b)];
  return x.units * 10n ** BigInt(y.scale) === y.units * 10n ** BigInt(x.scale);
}

/** The steps that a profile and a plan suggest: quantities by the rule that the key names, prices for the vendor to type. */
export function suggestedSteps(profiles: readonly ShopProfile[], plan: Plan | undefined): QuoteStep[] {
  const per = profiles.length === 1 ? '' : undefined;
  return [
    ...profiles.flatMap((profile) => stepsOfShop(profile, per ?? profile.shopId)),
    ...(plan?.separated === true ? [step('separate-teams', '1')] : []),
    ...(plan !== undefined && plan.engagement !== EngagementTerm.ENGAGEMENT_TERM_LONG ? [step('short-engagement', '1')] : []),
  ];
}

function stepsOfShop({ agentHeadcount, averageInquiries, campaigns }: ShopProfile, shopId: string): QuoteStep[] {
  const inquiries = averageInquiries ?? 0;
  return [
    ...(agentHeadcount === undefined ? [] : [step('agents', `${agentHeadcount}`, shopId)]),
    ...(averageInquiries === undefined ? [] : [{ ...step('inquiries', `${inquiries * DAYS_OF_A_MONTH}`, shopId), ofUsage: true }]),
    ...campaignStep(campaigns, shopId),
  ];
}

function campaignStep(campaigns: CampaignFrequency, shopId: string): QuoteStep[] {
  switch (campaigns) {
    case CampaignFrequency.CAMPAIGN_FREQUENCY_WEEKLY:
      return [step('campaigns', '4', shopId)];
    case CampaignFrequency.CAMPAIGN_FREQUENCY_MONTHLY:
      return [step('campaigns', '1', shopId)];
    case CampaignFrequency.CAMPAIGN_FREQUENCY_QUARTERLY:
      return [step('campaigns', '0.33', shopId)];
    default:
      return [];
  }
}

function step(key: string, quantity: string, shopId = ''): QuoteStep {
  return QuoteStep.create({ key, quantity, shopId, suggested: true });
}

/** Problems of missing inputs, in the shape of every other. */
export function asProblems(missing: readonly Missing[]): Problem<Missing['code']>[] {
  return missing.map(({ code, field }) => problem(code, field, '', EXPECTED[code]));
}

const EXPECTED: Readonly<Record<Missing['code'], string>> = {
  'profile-missing': 'the profile of at least one shop',
  'profile-category-missing': 'what the shop sells',
  'profile-headcount-missing': "the shop's own agents today",
  'profile-inquiries-missing': 'inquiries a day on average',
  'profile-campaigns-missing': 'how often the shop runs campaigns',
  'plan-missing': 'a plan: what is outsourced, and for how long',
};
