// billing: what the service did becomes what it costs. The parts it is made of.
import { type Concluded, conversationFactsMigrations, conversationIntake, recordConclusions } from '@deskfleet/conversation-facts';
import {
  ClientCreditApplied,
  ClientCreditGranted,
  ClientCreditPaidOut,
  DepositApplied,
  DepositCredited,
  DepositKept,
  DepositReceived,
  DepositRefunded,
  DepositRefundOwed,
  DepositRequested,
  DepositRouted,
  InvoiceFellDue,
  InvoiceIssued,
  InvoiceNumberTaken,
  InvoiceSettled,
  SetAsideRetried,
  UsageAssessed,
} from '@deskfleet/protocol/billing';
import type { ServiceDefinition } from '@deskfleet/service-kit';
import { billingApi } from './api.ts';
import { depositsApi } from './deposits-api.ts';
import { clientCredits } from './projections/client-credits.ts';
import { deposits } from './projections/deposits.ts';
import { invoices } from './projections/invoices.ts';
import { setAsideRetries } from './projections/set-aside-retries.ts';
import { usageItems } from './projections/usage-items.ts';
import { engagements } from './subscriptions/engagements.ts';
import { shops } from './subscriptions/shops.ts';
import { type Usage, usage } from './usage/usage.ts';
import { depositWork, finalSettlements } from './work/engagements.ts';

const INVOICES = [InvoiceIssued, InvoiceNumberTaken, InvoiceSettled, InvoiceFellDue];
const DEPOSITS = [DepositRequested, DepositReceived, DepositRouted, DepositApplied, DepositCredited, DepositKept, DepositRefundOwed, DepositRefunded];
const CREDITS = [ClientCreditGranted, ClientCreditApplied, ClientCreditPaidOut];

const assessment = { service: 'billing', event: UsageAssessed, streamOf: (conversationId: string) => `usage-${conversationId}`, decider: usage };

export const service: ServiceDefinition = {
  name: 'billing',
  migrations: [conversationFactsMigrations, new URL('../migrations/', import.meta.url)],
  parts: (kit) => {
    const intake = conversationIntake<Concluded<Usage>>({
      group: 'billing',
      appends: [UsageAssessed],
      sliceSize: 1_000,
      assess: (conversations, tx) => recordConclusions({ ...assessment, store: kit.store, now: () => kit.now() }, conversations, tx),
      work: (task) => kit.work(task),
    });
    return {
      events: [UsageAssessed, ...INVOICES, ...DEPOSITS, ...CREDITS, SetAsideRetried],
      projections: [usageItems, invoices, deposits, clientCredits, setAsideRetries],
      subscriptions: [intake.subscription, shops, engagements],
      intakes: [intake.facts],
      work: [intake.reassessment, depositWork(kit), finalSettlements(kit)],
      api: [billingApi(kit), depositsApi(kit)],
    };
  },
};
