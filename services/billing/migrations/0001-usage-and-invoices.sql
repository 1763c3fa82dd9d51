-- What each conversation counts for, from one position of billing's own log to the next: an invoice reads the rows of its moment.
create table usage_items (
  vendor_id text not null,
  shop_id text not null,
  conversation_id text not null,
  from_position bigint not null,
  to_position bigint,
  recorded_at bigint not null,
  contract_id text not null,
  unit_key text not null,
  first_customer_at bigint not null,
  date text not null,
  month text not null,
  counted boolean not null,
  reason text not null,
  primary key (vendor_id, conversation_id, from_position)
);
create index usage_items_month on usage_items (vendor_id, contract_id, month, date);
create unique index usage_items_current on usage_items (vendor_id, conversation_id) where to_position is null;
select protect_table('usage_items');

create table invoices (
  vendor_id text not null,
  number text not null,
  shop_ids text[] not null,
  invoice_id text not null,
  contract_id text not null,
  period text not null,
  currency text not null,
  total_minor bigint not null,
  issued_at bigint not null,
  position bigint not null,
  document bytea not null,
  primary key (vendor_id, number)
);
create unique index invoices_month on invoices (vendor_id, contract_id, period);
select protect_table('invoices', by_shop => false);
alter policy reader_own on invoices using (vendor_id = current_setting('app.vendor_id')
  and (current_setting('app.shop_ids') = '*' or shop_ids <@ string_to_array(current_setting('app.shop_ids'), ',')));

create table shops (
  vendor_id text not null,
  shop_id text not null,
  code text not null,
  name text not null,
  primary key (vendor_id, shop_id)
);
select protect_table('shops');
