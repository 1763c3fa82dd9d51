// A contract's terms as sentences: what the vendor and the client both read.
import type { ContractTerms, ServiceWindow, SlaClause } from '../../api/types.ts';
import { weekdayName } from '../../format/dates.ts';
import { duration } from '../../format/duration.ts';
import { count, money } from '../../format/money.ts';
import { targetPercent } from '../../format/ratio.ts';
import { domain, wordFor } from '../../words/domain.ts';
import type { Locale } from '../../words/words.ts';
import { draftWords } from './draft-words.ts';
import { contractWords } from './words.ts';

const joiner: Record<Locale, string> = { zh: '、', en: ', ' };

function days(window: ServiceWindow, locale: Locale): string {
  if (window.weekdays.length === 0 || window.weekdays.length === 7) return contractWords[locale].s.everyDay;
  return window.weekdays.map((day) => weekdayName(day, locale)).join(joiner[locale]);
}

export function clauseSentence(clause: SlaClause, locale: Locale): string {
  const words = contractWords[locale];
  const terms = domain[locale];
  const parts = [
    words.s.clause(
      wordFor(terms.metrics, clause.metric),
      targetPercent(clause.targetBp),
      duration(clause.allowanceMs, locale),
      wordFor(terms.clocks, clause.clock),
    ),
  ];
  for (const window of clause.begunWithin) parts.push(words.s.population(window.from, window.to));
  if (clause.pooled) parts.push(words.s.pooled);
  if (clause.credit !== undefined) parts.push(words.s.credit(targetPercent(clause.credit.rateBp), wordFor(words.creditBases, clause.credit.base)));
  return parts.join('') + words.s.stop;
}

/** Every term as one sentence, in the order a reader asks. */
export function termSentences(terms: ContractTerms, locale: Locale): string[] {
  const words = contractWords[locale].s;
  const names = domain[locale];
  const usage = terms.usage;
  const excluded = usage?.exclusions.filter((exclusion) => exclusion !== 'none') ?? [];
  return [
    words.term(terms.effectiveOn || '—', terms.endsOn),
    words.zone(terms.zone || '—', terms.holidayCalendar),
    ...terms.serviceWindows.map((window) =>
      words.window(days(window, locale), window.from, window.to, wordFor(contractWords[locale].holidayRules, window.holidays)),
    ),
    terms.scope.length === 0 ? words.scopeAll : words.scope(terms.scope.map((scope) => wordFor(names.scope, scope)).join(joiner[locale])),
    terms.deposit === undefined ? words.noDeposit : words.deposit(money(terms.deposit, locale)),
    terms.monthlyFee === undefined ? words.noMonthly : words.monthly(money(terms.monthlyFee, locale)),
    usage === undefined || usage.unitPrice === ''
      ? words.noUsage
      : words.usage(
          money({ currency: terms.currency, amount: usage.unitPrice }, locale),
          wordFor(names.units, usage.unit),
          count(usage.included),
          excluded.length === 0
            ? wordFor(names.exclusions, 'none')
            : words.notCounted(excluded.map((exclusion) => wordFor(names.exclusions, exclusion)).join(joiner[locale])),
        ),
    ...terms.clauses.map((clause) => clauseSentence(clause, locale)),
    ...furtherSentences(terms, locale),
  ];
}

/** People, quality, trial, handover and dates; what is not agreed is said to be so. */
function furtherSentences(terms: ContractTerms, locale: Locale): string[] {
  const words = draftWords[locale];
  const said = (name: string, value: string): string => words.sentence(name, value === '' ? words.none : value);
  const list = (parts: readonly string[]): string => parts.join(joiner[locale]);
  const days = (n: number): string => (n === 0 ? '' : words.days(count(n)));
  const { trial, lateFee, renewal } = terms;
  return [
    said(words.engagement, terms.engagement === 'unspecified' ? '' : wordFor(words.engagements, terms.engagement)),
    said(words.staffing, list(terms.staffing.map((staff) => words.staff(count(staff.count), wordFor(words.levels, staff.level))))),
    said(words.training, list(terms.trainingSupport)),
    said(words.quality, plain(terms.qualityStandard)),
    said(words.assessment, plain(terms.assessmentMethod)),
    said(words.process, plain(terms.serviceProcess)),
    said(words.trial, trial === undefined ? '' : words.trialOf(count(trial.days), list(trial.clauseKeys))),
    said(words.batches, list(terms.batches.map((batch) => words.batchOf(batch.name || batch.key, count(batch.products), count(batch.agents))))),
    said(words.payment, days(terms.paymentDays)),
    said(words.lateFee, lateFee === undefined ? '' : words.lateFeeOf(targetPercent(lateFee.rateBpPerDay), count(lateFee.graceDays))),
    said(words.notice, days(terms.noticeDays)),
    said(words.renewal, renewal === undefined ? '' : words.renewalOf(count(renewal.months), count(renewal.remindDays))),
  ];
}

/** Words typed by people, without their own full stop: the sentence brings one. */
function plain(text: string): string {
  return text.trim().replace(/[。.]$/u, '');
}
