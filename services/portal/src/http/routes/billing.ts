// Accruals, closing months, invoices and what each line is made of.
import { BillingServiceDefinition } from '@deskfleet/protocol/billing-service';
import type { Role } from '@deskfleet/service-kit';
import { FINANCE, type Route } from '../route.ts';
import { rpcRoutes } from '../rpc.ts';
import type { Components } from '../schema.ts';

const READERS: readonly Role[] = [...FINANCE, 'client'];

export function billingRoutes(components: Components): readonly Route[] {
  const billing = rpcRoutes(components, 'billing', BillingServiceDefinition, 'Billing');
  const lineKey = { lineKey: "the line's key; its days and conversations are the same for every line of usage" };
  return [
    billing.get('/accruals', 'listAccruals', {
      summary: 'What a month has come to so far: the 50 largest contracts, the others as sums',
      access: READERS,
      required: ['month'],
    }),
    billing.get('/contracts/{contractId}/accrual', 'getAccrual', { summary: 'What is counted, what is not and why', access: READERS, required: ['month'] }),
    billing.get('/contracts/{contractId}/usage', 'listUsage', {
      summary: 'The conversations of a month as they stand now',
      access: READERS,
      fixed: { number: '' },
      required: ['month'],
    }),
    billing.get('/close-plan', 'getClosePlan', { summary: 'What can close and what holds it', access: FINANCE, required: ['through'] }),
    billing.get('/invoices', 'listInvoices', { summary: 'Issued invoices', access: READERS }),
    billing.post('/invoices/close', 'closeThrough', {
      summary: 'Issue every invoice up to and including a month',
      description: 'Waits until all that has arrived is counted; refused as not-settled, by name, when something is parked or still waits.',
      access: FINANCE,
      required: ['through'],
    }),
    billing.get('/invoices/{number}', 'getInvoice', { summary: 'One invoice', access: READERS }),
    billing.get('/invoices/{number}/lines/{lineKey}/days', 'listLineDays', { summary: 'The days a line is made of; they sum to it', access: READERS }),
    {
      ...billing.get('/invoices/{number}/lines/{lineKey}/days/{date}', 'listUsage', {
        summary: 'The conversations of a line on a day, as they stood when it was issued',
        access: READERS,
        fixed: { contractId: '', month: '' },
        pathOnly: lineKey,
      }),
      operationId: 'listLineUsage',
    },
  ];
}
