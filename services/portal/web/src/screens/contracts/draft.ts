// The contract form's draft: every field of the terms as people type them, what is still missing, and the terms it stands for.
import type { ContractTerms, ContractTermsInput, SlaClause } from '../../api/types.ts';

export interface WindowDraft {
  id: string;
  weekdays: number[];
  from: string;
  to: string;
  holidays: 'unspecified' | 'closed' | 'only';
}

export interface ClauseDraft {
  id: string;
  key: string;
  metric: 'first-response' | 'reply-rate';
  allowanceSeconds: string;
  targetPercent: string;
  clock: 'service-hours' | 'wall';
  begunFrom: string;
  begunTo: string;
  pooled: boolean;
  creditBase: 'none' | 'usage-fee' | 'monthly-fee' | 'all-fees';
  creditPercent: string;
}

export interface StaffDraft {
  id: string;
  level: 'unspecified' | 'junior' | 'middle' | 'senior' | 'account-manager';
  count: string;
}

export interface BatchDraft {
  id: string;
  key: string;
  name: string;
  shopIds: string[];
  products: string;
  agents: string;
}

export interface Draft {
  engagement: 'unspecified' | 'long' | 'short' | 'temporary';
  staffing: StaffDraft[];
  /** One training a line. */
  trainingSupport: string;
  qualityStandard: string;
  assessmentMethod: string;
  serviceProcess: string;
  trialDays: string;
  trialClauses: string[];
  batches: BatchDraft[];
  paymentDays: string;
  lateFeePercent: string;
  graceDays: string;
  noticeDays: string;
  renewalMonths: string;
  remindDays: string;
  currency: string;
  zone: string;
  effectiveOn: string;
  endsOn: string;
  scope: ('pre-sale' | 'after-sale')[];
  holidayCalendar: string;
  windows: WindowDraft[];
  deposit: string;
  monthlyFee: string;
  unit: 'unspecified' | 'conversation' | 'buyer-day';
  unitPrice: string;
  included: string;
  exclusions: ('bot-only' | 'outside-service-hours' | 'unanswered')[];
  clauses: ClauseDraft[];
}

export const newWindow = (): WindowDraft => ({ id: crypto.randomUUID(), weekdays: [], from: '08:00', to: '23:00', holidays: 'unspecified' });

export const newClause = (): ClauseDraft => ({
  id: crypto.randomUUID(),
  key: 'first-response',
  metric: 'first-response',
  allowanceSeconds: '30',
  targetPercent: '90',
  clock: 'service-hours',
  begunFrom: '',
  begunTo: '',
  pooled: false,
  creditBase: 'usage-fee',
  creditPercent: '5',
});

export const newStaff = (): StaffDraft => ({ id: crypto.randomUUID(), level: 'unspecified', count: '' });

export const newBatch = (nth: number): BatchDraft => ({ id: crypto.randomUUID(), key: `batch-${nth}`, name: '', shopIds: [], products: '', agents: '' });

const nothingFurther = {
  engagement: 'unspecified',
  staffing: [],
  trainingSupport: '',
  qualityStandard: '',
  assessmentMethod: '',
  serviceProcess: '',
  trialDays: '',
  trialClauses: [],
  batches: [],
  paymentDays: '',
  lateFeePercent: '',
  graceDays: '',
  noticeDays: '',
  renewalMonths: '',
  remindDays: '',
} as const satisfies Partial<Draft>;

export const emptyDraft = (): Draft => ({
  ...nothingFurther,
  staffing: [],
  trialClauses: [],
  batches: [],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  effectiveOn: '',
  endsOn: '',
  scope: [],
  holidayCalendar: '',
  windows: [newWindow()],
  deposit: '',
  monthlyFee: '',
  unit: 'conversation',
  unitPrice: '',
  included: '0',
  exclusions: [],
  clauses: [newClause()],
});

