-- Sets of shops that a person keeps for the scope bar. A preference, not a business fact: no event, and it goes with the person.

create table shop_sets (
  set_id text primary key,
  vendor_id text not null,
  user_id text not null,
  name text not null,
  shop_ids text[] not null,
  saved_at bigint not null,          -- epoch ms
  unique (vendor_id, user_id, name)
);
select protect_table('shop_sets', by_shop => false, to_reader => false);
