-- What billing could not do about a contract, because a decision refused it: set aside until onboarding says more of that contract.
alter table engagements
  add column refused text not null default '',       -- the refusal's code; empty = none
  add column refused_at bigint not null default 0,
  add column refusals integer not null default 0;    -- how often: part of the next try's command id, whose answer would be the one before
drop index engagements_to_do;
create index engagements_to_do on engagements (vendor_id, contract_id)
  where refused = '' and ((deposit_minor > 0 and not deposit_requested) or (outcome <> '' and not outcome_applied));
