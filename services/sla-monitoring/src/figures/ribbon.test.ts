// Which seconds ran (BR-214).
import { ServiceWindow } from '@deskfleet/protocol/terms';
import { serviceHours, wallClock } from '@deskfleet/service-hours';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ribbonOf } from './ribbon.ts';

const at = (text: string): number => Temporal.Instant.from(`${text}+08:00`).epochMilliseconds;
const daytime = serviceHours([ServiceWindow.create({ from: '09:00', to: '24:00' })], 'Asia/Shanghai', '');
const lastTen = at('2026-03-05T23:59:50');
const opening = at('2026-03-06T09:00:00');
const midnight = at('2026-03-06T00:00:00');
const due = opening + 20_000;

test('BR-214: ten seconds before midnight run, the night does not, twenty after opening do, the rest is overtime', () =>
  expect(ribbonOf({ startedAt: lastTen, dueAt: due, stoppedAt: due + 15_000 }, daytime, 0)).toEqual([
    { from: lastTen, to: midnight, state: 'running' },
    { from: midnight, to: opening, state: 'outside-hours' },
    { from: opening, to: due, state: 'running' },
    { from: due, to: due + 15_000, state: 'overtime' },
  ]));

test('one that waits runs on: its last segment has no end', () => {
  expect(ribbonOf({ startedAt: lastTen, dueAt: due, stoppedAt: undefined }, daytime, midnight + 1).at(-1)).toEqual({
    from: midnight,
    to: 0,
    state: 'outside-hours',
  });
  expect(ribbonOf({ startedAt: 0, dueAt: 10, stoppedAt: undefined }, wallClock, 0)).toEqual([{ from: 0, to: 0, state: 'running' }]);
});

test('a deadline exactly at opening: the overtime begins there', () =>
  expect(ribbonOf({ startedAt: lastTen, dueAt: opening, stoppedAt: opening + 1 }, daytime, 0).map(({ state }) => state)).toEqual([
    'running',
    'outside-hours',
    'overtime',
  ]));

test('for all clocks: segments follow each other without gap, and what ran is what elapsed', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 200_000_000 }),
      fc.integer({ min: 1, max: 300_000_000 }),
      fc.integer({ min: 0, max: 90_000_000 }),
      (start, wait, allowance) => {
        const startedAt = lastTen + start;
        const stoppedAt = startedAt + wait;
        const segments = ribbonOf({ startedAt, dueAt: daytime.dueAt(startedAt, allowance), stoppedAt }, daytime, 0);
        expect(segments[0]?.from).toBe(startedAt);
        expect(segments.at(-1)?.to).toBe(stoppedAt);
        for (const [index, segment] of segments.entries()) if (index > 0) expect(segment.from).toBe(segments[index - 1]?.to);
        const ran = (states: string[]) => segments.filter(({ state }) => states.includes(state)).reduce((sum, { from, to }) => sum + to - from, 0);
        const elapsed = daytime.elapsedMs(startedAt, stoppedAt);
        expect(ran(['running', 'overtime'])).toBe(elapsed);
        expect(ran(['overtime'])).toBe(Math.max(0, elapsed - allowance));
      },
    ),
  ));
