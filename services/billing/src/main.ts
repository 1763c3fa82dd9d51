// billing: what the service did becomes what it costs. The composition root, and the only file that knows every part.
import { conversationFactsMigrations, conversationIntake } from '@deskfleet/conversation-facts';
import { InvoiceIssued, InvoiceNumberTaken, UsageAssessed } from '@deskfleet/protocol/billing';
import { runService } from '@deskfleet/service-kit';
import { billingApi } from './api.ts';
import { invoices } from './projections/invoices.ts';
import { usageItems } from './projections/usage-items.ts';
import { shops } from './subscriptions/shops.ts';
import { assessUsage } from './subscriptions/usage.ts';

await runService({
  name: 'billing',
  migrations: [conversationFactsMigrations, new URL('../migrations/', import.meta.url)],
  parts: (kit) => {
    const intake = conversationIntake({
      group: 'billing',
      sliceSize: 500,
      assess: (facts, tx) => assessUsage(kit, facts, tx),
      work: (task) => kit.work(task),
    });
    return {
      events: [UsageAssessed, InvoiceIssued, InvoiceNumberTaken],
      projections: [usageItems, invoices],
      subscriptions: [intake.subscription, shops],
      work: [intake.reassessment],
      api: [billingApi(kit)],
    };
  },
});
