-- What contracts promise for the shops, as client-onboarding tells of them: agents contracted, and the hours in which they are owed.
create table served_shops (
  vendor_id text collate "C" not null,
  shop_id text collate "C" not null,
  contract_id text collate "C" not null,
  contracted integer not null, -- 0 = none agreed
  terms bytea not null, -- zone, windows and calendar of ContractTerms
  effective_on text not null,
  ends_on text not null, -- empty = open
  awaits_launch boolean not null, -- signed here: served from the go-live on
  primary key (vendor_id, shop_id, contract_id)
);
create index served_shops_by_contract on served_shops (vendor_id, contract_id);
select protect_table('served_shops');

-- Told by another stream than the contract's, so either may come first.
create table launched_shops (
  vendor_id text collate "C" not null,
  shop_id text collate "C" not null,
  contract_id text collate "C" not null,
  live_at bigint, -- null = not yet
  service_ends_at bigint, -- null = as the terms say
  primary key (vendor_id, shop_id, contract_id)
);
select protect_table('launched_shops');

-- Who is trained for which shop, and who was where when: written by the projection `duty` from the own log.
create table trained_agents (
  vendor_id text collate "C" not null,
  agent_id text collate "C" not null,
  shop_id text collate "C" not null,
  trained_on text not null,
  primary key (vendor_id, shop_id, agent_id)
);
create index trained_agents_by_agent on trained_agents (vendor_id, agent_id);
select protect_table('trained_agents');

create table presence_changes (
  vendor_id text collate "C" not null,
  agent_id text collate "C" not null,
  at bigint not null,
  presence integer not null,
  source text not null,
  primary key (vendor_id, agent_id, at)
);
select protect_table('presence_changes', by_shop => false);

-- Shops whose people are to be counted again. `touches` moves with each touch, so that one that comes while the shop is counted is not lost.
create table touched_shops (
  vendor_id text collate "C" not null,
  shop_id text collate "C" not null,
  touches bigint not null default 1,
  primary key (vendor_id, shop_id)
) with (fillfactor = 70);
select protect_table('touched_shops', to_reader => false);
