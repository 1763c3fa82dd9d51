import { expect, test } from 'vitest';
import { gradeOfKey, itemsOf, nextOpen, openCount, points } from './scores.ts';

const item = (key: string) => ({ key, nameZh: key, nameEn: key, pointsTenths: 100, fatal: false, hintZh: '', hintEn: '' });
const card = { version: 5, items: [item('greeting'), item('answer'), item('closing')] };

test('after a grade the next open item is up, going round', () => {
  expect(nextOpen(card, { greeting: 'pass' }, 0)).toBe(1);
  expect(nextOpen(card, { answer: 'fail', closing: 'pass' }, 2)).toBe(0);
  expect(nextOpen(card, { greeting: 'pass', answer: 'na', closing: 'pass' }, 2)).toBe(-1);
});

test('what is not graded is counted and not sent', () => {
  expect(openCount(card, { answer: 'partial' })).toBe(2);
  expect(itemsOf(card, { answer: 'partial' })).toEqual([{ itemKey: 'answer', grade: 'partial' }]);
});

test('tenths read as points', () => {
  expect(points(912)).toBe('91.2');
  expect(points(1000)).toBe('100.0');
});

test('the keys 1 2 3 n mean pass, partial, fail and not applicable', () => expect(Object.values(gradeOfKey).sort()).toEqual(['fail', 'na', 'partial', 'pass']));
