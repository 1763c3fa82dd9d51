// Terms that both sides may sign: everything BR-004 asks for, and what the trade mostly agrees on besides.
import { AgentLevel, ContractTerms, EngagementTerm, HolidayRule, ServiceScope } from '@deskfleet/protocol/terms';
import { standardTerms } from '../src/contract/standard-terms.ts';

export const wholeTerms: ContractTerms = ContractTerms.fromPartial({
  ...standardTerms,
  effectiveOn: '2026-04-01',
  endsOn: '2027-03-31',
  holidayCalendar: 'CN',
  serviceWindows: [
    { weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '12:00', holidays: HolidayRule.HOLIDAY_RULE_CLOSED },
    { weekdays: [1, 2, 3, 4, 5], from: '18:00', to: '02:00' },
  ],
  scope: [ServiceScope.SERVICE_SCOPE_PRE_SALE, ServiceScope.SERVICE_SCOPE_AFTER_SALE],
  deposit: { currency: 'CNY', minor: 600_000 },
  monthlyFee: { currency: 'CNY', minor: 1_000_000 },
  staffing: [
    { level: AgentLevel.AGENT_LEVEL_JUNIOR, count: 4 },
    { level: AgentLevel.AGENT_LEVEL_SENIOR, count: 1 },
  ],
  trainingSupport: ['产品培训', '店铺培训'],
  qualityStandard: '不承诺合同外赔付。',
  assessmentMethod: '每周抽检 50 段会话',
  serviceProcess: '接待、记录、跟进',
  engagement: EngagementTerm.ENGAGEMENT_TERM_LONG,
  trial: { days: 15, clauseKeys: ['first-response'] },
  batches: [{ key: 'batch-1', name: '主推款', products: 200, agents: 3 }],
  lateFee: { rateBpPerDay: 5, graceDays: 3 },
  noticeDays: 30,
  renewal: { months: 12, remindDays: 30 },
  paymentDays: 10,
});
