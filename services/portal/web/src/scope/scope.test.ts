import { expect, test } from 'vitest';
import { absolute, rangeOf, scopedSearch } from './scope.ts';

test('a month means its first to its last day', () => expect(rangeOf('2026-02', '2026-03-05')).toEqual({ from: '2026-02-01', to: '2026-02-28' }));

test('the last seven days include today', () => expect(rangeOf('last-7d', '2026-03-05')).toEqual({ from: '2026-02-27', to: '2026-03-05' }));

test('two dates mean both of them and all between', () =>
  expect(rangeOf('2026-03-01..2026-03-10', '2026-04-01')).toEqual({ from: '2026-03-01', to: '2026-03-10' }));

test('what cannot be read means the last 30 days, never nothing', () => {
  for (const token of ['', '2026-13', '2026-03-10..2026-03-01', 'yesterday']) expect(rangeOf(token, '2026-03-30').from).toBe('2026-03-01');
});

test('a link keeps the scope and drops what belongs to the page it leaves', () =>
  expect(scopedSearch(new URLSearchParams('shops=a,b&range=2026-03&table=1'), { view: 'x' })).toBe('?shops=a%2Cb&range=2026-03&view=x'));

test('a copied range names its days', () => expect(absolute({ from: '2026-03-01', to: '2026-03-31' })).toBe('2026-03-01..2026-03-31'));
