// Rows go to PostgreSQL and come back, whichever way they are sent.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestLog, testLog } from '../../test/log.ts';
import { recordset } from './recordset.ts';

let log: TestLog;
beforeAll(async () => {
  log = await testLog();
});
afterAll(() => log.close());

const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0') && one.isWellFormed());
const row = fc.record({
  id: text,
  note: fc.option(text),
  count: fc.option(fc.integer()),
  at: fc.option(fc.maxSafeInteger()),
  done: fc.option(fc.boolean()),
  share: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((share) => share + 0)), // JSON has no -0
  names: fc.option(fc.array(text)),
});
const COLUMNS = [
  { name: 'id', type: 'text' },
  { name: 'note', type: 'text' },
  { name: 'count', type: 'integer' },
  { name: 'at', type: 'bigint' },
];

async function back(rows: readonly Record<string, unknown>[], columns: typeof COLUMNS): Promise<{ rows: unknown; from: string }> {
  const { from, parameters } = recordset(rows, columns);
  const { rows: found } = await log.pool.query(`select coalesce(json_agg(r), '[]') as rows from (select * from ${from}) r`, [...parameters]);
  return { rows: found[0].rows, from };
}

test('texts, integers, booleans, lists of texts and nulls go as arrays, with the columns asked for alone', async () => {
  const columns = [...COLUMNS, { name: 'done', type: 'boolean' }, { name: 'names', type: 'text[]' }];
  for (const asked of [COLUMNS, columns]) {
    await fc.assert(
      fc.asyncProperty(fc.array(row), async (rows) => {
        const found = await back(rows, asked);
        expect(found.from).toMatch(/^\(?(select .+ from )?unnest/);
        expect(found.rows).toEqual(rows.map((one) => Object.fromEntries(asked.map(({ name }) => [name, one[name as keyof typeof one]]))));
      }),
      { numRuns: 100 },
    );
  }
});

test('what is neither goes as JSON', async () => {
  const columns = [...COLUMNS, { name: 'share', type: 'double precision' }];
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1 }), async (rows) => {
      const found = await back(rows, columns);
      expect(found.from).toMatch(/^json_to_recordset/);
      expect(found.rows).toEqual(rows.map(({ id, note, count, at, share }) => ({ id, note, count, at, share })));
    }),
    { numRuns: 100 },
  );
});
