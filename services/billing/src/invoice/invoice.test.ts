import { accept, fold } from '@deskfleet/event-store';
import { specify } from '@deskfleet/event-store/testing';
import { parseMoney, toProto } from '@deskfleet/money';
import { InvoiceFellDue, InvoiceIssued, InvoiceNumberTaken, InvoiceSettled, SettledBy } from '@deskfleet/protocol/billing';
import { expect, test } from 'vitest';
import { invoice, invoiceNumber, numbers } from './invoice.ts';

const issued = InvoiceIssued.create({ invoiceId: 'in_1', number: 'DF-202603-0001', contractId: 'ct_1', period: '2026-03', currency: 'CNY' });

test('an open month is issued', () => expect(invoice.decide(invoice.initial, { kind: 'issue', invoice: issued })).toEqual(accept(issued)));

test('an issued month stays as it was issued, whatever is computed later (BR-179)', () =>
  expect(invoice.decide(fold(invoice, [issued]), { kind: 'issue', invoice: { ...issued, number: 'DF-202603-0002' } })).toEqual(accept()));

test('numbers of a legal entity have no gap', () => {
  const take = { kind: 'take', legalEntity: 'le_1', period: '2026-03', invoiceId: 'in_2' } as const;
  const first = InvoiceNumberTaken.create({ legalEntity: 'le_1', ordinal: 1, number: 'DF-202603-0001', invoiceId: 'in_1' });
  expect(numbers.decide(fold(numbers, [first]), take)).toEqual(
    accept(InvoiceNumberTaken.create({ legalEntity: 'le_1', ordinal: 2, number: 'DF-202603-0002', invoiceId: 'in_2' })),
  );
  expect(invoiceNumber('2026-03', 12345)).toBe('DF-202603-12345');
});

const total = InvoiceIssued.create({ ...issued, total: toProto(parseMoney('CNY', '9000.00')), dueAtVerdict: true });
const paid = (amount: string, reference: string) =>
  ({ kind: 'settle', by: SettledBy.SETTLED_BY_PAYMENT, amount: parseMoney('CNY', amount), settledOn: '2026-04-08', reference }) as const;
const settled = (amount: string, reference: string) =>
  InvoiceSettled.create({
    invoiceId: 'in_1',
    by: SettledBy.SETTLED_BY_PAYMENT,
    amount: toProto(parseMoney('CNY', amount)),
    settledOn: '2026-04-08',
    reference,
  });
const { given } = specify(invoice);

test('payments add up to the total, each reference once, and none goes beyond what is open', () => {
  given(total).when(paid('4000.00', 'b1')).then(settled('4000.00', 'b1'));
  given(total, settled('4000.00', 'b1')).when(paid('4000.00', 'b1')).thenNothing();
  given(total, settled('4000.00', 'b1')).when(paid('5000.00', 'b2')).then(settled('5000.00', 'b2'));
  given(total, settled('4000.00', 'b1')).when(paid('5000.01', 'b2')).thenRefused('payment-exceeds-open', { expected: 'at most 5000.00' });
  given(total).when(paid('0.00', 'b1')).thenRefused('amount-not-positive');
  given().when(paid('1.00', 'b1')).thenRefused('invoice-not-found');
});

test('an invoice with days of the trial falls due at the verdict, once', () => {
  const fell = InvoiceFellDue.create({ invoiceId: 'in_1', dueOn: '2026-04-10' });
  given(total).when({ kind: 'fall-due', dueOn: '2026-04-10' }).then(fell);
  given(total, fell).when({ kind: 'fall-due', dueOn: '2026-04-11' }).thenNothing();
  given(issued).when({ kind: 'fall-due', dueOn: '2026-04-10' }).thenNothing();
});
