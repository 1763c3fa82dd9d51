// Issued invoices, as issued: the whole document beside the columns lists are made from.
import { InvoiceIssued } from '@deskfleet/protocol/billing';
import type { SqlProjection } from '@deskfleet/read-model';
import { sql } from 'kysely';

export const invoices: SqlProjection<InvoiceIssued> = {
  name: 'invoices',
  version: 1,
  types: [InvoiceIssued],

  async write(events, tx) {
    for (const { event, meta, position, recordedAt } of events) {
      await sql`
        insert into invoices (vendor_id, number, shop_ids, invoice_id, contract_id, period, currency, total_minor, issued_at, position, document)
        values (${meta.vendorId}, ${event.number}, ${event.shopIds}::text[], ${event.invoiceId}, ${event.contractId}, ${event.period}, ${event.currency},
                ${event.total?.minor ?? 0}, ${recordedAt}, ${position}, ${Buffer.from(InvoiceIssued.encode(event).finish())})`.execute(tx);
    }
  },
};
