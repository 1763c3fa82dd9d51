// billing: what the service did becomes what it costs. The parts it is made of.
import { conversationFactsMigrations, conversationIntake, recordConclusions } from '@deskfleet/conversation-facts';
import { InvoiceIssued, InvoiceNumberTaken, UsageAssessed } from '@deskfleet/protocol/billing';
import type { ServiceDefinition } from '@deskfleet/service-kit';
import { billingApi } from './api.ts';
import { invoices } from './projections/invoices.ts';
import { usageItems } from './projections/usage-items.ts';
import { shops } from './subscriptions/shops.ts';
import { usage } from './usage/usage.ts';

const assessment = { service: 'billing', event: UsageAssessed, streamOf: (conversationId: string) => `usage-${conversationId}`, decider: usage };

export const service: ServiceDefinition = {
  name: 'billing',
  migrations: [conversationFactsMigrations, new URL('../migrations/', import.meta.url)],
  parts: (kit) => {
    const intake = conversationIntake({
      group: 'billing',
      appends: [UsageAssessed],
      sliceSize: 500,
      assess: (facts, tx) => recordConclusions({ ...assessment, store: kit.store, now: () => kit.now() }, facts, tx),
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
