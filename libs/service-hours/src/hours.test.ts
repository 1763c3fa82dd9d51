// Which milliseconds count: windows, midnight, zones, holidays, days of 23 and 25 hours (BR-214, BR-216).
import { HolidayRule, ServiceWindow } from '@deskfleet/protocol/terms';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOf, dayBounds, dayKind, monthBounds, monthOf, NEVER, serviceHours, wallClock } from './index.ts';

const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;
const inShanghai = (text: string): number => at(`${text}+08:00`);
const window = (from: string, to: string, weekdays: number[] = [], holidays: HolidayRule = HolidayRule.HOLIDAY_RULE_UNSPECIFIED): ServiceWindow =>
  ServiceWindow.create({ from, to, weekdays, holidays });
const shanghai = (...windows: ServiceWindow[]) => serviceHours(windows, 'Asia/Shanghai', 'CN');
const HOUR = 3_600_000;

describe('BR-214: service window 09:00-24:00, target 30 s', () => {
  const hours = shanghai(window('09:00', '24:00'));

  test('a message at 00:10:00 is due at 09:00:30', () =>
    expect(hours.dueAt(inShanghai('2026-03-05T00:10:00'), 30_000)).toBe(inShanghai('2026-03-05T09:00:30')));

  test('a message at 23:59:50 is due at 09:00:20 of the next day', () =>
    expect(hours.dueAt(inShanghai('2026-03-05T23:59:50'), 30_000)).toBe(inShanghai('2026-03-06T09:00:20')));

  test('an allowance used up exactly at closing is due exactly at the next opening, and one millisecond later it is missed', () => {
    const start = inShanghai('2026-03-05T23:59:30');
    const opening = inShanghai('2026-03-06T09:00:00');
    expect(hours.dueAt(start, 30_000)).toBe(opening);
    expect(hours.elapsedMs(start, opening)).toBe(30_000);
    expect(hours.elapsedMs(start, opening + 1)).toBe(30_001);
  });

  test('a message exactly at opening starts then; one exactly at closing waits for the opening', () => {
    expect(hours.dueAt(inShanghai('2026-03-05T09:00:00'), 30_000)).toBe(inShanghai('2026-03-05T09:00:30'));
    expect(hours.dueAt(inShanghai('2026-03-06T00:00:00'), 30_000)).toBe(inShanghai('2026-03-06T09:00:30'));
    expect(hours.isOpen(inShanghai('2026-03-05T09:00:00'))).toBe(true);
    expect(hours.isOpen(inShanghai('2026-03-05T09:00:00') - 1)).toBe(false);
    expect(hours.isOpen(inShanghai('2026-03-06T00:00:00') - 1)).toBe(true);
    expect(hours.isOpen(inShanghai('2026-03-06T00:00:00'))).toBe(false);
  });

  test('the openings of a span are what ran in it', () =>
    expect(hours.openings(inShanghai('2026-03-05T23:00:00'), inShanghai('2026-03-06T10:00:00'))).toEqual([
      { from: inShanghai('2026-03-05T23:00:00'), to: inShanghai('2026-03-06T00:00:00') },
      { from: inShanghai('2026-03-06T09:00:00'), to: inShanghai('2026-03-06T10:00:00') },
    ]));
});

