-- The vendor's shops as client-onboarding tells of them: an import's line for any other shop is rejected.
create table known_shops (
  vendor_id text collate "C" not null,
  shop_id text collate "C" not null,
  code text not null,
  primary key (vendor_id, shop_id)
);
select protect_table('known_shops');
