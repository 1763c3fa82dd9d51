// Service hours: which milliseconds count. Windows are compiled with Temporal once per (windows, zone, calendar) and year into sorted
// intervals with running sums; elapsed time and due instants are then binary searches. Source: domain.md BR-214, terms.proto ServiceWindow.
import { HolidayRule, type ServiceWindow } from '@deskfleet/protocol/terms';
import { dayKind } from './calendar.ts';
import { dateOf, type Interval, startOf } from './zone.ts';

/** The due instant of what never comes due, because the service never opens again: the last millisecond of the year 9999. */
export const NEVER = 253_402_300_799_999;

/** How far ahead an opening is looked for, in years. */
const HORIZON_YEARS = 10;
/** Compiled hours kept, least recently made first out: contracts share them when their windows are the same. */
const MAX_COMPILED = 1_000;

/** Which time counts. All instants and durations are integer epoch milliseconds. */
export interface ServiceHours {
  /** The counted milliseconds in [from, to); 0 when `to` is not after `from`. */
  elapsedMs(from: number, to: number): number;
  /**
   * The last instant at which at most `allowanceMs` have been counted since `start`, so that `at <= dueAt` is the same as
   * `elapsedMs(start, at) <= allowanceMs`. An allowance used up exactly at closing is due at the next opening's first instant.
   * NEVER when the service does not open again within ten years.
   */
  dueAt(start: number, allowanceMs: number): number;
  isOpen(at: number): boolean;
  /** The open spans within [from, to), in order, adjacent ones joined. */
  openings(from: number, to: number): Interval[];
}

/** Every millisecond counts. */
export const wallClock: ServiceHours = {
  elapsedMs: (from, to) => Math.max(0, to - from),
  dueAt: (start, allowanceMs) => start + allowanceMs,
  isOpen: () => true,
  openings: (from, to) => (from < to ? [{ from, to }] : []),
};

const compiled = new Map<string, ServiceHours>();
/** The same by the windows' own list: a contract's decoded terms are asked for with every message. */
const compiledByList = new WeakMap<readonly ServiceWindow[], { readonly zone: string; readonly calendar: string; readonly hours: ServiceHours }>();

/**
 * The hours of these windows in an IANA zone, with a holiday calendar ("CN" or ""). No window: never open.
 * Throws RangeError naming the window and field that cannot be read. Equal windows share one object; a list handed in is not changed afterwards.
 */
export function serviceHours(windows: readonly ServiceWindow[], zone: string, calendar: string): ServiceHours {
  const known = compiledByList.get(windows);
  if (known !== undefined && known.zone === zone && known.calendar === calendar) return known.hours;
  const key = JSON.stringify([windows, zone, calendar]);
  const hours = compiled.get(key) ?? compileHours(windows.map(parseWindow), zone, calendar);
  const oldest = compiled.keys().next();
  if (compiled.size >= MAX_COMPILED && !compiled.has(key) && !oldest.done) compiled.delete(oldest.value);
  compiled.set(key, hours);
  compiledByList.set(windows, { zone, calendar, hours });
  return hours;
}

/** One year of the zone, [from, to): its spans in order, and the milliseconds open before each. */
interface Year extends Interval {
  readonly number: number;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly before: readonly number[];
  readonly total: number;
}

function compileHours(windows: readonly Window[], zone: string, calendar: string): ServiceHours {
  dayKind('2026-01-01', calendar); // an unknown calendar is refused here, not at the first message
  const years = new Map<number, Year>();
  let latest: Year | undefined;
  const year = (number: number): Year => {
    const known = years.get(number) ?? compileYear(number, windows, zone, calendar);
    years.set(number, known);
    return known;
  };
  const yearAt = (at: number): number => {
    if (latest === undefined || at < latest.from || at >= latest.to) latest = year(Number(dateOf(at, zone).slice(0, 4)));
    return latest.number;
  };

  function elapsedMs(from: number, to: number): number {
    if (to <= from) return 0;
    const first = yearAt(from);
    const last = yearAt(to);
    let sum = openBefore(year(last), to) - openBefore(year(first), from);
    for (let number = first; number < last; number++) sum += year(number).total;
    return sum;
  }

  function dueAt(start: number, allowanceMs: number): number {
    const first = yearAt(start);
    let wanted = allowanceMs + openBefore(year(first), start);
    for (let number = first; number < first + HORIZON_YEARS; number++) {
      const { before, starts, total } = year(number);
      // Strictly less: an allowance that ends with the year's last opening is due at the first opening of a later one.
      if (wanted < total) {
        const index = lastAtMost(before, wanted);
        return (starts[index] ?? 0) + wanted - (before[index] ?? 0);
      }
      wanted -= total;
    }
    return NEVER;
  }

  function openings(from: number, to: number): Interval[] {
    const spans: { from: number; to: number }[] = [];
    if (to <= from) return spans;
    for (let number = yearAt(from); number <= yearAt(to - 1); number++) {
      const { starts, ends } = year(number);
      for (let index = Math.max(0, lastAtMost(starts, from)); index < starts.length; index++) {
        const open = Math.max(from, starts[index] ?? to);
        const close = Math.min(to, ends[index] ?? from);
        if (open >= to) break;
        if (open >= close) continue;
        const previous = spans.at(-1);
        if (previous?.to === open) previous.to = close;
        else spans.push({ from: open, to: close });
      }
    }
    return spans;
  }

  return { elapsedMs, dueAt, openings, isOpen: (at) => openings(at, at + 1).length === 1 };
}

