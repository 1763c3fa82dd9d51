-- A table of the sample service's own, beside its read models.
create table marks (vendor_id text not null, shop_id text, mark text not null, primary key (vendor_id, mark));
select protect_table('marks');
