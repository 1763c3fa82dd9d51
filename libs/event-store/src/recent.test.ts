// Kept by weight, in generations, and never more than allowed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Recent } from './recent.ts';

test('the last seven eighths of what may be kept are there, and what was not kept again for as long is forgotten', () => {
  const recent = new Recent<number>(8);
  for (const [value, key] of ['a', 'b', 'a', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].entries()) recent.keep(key, value);
  expect(['a', 'b', 'c', 'd', 'i', 'j'].map((key) => recent.get(key))).toEqual([undefined, undefined, 3, 4, 9, 10]);
});

test('what alone weighs more than an eighth is not kept, and nothing is left of what was cleared', () => {
  const recent = new Recent<number>(40, (weight) => weight);
  recent.keep('a', 4);
  recent.keep('b', 6);
  expect([recent.get('a'), recent.get('b')]).toEqual([4, undefined]);
  recent.keep('a', 5);
  recent.clear();
  recent.keep('b', 5);
  expect([recent.get('a'), recent.get('b')]).toEqual([undefined, 5]);
});

test('however many conversations go by, it holds as much as before, once it is full: a process that remembers is flat', () => {
  const most = 800;
  const recent = new Recent<number>(most, () => 4);
  const held: number[] = [];
  for (let conversation = 0; conversation < 5_000; conversation += 1) {
    // Each message keeps its conversation again.
    for (let message = 0; message < 3; message += 1) recent.keep(`conversation-${conversation}`, message);
    let weight = 0;
    for (let one = Math.max(0, conversation - most); one <= conversation; one += 1) weight += recent.get(`conversation-${one}`) === undefined ? 0 : 4;
    held.push(weight);
  }
  const full = held.slice(most / 4);
  expect(Math.max(...full)).toBeLessThanOrEqual(most);
  expect(Math.min(...full)).toBeGreaterThanOrEqual((most * 7) / 8);
});

test('whatever is kept and forgotten, it never weighs more than allowed and holds the last value of each key', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), weight: fc.integer({ min: 0, max: 6 }), forget: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 0, max: 40 }), (steps, most) => {
      const recent = new Recent<number>(most, (weight) => weight);
      const last = new Map<string, number>();
      for (const { key, weight, forget } of steps) {
        if (forget) recent.forget(key);
        else recent.keep(key, weight);
        last.set(key, forget ? -1 : weight);
        const held = ['a', 'b', 'c', 'd'].map((one) => [one, recent.get(one)] as const).filter(([, value]) => value !== undefined);
        expect(held.reduce((sum, [, value = 0]) => sum + value, 0)).toBeLessThanOrEqual(most);
        for (const [one, value] of held) expect(value).toBe(last.get(one));
      }
    }),
  );
});
