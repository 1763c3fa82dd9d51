-- The figures of conversations and of their clocks. Written with the facts they come from, in one transaction; read by every figure and every list.

create table sla_conversations (
  vendor_id text not null,
  conversation_id text not null,
  shop_id text not null,
  contract_id text not null,
  -- Empty = ours; else out-of-scope, shop-staff, no-contract.
  not_ours text not null,
  has_customer boolean not null,
  -- Of the first customer message in the contract's zone, YYYY-MM-DD.
  date text collate "C" not null,
  messages int not null,
  agent_messages int not null,
  first_response_due_at bigint not null,
  first_response_ms bigint,
  rounds int not null,
  rounds_answered int not null,
  round_ms_sum bigint not null,
  primary key (vendor_id, conversation_id)
);
create index sla_conversations_contract on sla_conversations (vendor_id, contract_id, date);
create index sla_conversations_shop on sla_conversations (vendor_id, shop_id, date);
select protect_table('sla_conversations');

create table sla_clocks (
  vendor_id text not null,
  conversation_id text not null,
  clause_key text not null,
  round int not null,
  shop_id text not null,
  contract_id text not null,
  metric int not null,
  start_message_id text not null,
  started_at bigint not null,
  warn_at bigint not null,
  due_at bigint not null,
  stop_message_id text not null,
  -- Null while it runs.
  stopped_at bigint,
  elapsed_ms bigint,
  agent text not null,
  not_ours text not null,
  -- The day the clock began, in the contract's zone: the period it counts in.
  date text collate "C" not null,
  primary key (vendor_id, conversation_id, clause_key, round)
);
create index sla_clocks_clause on sla_clocks (vendor_id, contract_id, clause_key, date);
-- The floor: who waits, least time left first.
create index sla_clocks_waiting on sla_clocks (vendor_id, due_at) where stopped_at is null and not_ours = '';
-- The floor's day by hour.
create index sla_clocks_started on sla_clocks (vendor_id, started_at);
select protect_table('sla_clocks');
