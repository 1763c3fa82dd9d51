// The scope of a page: which shops, which days. It lives in the URL and travels along every link.
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { addDays, dateOf, lastDayOf } from '../format/dates.ts';

export interface Range {
  from: string;
  to: string;
}

export interface Scope {
  shopIds: readonly string[]; // none = all one may see
  rangeToken: string; // 2026-03 | 2026-03-01..2026-03-31 | last-7d
  range: Range;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
export const SCOPE_KEYS = ['shops', 'range'] as const;

/** The days a range token means, both inclusive. What cannot be read means the last 30 days. */
export function rangeOf(token: string, today: string): Range {
  if (MONTH.test(token)) return { from: `${token}-01`, to: lastDayOf(token) };
  const [from = '', to = ''] = token.split('..');
  if (DATE.test(from) && DATE.test(to) && from <= to) return { from, to };
  const days = Number(/^last-(\d{1,3})d$/.exec(token)?.[1] ?? 30);
  return { from: addDays(today, 1 - Math.max(1, days)), to: today };
}

/** An absolute token, so that a copied link means the same days tomorrow. */
export const absolute = (range: Range): string => `${range.from}..${range.to}`;

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The search string a link needs to stay in this scope, with additions. */
export function scopedSearch(params: URLSearchParams, more: Record<string, string> = {}): string {
  const kept = new URLSearchParams();
  for (const key of SCOPE_KEYS) {
    const value = params.get(key);
    if (value !== null && value !== '') kept.set(key, value);
  }
  for (const [key, value] of Object.entries(more)) kept.set(key, value);
  const text = kept.toString();
  return text === '' ? '' : `?${text}`;
}

export function useScope(
  zone: string = browserZone,
): Scope & { set: (change: { shops?: readonly string[]; range?: string }) => void; search: (more?: Record<string, string>) => string } {
  const [params, setParams] = useSearchParams();
  const shops = params.get('shops') ?? '';
  const rangeToken = params.get('range') ?? 'last-30d';
  const today = dateOf(Date.now(), zone);
  return useMemo(
    () => ({
      shopIds: shops === '' ? [] : shops.split(','),
      rangeToken,
      range: rangeOf(rangeToken, today),
      set: (change) =>
        setParams((current) => {
          const next = new URLSearchParams(current);
          if (change.shops !== undefined) change.shops.length === 0 ? next.delete('shops') : next.set('shops', change.shops.join(','));
          if (change.range !== undefined) next.set('range', change.range);
          return next;
        }),
      search: (more) => scopedSearch(params, more),
    }),
    [shops, rangeToken, today, params, setParams],
  );
}
