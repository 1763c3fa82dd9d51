import {
  AgentLevel,
  BatchTerm,
  type ContractTerms,
  HolidayRule,
  LateFee,
  RenewalTerms,
  ServiceWindow,
  StaffingTerm,
  TrialTerms,
} from '@deskfleet/protocol/terms';
import { expect, test } from 'vitest';
import { wholeTerms } from '../../test/whole-terms.ts';
import { standardTerms } from './standard-terms.ts';
import { signingProblems } from './terms.ts';

const shopIds = ['sh_1', 'sh_2'];
const codesOf = (change: Partial<ContractTerms>): string[] =>
  signingProblems({ ...wholeTerms, ...change }, shopIds).map(({ code, field }) => `${code} ${field}`);
const window = (change: Partial<ServiceWindow>): ServiceWindow => ServiceWindow.create({ from: '09:00', to: '12:00', ...change });
const batch = (change: Partial<BatchTerm>): BatchTerm => BatchTerm.create({ key: 'batch-1', ...change });

test('terms with all that is asked for may be signed', () => expect(signingProblems(wholeTerms, shopIds)).toEqual([])); // BR-004

test('what is missing is listed at once, in the order of the contract', () => {
  // BR-003, BR-004
  expect(signingProblems({ ...standardTerms, serviceWindows: [], usage: undefined, clauses: [], zone: '' }, shopIds).map(({ code }) => code)).toEqual([
    'zone-unknown',
    'service-window-missing',
    'staffing-missing',
    'scope-missing',
    'training-support-missing',
    'quality-standard-missing',
    'assessment-method-missing',
    'service-process-missing',
    'fee-missing',
  ]);
});

test('deposit, trial, handover, late fee, notice, renewal and payment days may be left open', () =>
  // BR-217: temporary cooperation may go without deposit and trial; what is not agreed reads so
  expect(
    codesOf({ deposit: undefined, trial: undefined, batches: [], lateFee: undefined, noticeDays: 0, renewal: undefined, paymentDays: 0, endsOn: '' }),
  ).toEqual([]));

test.each([
  ['staffing-count-invalid terms.staffing[0].count', { staffing: [StaffingTerm.create({ level: AgentLevel.AGENT_LEVEL_JUNIOR, count: 0 })], batches: [] }],
  ['staffing-level-repeated terms.staffing[1].level', { staffing: [1, 2].map((count) => StaffingTerm.create({ level: 1, count })), batches: [] }],
  ['staffing-level-unknown terms.staffing[0].level', { staffing: [StaffingTerm.create({ level: 9 as AgentLevel, count: 5 })] }],
  ['training-support-invalid terms.trainingSupport', { trainingSupport: ['店铺培训', '店铺培训'] }],
  ['term-too-long terms.qualityStandard', { qualityStandard: '好'.repeat(4_001) }],
  ['trial-days-invalid terms.trial.days', { trial: TrialTerms.create({ days: 0 }) }],
  ['trial-clause-unknown terms.trial.clauseKeys', { trial: TrialTerms.create({ days: 15, clauseKeys: ['reply'] }) }],
  ['trial-clause-repeated terms.trial.clauseKeys', { trial: TrialTerms.create({ days: 15, clauseKeys: ['first-response', 'first-response'] }) }],
  ['batch-key-invalid terms.batches[0].key', { batches: [batch({ key: 'Batch 1' })] }],
  ['batch-key-repeated terms.batches[1].key', { batches: [batch({}), batch({})] }],
  ['batch-shop-unknown terms.batches[0].shopIds', { batches: [batch({ shopIds: ['sh_1', 'sh_2', 'sh_9'] })] }],
  ['batches-leave-out-a-shop terms.batches', { batches: [batch({ shopIds: ['sh_1'] })] }],
  ['batch-agents-beyond-staffing terms.batches[0].agents', { batches: [batch({ agents: 6 })] }],
  ['batch-products-invalid terms.batches[0].products', { batches: [batch({ products: -1 })] }],
  ['late-fee-rate-invalid terms.lateFee.rateBpPerDay', { lateFee: LateFee.create({ rateBpPerDay: 101 }) }],
  ['late-fee-grace-invalid terms.lateFee.graceDays', { lateFee: LateFee.create({ rateBpPerDay: 5, graceDays: 367 }) }],
  ['late-fee-without-due-date terms.paymentDays', { paymentDays: 0 }],
  ['notice-days-invalid terms.noticeDays', { noticeDays: -1 }],
  ['payment-days-invalid terms.paymentDays', { paymentDays: 400 }],
  ['renewal-months-invalid terms.renewal.months', { renewal: RenewalTerms.create({ months: 0 }) }],
  ['renewal-remind-invalid terms.renewal.remindDays', { renewal: RenewalTerms.create({ months: 1, remindDays: -1 }) }],
  ['renewal-without-end terms.endsOn', { endsOn: '' }],
] as const)('%s', (expected, change) => expect(codesOf(change as Partial<ContractTerms>)).toEqual([expected]));

test('several windows a day and windows across midnight are fine as long as none covers a minute twice', () => {
  const overlap = 'service-windows-overlap terms.serviceWindows[1]';
  expect(codesOf({ serviceWindows: [window({}), window({ from: '12:00', to: '14:00' })] })).toEqual([]);
  expect(codesOf({ serviceWindows: [window({}), window({ from: '11:59', to: '14:00' })] })).toEqual([overlap]);
  expect(codesOf({ serviceWindows: [window({ weekdays: [7], from: '22:00', to: '02:00' }), window({ weekdays: [1], from: '01:59', to: '03:00' })] })).toEqual([
    overlap,
  ]);
  expect(codesOf({ serviceWindows: [window({ weekdays: [7], from: '22:00', to: '02:00' }), window({ weekdays: [1], from: '02:00', to: '03:00' })] })).toEqual(
    [],
  );
  expect(codesOf({ serviceWindows: [window({ holidays: HolidayRule.HOLIDAY_RULE_CLOSED }), window({ holidays: HolidayRule.HOLIDAY_RULE_ONLY })] })).toEqual([]);
});
