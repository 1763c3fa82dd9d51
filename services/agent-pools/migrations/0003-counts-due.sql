-- Shops whose people are to be counted at an instant: a contract begins then, and nobody need come or go for its agents to be owed.
create table counts_due (
  vendor_id text collate "C" not null,
  shop_id text collate "C" not null,
  due_at bigint not null,
  primary key (vendor_id, shop_id, due_at)
);
create index counts_due_by_instant on counts_due (due_at);
select protect_table('counts_due', to_reader => false);
