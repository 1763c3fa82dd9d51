-- Which other service has destroyed its keys of which conversation, and when none of its processes can hold one any more.
create table erasure_confirmations (
  vendor_id text not null,
  erasure_id text not null,
  conversation_id text not null,
  service text not null,
  gone_at bigint not null,
  primary key (vendor_id, erasure_id, conversation_id, service)
);
select protect_table('erasure_confirmations', by_shop => false);
