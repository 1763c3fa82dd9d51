// Which people, trial, handover, dates and late fees a contract may have (BR-004 and what follows from it), and what must stand in it before both
// sides may sign. Absent is allowed for everything but BR-004's terms: it reads "none agreed".
import { AgentLevel, type ContractTerms, EngagementTerm } from '@deskfleet/protocol/terms';
import { problem } from './problems.ts';

const KEY = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Agents of one level. */
const AGENTS_LIMIT = 100_000;
const PRODUCTS_LIMIT = 10_000_000;
/** Days of anything that is counted in days. */
const DAYS_LIMIT = 366;
/** Basis points a day of an amount overdue: more is not lawful anywhere we know. */
const LATE_FEE_LIMIT_BP = 100;
const MONTHS_LIMIT = 120;
/** Characters of a term in words. */
const WORDS_LIMIT = 4_000;
const TRAININGS_LIMIT = 50;
const TRAINING_LIMIT = 200;

type At = (name: string) => string;

/** What is wrong with these terms. `shopIds`: the contract's, as far as they are known. */
export function furtherProblems(terms: ContractTerms, at: At, shopIds: readonly string[]) {
  return [
    ...staffingProblems(terms, at),
    ...wordsProblems(terms, at),
    ...trialProblems(terms, at),
    ...batchProblems(terms, at, shopIds),
    ...dateProblems(terms, at),
    ...(terms.engagement >= EngagementTerm.ENGAGEMENT_TERM_UNSPECIFIED && terms.engagement <= EngagementTerm.ENGAGEMENT_TERM_TEMPORARY
      ? []
      : [problem('engagement-unknown', at('engagement'), terms.engagement, 'long, short or temporary')]),
  ];
}

/** What must be agreed before the contract may be signed, and is not (BR-003, BR-004). */
export function missingTerms(terms: ContractTerms, at: At) {
  return [
    ...(terms.staffing.length > 0 ? [] : [problem('staffing-missing', at('staffing'), [], 'how many agents, by level')]),
    ...(terms.scope.length > 0 ? [] : [problem('scope-missing', at('scope'), [], 'pre-sale, after-sale or both')]),
    ...(terms.trainingSupport.length > 0 ? [] : [problem('training-support-missing', at('trainingSupport'), [], 'the trainings that the client gives')]),
    ...(terms.qualityStandard.trim() !== '' ? [] : [problem('quality-standard-missing', at('qualityStandard'), '', 'the quality that is asked for, in words')]),
    ...(terms.assessmentMethod.trim() !== '' ? [] : [problem('assessment-method-missing', at('assessmentMethod'), '', 'how quality is judged, in words')]),
    ...(terms.serviceProcess.trim() !== '' ? [] : [problem('service-process-missing', at('serviceProcess'), '', 'how the service is run, in words')]),
    ...(terms.monthlyFee !== undefined || terms.usage !== undefined
      ? []
      : [problem('fee-missing', at('monthlyFee'), '', 'a monthly fee, a fee by what is counted, or both')]),
  ];
}

function staffingProblems({ staffing }: ContractTerms, at: At) {
  const repeated = staffing.findIndex(({ level }, index) => staffing.findIndex((other) => other.level === level) < index);
  return [
    ...staffing.flatMap(({ level, count }, index) => [
      ...(level >= AgentLevel.AGENT_LEVEL_UNSPECIFIED && level <= AgentLevel.AGENT_LEVEL_ACCOUNT_MANAGER
        ? []
        : [problem('staffing-level-unknown', at(`staffing[${index}].level`), level, 'junior, middle, senior, account-manager or any')]),
      ...(whole(count, 1, AGENTS_LIMIT) ? [] : [problem('staffing-count-invalid', at(`staffing[${index}].count`), count, `1 to ${AGENTS_LIMIT}`)]),
    ]),
    ...(repeated < 0 ? [] : [problem('staffing-level-repeated', at(`staffing[${repeated}].level`), staffing[repeated]?.level, 'each level once')]),
  ];
}

function wordsProblems(terms: ContractTerms, at: At) {
  const { trainingSupport: trainings } = terms;
  const fine =
    trainings.length <= TRAININGS_LIMIT &&
    trainings.every((one) => one.trim() !== '' && one.length <= TRAINING_LIMIT) &&
    new Set(trainings).size === trainings.length;
  return [
    ...(['qualityStandard', 'assessmentMethod', 'serviceProcess'] as const).flatMap((name) =>
      terms[name].length <= WORDS_LIMIT ? [] : [problem('term-too-long', at(name), terms[name].length, `at most ${WORDS_LIMIT} characters`)],
    ),
    ...(fine
      ? []
      : [
          problem(
            'training-support-invalid',
            at('trainingSupport'),
            trainings.length,
            `at most ${TRAININGS_LIMIT} trainings, each once, of 1 to ${TRAINING_LIMIT} characters`,
          ),
        ]),
  ];
}

