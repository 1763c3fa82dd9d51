// Money comes into a deposit and leaves it by one way: a passed trial's invoice, or fees kept and the rest owed back.
import { specify } from '@deskfleet/event-store/testing';
import { parseMoney, toProto } from '@deskfleet/money';
import {
  DepositApplied,
  DepositCredited,
  DepositKept,
  DepositReceived,
  DepositRefunded,
  DepositRefundOwed,
  DepositRequested,
  DepositRoute,
  DepositRouted,
} from '@deskfleet/protocol/billing';
import { test } from 'vitest';
import { deposit } from './deposit.ts';

const { given } = specify(deposit);
const cny = (amount: string) => parseMoney('CNY', amount);
const minor = (amount: string) => toProto(cny(amount));

const requested = DepositRequested.create({ contractId: 'ct_1', clientId: 'cl_1', shopIds: ['sh_1'], required: minor('6000.00') });
const receive = (receiptId: string, amount: string) =>
  ({ kind: 'receive', receiptId, amount: cny(amount), receivedOn: '2026-03-01', reference: 'bank 1' }) as const;
const received = (receiptId: string, amount: string, inAll = amount) =>
  DepositReceived.create({
    contractId: 'ct_1',
    receiptId,
    amount: minor(amount),
    receivedOn: '2026-03-01',
    reference: 'bank 1',
    received: minor(inAll),
    required: minor('6000.00'),
  });
const owed = (amount: string) => DepositRefundOwed.create({ contractId: 'ct_1', amount: minor(amount) });
const toInvoice = DepositRouted.create({ contractId: 'ct_1', route: DepositRoute.DEPOSIT_ROUTE_INVOICE, month: '2026-03', decidedAt: 1 });
const toRefund = DepositRouted.create({ contractId: 'ct_1', route: DepositRoute.DEPOSIT_ROUTE_REFUND, decidedAt: 1 });
const kept = (amount: string) => DepositKept.create({ contractId: 'ct_1', invoiceId: 'in_1', amount: minor(amount) });
const refund = (payoutId: string, amount: string) => ({ kind: 'refund', payoutId, amount: cny(amount), paidOn: '2026-03-20', reference: 'out 1' }) as const;
const refunded = (payoutId: string, amount: string) =>
  DepositRefunded.create({ contractId: 'ct_1', payoutId, amount: minor(amount), paidOn: '2026-03-20', reference: 'out 1' });
const open = (amount: string) => ({ invoiceId: 'in_1', open: cny(amount) });

test('part payments add up', () =>
  // BR-005, BR-006
  given(requested, received('r1', '5999.99'))
    .when(receive('r2', '0.01'))
    .then(received('r2', '0.01', '6000.00')));

test('a receipt counts once, however often it is confirmed', () => given(requested, received('r1', '6000.00')).when(receive('r1', '6000.00')).thenNothing());

test('what comes beyond what was agreed is owed back, never refused', () =>
  given(requested, received('r1', '5000.00'))
    .when(receive('r2', '1500.00'))
    .then(received('r2', '1500.00', '6500.00'), owed('500.00')));

test('what comes after the deposit has left is owed back whole', () =>
  given(requested, received('r1', '6000.00'), toRefund, kept('1850.00'), owed('4150.00'))
    .when(receive('r2', '100.00'))
    .then(received('r2', '100.00', '6100.00'), owed('100.00')));

test('an amount of nothing or of another currency is refused', () => {
  given(requested).when(receive('r1', '0.00')).thenRefused('amount-not-positive');
  given(requested)
    .when({ ...receive('r1', '1.00'), amount: parseMoney('USD', '1.00') })
    .thenRefused('currency-differs', { found: 'USD', expected: 'CNY' });
  given().when(receive('r1', '1.00')).thenRefused('deposit-not-agreed');
});

test('a failed trial keeps the fees and owes back the rest', () =>
  // BR-007
  given(requested, received('r1', '6000.00'), toRefund)
    .when({ kind: 'keep', invoices: [open('1850.00')] })
    .then(kept('1850.00'), owed('4150.00')));

test('fees beyond the deposit take all of it; what is missing stays open on the invoice', () =>
  // BR-008
  given(requested, received('r1', '6000.00'), toRefund)
    .when({ kind: 'keep', invoices: [open('6400.00')] })
    .then(kept('6000.00')));

test('before go-live there are no fees: all of it is owed back', () =>
  given(requested, received('r1', '6000.00'), toRefund).when({ kind: 'keep', invoices: [] }).then(owed('6000.00')));

test('a passed trial sets the deposit against the invoice', () =>
  // BR-009
  given(requested, received('r1', '6000.00'), toInvoice)
    .when({ kind: 'apply', invoice: open('9000.00') })
    .then(DepositApplied.create({ contractId: 'ct_1', invoiceId: 'in_1', amount: minor('6000.00') })));

test('what the invoice does not use becomes the client’s credit', () =>
  // BR-010
  given(requested, received('r1', '6000.00'), toInvoice)
    .when({ kind: 'apply', invoice: open('4500.00') })
    .then(
      DepositApplied.create({ contractId: 'ct_1', invoiceId: 'in_1', amount: minor('4500.00') }),
      DepositCredited.create({ contractId: 'ct_1', clientId: 'cl_1', amount: minor('1500.00') }),
    ));

test('what was set against an invoice cannot be refunded as well, nor the other way round', () => {
  // BR-011
  const applied = DepositApplied.create({ contractId: 'ct_1', invoiceId: 'in_1', amount: minor('6000.00') });
  given(requested, received('r1', '6000.00'), toInvoice, applied)
    .when(refund('p1', '6000.00'))
    .thenRefused('deposit-set-off', { by: 'invoice', month: '2026-03' });
  given(requested, received('r1', '6000.00'), toInvoice)
    .when({ kind: 'route-to-refund', decidedAt: 2 })
    .thenRefused('deposit-already-routed', { by: 'invoice' });
  given(requested, received('r1', '6000.00'), toRefund)
    .when({ kind: 'route-to-invoice', month: '2026-03', decidedAt: 2 })
    .thenRefused('deposit-already-routed', { by: 'refund' });
});

test('a refund is paid out in parts, each once, and never beyond what is owed', () => {
  const history = [requested, received('r1', '6000.00'), toRefund, kept('1850.00'), owed('4150.00')] as const;
  given(...history)
    .when(refund('p1', '4000.00'))
    .then(refunded('p1', '4000.00'));
  given(...history, refunded('p1', '4000.00'))
    .when(refund('p1', '4000.00'))
    .thenNothing();
  given(...history, refunded('p1', '4000.00'))
    .when(refund('p2', '150.01'))
    .thenRefused('refund-exceeds-owed', { expected: 'at most 150.00' });
});

test('nothing is kept or set off before the way is fixed', () => {
  given(requested, received('r1', '6000.00')).when({ kind: 'keep', invoices: [] }).thenRefused('deposit-not-routed');
  given(requested, received('r1', '6000.00')).when({ kind: 'apply', invoice: undefined }).thenRefused('deposit-not-routed');
});
