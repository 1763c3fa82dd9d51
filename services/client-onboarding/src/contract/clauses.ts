// Which service level clauses a contract may have: each is judged, and paid for, by what stands here alone.
import { ClockKind, type ContractTerms, CreditBase, Metric, type SlaClause } from '@deskfleet/protocol/terms';
import { problem } from './problems.ts';
import { windowProblems } from './windows.ts';

const KEY = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Basis points of the whole. */
const WHOLE_BP = 10_000;
const METRIC_VERSION = 1;
/** A day: nothing the trade agrees on is longer. */
const ALLOWANCE_LIMIT_MS = 24 * 3_600_000;

/** What is wrong with the clauses. */
export function clauseProblems(terms: ContractTerms, field: string) {
  const repeated = terms.clauses.findIndex(({ key }, index) => terms.clauses.findIndex((other) => other.key === key) < index);
  return [
    ...terms.clauses.flatMap((clause, index) => oneClause(clause, terms, `${field}[${index}]`)),
    ...(repeated < 0 ? [] : [problem('clause-key-repeated', `${field}[${repeated}].key`, terms.clauses[repeated]?.key, 'a key of its own')]),
  ];
}

function oneClause(clause: SlaClause, terms: ContractTerms, field: string) {
  const { key, metric, metricVersion, allowanceMs, targetBp, clock, begunWithin } = clause;
  const metricKnown = metric === Metric.METRIC_FIRST_RESPONSE || metric === Metric.METRIC_REPLY_RATE;
  const clockKnown = clock === ClockKind.CLOCK_KIND_SERVICE_HOURS || clock === ClockKind.CLOCK_KIND_WALL;
  const allowed = allowanceMs > 0 && allowanceMs <= ALLOWANCE_LIMIT_MS;
  return [
    ...(KEY.test(key) ? [] : [problem('clause-key-invalid', `${field}.key`, key, 'kebab-case such as first-response')]),
    ...(metricKnown ? [] : [problem('clause-metric-missing', `${field}.metric`, '', 'first-response or reply-rate')]),
    ...(metricVersion === METRIC_VERSION ? [] : [problem('clause-metric-version-unknown', `${field}.metricVersion`, metricVersion, `${METRIC_VERSION}`)]),
    ...(allowed ? [] : [problem('clause-allowance-invalid', `${field}.allowanceMs`, allowanceMs, `1 to ${ALLOWANCE_LIMIT_MS} ms`)]),
    ...(inBasisPoints(targetBp) ? [] : [problem('clause-target-invalid', `${field}.targetBp`, targetBp, `1 to ${WHOLE_BP} basis points`)]),
    ...(clockKnown ? [] : [problem('clause-clock-missing', `${field}.clock`, '', 'service-hours or wall')]),
    ...begunWithin.flatMap((window, index) => windowProblems(window, `${field}.begunWithin[${index}]`, terms.holidayCalendar)),
    ...creditProblems(clause, terms, `${field}.credit`),
  ];
}

function creditProblems({ credit }: SlaClause, terms: ContractTerms, field: string) {
  if (credit === undefined) return [];
  const known = credit.base > CreditBase.CREDIT_BASE_UNSPECIFIED && credit.base <= CreditBase.CREDIT_BASE_ALL_FEES;
  return [
    ...(known ? [] : [problem('credit-base-missing', `${field}.base`, '', 'usage-fee, monthly-fee or all-fees')]),
    ...(known && !hasFee(terms, credit.base) ? [problem('credit-base-not-agreed', `${field}.base`, credit.base, 'a fee that the terms agree on')] : []),
    ...(inBasisPoints(credit.rateBp) ? [] : [problem('credit-rate-invalid', `${field}.rateBp`, credit.rateBp, `1 to ${WHOLE_BP} basis points`)]),
  ];
}

function inBasisPoints(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= WHOLE_BP;
}

/** Whether the fees a credit is taken from are agreed at all. */
function hasFee(terms: ContractTerms, base: CreditBase): boolean {
  switch (base) {
    case CreditBase.CREDIT_BASE_USAGE_FEE:
      return terms.usage !== undefined;
    case CreditBase.CREDIT_BASE_MONTHLY_FEE:
      return terms.monthlyFee !== undefined;
    default:
      return terms.usage !== undefined || terms.monthlyFee !== undefined;
  }
}
