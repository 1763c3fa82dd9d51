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
