-- The frame, from one position of this service's own log to the next: a sample is drawn again from the rows of its moment.
create table frame_entries (
  vendor_id text not null,
  shop_id text not null,
  conversation_id text not null,
  from_position bigint not null,
  to_position bigint,
  date text not null,
  stratum text not null,
  eligible boolean not null,
  reason text not null,
  handlers text[] not null,
  primary key (vendor_id, conversation_id, from_position)
);
create index frame_entries_date on frame_entries (vendor_id, shop_id, date);
create unique index frame_entries_current on frame_entries (vendor_id, conversation_id) where to_position is null;
select protect_table('frame_entries');

create table samples (
  vendor_id text not null,
  sample_id text not null,
  shop_ids text[] not null,
  drawn_at bigint not null,
  drawn_by text not null,
  document bytea not null,
  primary key (vendor_id, sample_id)
);
create index samples_drawn on samples (vendor_id, drawn_at desc, sample_id desc);
select protect_table('samples', by_shop => false);

create table assignments (
  vendor_id text not null,
  shop_id text not null,
  assignment_id text not null,
  sample_id text not null,
  conversation_id text not null,
  stratum text not null,
  state text not null,
  inspector_id text not null,
  scored_at bigint not null,
  scorecard_version int not null,
  total_tenths int not null,
  max_tenths int not null,
  fatal boolean not null,
  items text not null,
  corrections text not null,
  primary key (vendor_id, assignment_id)
);
create index assignments_sample on assignments (vendor_id, sample_id, assignment_id);
create index assignments_scored on assignments (vendor_id, shop_id, scored_at desc) where state = 'scored';
select protect_table('assignments');

create table findings (
  vendor_id text not null,
  shop_id text not null,
  finding_id text not null,
  assignment_id text not null,
  conversation_id text not null,
  message_id text not null,
  category text not null,
  severity text not null,
  note_subject text not null,
  note bytea not null,
  inspector_id text not null,
  stratum text not null,
  raised_at bigint not null,
  primary key (vendor_id, finding_id)
);
create index findings_raised on findings (vendor_id, raised_at desc, finding_id desc);
create index findings_assignment on findings (vendor_id, assignment_id);
select protect_table('findings');

-- Agents who sign in to the portal: they do not inspect what they handled.
create table agent_users (
  vendor_id text not null,
  agent_id text not null,
  user_id text not null,
  primary key (vendor_id, agent_id)
);
select protect_table('agent_users', by_shop => false);
