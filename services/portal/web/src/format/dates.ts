// Dates in the contract's zone, never the browser's by accident. Tables 2026-03-05 10:00:45, prose 3月5日 周四 / Thu 5 Mar, 24 hours in both.
import type { Locale } from '../words/words.ts';

const formatters = new Map<string, Intl.DateTimeFormat>();

function partsOf(ms: number, zone: string): Record<string, string> {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
    formatters.set(zone, formatter);
  }
  return Object.fromEntries(formatter.formatToParts(ms).map((part) => [part.type, part.value]));
}

/** 2026-03-05, the day of an instant in a zone. */
export function dateOf(ms: number, zone: string): string {
  const { year, month, day } = partsOf(ms, zone);
  return `${year}-${month}-${day}`;
}

/** 10:00:45 */
export function clockTime(ms: number, zone: string): string {
  const { hour, minute, second } = partsOf(ms, zone);
  return `${hour}:${minute}:${second}`;
}

/** 2026-03-05 10:00:45; — for an instant that never was (0). */
export const instant = (ms: number, zone: string): string => (ms === 0 ? '—' : `${dateOf(ms, zone)} ${clockTime(ms, zone)}`);

/** To the millisecond, for breaches: 2026-03-05 10:00:30.001 */
export const exactInstant = (ms: number, zone: string): string => `${instant(ms, zone)}.${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}`;

/** +08:00 */
export const offset = (ms: number, zone: string): string => (partsOf(ms, zone)['timeZoneName'] ?? 'GMT').replace('GMT', '') || '+00:00';

const weekdays = { zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] };
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 3月5日 周四, Thu 5 Mar */
export function proseDate(date: string, locale: Locale): string {
  const day = new Date(`${date}T00:00:00Z`);
  const weekday = weekdays[locale][day.getUTCDay()] ?? '';
  if (locale === 'zh') return `${day.getUTCMonth() + 1}月${day.getUTCDate()}日 ${weekday}`;
  return `${weekday} ${day.getUTCDate()} ${months[day.getUTCMonth()]}`;
}

/** 2026年3月, Mar 2026 */
export function proseMonth(month: string, locale: Locale): string {
  const [year, number] = month.split('-');
  return locale === 'zh' ? `${year}年${Number(number)}月` : `${months[Number(number) - 1]} ${year}`;
}

/** The weekday names from Monday, as ISO 1 to 7. */
export const weekdayName = (iso: number, locale: Locale): string => weekdays[locale][iso % 7] ?? '';

export const addDays = (date: string, days: number): string => new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** 2026-03 -> its last day. */
export function lastDayOf(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

export function addMonths(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** The instant a day begins in a zone. */
export const startOfDay = (date: string, zone: string): number => instantAt(date, '00:00', zone);

/** The instant of a clock time (HH:MM) of a day in a zone. The zone's offset is read twice, so that a day on which it changes is told right. */
export function instantAt(date: string, time: string, zone: string): number {
  const utc = Date.parse(`${date}T${time}:00Z`);
  const minutes = (ms: number) => {
    const match = /^([+-])(\d{2}):(\d{2})/.exec(offset(ms, zone));
    return match === null ? 0 : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
  };
  const guess = utc - minutes(utc) * 60_000;
  return utc - minutes(guess) * 60_000;
}
