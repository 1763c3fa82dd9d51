// What the arrays say to PostgreSQL: each goes there and comes back.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestLog, testLog } from '../../test/log.ts';
import { int4Arrays, int8Array, textArray } from './binary-arrays.ts';

let log: TestLog;
beforeAll(async () => {
  log = await testLog();
});
afterAll(() => log.close());

test('arrays of integers and texts arrive as they are', async () => {
  const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0') && one.isWellFormed());
  const lists = fc.record({
    int4: fc.array(fc.integer()),
    more: fc.array(fc.integer()),
    int8: fc.array(fc.option(fc.maxSafeInteger())),
    texts: fc.array(fc.option(fc.oneof(text, fc.constantFrom('', 'vendor-a', '客户')))), // some twice in a row
  });
  await fc.assert(
    fc.asyncProperty(lists, async ({ int4, more, int8, texts }) => {
      const { rows } = await log.pool.query('select $1::int4[] as int4, $2::int4[] as more, $3::int8[]::text[] as int8, $4::text[] as texts', [
        ...Object.values(int4Arrays({ int4, more })),
        int8Array(int8),
        textArray(texts),
      ]);
      expect(rows).toEqual([{ int4, more, int8: int8.map((one) => (one === null ? null : String(one))), texts }]);
    }),
    { numRuns: 200 },
  );
});
