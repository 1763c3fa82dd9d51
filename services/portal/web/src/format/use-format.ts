// The formatters bound to the reader's language, so that a screen says what and not how.
import { useMemo } from 'react';
import { useLocale } from '../words/words.ts';
import * as dates from './dates.ts';
import * as durations from './duration.ts';
import { count, type Money, money } from './money.ts';
import { percent, pointsFromTarget, targetPercent } from './ratio.ts';

export function useFormat() {
  const locale = useLocale();
  return useMemo(
    () => ({
      locale,
      count,
      percent,
      pointsFromTarget,
      targetPercent,
      instant: dates.instant,
      clock: dates.clockTime,
      money: (value: Money | undefined) => money(value, locale),
      duration: (ms: number) => durations.duration(ms, locale),
      exactDuration: (ms: number) => durations.exactDuration(ms, locale),
      durationAgainst: (ms: number, limit: number) => durations.durationAgainst(ms, limit, locale),
      day: (date: string) => dates.proseDate(date, locale),
      month: (month: string) => dates.proseMonth(month, locale),
    }),
    [locale],
  );
}
