// A client's credit is granted, spent and paid out, never twice and never beyond what there is.
import { specify } from '@deskfleet/event-store/testing';
import { parseMoney, toProto } from '@deskfleet/money';
import { ClientCreditApplied, ClientCreditGranted, ClientCreditPaidOut } from '@deskfleet/protocol/billing';
import { test } from 'vitest';
import { credit } from './credit.ts';

const { given } = specify(credit);
const cny = (amount: string) => parseMoney('CNY', amount);
const granted = ClientCreditGranted.create({ clientId: 'cl_1', contractId: 'ct_1', amount: toProto(cny('1500.00')), reason: 'deposit-not-used' });
const applied = (amount: string) => ClientCreditApplied.create({ clientId: 'cl_1', invoiceId: 'in_1', amount: toProto(cny(amount)) });
const payOut = (payoutId: string, amount: string) =>
  ({ kind: 'pay-out', clientId: 'cl_1', payoutId, amount: cny(amount), paidOn: '2026-05-01', reference: 'out 1' }) as const;
const paidOut = (payoutId: string, amount: string) =>
  ClientCreditPaidOut.create({ clientId: 'cl_1', payoutId, amount: toProto(cny(amount)), paidOn: '2026-05-01', reference: 'out 1' });
const use = (open: string) => ({ kind: 'apply', clientId: 'cl_1', invoiceId: 'in_1', open: cny(open) }) as const;

test('an invoice uses what it asks for, or all there is', () => {
  // BR-010
  given(granted).when(use('400.00')).then(applied('400.00'));
  given(granted).when(use('9000.00')).then(applied('1500.00'));
  given(granted, applied('1500.00')).when(use('1.00')).thenNothing();
  given().when(use('1.00')).thenNothing();
});

test('credit of one currency pays no invoice of another', () =>
  given(granted)
    .when({ kind: 'apply', clientId: 'cl_1', invoiceId: 'in_1', open: parseMoney('USD', '1.00') })
    .thenNothing());

test('what is left at the end is paid out, each payout once, never more than there is', () => {
  // BR-228
  given(granted, applied('1200.00')).when(payOut('p1', '300.00')).then(paidOut('p1', '300.00'));
  given(granted, applied('1200.00')).when(payOut('p1', '300.01')).thenRefused('credit-exceeded', { expected: 'at most 300.00' });
  given(granted, applied('1200.00'), paidOut('p1', '100.00')).when(payOut('p1', '100.00')).thenNothing();
  given(granted, applied('1200.00'), paidOut('p1', '100.00')).when(payOut('p2', '200.01')).thenRefused('credit-exceeded');
  given(granted).when(payOut('p1', '0.00')).thenRefused('amount-not-positive');
});
