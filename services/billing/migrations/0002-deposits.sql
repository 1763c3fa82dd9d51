-- What onboarding says of each contract that billing acts on: who the client is, the trial, its verdict, the end. Rows come from several streams, in any order.
create table engagements (
  vendor_id text not null,
  contract_id text not null,
  client_id text not null default '',
  shop_ids text[] not null default '{}',
  currency text not null default '',
  -- Agreed; 0 = none.
  deposit_minor bigint not null default 0,
  zone text not null default '',
  -- Dates in the contract's zone; empty = not yet.
  trial_starts_on text not null default '',
  trial_ends_on text not null default '',
  -- passed, failed, ended (terminated before a verdict, or without one); empty = none yet.
  outcome text not null default '',
  decided_at bigint not null default 0,
  -- passed: the month whose invoice the deposit is set against.
  month text not null default '',
  -- failed, ended: until when service runs, and whether any was given.
  service_ends_at bigint not null default 0,
  before_go_live boolean not null default false,
  -- Whether service begins with a first go-live (a trial or batches were agreed), and when that was; 0 = not yet.
  launched boolean not null default false,
  live_at bigint not null default 0,
  -- What billing has done about it.
  deposit_requested boolean not null default false,
  outcome_applied boolean not null default false,
  finally_settled boolean not null default false,
  primary key (vendor_id, contract_id)
);
create index engagements_to_do on engagements (vendor_id, contract_id)
  where (deposit_minor > 0 and not deposit_requested) or (outcome <> '' and not outcome_applied);
create index engagements_to_settle on engagements (service_ends_at) where outcome <> '' and not finally_settled;
select protect_table('engagements', by_shop => false);
alter policy reader_own on engagements using (vendor_id = current_setting('app.vendor_id')
  and (current_setting('app.shop_ids') = '*' or shop_ids <@ string_to_array(current_setting('app.shop_ids'), ',')));

create table deposits (
  vendor_id text not null,
  contract_id text not null,
  client_id text not null,
  shop_ids text[] not null,
  currency text not null,
  status text not null,
  month text not null,
  required bigint not null,
  received bigint not null,
  missing bigint not null,
  held bigint not null,
  set_off bigint not null,
  credited bigint not null,
  kept bigint not null,
  refund_owed bigint not null,
  refunded bigint not null,
  requested_at bigint not null,
  last_at bigint not null,
  primary key (vendor_id, contract_id)
);
select protect_table('deposits', by_shop => false);
alter policy reader_own on deposits using (vendor_id = current_setting('app.vendor_id')
  and (current_setting('app.shop_ids') = '*' or shop_ids <@ string_to_array(current_setting('app.shop_ids'), ',')));

-- One row an event of a deposit: the ledger as it is read.
create table deposit_entries (
  vendor_id text not null,
  contract_id text not null,
  position bigint not null,
  kind text not null,
  minor bigint,
  on_date text not null,
  reference text not null,
  invoice_id text not null,
  user_id text not null,
  recorded_at bigint not null,
  primary key (vendor_id, contract_id, position)
);
select protect_table('deposit_entries', by_shop => false);
alter policy reader_own on deposit_entries using (vendor_id = current_setting('app.vendor_id')
  and exists (select from deposits d where d.vendor_id = deposit_entries.vendor_id and d.contract_id = deposit_entries.contract_id));

create table client_credits (
  vendor_id text not null,
  client_id text not null,
  currency text not null,
  balance bigint not null,
  since bigint not null,
  primary key (vendor_id, client_id, currency)
);
select protect_table('client_credits', by_shop => false);
alter policy reader_own on client_credits using (vendor_id = current_setting('app.vendor_id') and current_setting('app.shop_ids') = '*'
  or vendor_id = current_setting('app.vendor_id') and exists (select from engagements e where e.vendor_id = client_credits.vendor_id and e.client_id = client_credits.client_id));

alter table invoices add column settled_minor bigint not null default 0;
alter table invoices add column due_on text not null default '';
alter table invoices add column due_at_verdict boolean not null default false;
create index invoices_await_verdict on invoices (vendor_id, contract_id) where due_at_verdict and due_on = '';

create table invoice_settlements (
  vendor_id text not null,
  invoice_id text not null,
  position bigint not null,
  settled_by int not null,
  minor bigint not null,
  settled_on text not null,
  reference text not null,
  primary key (vendor_id, invoice_id, position)
);
select protect_table('invoice_settlements', by_shop => false);
alter policy reader_own on invoice_settlements using (vendor_id = current_setting('app.vendor_id')
  and exists (select from invoices i where i.vendor_id = invoice_settlements.vendor_id and i.invoice_id = invoice_settlements.invoice_id));
