// Durations in the words people read: 1分32秒, 1m 32s. Intl says 1分钟32秒, so this is ours. Milliseconds show only where seconds would lie.
import type { Locale } from '../words/words.ts';

const units = {
  zh: { day: '天', hour: '小时', minute: '分', second: '秒', gap: '' },
  en: { day: 'd', hour: 'h', minute: 'm', second: 's', gap: ' ' },
} as const;

/** From so many days on, hours say nothing. */
const LONG_DAYS = 30;

const pad = (value: number) => String(value).padStart(2, '0');

/** Whole seconds, the two largest units: 45秒, 1分32秒, 13小时5分, 2天3小时. Below a second: 0.4秒. */
export function duration(ms: number, locale: Locale): string {
  const unit = units[locale];
  if (ms < 0) return `−${duration(-ms, locale)}`;
  if (ms > 0 && ms < 1000) return `${Math.max(0.1, Math.floor(ms / 100) / 10)}${unit.second}`;
  const seconds = Math.floor(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), unit.day],
    [Math.floor(seconds / 3600) % 24, unit.hour],
    [Math.floor(seconds / 60) % 60, unit.minute],
    [seconds % 60, unit.second],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return `0${unit.second}`;
  const shown = (parts[0]?.[0] ?? 0) >= LONG_DAYS ? 1 : 2;
  return parts
    .slice(first, first + shown)
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, name]) => `${count}${name}`)
    .join(unit.gap);
}

/** To the millisecond: 30.001秒, 1分0.250秒. */
export function exactDuration(ms: number, locale: Locale): string {
  const unit = units[locale];
  if (ms < 0) return `−${exactDuration(-ms, locale)}`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = `${Math.floor((ms % 60_000) / 1000)}.${String(ms % 1000).padStart(3, '0')}${unit.second}`;
  return minutes === 0 ? seconds : `${minutes}${unit.minute}${unit.gap}${seconds}`;
}

/** An elapsed time beside its limit: exact where the rounded one would stand on the wrong side. */
export function durationAgainst(ms: number, limitMs: number, locale: Locale): string {
  const rounded = duration(ms, locale);
  const hidden = ms > limitMs && rounded === duration(limitMs, locale);
  return hidden ? exactDuration(ms, locale) : rounded;
}

/** A countdown for eyes that look twice a second: 00:12, 1:05:00; overdue as +02:05. */
export function countdown(leftMs: number): string {
  const overdue = leftMs < 0;
  const seconds = overdue ? Math.floor(-leftMs / 1000) : Math.ceil(leftMs / 1000);
  const hours = Math.floor(seconds / 3600);
  const clock = `${hours > 0 ? `${hours}:` : ''}${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return overdue ? `+${clock}` : clock;
}