function trialProblems({ trial, clauses }: ContractTerms, at: At) {
  if (trial === undefined) return [];
  const unknown = trial.clauseKeys.find((key) => !clauses.some((clause) => clause.key === key));
  return [
    ...(whole(trial.days, 1, DAYS_LIMIT) ? [] : [problem('trial-days-invalid', at('trial.days'), trial.days, `1 to ${DAYS_LIMIT}`)]),
    ...(unknown === undefined ? [] : [problem('trial-clause-unknown', at('trial.clauseKeys'), unknown, 'the key of a clause of this contract')]),
    ...(new Set(trial.clauseKeys).size === trial.clauseKeys.length
      ? []
      : [problem('trial-clause-repeated', at('trial.clauseKeys'), trial.clauseKeys.length, 'each clause once')]),
  ];
}

function batchProblems({ batches, staffing }: ContractTerms, at: At, shopIds: readonly string[]) {
  const people = staffing.reduce((all, { count }) => all + count, 0);
  const left = shopIds.find((shopId) => !batches.some((batch) => batch.shopIds.length === 0 || batch.shopIds.includes(shopId)));
  const repeated = batches.findIndex(({ key }, index) => batches.findIndex((other) => other.key === key) < index);
  return [
    ...batches.flatMap((batch, index) => {
      const field = `batches[${index}]`;
      const stranger = batch.shopIds.find((shopId) => !shopIds.includes(shopId));
      return [
        ...(KEY.test(batch.key) ? [] : [problem('batch-key-invalid', at(`${field}.key`), batch.key, 'kebab-case such as first-response')]),
        ...(stranger === undefined ? [] : [problem('batch-shop-unknown', at(`${field}.shopIds`), stranger, 'a shop of this contract')]),
        ...(whole(batch.products, 0, PRODUCTS_LIMIT)
          ? []
          : [problem('batch-products-invalid', at(`${field}.products`), batch.products, `0 to ${PRODUCTS_LIMIT}`)]),
        ...(whole(batch.agents, 0, AGENTS_LIMIT) ? [] : [problem('batch-agents-invalid', at(`${field}.agents`), batch.agents, `0 to ${AGENTS_LIMIT}`)]),
        ...(staffing.length === 0 || batch.agents <= people
          ? []
          : [problem('batch-agents-beyond-staffing', at(`${field}.agents`), batch.agents, `at most ${people}`)]),
      ];
    }),
    ...(repeated < 0 ? [] : [problem('batch-key-repeated', at(`batches[${repeated}].key`), batches[repeated]?.key, 'a key of its own')]),
    ...(batches.length === 0 || left === undefined ? [] : [problem('batches-leave-out-a-shop', at('batches'), left, 'every shop in a batch')]),
  ];
}

function dateProblems({ lateFee, noticeDays, renewal, paymentDays, endsOn }: ContractTerms, at: At) {
  return [
    ...(lateFee === undefined || whole(lateFee.rateBpPerDay, 1, LATE_FEE_LIMIT_BP)
      ? []
      : [problem('late-fee-rate-invalid', at('lateFee.rateBpPerDay'), lateFee.rateBpPerDay, `1 to ${LATE_FEE_LIMIT_BP} basis points`)]),
    ...(lateFee === undefined || whole(lateFee.graceDays, 0, DAYS_LIMIT)
      ? []
      : [problem('late-fee-grace-invalid', at('lateFee.graceDays'), lateFee.graceDays, `0 to ${DAYS_LIMIT}`)]),
    ...(lateFee === undefined || paymentDays > 0
      ? []
      : [problem('late-fee-without-due-date', at('paymentDays'), paymentDays, 'the days an invoice may be paid in')]),
    ...(whole(noticeDays, 0, DAYS_LIMIT) ? [] : [problem('notice-days-invalid', at('noticeDays'), noticeDays, `0 to ${DAYS_LIMIT}`)]),
    ...(whole(paymentDays, 0, DAYS_LIMIT) ? [] : [problem('payment-days-invalid', at('paymentDays'), paymentDays, `0 to ${DAYS_LIMIT}`)]),
    ...(renewal === undefined || whole(renewal.months, 1, MONTHS_LIMIT)
      ? []
      : [problem('renewal-months-invalid', at('renewal.months'), renewal.months, `1 to ${MONTHS_LIMIT}`)]),
    ...(renewal === undefined || whole(renewal.remindDays, 0, DAYS_LIMIT)
      ? []
      : [problem('renewal-remind-invalid', at('renewal.remindDays'), renewal.remindDays, `0 to ${DAYS_LIMIT}`)]),
    ...(renewal === undefined || endsOn !== '' ? [] : [problem('renewal-without-end', at('endsOn'), '', 'a last day, as the terms speak of renewal')]),
  ];
}

function whole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
