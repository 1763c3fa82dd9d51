// Which contract a conversation belongs to: by date there, and until the instant at which its service ended.
import { ContractTerms } from '@deskfleet/protocol/terms';
import { expect, test } from 'vitest';
import { cutTerms, type FactContract } from './facts.ts';
import { contractAt } from './intake.ts';

const at = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;
const contract = (serviceEndsAt: number, more: Partial<ContractTerms> = {}): FactContract => ({
  contractId: 'ct_1',
  number: 'C-1',
  shopIds: ['sh_1'],
  terms: ContractTerms.create({ zone: 'Asia/Shanghai', effectiveOn: '2026-03-01', endsOn: '2026-12-31', ...more }),
  serviceEndsAt,
});
const ends = at('2026-04-10T12:00:00+08:00');

test('a conversation that begins at the instant service ends, or later, belongs to no contract; one a moment earlier does', () => {
  expect(contractAt([contract(ends)], 'sh_1', ends - 1)?.contractId).toBe('ct_1');
  expect(contractAt([contract(ends)], 'sh_1', ends)).toBeUndefined();
  expect(contractAt([contract(ends)], 'sh_1', at('2026-04-10T23:00:00+08:00'))).toBeUndefined();
  expect(contractAt([contract(0)], 'sh_1', ends)?.contractId).toBe('ct_1');
});

test('the terms’ own last day holds where it comes before the end of service', () =>
  expect(contractAt([contract(ends, { endsOn: '2026-03-31' })], 'sh_1', at('2026-04-01T00:00:00+08:00'))).toBeUndefined());

test('the day in which service ended counts, unless it had not begun', () => {
  const { terms } = contract(0);
  expect(cutTerms(terms, ends).endsOn).toBe('2026-04-10');
  expect(cutTerms(terms, at('2026-04-10T00:00:00+08:00')).endsOn).toBe('2026-04-09');
  expect(cutTerms(terms, at('2026-04-10T00:00:00.001+08:00')).endsOn).toBe('2026-04-10');
  expect(cutTerms(terms, 0)).toBe(terms);
  expect(cutTerms({ ...terms, endsOn: '2026-03-31' }, ends).endsOn).toBe('2026-03-31');
});

test('whenever service ends, a conversation has the contract exactly when its terms as cut and the instant both allow it', () => {
  const HALF_HOUR = 1_800_000;
  for (let end = at('2026-02-27T16:00:00Z'); end < at('2026-03-03T00:00:00Z'); end += HALF_HOUR)
    for (const offset of [-48, -25, -1, 0, 1, 25].map((halves) => halves * HALF_HOUR)) {
      const cut = { ...contract(0), terms: cutTerms(contract(0).terms, end) };
      const found = contractAt([contract(end)], 'sh_1', end + offset) !== undefined;
      expect(found, `${end} ${offset}`).toBe(offset < 0 && contractAt([cut], 'sh_1', end + offset) !== undefined);
    }
});
