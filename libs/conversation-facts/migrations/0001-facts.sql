-- What is known of conversations before anyone judges them: references and instants, never texts.

create table fact_conversations (
  vendor_id text not null,
  conversation_id text not null,
  shop_id text not null,
  channel_kind int not null,
  service_type int not null,
  live boolean not null,
  customer_subject text not null,
  open_imports text[] not null,
  accounts text[] not null,
  -- JSON, [[messageId, sentAt, ordinal, sender, account], ...] in order of arrival: parsed once a slice, faster than jsonb both ways.
  messages text not null,
  primary key (vendor_id, conversation_id)
);
create index fact_conversations_shop on fact_conversations (vendor_id, shop_id, conversation_id);
select protect_table('fact_conversations');

create table fact_contracts (
  vendor_id text not null,
  contract_id text not null,
  number text not null,
  shop_ids text[] not null,
  terms bytea not null,
  primary key (vendor_id, contract_id)
);
select protect_table('fact_contracts', by_shop => false);
-- A contract is its client's: visible to who may see all of its shops.
alter policy reader_own on fact_contracts using (vendor_id = current_setting('app.vendor_id')
  and (current_setting('app.shop_ids') = '*' or shop_ids <@ string_to_array(current_setting('app.shop_ids'), ',')));

create table fact_account_mappings (
  vendor_id text not null,
  shop_id text not null,
  account text not null,
  version bigint not null,
  party int not null,
  agent_id text not null,
  from_at bigint not null,
  to_at bigint not null,
  primary key (vendor_id, shop_id, account, version)
);
select protect_table('fact_account_mappings');

-- Conversations to assess again after a remapping (account) or another contract (account empty); drained in slices.
create table fact_reassessments (
  vendor_id text not null,
  shop_id text not null,
  account text not null,
  after_conversation text not null,
  primary key (vendor_id, shop_id, account)
);
select protect_table('fact_reassessments', to_reader => false);