/** A percentage as typed, in basis points; NaN when it is none. Exact to two digits. */
export function basisPoints(percent: string): number {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(percent.trim());
  return match === null ? Number.NaN : Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

export type MissingField = 'windows' | 'effectiveOn' | 'currency' | 'zone' | 'unit' | 'clauses';

/** What a contract cannot be saved without, known before asking. The service has the last word. */
export function missingIn(draft: Draft): MissingField[] {
  const missing: MissingField[] = [];
  if (draft.effectiveOn === '') missing.push('effectiveOn');
  if (draft.zone.trim() === '') missing.push('zone');
  if (draft.currency.trim() === '') missing.push('currency');
  if (draft.windows.length === 0) missing.push('windows');
  if (draft.unitPrice.trim() !== '' && draft.unit === 'unspecified') missing.push('unit');
  if (draft.clauses.some((clause) => Number.isNaN(basisPoints(clause.targetPercent)) || !(Number(clause.allowanceSeconds) > 0) || clause.key === ''))
    missing.push('clauses');
  return missing;
}

/** The terms a draft stands for. */
export function termsOf(draft: Draft): ContractTermsInput {
  const amount = (text: string) => ({ currency: draft.currency, amount: text.trim() });
  return {
    currency: draft.currency,
    zone: draft.zone.trim(),
    effectiveOn: draft.effectiveOn,
    endsOn: draft.endsOn,
    scope: draft.scope,
    holidayCalendar: draft.holidayCalendar,
    serviceWindows: draft.windows.map(({ weekdays, from, to, holidays }) => ({ weekdays, from, to, holidays })),
    ...(draft.deposit.trim() === '' ? {} : { deposit: amount(draft.deposit) }),
    ...(draft.monthlyFee.trim() === '' ? {} : { monthlyFee: amount(draft.monthlyFee) }),
    ...(draft.unitPrice.trim() === ''
      ? {}
      : {
          usage: {
            unit: draft.unit,
            unitPrice: draft.unitPrice.trim(),
            included: Number(draft.included) || 0,
            exclusions: draft.exclusions.length === 0 ? ['none' as const] : draft.exclusions,
          },
        }),
    ...furtherTermsOf(draft),
    clauses: draft.clauses.map((clause) => ({
      key: clause.key,
      metric: clause.metric,
      metricVersion: 1,
      allowanceMs: Math.round(Number(clause.allowanceSeconds) * 1000),
      targetBp: basisPoints(clause.targetPercent),
      clock: clause.clock,
      begunWithin:
        clause.begunFrom === '' || clause.begunTo === ''
          ? []
          : [{ weekdays: [], from: clause.begunFrom, to: clause.begunTo, holidays: 'unspecified' as const }],
      pooled: clause.pooled,
      ...(clause.creditBase === 'none' ? {} : { credit: { base: clause.creditBase, rateBp: basisPoints(clause.creditPercent) } }),
    })),
  };
}

/** A whole number as typed; an empty field is zero, which reads "none agreed". */
const whole = (text: string): number => Number(text.trim()) || 0;

function furtherTermsOf(draft: Draft) {
  return {
    engagement: draft.engagement,
    staffing: draft.staffing.map(({ level, count }) => ({ level, count: whole(count) })),
    trainingSupport: draft.trainingSupport
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    qualityStandard: draft.qualityStandard.trim(),
    assessmentMethod: draft.assessmentMethod.trim(),
    serviceProcess: draft.serviceProcess.trim(),
    ...(draft.trialDays.trim() === '' ? {} : { trial: { days: whole(draft.trialDays), clauseKeys: draft.trialClauses } }),
    batches: draft.batches.map(({ key, name, shopIds, products, agents }) => ({
      key,
      name: name.trim(),
      shopIds,
      products: whole(products),
      agents: whole(agents),
    })),
    ...(draft.lateFeePercent.trim() === '' ? {} : { lateFee: { rateBpPerDay: basisPoints(draft.lateFeePercent) || 0, graceDays: whole(draft.graceDays) } }),
    noticeDays: whole(draft.noticeDays),
    ...(draft.renewalMonths.trim() === '' ? {} : { renewal: { months: whole(draft.renewalMonths), remindDays: whole(draft.remindDays) } }),
    paymentDays: whole(draft.paymentDays),
  };
}

const id = () => crypto.randomUUID();
const orEmpty = (value: number): string => (value === 0 ? '' : String(value));
/** 9000 basis points as typed: 90; 8999: 89.99. */
const percentText = (bp: number): string => (bp % 100 === 0 ? String(bp / 100) : `${Math.trunc(bp / 100)}.${String(bp % 100).padStart(2, '0')}`);

/** The draft that stands for these terms: what was saved, to be written on. */
export function draftOf(terms: ContractTerms): Draft {
  const { usage, trial, lateFee, renewal } = terms;
  return {
    currency: terms.currency,
    zone: terms.zone,
    effectiveOn: terms.effectiveOn,
    endsOn: terms.endsOn,
    scope: terms.scope.filter((one) => one !== 'unspecified'),
    holidayCalendar: terms.holidayCalendar,
    windows: terms.serviceWindows.map(({ weekdays, from, to, holidays }) => ({ id: id(), weekdays, from, to, holidays })),
    deposit: terms.deposit?.amount ?? '',
    monthlyFee: terms.monthlyFee?.amount ?? '',
    unit: usage?.unit === 'buyer-day' || usage?.unit === 'conversation' ? usage.unit : 'unspecified',
    unitPrice: usage?.unitPrice ?? '',
    included: String(usage?.included ?? 0),
    exclusions: (usage?.exclusions ?? []).filter((one) => one !== 'none' && one !== 'unspecified'),
    clauses: terms.clauses.map(clauseDraftOf),
    engagement: terms.engagement,
    staffing: terms.staffing.map(({ level, count }) => ({ id: id(), level, count: String(count) })),
    trainingSupport: terms.trainingSupport.join('\n'),
    qualityStandard: terms.qualityStandard,
    assessmentMethod: terms.assessmentMethod,
    serviceProcess: terms.serviceProcess,
    trialDays: trial === undefined ? '' : String(trial.days),
    trialClauses: trial?.clauseKeys ?? [],
    batches: terms.batches.map((batch) => ({ ...batch, id: id(), products: orEmpty(batch.products), agents: orEmpty(batch.agents) })),
    paymentDays: orEmpty(terms.paymentDays),
    lateFeePercent: lateFee === undefined ? '' : percentText(lateFee.rateBpPerDay),
    graceDays: lateFee === undefined ? '' : orEmpty(lateFee.graceDays),
    noticeDays: orEmpty(terms.noticeDays),
    renewalMonths: renewal === undefined ? '' : String(renewal.months),
    remindDays: renewal === undefined ? '' : orEmpty(renewal.remindDays),
  };
}

function clauseDraftOf({ key, metric, allowanceMs, targetBp, clock, begunWithin, pooled, credit }: SlaClause): ClauseDraft {
  const [within] = begunWithin;
  return {
    id: id(),
    key,
    metric: metric === 'reply-rate' ? metric : 'first-response',
    allowanceSeconds: String(allowanceMs / 1000),
    targetPercent: percentText(targetBp),
    clock: clock === 'wall' ? clock : 'service-hours',
    begunFrom: within?.from ?? '',
    begunTo: within?.to ?? '',
    pooled,
    creditBase: credit === undefined || credit.base === 'unspecified' ? 'none' : credit.base,
    creditPercent: credit === undefined ? '' : percentText(credit.rateBp),
  };
}

/** Terms as the service will answer them: what is left out stands empty. For reading a draft as sentences before it is saved. */
export function readable(terms: ContractTermsInput): ContractTerms {
  return { ...EMPTY_TERMS, ...terms } as ContractTerms;
}

const EMPTY_TERMS = { serviceWindows: [], scope: [], clauses: [], staffing: [], trainingSupport: [], batches: [] };
