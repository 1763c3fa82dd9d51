// A workbook as a reader opens it: the parts are unpacked and their XML is read here, apart from what wrote it.
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { csvLine } from '../http/csv.ts';
import { type Names, type Sheet, written } from './columns.ts';
import { workbook } from './workbook.ts';

interface Row {
  readonly order: string;
  readonly at: number;
  readonly amount: string;
  readonly waited: number | null;
  readonly n: number;
}

const names: Names = { language: 'zh', shop: () => ({ code: '', name: '', zone: '' }), agent: (key) => key, word: (code) => code };
const sheet: Sheet<Row> = {
  name: { zh: '清单', en: 'List' },
  rule: { zh: '', en: '' },
  zoneOf: () => 'Asia/Shanghai',
  columns: [
    { zh: '订单', en: 'Order', kind: 'text', of: (row) => row.order },
    { zh: '时间', en: 'At', kind: 'instant', of: (row) => row.at },
    { zh: '金额', en: 'Amount', kind: 'money', of: (row) => row.amount },
    { zh: '等了', en: 'Waited', kind: 'seconds', of: (row) => row.waited },
    { zh: '数', en: 'N', kind: 'count', of: (row) => row.n },
  ],
};
const rows: Row[] = [
  { order: '123456789012345678', at: Date.parse('2026-03-05T10:00:30.001+08:00'), amount: '-13.38', waited: 15_001, n: 3 },
  { order: `=HYPERLINK("x")<&>\u0001`, at: 0, amount: '1234567.80', waited: null, n: 0 },
];

async function opened(list: readonly Row[]) {
  const chunks: Uint8Array[] = [];
  const file = workbook({
    sheetName: '清单',
    aboutName: '说明',
    head: sheet.columns.map(({ zh, kind }) => ({ title: zh, kind })),
    rows: (async function* () {
      for (const row of list) yield written(sheet, row, names);
    })(),
    about: () => [['行数', String(list.length)]],
  });
  for await (const chunk of file) chunks.push(chunk);
  const parts = unzipSync(Buffer.concat(chunks));
  return (name: string) => strFromU8(parts[name] ?? new Uint8Array());
}

/** The cells of a sheet by reference: type, style and content. */
function cellsOf(xml: string) {
  return [...xml.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)].map(([, , cells = '']) =>
    [...cells.matchAll(/<c s="(\d+)"(?: t="(\w+)")?(?:\/>|>(?:<v>(.*?)<\/v>|<is><t[^>]*>(.*?)<\/t><\/is>)<\/c>)/gs)].map(([, style, type, value, text]) => ({
      style,
      type: type ?? 'n',
      value: value ?? text ?? '',
    })),
  );
}

test('numbers, dates and money are typed, ids are text to the last digit, and what is unknown is empty', async () => {
  const [head, first, second] = cellsOf((await opened(rows))('xl/worksheets/sheet1.xml'));
  expect(head?.map(({ value }) => value)).toEqual(['订单', '时间', '金额', '等了', '数']);
  expect(first?.[0]).toMatchObject({ type: 'inlineStr', value: '123456789012345678' });
  expect(first?.slice(2).map(({ type, value }) => [type, value])).toEqual([
    ['n', '-13.38'],
    ['n', '15.001'],
    ['n', '3'],
  ]);
  // 46086 is 2026-03-05 in a spreadsheet's days; the time is the wall clock of the row's zone.
  const days = Number(first?.[1]?.value);
  expect(Math.floor(days)).toBe(46_086);
  expect(Math.round((days % 1) * 86_400_000)).toBe(((10 * 60 + 0) * 60 + 30) * 1_000 + 1);
  expect(second?.[1]?.value).toBe('');
  expect(second?.[3]?.value).toBe('');
  expect(second?.[0]?.value).toBe('=HYPERLINK("x")&lt;&amp;&gt;');
});

test('the second sheet says what it is, and both are named', async () => {
  const part = await opened(rows);
  expect(cellsOf(part('xl/worksheets/sheet2.xml'))).toMatchObject([[{ value: '行数' }, { value: '2' }]]);
  expect([...part('xl/workbook.xml').matchAll(/<sheet name="([^"]+)"/g)].map(([, name]) => name)).toEqual(['清单', '说明']);
  expect(part('xl/styles.xml')).toContain('formatCode="yyyy-mm-dd hh:mm:ss"');
});

test('a list without rows is a workbook with its headings', async () => {
  const part = await opened([]);
  expect(cellsOf(part('xl/worksheets/sheet1.xml'))).toHaveLength(1);
  expect(part('xl/worksheets/sheet1.xml')).toContain('<autoFilter ref="A1:E1"/>');
});

test('pieces come while rows are still read: length costs no memory', async () => {
  let read = 0;
  const file = workbook({
    sheetName: 'a',
    aboutName: 'b',
    head: sheet.columns.map(({ zh, kind }) => ({ title: zh, kind })),
    rows: (async function* () {
      for (; read < 20_000; read += 1) yield written(sheet, rows[0] as Row, names);
    })(),
    about: () => [],
  });
  const first = await file.next();
  expect(first.done).toBe(false);
  expect(read).toBeLessThan(2_000);
  let bytes = 0;
  for await (const chunk of file) bytes += chunk.length;
  expect(read).toBe(20_000);
  expect(bytes).toBeGreaterThan(10_000);
});

test('a CSV line keeps exact amounts and escapes what a spreadsheet would run', () => {
  const line = (row: Row) =>
    csvLine(written(sheet, row, names).map(({ kind, text }) => (kind === 'money' || kind === 'seconds' || kind === 'count' ? { decimal: text } : text)));
  expect(line(rows[0] as Row)).toBe('123456789012345678,2026-03-05T10:00:30.001+08:00,-13.38,15.001,3\r\n');
  expect(line(rows[1] as Row)).toMatch(/^"'=HYPERLINK\(""x""\)<&>/);
});
