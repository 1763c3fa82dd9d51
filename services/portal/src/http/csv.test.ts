// What goes out as CSV comes in again, and no cell runs as a formula in a spreadsheet.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvOf, parseCsv } from './csv.ts';

test('any text survives', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.startsWith("'"));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), (rows) => {
      expect(parseCsv(csvOf(['a', 'b'], rows)).map(({ cells }) => cells)).toEqual([['a', 'b'], ...rows]);
    }),
  );
});

test('a cell that a spreadsheet would run is text', () => {
  expect(csvOf(['a'], [['=1+1'], ['+1'], ['@x']])).toBe("\ufeffa\r\n'=1+1\r\n'+1\r\n'@x\r\n");
});

test('a row is named by the line it begins on, also after a cell of several lines', () => {
  expect(parseCsv('a,b\n"x\ny",1\nz,2\n').map(({ line }) => line)).toEqual([1, 2, 4]);
});
