// Kept by weight, in two generations, and never more than allowed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Recent } from './recent.ts';

test('the last half of what may be kept is there, and what was not kept again for as long is forgotten', () => {
  const recent = new Recent<number>(4);
  for (const [value, key] of ['a', 'b', 'a', 'c', 'd', 'e'].entries()) recent.keep(key, value);
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => recent.get(key))).toEqual([undefined, undefined, 3, 4, 5]);
});

test('what alone weighs more than half is not kept, and nothing is left of what was cleared', () => {
  const recent = new Recent<number>(10, (weight) => weight);
  recent.keep('a', 4);
  recent.keep('b', 6);
  expect([recent.get('a'), recent.get('b')]).toEqual([4, undefined]);
  recent.keep('a', 5);
  recent.clear();
  recent.keep('b', 5);
  expect([recent.get('a'), recent.get('b')]).toEqual([undefined, 5]);
});

test('whatever is kept and forgotten, it never weighs more than allowed and holds the last value of each key', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), weight: fc.integer({ min: 0, max: 6 }), forget: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const recent = new Recent<number>(9, (weight) => weight);
      const last = new Map<string, number>();
      for (const { key, weight, forget } of steps) {
        if (forget) recent.forget(key);
        else recent.keep(key, weight);
        last.set(key, forget ? -1 : weight);
        const held = ['a', 'b', 'c', 'd'].map((one) => [one, recent.get(one)] as const).filter(([, value]) => value !== undefined);
        expect(held.reduce((sum, [, value = 0]) => sum + value, 0)).toBeLessThanOrEqual(9);
        for (const [one, value] of held) expect(value).toBe(last.get(one));
      }
    }),
  );
});
