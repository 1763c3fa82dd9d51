-- What invoices charge because another one was overdue: one row a line.
create table invoice_late_fees (
  vendor_id text not null,
  -- The invoice whose line it is, and the one that was overdue.
  on_number text not null,
  of_number text not null,
  minor bigint not null,
  position bigint not null,
  primary key (vendor_id, on_number, of_number)
);
create index invoice_late_fees_of on invoice_late_fees (vendor_id, of_number);
select protect_table('invoice_late_fees', by_shop => false);
alter policy reader_own on invoice_late_fees using (vendor_id = current_setting('app.vendor_id')
  and exists (select from invoices i where i.vendor_id = invoice_late_fees.vendor_id and i.number = invoice_late_fees.on_number));
