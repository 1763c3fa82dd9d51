-- The vendor's shops, as client-onboarding tells of them.
create table known_shops (
  vendor_id text collate "C" not null,
  shop_id text collate "C" not null,
  primary key (vendor_id, shop_id)
);
select protect_table('known_shops');

-- Accounts that spoke in messages. One that spoke as several kinds of sender counts as the most human of them.
create table accounts_seen (
  vendor_id text collate "C" not null,
  shop_id text collate "C" not null,
  account text collate "C" not null,
  sender integer not null,
  messages bigint not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  primary key (vendor_id, shop_id, account)
) with (fillfactor = 80);
select protect_table('accounts_seen');

-- Live conversations of our own channels: undecided (events = 0), queued (no agent), or in an agent's hands. The reactor's own state, moved
-- in the transaction that appends what it decides.
create table live_conversations (
  vendor_id text collate "C" not null,
  shop_id text collate "C" not null,
  conversation_id text collate "C" not null,
  service_type integer not null,
  agent_id text collate "C" not null default '',
  reason text not null default '',
  opened_at bigint not null,
  decided_at bigint not null default 0,
  last_activity_at bigint not null,
  events integer not null default 0, -- the assignment stream's version
  primary key (vendor_id, conversation_id)
) with (fillfactor = 80);
create index live_conversations_unassigned on live_conversations (opened_at) where agent_id = '';
create index live_conversations_in_hand on live_conversations (vendor_id, agent_id, last_activity_at) where agent_id <> '';
create index live_conversations_by_time on live_conversations (vendor_id, decided_at, conversation_id);
select protect_table('live_conversations');