function openBefore({ starts, ends, before }: Year, at: number): number {
  const index = lastAtMost(starts, at);
  if (index < 0) return 0;
  return (before[index] ?? 0) + Math.min(at, ends[index] ?? at) - (starts[index] ?? at);
}

/** The last index whose value is at most `value`; -1 when there is none. */
function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

interface Window {
  readonly weekdays: readonly number[];
  readonly holidays: HolidayRule;
  readonly from: Temporal.PlainTime;
  /** undefined = 24:00 */
  readonly to: Temporal.PlainTime | undefined;
  /** Closes on the day after it opened. */
  readonly overnight: boolean;
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

function parseWindow(window: ServiceWindow, index: number): Window {
  const at = `service window ${index + 1}`;
  if (!TIME.test(window.from)) throw new RangeError(`${at}, from: found ${window.from}, expected HH:MM`);
  if (window.to !== '24:00' && !TIME.test(window.to)) throw new RangeError(`${at}, to: found ${window.to}, expected HH:MM`);
  const wrong = window.weekdays.find((day) => !Number.isInteger(day) || day < 1 || day > 7);
  if (wrong !== undefined) throw new RangeError(`${at}, weekdays: found ${wrong}, expected 1 (Monday) to 7`);
  const midnight = window.to === '24:00';
  return {
    weekdays: window.weekdays,
    holidays: window.holidays,
    from: Temporal.PlainTime.from(window.from),
    to: midnight ? undefined : Temporal.PlainTime.from(window.to),
    overnight: midnight || window.to <= window.from,
  };
}

function compileYear(number: number, windows: readonly Window[], zone: string, calendar: string): Year {
  const first = Temporal.PlainDate.from({ year: number, month: 1, day: 1 });
  const bounds = { from: startOf(first, zone), to: startOf(first.add({ years: 1 }), zone) };
  const spans: Interval[] = [];
  // From the day before: a window that opened on New Year's Eve runs into this year.
  for (let date = first.subtract({ days: 1 }); date.year <= number; date = date.add({ days: 1 })) {
    const kind = dayKind(date.toString(), calendar);
    for (const window of windows) {
      if (!opensOn(window, date.dayOfWeek, kind)) continue;
      const from = Math.max(bounds.from, instantOf(date, window.from, zone));
      const to = Math.min(bounds.to, instantOf(window.overnight ? date.add({ days: 1 }) : date, window.to, zone));
      if (from < to) spans.push({ from, to });
    }
  }
  return { number, ...bounds, ...withRunningSums(joined(spans)) };
}

/** A make-up day works like the weekday it stands for: a window closed on holidays opens then, whatever the day of the week. */
function opensOn({ weekdays, holidays }: Window, weekday: number, kind: ReturnType<typeof dayKind>): boolean {
  const listed = weekdays.length === 0 || weekdays.includes(weekday);
  switch (holidays) {
    case HolidayRule.HOLIDAY_RULE_CLOSED:
      return kind === 'make-up-day' || (listed && kind !== 'holiday');
    case HolidayRule.HOLIDAY_RULE_ONLY:
      return listed && kind === 'holiday';
    default:
      return listed;
  }
}

/** A time the clocks skip is the instant they skip to; one they repeat is its first. */
function instantOf(date: Temporal.PlainDate, time: Temporal.PlainTime | undefined, zone: string): number {
  return time === undefined ? startOf(date, zone) : date.toPlainDateTime(time).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}

function joined(spans: Interval[]): Interval[] {
  spans.sort((a, b) => a.from - b.from);
  const out: { from: number; to: number }[] = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else out.push({ ...span });
  }
  return out;
}

function withRunningSums(spans: readonly Interval[]): Pick<Year, 'starts' | 'ends' | 'before' | 'total'> {
  const before: number[] = [];
  let total = 0;
  for (const { from, to } of spans) {
    before.push(total);
    total += to - from;
  }
  return { starts: spans.map(({ from }) => from), ends: spans.map(({ to }) => to), before, total };
}
