-- The instant at which service under a contract ends, whatever its terms' last day says. Apart from the contract: it comes on another stream, and may come first.
create table fact_service_ends (
  vendor_id text not null,
  contract_id text not null,
  shop_ids text[] not null,
  service_ends_at bigint not null,
  primary key (vendor_id, contract_id)
);
select protect_table('fact_service_ends', by_shop => false);
alter policy reader_own on fact_service_ends using (vendor_id = current_setting('app.vendor_id')
  and (current_setting('app.shop_ids') = '*' or shop_ids <@ string_to_array(current_setting('app.shop_ids'), ',')));
