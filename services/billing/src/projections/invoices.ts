// Issued invoices, as issued: the whole document beside the columns lists are made from, what has settled them, and when they are due.
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import { InvoiceFellDue, InvoiceIssued, InvoiceSettled } from '@deskfleet/protocol/billing';
import type { SqlProjection } from '@deskfleet/read-model';
import { sql } from 'kysely';

type InvoiceEvent = InvoiceIssued | InvoiceSettled | InvoiceFellDue;

export const invoices: SqlProjection<InvoiceEvent> = {
  name: 'invoices',
  version: 1,
  types: [InvoiceIssued, InvoiceSettled, InvoiceFellDue],

  async write(events, tx) {
    for (const recorded of events) await write(recorded, tx);
  },
};

async function write({ event, meta: { vendorId }, position, recordedAt }: RecordedEvent<InvoiceEvent>, tx: Tx): Promise<void> {
  switch (event.$type) {
    case InvoiceIssued.$type:
      await sql`
        insert into invoices (vendor_id, number, shop_ids, invoice_id, contract_id, period, currency, total_minor, issued_at, position, document, due_on, due_at_verdict)
        values (${vendorId}, ${event.number}, ${event.shopIds}::text[], ${event.invoiceId}, ${event.contractId}, ${event.period}, ${event.currency},
                ${event.total?.minor ?? 0}, ${recordedAt}, ${position}, ${Buffer.from(InvoiceIssued.encode(event).finish())}, ${event.dueOn},
                ${event.dueAtVerdict})`.execute(tx);
      for (const { invoiceNumber, amount } of event.lines.filter((line) => line.invoiceNumber !== ''))
        await sql`
          insert into invoice_late_fees (vendor_id, on_number, of_number, minor, position)
          values (${vendorId}, ${event.number}, ${invoiceNumber}, ${amount?.minor ?? 0}, ${position})`.execute(tx);
      return;
    case InvoiceSettled.$type:
      await sql`
        insert into invoice_settlements (vendor_id, invoice_id, position, settled_by, minor, settled_on, reference)
        values (${vendorId}, ${event.invoiceId}, ${position}, ${event.by}, ${event.amount?.minor ?? 0}, ${event.settledOn}, ${event.reference})`.execute(tx);
      await sql`
        update invoices set settled_minor = settled_minor + ${event.amount?.minor ?? 0} where vendor_id = ${vendorId} and invoice_id = ${event.invoiceId}`.execute(
        tx,
      );
      return;
    case InvoiceFellDue.$type:
      await sql`update invoices set due_on = ${event.dueOn} where vendor_id = ${vendorId} and invoice_id = ${event.invoiceId}`.execute(tx);
      return;
  }
}
