// Holiday calendars by name. CN: the State Council's holidays and make-up days (调休), from chinese-days' published table, read as data
// so that the process's own zone plays no part.
import calendar from 'chinese-days/dist/chinese-days.json' with { type: 'json' };

/** What a calendar says of a date: a public holiday, a working day that makes up for one, or neither. */
export type DayKind = 'ordinary' | 'holiday' | 'make-up-day';

const holidays: ReadonlySet<string> = new Set(Object.keys(calendar.holidays));
const makeUpDays: ReadonlySet<string> = new Set(Object.keys(calendar.workdays));

/** What the calendar ("CN", or "" for none) says of an ISO date. Throws RangeError for a calendar it does not know. */
export function dayKind(date: string, calendarName: string): DayKind {
  if (calendarName === '') return 'ordinary';
  if (calendarName !== 'CN') throw new RangeError(`holiday calendar: found ${calendarName}, expected CN or none`);
  if (holidays.has(date)) return 'holiday';
  return makeUpDays.has(date) ? 'make-up-day' : 'ordinary';
}
