import { expect, test } from 'vitest';
import { amountOf, type StepDraft, totalsOf } from './steps.ts';

const step = (quantity: string, unitPrice: string, ofUsage = false): StepDraft => ({
  id: quantity,
  key: 'agents',
  quantity,
  unitPrice,
  rule: '',
  shopId: '',
  ofUsage,
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
