// billing: what the service did becomes what it costs. The parts it is made of.
import { type Concluded, conversationFactsMigrations, conversationIntake, recordConclusions } from '@deskfleet/conversation-facts';
import { InvoiceIssued, InvoiceNumberTaken, UsageAssessed } from '@deskfleet/protocol/billing';
import type { ServiceDefinition } from '@deskfleet/service-kit';
import { billingApi } from './api.ts';
import { invoices } from './projections/invoices.ts';
import { usageItems } from './projections/usage-items.ts';
import { shops } from './subscriptions/shops.ts';
import { type Usage, usage } from './usage/usage.ts';

const assessment = { service: 'billing', event: UsageAssessed, streamOf: (conversationId: string) => `usage-${conversationId}`, decider: usage };

export const service: ServiceDefinition = {
  name: 'billing',
  migrations: [conversationFactsMigrations, new URL('../migrations/', import.meta.url)],
  parts: (kit) => {
    const intake = conversationIntake<Concluded<Usage>>({
      group: 'billing',
      appends: [UsageAssessed],
      sliceSize: 500,
      assess: (conversations, tx) => recordConclusions({ ...assessment, store: kit.store, now: () => kit.now() }, conversations, tx),
      work: (task) => kit.work(task),
    });
    return {
      events: [UsageAssessed, InvoiceIssued, InvoiceNumberTaken],
      projections: [usageItems, invoices],
      subscriptions: [intake.subscription, shops],
      intakes: [intake.facts],
      work: [intake.reassessment],
      api: [billingApi(kit)],
    };
  },
};
