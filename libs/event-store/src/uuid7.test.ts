// Ids in the order they were made, whatever the clock does.
import { expect, test } from 'vitest';
import { uuid7Generator } from './uuid7.ts';

test('an id is a UUIDv7 of its instant', () => {
  const id = uuid7Generator(() => 0x017f22e279b0)(); // the example of RFC 9562, A.6
  expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('ids of one generator increase though the clock stands still or steps back', () => {
  let now = 1_800_000_000_000;
  const newId = uuid7Generator(() => now);
  const ids = Array.from({ length: 20_000 }, (_, n) => {
    if (n === 10_000) now -= 60_000;
    return newId();
  });
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});
