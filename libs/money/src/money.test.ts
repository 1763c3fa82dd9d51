import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { add, allocate, extend, formatAmount, type Money, money, parseDecimal, parseMoney, scale, subtract, sum } from './index.ts';

const cny = (amount: string): Money => parseMoney('CNY', amount);

describe('amounts', () => {
  test('are read and written digit for digit', () => {
    for (const amount of ['0.00', '0.01', '-0.01', '6000.00', '123456789012.34']) expect(formatAmount(cny(amount))).toBe(amount);
    expect(formatAmount(parseMoney('JPY', '500'))).toBe('500');
  });

  test('finer than the minor unit are refused, and so are two currencies in one sum', () => {
    expect(() => cny('0.001')).toThrow('more than 2 digits');
    expect(() => cny('1e3')).toThrow('not a decimal');
    expect(() => add(cny('1.00'), money('USD', 1n))).toThrow('do not add');
    expect(() => money('XXX', 1n)).toThrow('unknown currency');
  });

  test('round once, half away from zero', () => {
    expect(formatAmount(scale(cny('0.30'), 500n, 10_000n))).toBe('0.02');
    expect(formatAmount(scale(cny('0.29'), 500n, 10_000n))).toBe('0.01');
    expect(formatAmount(scale(cny('-0.30'), 500n, 10_000n))).toBe('-0.02');
    expect(formatAmount(extend('CNY', 3n, parseDecimal('0.005')))).toBe('0.02');
    expect(formatAmount(extend('CNY', 4200n, parseDecimal('0.80')))).toBe('3360.00'); // BR-176
  });
});

test('parts of an allocation sum to the whole, and no part is more than a minor unit from its share', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
      fc.array(fc.bigInt({ min: 0n, max: 1000n }), { minLength: 1, maxLength: 20 }).filter((weights) => weights.some((weight) => weight > 0n)),
      (minor, weights) => {
        const whole = money('CNY', minor);
        const parts = allocate(whole, weights);
        const total = weights.reduce((a, b) => a + b, 0n);
        expect(sum('CNY', parts)).toEqual(whole);
        parts.forEach((part, index) => {
          const error = part.minor * total - minor * (weights[index] ?? 0n);
          expect(error < total && error > -total).toBe(true);
        });
      },
    ),
  );
});

test('adding and taking away gives back what was there', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), (a, b) => {
      expect(subtract(add(money('CNY', a), money('CNY', b)), money('CNY', b))).toEqual(money('CNY', a));
    }),
  );
});
