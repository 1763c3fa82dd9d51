// Deposits, what is paid, and clients' credit.
import { DepositServiceDefinition } from '@deskfleet/protocol/billing-deposits';
import { decodeRefusal, type Role } from '@deskfleet/service-kit';
import { Type } from 'typebox';
import { toHttp } from '../json.ts';
import { languageOf, words } from '../problem-words.ts';
import { FINANCE, type Route, route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

const READERS: readonly Role[] = [...FINANCE, 'client'];

export function depositRoutes(components: Components): readonly Route[] {
  const deposits = rpcRoutes(components, 'billing', DepositServiceDefinition, 'Deposits and payments');
  return [
    deposits.get('/deposits', 'listDeposits', { summary: 'Deposits, those with the most missing first', access: READERS }),
    deposits.get('/deposits/{contractId}', 'getDeposit', { summary: 'A contract’s deposit with every entry of its ledger', access: READERS }),
    deposits.post('/deposits/{contractId}/receipts', 'confirmReceipt', {
      summary: 'Confirm that money came for the deposit',
      description: 'Part payments add up; what comes beyond what was agreed is owed back. A receipt’s id counts once.',
      access: FINANCE,
      required: ['receiptId', 'amount', 'receivedOn'],
    }),
    deposits.post('/deposits/{contractId}/payouts', 'recordPayout', {
      summary: 'Record that a refund was paid out, whole or a part',
      access: FINANCE,
      required: ['payoutId', 'amount', 'paidOn'],
    }),
    deposits.get('/contracts/{contractId}/trial-standing', 'getTrialStanding', {
      summary: 'What would be kept of the deposit and refunded if service ended now',
      access: READERS,
    }),
    deposits.post('/invoices/{number}/payments', 'recordInvoicePayment', {
      summary: 'Record that money came for an invoice, whole or a part',
      description: 'A bank’s reference counts once an invoice; more than what is open is refused.',
      access: FINANCE,
      required: ['amount', 'paidOn', 'reference'],
    }),
    route(
      {
        method: 'GET',
        url: '/contracts/{contractId}/set-aside',
        operationId: 'getSetAside',
        tag: 'Deposits and payments',
        summary: 'Whether what follows of a contract in money was refused and is set aside, and what was tried again',
        description: 'Absent `refused`: it is not set aside. `refused` says why in the language of Accept-Language.',
        access: FINANCE,
        params: Type.Object({ contractId: Type.String() }),
        answer: Type.Object({
          setAside: components.ref('deskfleet.billing.v1.SetAside', 'answer'),
          refused: Type.Optional(Type.Object({ title: Type.String(), detail: Type.String() })),
        }),
      },
      async ({ portal, caller, params, request, signal }) => {
        const setAside = await portal.backend.client('billing', DepositServiceDefinition, caller).getSetAside(params, { signal });
        const { code, factsJson } = setAside;
        const said = () => words(code, decodeRefusal({ code, factsJson }).facts, languageOf(request.headers['accept-language']));
        return { setAside: toHttp(setAside), ...(code === '' ? {} : { refused: said() }) };
      },
    ),
    deposits.post('/contracts/{contractId}/set-aside/retry', 'retrySetAside', {
      summary: 'Try again what was refused of a contract, with why it can go now',
      description: 'Refused `not-set-aside` when there is nothing to try again.',
      access: FINANCE,
      required: ['reason'],
    }),
    deposits.get('/clients/{clientId}/credit', 'getClientCredit', { summary: 'What a client can still spend', access: READERS }),
    deposits.post('/clients/{clientId}/credit/payouts', 'payOutCredit', {
      summary: 'Record that a client’s credit was paid out, whole or a part',
      access: FINANCE,
      required: ['payoutId', 'amount', 'paidOn'],
    }),
  ];
}
