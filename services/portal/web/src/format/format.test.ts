import { describe, expect, test } from 'vitest';
import { addDays, addMonths, clockTime, dateOf, exactInstant, instant, lastDayOf, offset, proseDate, proseMonth, startOfDay } from './dates.ts';
import { countdown, duration, durationAgainst, exactDuration } from './duration.ts';
import { count, money, sameAmount, sum } from './money.ts';
import { percent, pointsFromTarget, targetPercent, verdict } from './ratio.ts';

describe('durations', () => {
  test.each([
    [0, '0秒', '0s'],
    [400, '0.4秒', '0.4s'],
    [45_000, '45秒', '45s'],
    [92_000, '1分32秒', '1m 32s'],
    [60_000, '1分', '1m'],
    [46_800_000, '13小时', '13h'],
    [47_100_000, '13小时5分', '13h 5m'],
    [183_600_000, '2天3小时', '2d 3h'],
    [31 * 86_400_000 + 7_200_000, '31天', '31d'],
  ])('%d ms reads %s and %s', (ms, zh, en) => {
    expect(duration(ms, 'zh')).toBe(zh);
    expect(duration(ms, 'en')).toBe(en);
  });

  test('a reply one millisecond late never reads as in time', () => {
    expect(durationAgainst(30_001, 30_000, 'zh')).toBe('30.001秒');
    expect(durationAgainst(30_000, 30_000, 'zh')).toBe('30秒');
    expect(durationAgainst(45_000, 30_000, 'en')).toBe('45s');
  });

  test('the exact form keeps every millisecond', () => expect(exactDuration(60_250, 'en')).toBe('1m 0.250s'));

  test('a countdown reaches zero at the due instant and counts on with a plus', () => {
    expect(countdown(12_000)).toBe('00:12');
    expect(countdown(1)).toBe('00:01');
    expect(countdown(0)).toBe('00:00');
    expect(countdown(-125_000)).toBe('+02:05');
    expect(countdown(3_900_000)).toBe('1:05:00');
  });
});

describe('percentages', () => {
  test('one digit is enough away from the target', () => expect(percent(233, 525, 9000)).toBe('44.4%'));

  test('89.996% against 90% never rounds up to kept', () => {
    expect(percent(89_996, 100_000, 9000)).toBe('89.996%');
    expect(verdict(89_996, 100_000, 9000)).toBe('missed');
  });

  test('the target itself is kept', () => {
    expect(verdict(90, 100, 9000)).toBe('kept');
    expect(percent(90, 100, 9000)).toBe('90.0%');
  });

  test('only all is 100% and only none is 0%', () => {
    expect(percent(9999, 10_000)).toBe('99.99%');
    expect(percent(1, 100_000)).toBe('0.001%');
    expect(percent(7, 7)).toBe('100%');
    expect(percent(0, 7)).toBe('0.0%');
  });

  test('nothing of nothing is unknown, not zero', () => expect(percent(0, 0, 9000)).toBe('—'));

  test('whatever the counts, what is shown stands on the true side', () => {
    for (let whole = 1; whole < 400; whole += 7)
      for (let part = 0; part <= whole; part += 1) expect(Number.parseFloat(percent(part, whole, 9000)) >= 90).toBe(part * 10 >= whole * 9);
  });

  test('the distance is said in percentage points', () => {
    expect(pointsFromTarget(233, 525, 9000)).toBe('45.6');
    expect(pointsFromTarget(89_996, 100_000, 9000)).toBe('0.004');
    expect(targetPercent(9950)).toBe('99.5%');
  });
});

describe('money', () => {
  const cny = (amount: string) => ({ currency: 'CNY', amount });

  test('reads as each language writes it', () => {
    expect(money(cny('1234.50'), 'zh')).toBe('¥1,234.50');
    expect(money(cny('1234.50'), 'en')).toBe('CNY 1,234.50');
    expect(money(cny('-450.00'), 'zh')).toBe('−¥450.00');
    expect(money(undefined, 'zh')).toBe('—');
  });

  test('sums are exact beyond what floats hold', () => {
    expect(sum([cny('0.10'), cny('0.20')], 'CNY').amount).toBe('0.30');
    expect(sum([cny('9007199254740993.01'), cny('-0.02')], 'CNY').amount).toBe('9007199254740992.99');
    expect(sum([], 'CNY').amount).toBe('0');
    expect(sameAmount(cny('720'), cny('720.00'))).toBe(true);
  });

  test('counts are grouped', () => expect(count(1_234_567)).toBe('1,234,567'));
});

describe('dates', () => {
  const at = Date.parse('2026-03-05T02:00:45.001Z');

  test("stand in the contract's zone", () => {
    expect(instant(at, 'Asia/Shanghai')).toBe('2026-03-05 10:00:45');
    expect(exactInstant(at, 'Asia/Shanghai')).toBe('2026-03-05 10:00:45.001');
    expect(dateOf(Date.parse('2026-03-05T17:00:00Z'), 'Asia/Shanghai')).toBe('2026-03-06');
    expect(clockTime(at, 'America/New_York')).toBe('21:00:45');
    expect(offset(at, 'Asia/Shanghai')).toBe('+08:00');
    expect(offset(at, 'UTC')).toBe('+00:00');
  });

  test('a day begins at its own midnight, also where the clock changes that day', () => {
    expect(startOfDay('2026-03-05', 'Asia/Shanghai')).toBe(Date.parse('2026-03-05T00:00:00+08:00'));
    expect(startOfDay('2026-03-29', 'Europe/Berlin')).toBe(Date.parse('2026-03-29T00:00:00+01:00'));
    expect(startOfDay('2026-03-30', 'Europe/Berlin')).toBe(Date.parse('2026-03-30T00:00:00+02:00'));
  });

  test('midnight is 00, not 24', () => expect(clockTime(Date.parse('2026-03-04T16:00:00Z'), 'Asia/Shanghai')).toBe('00:00:00'));

  test('read as prose in both languages', () => {
    expect(proseDate('2026-03-05', 'zh')).toBe('3月5日 周四');
    expect(proseDate('2026-03-05', 'en')).toBe('Thu 5 Mar');
    expect(proseMonth('2026-03', 'zh')).toBe('2026年3月');
  });

  test('months and days step over their ends', () => {
    expect(lastDayOf('2028-02')).toBe('2028-02-29');
    expect(addMonths('2026-01', -1)).toBe('2025-12');
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
  });
});
