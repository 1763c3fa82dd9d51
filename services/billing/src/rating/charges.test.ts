import type { InvoiceLine } from '@deskfleet/protocol/billing';
import { Money } from '@deskfleet/protocol/common';
import { ContractTerms, CountingUnit, CreditBase, SlaClause, UsageExclusion } from '@deskfleet/protocol/terms';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClauseResult, charges } from './charges.ts';

const terms = (over: Parameters<typeof ContractTerms.create>[0] = {}) =>
  ContractTerms.create({ currency: 'CNY', zone: 'Asia/Shanghai', effectiveOn: '2000-01-01', ...over });
const perConversation = (unitPrice: string, included = 0) => ({
  unit: CountingUnit.COUNTING_UNIT_CONVERSATION,
  exclusions: [UsageExclusion.USAGE_EXCLUSION_NONE],
  unitPrice,
  included,
});
const cny = (minor: number) => Money.create({ currency: 'CNY', minor });
const clause = (over: Parameters<typeof SlaClause.create>[0] = {}) =>
  SlaClause.create({ key: 'first-response', targetBp: 9500, credit: { base: CreditBase.CREDIT_BASE_MONTHLY_FEE, rateBp: 500 }, ...over });
const missed = (met: number, all: number, over: Partial<ClauseResult> = {}): ClauseResult => ({
  clauseKey: 'first-response',
  shopId: 'sh_a',
  met,
  missed: all - met,
  kept: false,
  ...over,
});
const used = (counted: number, shopId = 'sh_a') => [{ shopId, counted: BigInt(counted) }];
const amounts = (lines: readonly InvoiceLine[]) => Object.fromEntries(lines.map((line) => [line.key, line.amount?.minor]));

test('4,200 inquiries at 0.80 come to 3360.00 (BR-176)', () => {
  const { lines, total } = charges(terms({ usage: perConversation('0.80') }), '2026-03', ['sh_a'], used(4200), []);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ key: 'usage.conversation', quantity: '4200', unitPrice: '0.80', amount: { minor: 336000 } });
  expect(total.minor).toBe(336000n);
});

test('a base of 5000 with 3,000 included and 4,200 used comes to 5000 + 720 (BR-177)', () => {
  const agreed = terms({ monthlyFee: cny(500000), usage: perConversation('0.60', 3000) });
  const { lines, total } = charges(agreed, '2026-03', ['sh_a'], used(4200), []);
  expect(amounts(lines)).toEqual({ 'fee.monthly': 500000, 'usage.conversation': 72000 });
  expect(lines[1]?.quantity).toBe('1200');
  expect(total.minor).toBe(572000n);
});

test('exactly the included volume costs nothing more, one beyond it costs one (BR-177)', () => {
  const agreed = terms({ monthlyFee: cny(500000), usage: perConversation('0.60', 3000) });
  expect(charges(agreed, '2026-03', ['sh_a'], used(3000), []).total.minor).toBe(500000n);
  expect(charges(agreed, '2026-03', ['sh_a'], used(3001), []).total.minor).toBe(500060n);
});

test('a missed clause credits 5 % of the 9000 monthly fee: 450 (BR-178)', () => {
  const agreed = terms({ monthlyFee: cny(900000), clauses: [clause()] });
  const { lines } = charges(agreed, '2026-03', ['sh_a'], [], [missed(93, 100)]);
  expect(lines[1]).toMatchObject({ key: 'sla.credit', quantity: '1', unitPrice: '-450.00', amount: { minor: -45000 } });
});

test('a kept clause credits nothing (BR-178)', () => {
  const agreed = terms({ monthlyFee: cny(900000), clauses: [clause()] });
  expect(charges(agreed, '2026-03', ['sh_a'], [], [missed(95, 100, { kept: true })]).lines).toHaveLength(1);
});

test('5 % of 0.30 is half a fen more than 0.01 and credits 0.02', () => {
  const agreed = terms({ usage: perConversation('0.30'), clauses: [clause({ credit: { base: CreditBase.CREDIT_BASE_USAGE_FEE, rateBp: 500 } })] });
  expect(amounts(charges(agreed, '2026-03', ['sh_a'], used(1), [missed(0, 1)]).lines)['sla.credit']).toBe(-2);
});

test('the monthly fee follows the service days of the month: day 10 of 30 costs 3000 of 9000 (BR-208)', () => {
  const agreed = terms({ monthlyFee: cny(900000), effectiveOn: '2026-06-01', endsOn: '2026-06-10' });
  const { lines } = charges(agreed, '2026-06', ['sh_a'], [], []);
  expect(lines[0]).toMatchObject({ key: 'fee.monthly', quantity: '0.333333', amount: { minor: 300000 } });
  expect(charges(agreed, '2026-07', ['sh_a'], [], []).lines).toEqual([]);
});

test('no usage and no monthly fee give no line', () => {
  expect(charges(terms({ usage: perConversation('0.60'), clauses: [clause()] }), '2026-03', ['sh_a'], [], []).lines).toEqual([]);
});

test('a clause judged per shop credits that shop only, a pooled one the whole', () => {
  const credit = { base: CreditBase.CREDIT_BASE_USAGE_FEE, rateBp: 1000 };
  const agreed = terms({ usage: perConversation('1.00'), clauses: [clause({ credit })] });
  const usage = [...used(300, 'sh_a'), ...used(100, 'sh_b')];
  const perShop = charges(agreed, '2026-03', ['sh_a', 'sh_b'], usage, [missed(1, 100, { shopId: 'sh_b' }), missed(100, 100, { kept: true })]);
  expect(amounts(perShop.lines)['sla.credit.first-response.sh_b']).toBe(-1000);
  const pooled = charges(terms({ ...agreed, clauses: [clause({ credit, pooled: true })] }), '2026-03', ['sh_a', 'sh_b'], usage, [
    missed(1, 200, { shopId: '' }),
  ]);
  expect(amounts(pooled.lines)['sla.credit']).toBe(-4000);
});

test('the total is the sum of the lines, whatever was used and missed', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(5000), fc.nat(4000), fc.nat(900_000), fc.boolean(), (a, b, included, fee, kept) => {
      const agreed = terms({
        monthlyFee: cny(fee),
        usage: perConversation('0.615', included),
        clauses: [clause({ credit: { base: CreditBase.CREDIT_BASE_ALL_FEES, rateBp: 333 } })],
      });
      const { lines, total } = charges(
        agreed,
        '2026-02',
        ['sh_a', 'sh_b'],
        [...used(a), ...used(b, 'sh_b')],
        [missed(1, 9, { kept }), missed(2, 9, { shopId: 'sh_b' })],
      );
      expect(total.minor).toBe(lines.reduce((sum, line) => sum + BigInt(line.amount?.minor ?? 0), 0n));
    }),
  );
});
