import { accept, fold } from '@deskfleet/event-store';
import { InvoiceIssued, InvoiceNumberTaken } from '@deskfleet/protocol/billing';
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
