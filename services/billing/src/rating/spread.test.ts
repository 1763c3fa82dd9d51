import { money, sum } from '@deskfleet/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chargedByDay, spread } from './spread.ts';

const day = (counted: number, index: number) => ({ date: `2026-03-${String(index + 1).padStart(2, '0')}`, counted });

test('the included volume is used up first, in the order of time (BR-177)', () => {
  expect(chargedByDay([5, 5, 5].map(day), 7)).toEqual([0, 3, 5]);
  expect(chargedByDay([5, 5].map(day), 0)).toEqual([5, 5]);
  expect(chargedByDay([5, 5].map(day), 10)).toEqual([0, 0]);
});

test('days sum to the line and charged units to what exceeds the included volume', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { minLength: 1, maxLength: 31 }), fc.nat(3000), fc.bigInt({ min: 0n, max: 10n ** 9n }), (counts, included, minor) => {
      const charged = chargedByDay(counts.map(day), included);
      const all = counts.reduce((a, b) => a + b, 0);
      expect(charged.reduce((a, b) => a + b, 0)).toBe(Math.max(0, all - included));
      const parts = sum('CNY', spread(money('CNY', minor), charged));
      expect(parts.minor).toBe(all > included ? minor : 0n);
    }),
  );
});
