-- What explains a refusal, so that it can be said in the reader's language; and the contracts set aside, which are few among many.
alter table engagements add column refused_facts text not null default '{}';
create index engagements_set_aside on engagements (vendor_id, contract_id) where refused <> '';
