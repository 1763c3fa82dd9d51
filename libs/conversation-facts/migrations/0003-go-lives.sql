-- Whether service under a contract begins with each shop's going live, and when that was: a row a shop that is. They come on another stream than the contract's,
-- and may come first. Filled from the owner's log by `deskfleet projections rebuild SERVICE conversation_facts` where contracts were there before.
alter table fact_contracts add column awaits_go_live boolean not null default false;

create table fact_go_lives (
  vendor_id text not null,
  contract_id text not null,
  shop_id text not null,
  live_at bigint not null,
  primary key (vendor_id, contract_id, shop_id)
);
select protect_table('fact_go_lives');
