// The bucket function may never change: watermarks are kept by it.
import { expect, test } from 'vitest';
import { bucketOf } from './bucket.ts';

test('streams stay in the bucket they were always in', () => {
  expect(bucketOf('vendor-a', 'conversation-cv_1')).toBe(2);
  expect(bucketOf('vendor-b', 'conversation-cv_1')).toBe(13);
  expect(bucketOf('客服', 'shop-店')).toBe(42);
});

test('streams spread evenly over the buckets', () => {
  const counts = new Array<number>(64).fill(0);
  for (let n = 0; n < 64_000; n += 1) {
    const bucket = bucketOf('vendor-a', `conversation-${n}`);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
});
