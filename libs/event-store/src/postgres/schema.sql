-- The event log of one service: its events, the answers of its commands, its epochs. Idempotent; run under the installer's lock.
-- Ids compare by bytes (collate "C"): faster, and an index survives a change of the operating system's collations.

create table if not exists events (
  position    bigint   not null primary key,         -- gapless, in commit order
  occurred_at bigint   not null,                     -- epoch ms
  recorded_at bigint   not null,                     -- epoch ms
  version     integer  not null check (version > 0), -- 1, 2, ... within the stream
  bucket      smallint not null check (bucket between 0 and 63),
  vendor_id   text     collate "C" not null,
  shop_id     text     collate "C",                  -- null where none
  stream_id   text     collate "C" not null,
  type        text     collate "C" not null,         -- full message name
  data        bytea    not null,
  meta        bytea    not null,                     -- deskfleet.platform.v1.EventMeta
  constraint events_stream unique (stream_id, vendor_id, version) -- the stream first: it tells rows apart at the first comparison
);
create index if not exists events_bucket on events (bucket, position);

create table if not exists command_answers (
  vendor_id   text   collate "C" not null,
  command_id  text   collate "C" not null,
  recorded_at bigint not null,
  fingerprint bytea  not null,                       -- keyed by the caller
  answer      bytea  not null,
  primary key (vendor_id, command_id)
);
create index if not exists command_answers_age on command_answers using brin (recorded_at);

-- One row an epoch. A database restored from a backup starts a new one: its log may differ from what others have read. A backup carries the
-- rows of its own time along, so each row is the successor of the one before it, and shares its log up to `after_position`.
create table if not exists log_epochs (
  ordinal        integer not null primary key,
  service        text    not null,
  shard          integer not null,
  epoch          text    not null,                   -- random: two restores of one backup must not share it
  after_position bigint  not null,                   -- the head when it began
  started_at     bigint  not null
);

alter table events          enable row level security;
alter table events          force  row level security;
alter table command_answers enable row level security;
alter table command_answers force  row level security;
alter table log_epochs      enable row level security;
alter table log_epochs      force  row level security;
