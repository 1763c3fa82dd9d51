// What a draft begins with: a template's terms, the running contract's whose successor it is, and over them what the client accepted in the quote.
import { Coverage, type Quote } from '@deskfleet/protocol/onboarding';
import { AgentLevel, type ContractTerms, ServiceScope, StaffingTerm, TrialTerms } from '@deskfleet/protocol/terms';

/** The terms with the quote's fees, deposit, trial and people: what was accepted goes before what a template says. */
export function withQuote(terms: ContractTerms, quote: Quote): ContractTerms {
  const { monthlyFee, usage, deposit, trialDays, agents, coverage, engagement, estimate, zone } = quote;
  return {
    ...terms,
    currency: estimate?.currency ?? terms.currency,
    zone: terms.zone || zone,
    monthlyFee,
    usage,
    deposit,
    engagement,
    scope: terms.scope.length > 0 ? terms.scope : scopeOf(coverage),
    trial: trialDays === 0 ? undefined : TrialTerms.create({ days: trialDays, clauseKeys: terms.trial?.clauseKeys ?? [] }),
    staffing: agentsOf(terms) === agents ? terms.staffing : [StaffingTerm.create({ level: AgentLevel.AGENT_LEVEL_UNSPECIFIED, count: agents })],
  };
}

/** The next term of a contract: the day after its last one, for the months of its renewal; without a second trial, deposit or handover. */
export function successorOf(terms: ContractTerms): ContractTerms {
  const next = { ...terms, trial: undefined, deposit: undefined, batches: [] };
  if (terms.endsOn === '') return { ...next, effectiveOn: '' };
  const first = Temporal.PlainDate.from(terms.endsOn).add({ days: 1 });
  const last = terms.renewal === undefined ? '' : first.add({ months: terms.renewal.months }).subtract({ days: 1 }).toString();
  return { ...next, effectiveOn: first.toString(), endsOn: last };
}

function scopeOf(coverage: Coverage): ServiceScope[] {
  switch (coverage) {
    case Coverage.COVERAGE_TOGETHER:
      return [ServiceScope.SERVICE_SCOPE_PRE_SALE, ServiceScope.SERVICE_SCOPE_AFTER_SALE];
    case Coverage.COVERAGE_PRE_SALE_FIRST:
      return [ServiceScope.SERVICE_SCOPE_PRE_SALE];
    case Coverage.COVERAGE_AFTER_SALE_FIRST:
      return [ServiceScope.SERVICE_SCOPE_AFTER_SALE];
    default:
      return [];
  }
}

function agentsOf({ staffing }: ContractTerms): number {
  return staffing.reduce((all, { count }) => all + count, 0);
}
