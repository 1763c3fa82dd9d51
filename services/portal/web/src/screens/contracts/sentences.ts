// A contract's terms as sentences: what the vendor and the client both read.
import type { ContractTerms, ServiceWindow, SlaClause } from '../../api/types.ts';
import { weekdayName } from '../../format/dates.ts';
import { duration } from '../../format/duration.ts';
import { count, money } from '../../format/money.ts';
import { targetPercent } from '../../format/ratio.ts';
import { domain, wordFor } from '../../words/domain.ts';
import type { Locale } from '../../words/words.ts';
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
    words.term(terms.effectiveOn, terms.endsOn),
    words.zone(terms.zone, terms.holidayCalendar),
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
  ];
}
