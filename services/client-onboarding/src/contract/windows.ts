// Which hours a contract may name.
import { HolidayRule, type ServiceWindow } from '@deskfleet/protocol/terms';
import { problem } from './problems.ts';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is wrong with one window of hours. */
export function windowProblems({ weekdays, from, to, holidays }: ServiceWindow, field: string, calendar: string) {
  const daysOk = weekdays.every((day) => Number.isInteger(day) && day >= 1 && day <= 7) && new Set(weekdays).size === weekdays.length;
  return [
    ...(daysOk ? [] : [problem('service-window-invalid', `${field}.weekdays`, weekdays, 'distinct days 1 (Monday) to 7; none = every day')]),
    ...(TIME.test(from) ? [] : [problem('service-window-invalid', `${field}.from`, from, 'HH:MM')]),
    ...(TIME.test(to) || to === '24:00' ? [] : [problem('service-window-invalid', `${field}.to`, to, 'HH:MM or 24:00')]),
    ...(holidays === HolidayRule.HOLIDAY_RULE_UNSPECIFIED || calendar !== ''
      ? []
      : [problem('holiday-calendar-missing', `${field}.holidays`, calendar, 'a holiday calendar in the terms, as the window speaks of holidays')]),
  ];
}

const WEEK_MINUTES = 7 * 24 * 60;

/** Windows that both cover a minute of the week. Closed on holidays and only on holidays never meet. */
export function overlapProblems(windows: readonly ServiceWindow[], field: string) {
  const readable = windows.every(({ from, to }) => TIME.test(from) && (TIME.test(to) || to === '24:00'));
  if (!readable) return [];
  const meets = windows.findIndex((window, index) => windows.slice(0, index).some((earlier) => overlap(earlier, window)));
  return meets < 0 ? [] : [problem('service-windows-overlap', `${field}[${meets}]`, windows[meets]?.from, 'windows that do not overlap')];
}

function overlap(a: ServiceWindow, b: ServiceWindow): boolean {
  const apart: readonly HolidayRule[] = [HolidayRule.HOLIDAY_RULE_CLOSED, HolidayRule.HOLIDAY_RULE_ONLY];
  if (a.holidays !== b.holidays && apart.includes(a.holidays) && apart.includes(b.holidays)) return false;
  return minutesOf(a).some((one) => minutesOf(b).some((other) => one.from < other.to && other.from < one.to));
}

/** Minutes of the week, half-open; what runs past Sunday midnight goes on at Monday. */
function minutesOf({ weekdays, from, to }: ServiceWindow): { from: number; to: number }[] {
  const days = weekdays.length === 0 ? [1, 2, 3, 4, 5, 6, 7] : weekdays;
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  return days.flatMap((day) => {
    const start = (day - 1) * 24 * 60;
    const stop = start + (end > begin ? end : end + 24 * 60);
    const first = { from: start + begin, to: Math.min(stop, WEEK_MINUTES) };
    return stop > WEEK_MINUTES ? [first, { from: 0, to: stop - WEEK_MINUTES }] : [first];
  });
}

function minuteOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
