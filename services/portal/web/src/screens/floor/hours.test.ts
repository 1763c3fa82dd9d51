import { expect, test } from 'vitest';
import { below, grid } from './hours.tsx';

const HOUR = 3_600_000;
const cell = (shopId: string, hour: number, met: number, missed: number, clauseKey = 'first-response') => ({
  shopId,
  clauseKey,
  hourStart: hour * HOUR,
  met,
  missed,
  targetBp: 9000,
});

test('a cell says how many points it lies below its own target, and nothing when the target is met', () => {
  expect(below(cell('a', 1, 80, 20))).toBe(10);
  expect(below(cell('a', 1, 90, 10))).toBe(0);
});

test('the shop that missed most comes first, the worst clause speaks for its hour, and hours between are kept', () => {
  const { shops, hours, at } = grid([cell('a', 1, 10, 0), cell('b', 1, 5, 5), cell('b', 1, 1, 9, 'reply-rate'), cell('a', 4, 9, 1)]);
  expect(shops).toEqual(['b', 'a']);
  expect(hours).toEqual([1, 2, 3, 4].map((hour) => hour * HOUR));
  expect(at.get(`b|${HOUR}`)?.clauseKey).toBe('reply-rate');
});