describe('windows', () => {
  test('one past midnight belongs to the day it opens on', () => {
    const fridayNight = shanghai(window('22:00', '02:00', [5]));
    expect(fridayNight.isOpen(inShanghai('2026-03-07T01:59:59'))).toBe(true); // Saturday
    expect(fridayNight.isOpen(inShanghai('2026-03-07T02:00:00'))).toBe(false);
    expect(fridayNight.isOpen(inShanghai('2026-03-06T01:00:00'))).toBe(false);
  });

  test('one past midnight runs through the turn of the year', () => {
    const night = shanghai(window('22:00', '06:00'));
    expect(night.elapsedMs(inShanghai('2025-12-31T12:00:00'), inShanghai('2026-01-01T12:00:00'))).toBe(8 * HOUR);
    expect(night.openings(inShanghai('2025-12-31T12:00:00'), inShanghai('2026-01-01T12:00:00'))).toHaveLength(1);
  });

  test('several that overlap or touch count once', () =>
    expect(
      shanghai(window('09:00', '12:00'), window('11:00', '15:00'), window('15:00', '18:00')).elapsedMs(
        inShanghai('2026-03-05T00:00:00'),
        inShanghai('2026-03-06T00:00:00'),
      ),
    ).toBe(9 * HOUR));

  test('every day from 00:00 to 24:00 is the wall clock', () => {
    const always = shanghai(window('00:00', '24:00'));
    const [from, to] = [inShanghai('2019-07-01T10:00:00'), inShanghai('2026-03-05T11:11:11')];
    expect(always.elapsedMs(from, to)).toBe(wallClock.elapsedMs(from, to));
    expect(always.dueAt(from, 40 * 365 * 24)).toBe(wallClock.dueAt(from, 40 * 365 * 24));
  });

  test('a closed week is skipped', () => {
    const monday = shanghai(window('09:00', '10:00', [1]));
    expect(monday.dueAt(inShanghai('2026-03-02T09:59:59'), 2_000)).toBe(inShanghai('2026-03-09T09:00:01'));
  });

  test('where the service never opens again nothing comes due', () => {
    expect(shanghai().dueAt(inShanghai('2026-03-02T09:00:00'), 1)).toBe(NEVER);
    expect(shanghai(window('09:00', '18:00', [], HolidayRule.HOLIDAY_RULE_ONLY)).dueAt(inShanghai('2090-01-01T00:00:00'), 1)).toBe(NEVER);
  });

  test('one that cannot be read is refused by its place', () => {
    expect(() => shanghai(window('09:00', '18:00'), window('9', '18:00'))).toThrow('service window 2, from: found 9, expected HH:MM');
    expect(() => shanghai(window('09:00', '25:00'))).toThrow('service window 1, to: found 25:00');
    expect(() => shanghai(window('09:00', '18:00', [8]))).toThrow('weekdays: found 8');
    expect(() => serviceHours([window('09:00', '18:00')], 'Asia/Shanghai', 'MARS')).toThrow('found MARS');
  });
});

describe('holidays and make-up days of China in 2026', () => {
  const office = shanghai(window('09:00', '18:00', [1, 2, 3, 4, 5], HolidayRule.HOLIDAY_RULE_CLOSED));

  test('National Day is closed, the Saturday that makes up for it is open, an ordinary Saturday is not', () => {
    expect(office.isOpen(inShanghai('2026-10-01T10:00:00'))).toBe(false); // a Thursday
    expect(office.isOpen(inShanghai('2026-10-10T10:00:00'))).toBe(true); // Saturday, makes up
    expect(office.isOpen(inShanghai('2026-10-17T10:00:00'))).toBe(false);
    expect(dayKind('2026-10-10', 'CN')).toBe('make-up-day');
    expect(dayKind('2026-10-01', '')).toBe('ordinary');
  });

  test('a clock that starts at closing before the Spring Festival runs on after it', () =>
    expect(office.dueAt(inShanghai('2026-02-14T17:59:30'), 60_000)).toBe(inShanghai('2026-02-24T09:00:30')));

  test('a window for holidays only opens on them only', () => {
    const stand = shanghai(window('10:00', '16:00', [], HolidayRule.HOLIDAY_RULE_ONLY));
    expect(stand.isOpen(inShanghai('2026-10-01T10:00:00'))).toBe(true);
    expect(stand.isOpen(inShanghai('2026-10-10T10:00:00'))).toBe(false);
  });
});

