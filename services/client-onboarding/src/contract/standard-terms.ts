// The terms a shop is taken over on when nothing else is known of its contract: always open, priced per conversation, one clause.
import { ClockKind, ContractTerms, CountingUnit, CreditBase, Metric, UsageExclusion } from '@deskfleet/protocol/terms';

export const standardTerms: ContractTerms = ContractTerms.fromPartial({
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  serviceWindows: [{ from: '00:00', to: '24:00' }],
  effectiveOn: '2000-01-01',
  usage: {
    unit: CountingUnit.COUNTING_UNIT_CONVERSATION,
    exclusions: [UsageExclusion.USAGE_EXCLUSION_NONE],
    unitPrice: '0.60',
  },
  clauses: [
    {
      key: 'first-response',
      metric: Metric.METRIC_FIRST_RESPONSE,
      metricVersion: 1,
      allowanceMs: 3_600_000,
      targetBp: 9_000,
      clock: ClockKind.CLOCK_KIND_SERVICE_HOURS,
      credit: { base: CreditBase.CREDIT_BASE_USAGE_FEE, rateBp: 500 },
    },
  ],
});
