-- What is told to whom, what each has read of it, and where it is sent. Notices follow from other services' events and are no events themselves.

-- Whose a lead, contract, question or invoice is: who may see its notices follows from it.
create table notice_subjects (
  vendor_id text collate "C" not null,
  subject_id text collate "C" not null,
  client_id text not null,
  contract_id text not null,
  shop_ids text[] not null,          -- none: those of the client
  primary key (vendor_id, subject_id)
);
select protect_table('notice_subjects', by_shop => false, to_reader => false);

-- A row a notice and shop, so that row level security by shop says who may see it; a notice of no shop is for the vendor's people.
create table notifications (
  vendor_id text collate "C" not null,
  shop_id text collate "C",
  notification_id text collate "C" not null,
  event_id text not null,
  kind text not null,
  audiences text[] not null,         -- roles
  client_id text not null,           -- whose; role client sees its own only
  subject_id text not null,
  facts jsonb not null,
  path text not null,
  occurred_at bigint not null,       -- epoch ms
  noted_at bigint not null           -- when it came in here: reading goes by it
);
create unique index notifications_once on notifications (vendor_id, notification_id, coalesce(shop_id, ''));
create index notifications_newest on notifications (vendor_id, noted_at desc, notification_id desc);
select protect_table('notifications');

-- Read one by one; and everything up to an instant.
create table notification_reads (
  vendor_id text collate "C" not null,
  user_id text not null,
  notification_id text collate "C" not null,
  primary key (vendor_id, user_id, notification_id)
);
select protect_table('notification_reads', by_shop => false);
create table notification_marks (
  vendor_id text collate "C" not null,
  user_id text not null,
  through bigint not null,
  primary key (vendor_id, user_id)
);
select protect_table('notification_marks', by_shop => false);

-- What is to be sent, each until it is taken or given up. The body stands as it was said, so that each attempt sends the same bytes.
create table webhook_deliveries (
  vendor_id text collate "C" not null,
  webhook_id text collate "C" not null,
  event_id text collate "C" not null,
  client_id text not null,
  kind text not null,
  body text not null,
  state text not null,               -- waiting, delivered, given-up, dropped (the webhook was removed)
  attempts integer not null,
  due_at bigint not null,
  created_at bigint not null,
  ended_at bigint not null,          -- 0: not yet
  last_status integer not null,      -- HTTP status; 0: none came
  last_error text not null,
  primary key (vendor_id, webhook_id, event_id)
);
create index webhook_deliveries_due on webhook_deliveries (due_at) where state = 'waiting';
create index webhook_deliveries_newest on webhook_deliveries (vendor_id, webhook_id, created_at desc);
select protect_table('webhook_deliveries', by_shop => false, to_reader => false);
