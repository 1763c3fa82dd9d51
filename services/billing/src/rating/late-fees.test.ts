import { ContractTerms, LateFee } from '@deskfleet/protocol/terms';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DueInvoice, lateFeeLines, openByDay, overdueSpans } from './late-fees.ts';

const terms = (rateBpPerDay = 5, graceDays = 3) => ContractTerms.create({ currency: 'CNY', zone: 'Asia/Shanghai', lateFee: { rateBpPerDay, graceDays } });
const overdue = (over: Partial<DueInvoice> = {}): DueInvoice => ({
  number: 'DF-202603-0001',
  dueOn: '2026-04-20',
  principal: 900_000n,
  settled: [],
  charged: 0n,
  ...over,
});
const minor = (invoice: DueInvoice, through: string, agreed = terms()) =>
  lateFeeLines(agreed, { invoices: [invoice], through, since: undefined }).map(({ amount }) => amount?.minor);

test('9,000.00 at 0.05 % a day after 3 days of grace: nothing on the last of them, 4.50 on the day after, 31.50 at the end of April', () => {
  expect(minor(overdue(), '2026-04-23')).toEqual([]);
  expect(minor(overdue(), '2026-04-24')).toEqual([450]);
  expect(minor(overdue(), '2026-04-30')).toEqual([3_150]);
});

test('what is paid costs nothing from its day on, and the line says which days cost what', () => {
  const [line] = lateFeeLines(terms(), { invoices: [overdue({ settled: [{ on: '2026-04-27', minor: 300_000n }] })], through: '2026-04-30', since: undefined });
  expect(line).toMatchObject({
    key: 'late-fee.DF-202603-0001',
    invoiceNumber: 'DF-202603-0001',
    description: 'Late fee: DF-202603-0001, due 2026-04-20',
    amount: { minor: 3 * 450 + 4 * 300 },
    rule: '6000.00 to 9000.00 open, 2026-04-24 to 2026-04-30: 7 days x 0.05 %',
  });
});

test('paid on its due date, or within the days of grace, or on the first day after them, nothing is overdue', () => {
  for (const on of ['2026-04-20', '2026-04-23', '2026-04-24']) expect(minor(overdue({ settled: [{ on, minor: 900_000n }] }), '2026-05-31')).toEqual([]);
  expect(minor(overdue({ settled: [{ on: '2026-04-25', minor: 900_000n }] }), '2026-05-31')).toEqual([450]);
});

test('a payment in time that is learned after its fee was charged takes the fee back', () =>
  expect(
    lateFeeLines(terms(), {
      invoices: [overdue({ settled: [{ on: '2026-04-20', minor: 900_000n }], charged: 3_150n })],
      through: '2026-05-31',
      since: undefined,
    }),
  ).toMatchObject([{ amount: { minor: -3_150 }, rule: 'paid in time, less 31.50 charged before' }]));

test('no late fee agreed, none charged', () =>
  expect(lateFeeLines(ContractTerms.create({ currency: 'CNY' }), { invoices: [overdue()], through: '2026-12-31', since: undefined })).toEqual([]));

const day = fc.integer({ min: 0, max: 120 }).map((n) => Temporal.PlainDate.from('2026-04-01').add({ days: n }).toString());
const histories = fc.record({
  principal: fc.integer({ min: 0, max: 2_000_000 }).map(BigInt),
  settled: fc.array(fc.record({ on: day, minor: fc.integer({ min: 1, max: 600_000 }).map(BigInt) }), { maxLength: 5 }),
  dueOn: day,
  rate: fc.integer({ min: 1, max: 100 }),
  grace: fc.integer({ min: 0, max: 10 }),
});

test('however payments fall, the fee is what a count day by day gives, and charged month by month it is the same to the cent', () =>
  fc.assert(
    fc.property(histories, ({ principal, settled, dueOn, rate, grace }) => {
      const agreed = terms(rate, grace);
      const invoice = overdue({ principal, settled, dueOn });
      const end = '2026-08-31';
      // Another way: each day of the calendar by itself.
      let dayMinor = 0n;
      for (let at = Temporal.PlainDate.from(dueOn).add({ days: grace + 1 }); at.toString() <= end; at = at.add({ days: 1 })) {
        const open = settled.filter(({ on }) => on <= at.toString()).reduce((left, one) => left - one.minor, principal);
        if (open > 0n) dayMinor += open;
      }
      const expected = Number((dayMinor * BigInt(rate) * 2n + 10_000n) / 20_000n);
      const total = (through: string, charged: bigint, since?: string) =>
        lateFeeLines(agreed, { invoices: [{ ...invoice, charged }], through, since }).reduce((all, { amount }) => all + BigInt(amount?.minor ?? 0), 0n);
      expect(Number(total(end, 0n))).toBe(expected);
      const ends = ['2026-04-30', '2026-05-31', '2026-06-30', '2026-07-31', end];
      let charged = 0n;
      for (const through of ends) charged += total(through, charged);
      expect(Number(charged)).toBe(expected);
      // Months that are closed together: none has charged when the next is computed.
      expect(Number(ends.reduce((all, through, index) => all + total(through, 0n, ends[index - 1]), 0n))).toBe(expected);
      const days = openByDay(overdueSpans(LateFee.create({ rateBpPerDay: rate, graceDays: grace }), invoice, end));
      expect(days.reduce((all, { open }) => all + open, 0n)).toBe(dayMinor);
    }),
  ));
