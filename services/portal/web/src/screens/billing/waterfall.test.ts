import { expect, test } from 'vitest';
import { waterfall } from './waterfall.ts';

const cny = (amount: string) => ({ currency: 'CNY', amount });

test('each bar stands on the sum before it, a credit hangs down from it, the total stands on zero', () =>
  expect(
    waterfall(
      [
        { label: 'fee', amount: cny('5000.00') },
        { label: 'usage', amount: cny('720.00') },
        { label: 'credit', amount: cny('-450.00') },
      ],
      'total',
    ),
  ).toEqual([
    { label: 'fee', base: 0, bar: 5000, minus: false },
    { label: 'usage', base: 5000, bar: 720, minus: false },
    { label: 'credit', base: 5270, bar: 450, minus: true },
    { label: 'total', base: 0, bar: 5270, minus: false },
  ]));

test('an invoice without lines is a total of nothing', () => expect(waterfall([], 'total')).toEqual([{ label: 'total', base: 0, bar: 0, minus: false }]));
