-- What consuming needs in a service's database. Idempotent; run under the installer's lock. Ids compare by bytes (collate "C").

-- How far a group has read a lane of a source: a whole log ('feed': log positions), or a partition of a topic (Kafka offsets).
create table if not exists bus_offsets (
  consumer_group text   collate "C" not null,
  source         text   collate "C" not null,
  lane           text   collate "C" not null,
  position       bigint not null,
  primary key (consumer_group, source, lane)
) with (fillfactor = 50);

-- What a group has applied of a source, by bucket: what is not above it is skipped, whichever way it comes.
create table if not exists bus_watermarks (
  consumer_group text     collate "C" not null,
  source         text     collate "C" not null,
  bucket         smallint not null,
  position       bigint   not null,
  primary key (consumer_group, source, bucket)
) with (fillfactor = 50);

-- Streams that cannot go on, and why: waiting for a key, ready to go on, or parked after an error. Their events queue behind them.
create table if not exists bus_held_streams (
  consumer_group text   collate "C" not null,
  source         text   collate "C" not null,
  vendor_id      text   collate "C" not null,
  shop_id        text   collate "C",
  stream_id      text   collate "C" not null,
  state          text   not null check (state in ('waiting', 'ready', 'parked')),
  wait_key       text   collate "C",
  error          text,
  attempts       integer not null default 0,
  since          bigint not null,             -- epoch ms
  primary key (consumer_group, source, vendor_id, stream_id)
);
create index if not exists bus_held_streams_key on bus_held_streams (consumer_group, wait_key) where state = 'waiting';
create index if not exists bus_held_streams_ready on bus_held_streams (consumer_group) where state = 'ready';

create table if not exists bus_held_events (
  consumer_group text     collate "C" not null,
  source         text     collate "C" not null,
  vendor_id      text     collate "C" not null,
  shop_id        text     collate "C",
  stream_id      text     collate "C" not null,
  position       bigint   not null,
  version        integer  not null,
  bucket         smallint not null,
  type           text     not null,
  data           bytea    not null,
  meta           bytea    not null,
  occurred_at    bigint   not null,
  recorded_at    bigint   not null,
  primary key (consumer_group, source, vendor_id, stream_id, position)
);

-- Who reads or relays at the moment. Only a matter of economy: compare-and-set keeps a second reader harmless.
create table if not exists bus_leases (
  name   text   collate "C" not null primary key,
  holder text   not null,
  until  bigint not null                      -- epoch ms by the database's clock
) with (fillfactor = 50);

-- How far the relay has published a log to its topic.
create table if not exists bus_relayed (
  source   text   collate "C" not null primary key,
  position bigint not null
) with (fillfactor = 50);

-- Epochs of others' logs, as their owners told them: which log each goes on from, and up to which position the two are the same.
create table if not exists bus_epochs (
  source         text   collate "C" not null primary key, -- service/shard/epoch
  predecessor    text   collate "C",                      -- null: the log's first
  after_position bigint not null
);

-- The epoch in which a group reads a log. What comes under another one of the same log is the same event, or one that its owner lost.
create table if not exists bus_sources (
  consumer_group text collate "C" not null,
  log            text collate "C" not null, -- service/shard
  source         text collate "C" not null,
  primary key (consumer_group, log)
);

-- What came in, a row a slice, source and vendor: who reads an owner's log after a restore says by it what the owner no longer has.
create table if not exists bus_journal (
  consumer_group text   collate "C" not null,
  source         text   collate "C" not null,
  vendor_id      text   collate "C" not null,
  last           bigint not null,
  taken_at       bigint not null,             -- epoch ms
  entries        text   storage external not null -- position, type, stream and shop of each event, as consumer/journal.ts writes them
);
do $$ begin -- it was compressed before
  if (select attstorage from pg_attribute where attrelid = 'bus_journal'::regclass and attname = 'entries') <> 'e' then
    alter table bus_journal alter column entries set storage external;
  end if;
end $$;
create index if not exists bus_journal_last on bus_journal (consumer_group, source, last);
create index if not exists bus_journal_age on bus_journal using brin (taken_at);

-- Up to where the journal was forgotten for its age.
create table if not exists bus_journal_forgotten (
  consumer_group text   collate "C" not null,
  source         text   collate "C" not null,
  through        bigint not null,
  primary key (consumer_group, source)
);

-- What a group had read of an old epoch that the new one does not hold: positions after `after_position` through `through`.
create table if not exists bus_restores (
  consumer_group text   collate "C" not null,
  old_source     text   collate "C" not null,
  new_source     text   collate "C" not null,
  after_position bigint not null,
  through        bigint not null,
  adopted_at     bigint not null,             -- epoch ms
  primary key (consumer_group, old_source, new_source)
);

-- Held events that were passed over for good, and who decided it.
create table if not exists bus_skipped_events (
  consumer_group  text     collate "C" not null,
  source          text     collate "C" not null,
  vendor_id       text     collate "C" not null,
  shop_id         text     collate "C",
  stream_id       text     collate "C" not null,
  position        bigint   not null,
  version         integer  not null,
  bucket          smallint not null,
  type            text     not null,
  data            bytea    not null,
  meta            bytea    not null,
  occurred_at     bigint   not null,
  recorded_at     bigint   not null,
  error           text     not null,          -- why it could not be applied
  held_since      bigint   not null,          -- epoch ms
  reason          text     not null,
  skipped_by      text     not null,
  skipped_by_kind smallint not null,          -- deskfleet.platform.v1.Actor.Kind
  skipped_by_role text     not null,
  skipped_at      bigint   not null,          -- epoch ms
  primary key (consumer_group, source, vendor_id, position)
);
create index if not exists bus_skipped_events_at on bus_skipped_events (skipped_at);
