// Which terms a contract may have: everything a later service would have to guess is asked for here, by name (BR-213).
import { isCurrency, isDecimal, parseDecimal } from '@deskfleet/money';
import type { Money } from '@deskfleet/protocol/common';
import { type ContractTerms, CountingUnit, ServiceScope, UsageExclusion, type UsageTerms } from '@deskfleet/protocol/terms';
import { clauseProblems } from './clauses.ts';
import { furtherProblems, missingTerms } from './further-terms.ts';
import { problem } from './problems.ts';
import { overlapProblems, windowProblems } from './windows.ts';

export type TermsRefusal = ReturnType<typeof termsProblems>[number]['code'];

const CALENDARS = ['', 'CN'];

/** What is wrong with the terms, and what of BR-004's is missing: none when both sides may sign them. */
export function signingProblems(terms: ContractTerms, shopIds: readonly string[]) {
  return [...termsProblems(terms, 'terms', shopIds), ...missingTerms(terms, (name) => `terms.${name}`)];
}

/**
 * All that is wrong with what the terms say, and what a later service would have to guess (BR-213). `field` is where the terms stand, e.g. `terms`;
 * `shopIds`: the contract's.
 */
export function termsProblems(terms: ContractTerms, field = 'terms', shopIds: readonly string[] = []) {
  const at = (name: string): string => `${field}.${name}`;
  return [
    ...(isCurrency(terms.currency) ? [] : [problem('currency-unknown', at('currency'), terms.currency, 'an ISO 4217 code such as CNY')]),
    ...(isZone(terms.zone) ? [] : [problem('zone-unknown', at('zone'), terms.zone, 'an IANA zone such as Asia/Shanghai')]),
    ...daysProblems(terms, at),
    ...(terms.serviceWindows.length > 0
      ? []
      : [problem('service-window-missing', at('serviceWindows'), [], 'at least one service window; 00:00 to 24:00 when always')]),
    ...terms.serviceWindows.flatMap((window, index) => windowProblems(window, at(`serviceWindows[${index}]`), terms.holidayCalendar)),
    ...overlapProblems(terms.serviceWindows, at('serviceWindows')),
    ...(CALENDARS.includes(terms.holidayCalendar) ? [] : [problem('holiday-calendar-unknown', at('holidayCalendar'), terms.holidayCalendar, 'CN or none')]),
    ...(terms.scope.every((scope) => scope === ServiceScope.SERVICE_SCOPE_PRE_SALE || scope === ServiceScope.SERVICE_SCOPE_AFTER_SALE)
      ? []
      : [problem('scope-unknown', at('scope'), terms.scope, 'pre-sale and/or after-sale; none = everything')]),
    ...amountProblems(terms.deposit, at('deposit'), terms.currency),
    ...amountProblems(terms.monthlyFee, at('monthlyFee'), terms.currency),
    ...(terms.usage === undefined ? [] : usageProblems(terms.usage, at('usage'))),
    ...clauseProblems(terms, at('clauses')),
    ...furtherProblems(terms, at, shopIds),
  ];
}

function daysProblems({ effectiveOn, endsOn }: ContractTerms, at: (name: string) => string) {
  const begins = isDate(effectiveOn);
  const ends = endsOn === '' || isDate(endsOn);
  return [
    ...(begins ? [] : [problem('effective-on-invalid', at('effectiveOn'), effectiveOn, 'a date such as 2026-01-31')]),
    ...(ends ? [] : [problem('ends-on-invalid', at('endsOn'), endsOn, 'a date such as 2026-12-31, or none')]),
    ...(begins && ends && endsOn !== '' && endsOn < effectiveOn ? [problem('ends-before-it-begins', at('endsOn'), endsOn, `${effectiveOn} or later`)] : []),
  ];
}

function amountProblems(amount: Money | undefined, field: string, currency: string) {
  if (amount === undefined) return [];
  return [
    ...(amount.currency === currency ? [] : [problem('amount-in-other-currency', `${field}.currency`, amount.currency, currency)]),
    ...(amount.minor >= 0 ? [] : [problem('amount-negative', `${field}.amount`, amount.minor, 'zero or more')]),
  ];
}

/** What is wrong with a fee by what is counted (BR-213). */
export function usageProblems({ unit, exclusions, unitPrice, included }: UsageTerms, field: string) {
  const price = isDecimal(unitPrice) && parseDecimal(unitPrice).units >= 0n;
  return [
    ...unitProblems(unit, `${field}.unit`),
    ...exclusionProblems(exclusions, `${field}.exclusions`),
    ...(price ? [] : [problem('unit-price-invalid', `${field}.unitPrice`, unitPrice, 'a decimal of zero or more such as 0.60')]),
    ...(included >= 0 ? [] : [problem('included-negative', `${field}.included`, included, 'zero or more units a month')]),
  ];
}

function unitProblems(unit: CountingUnit, field: string) {
  switch (unit) {
    case CountingUnit.COUNTING_UNIT_CONVERSATION:
    case CountingUnit.COUNTING_UNIT_BUYER_DAY:
      return [];
    case CountingUnit.COUNTING_UNIT_ORDER:
      return [problem('counting-unit-order-unsupported', field, 'order', 'conversation or buyer-day: orders are not known here yet')];
    default:
      return [problem('counting-unit-missing', field, '', 'conversation or buyer-day')];
  }
}

function exclusionProblems(exclusions: readonly UsageExclusion[], field: string) {
  const { USAGE_EXCLUSION_UNSPECIFIED, USAGE_EXCLUSION_NONE, USAGE_EXCLUSION_UNANSWERED } = UsageExclusion;
  if (exclusions.length === 0) return [problem('exclusions-missing', field, [], 'what is not counted; `none` when everything is')];
  if (exclusions.some((one) => one <= USAGE_EXCLUSION_UNSPECIFIED || one > USAGE_EXCLUSION_UNANSWERED))
    return [problem('exclusion-unknown', field, exclusions, 'known exclusions')];
  if (exclusions.length > 1 && exclusions.includes(USAGE_EXCLUSION_NONE))
    return [problem('exclusions-contradictory', field, exclusions, '`none` alone, or exclusions without it')];
  return [];
}

/** A calendar date that exists, as YYYY-MM-DD. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

/** A zone of the IANA database by name: an offset such as +08:00 is none. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
