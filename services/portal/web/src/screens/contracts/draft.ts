// The contract form's draft: every field of the terms as people type them, what is still missing, and the terms it stands for.
import type { ContractTermsInput } from '../../api/types.ts';

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

export interface Draft {
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

export const emptyDraft = (): Draft => ({
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