describe('days of 23 and 25 hours', () => {
  const zone = 'America/New_York';

  test('a whole day counts its real hours', () => {
    const always = serviceHours([window('00:00', '24:00')], zone, '');
    for (const [date, length] of [
      ['2026-03-08', 23],
      ['2026-11-01', 25],
      ['2026-11-02', 24],
    ] as const) {
      const { from, to } = dayBounds(date, zone);
      expect(always.elapsedMs(from, to)).toBe(length * HOUR);
      expect([dateOf(from - 1, zone) < date, dateOf(from, zone), dateOf(to - 1, zone)]).toEqual([true, date, date]);
    }
  });

  test('a window that opens in the skipped hour opens when the clocks have sprung', () => {
    const hours = serviceHours([window('02:30', '04:00')], zone, '');
    expect(hours.dueAt(at('2026-03-08T00:00:00-05:00'), 0)).toBe(at('2026-03-08T03:30:00-04:00'));
  });

  test('windows that meet in the repeated hour leave no gap and no overlap', () => {
    const hours = serviceHours([window('00:00', '01:30'), window('01:30', '24:00')], zone, '');
    const { from, to } = dayBounds('2026-11-01', zone);
    expect(hours.elapsedMs(from, to)).toBe(25 * HOUR);
  });
});

describe('BR-216: days and months are those of the zone', () => {
  test('31 March 23:59:50 is March there, whatever UTC says', () => {
    expect(monthOf(inShanghai('2026-03-31T23:59:50'), 'Asia/Shanghai')).toBe('2026-03');
    expect(monthOf(inShanghai('2026-04-01T00:00:00'), 'Asia/Shanghai')).toBe('2026-04');
    expect(monthOf(inShanghai('2026-04-01T00:00:00'), 'UTC')).toBe('2026-03');
  });

  test('a month is half-open', () =>
    expect(monthBounds('2026-03', 'Asia/Shanghai')).toEqual({ from: inShanghai('2026-03-01T00:00:00'), to: inShanghai('2026-04-01T00:00:00') }));
});

describe('for all windows and instants', () => {
  const times = fc.integer({ min: 0, max: 47 }).map((half) => `${String(half >> 1).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`);
  const windows = fc.array(
    fc.record({
      from: times,
      to: fc.oneof(times, fc.constant('24:00')),
      weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 4 }),
      holidays: fc.constantFrom(HolidayRule.HOLIDAY_RULE_UNSPECIFIED, HolidayRule.HOLIDAY_RULE_CLOSED),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const zones = fc.constantFrom('Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'UTC');
  const instants = fc.integer({ min: at('2025-11-01T00:00:00Z'), max: at('2027-02-01T00:00:00Z') });
  const anyHours = fc.tuple(windows, zones).map(([list, zone]) =>
    serviceHours(
      list.map((w) => ServiceWindow.create(w)),
      zone,
      'CN',
    ),
  );

  test('at most the allowance has passed exactly until the due instant', () =>
    fc.assert(
      fc.property(anyHours, instants, fc.integer({ min: 0, max: 300 * HOUR }), (hours, start, allowance) => {
        const due = hours.dueAt(start, allowance);
        expect(due).toBeGreaterThanOrEqual(start);
        expect(hours.elapsedMs(start, due)).toBe(allowance);
        expect(hours.elapsedMs(start, due + 1)).toBe(allowance + 1);
      }),
      { numRuns: 60 },
    ));

  test('time adds up, and is the sum of the openings', () =>
    fc.assert(
      fc.property(anyHours, fc.tuple(instants, instants, instants), (hours, three) => {
        const [a, b, c] = three.toSorted((x, y) => x - y) as [number, number, number];
        expect(hours.elapsedMs(a, b) + hours.elapsedMs(b, c)).toBe(hours.elapsedMs(a, c));
        expect(hours.openings(a, c).reduce((sum, { from, to }) => sum + to - from, 0)).toBe(hours.elapsedMs(a, c));
      }),
      { numRuns: 60 },
    ));

  test('a date is what Temporal says', () =>
    fc.assert(
      fc.property(zones, fc.integer({ min: at('1995-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') }), (zone, instant) => {
        expect(dateOf(instant, zone)).toBe(Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate().toString());
      }),
      { numRuns: 500 },
    ));
});
