// Kept by weight, the oldest forgotten first, and never more than allowed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Recent } from './recent.ts';

test('what was kept longest ago is forgotten first; keeping again makes it the newest', () => {
  const recent = new Recent<number>(2);
  recent.keep('a', 1);
  recent.keep('b', 2);
  recent.keep('a', 3);
  recent.keep('c', 4);
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([3, undefined, 4]);
});

test('what alone weighs too much is not kept, and nothing is left of what was cleared', () => {
  const recent = new Recent<number>(10, (weight) => weight);
  recent.keep('a', 4);
  recent.keep('b', 11);
  expect([recent.get('a'), recent.get('b')]).toEqual([undefined, undefined]);
  recent.keep('a', 10);
  recent.clear();
  recent.keep('b', 10);
  expect([recent.get('a'), recent.get('b')]).toEqual([undefined, 10]);
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
