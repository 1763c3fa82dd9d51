import { expect, test } from 'vitest';
import { amountOf, isSuggested, type StepDraft, totalsOf } from './steps.ts';

const step = (quantity: string, unitPrice: string, ofUsage = false): StepDraft => ({
  id: quantity,
  key: 'agents',
  quantity,
  unitPrice,
  rule: '',
  shopId: '',
  ofUsage,
  suggested: false,
});

test('a step is quantity times price, rounded once, half away from zero, as the service computes it', () => {
  expect(amountOf(step('0.33', '100.10'), 'CNY')).toEqual({ currency: 'CNY', amount: '33.03' });
  expect(amountOf(step('1', '0.005'), 'CNY')?.amount).toBe('0.01');
  expect(amountOf(step('1', '-0.005'), 'CNY')?.amount).toBe('-0.01');
  expect(amountOf(step('9000', '0.6'), 'CNY')?.amount).toBe('5400.00');
  expect(amountOf(step('3', '100.5'), 'JPY')?.amount).toBe('302');
  expect(amountOf(step('', '1'), 'CNY')).toBeUndefined();
});

test('the fee is the sum of its steps, the estimate of all', () =>
  expect(totalsOf([step('5', '1200'), step('9000', '0.6', true), step('x', '1')], 'CNY')).toEqual({
    monthlyFee: { currency: 'CNY', amount: '6000.00' },
    estimate: { currency: 'CNY', amount: '11400.00' },
  }));

test('a quantity is suggested as long as it is the one that profile and plan come to', () => {
  const suggestions = [{ key: 'agents', shopId: '', quantity: '5' }];
  expect(['5', '5.00', '6', '', 'x'].filter((quantity) => isSuggested(step(quantity, '1'), suggestions))).toEqual(['5', '5.00']);
  expect(isSuggested({ ...step('5', '1'), shopId: 'sh_1' }, suggestions)).toBe(false);
  expect(isSuggested({ ...step('5', '1'), key: 'discount' }, suggestions)).toBe(false);
});
