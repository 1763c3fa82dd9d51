-- Where a slice begins, in one call, for round trips are most of what a slice costs. First the offsets, by compare-and-set, all or none; then the journal;
-- then the watermarks, in order, never back, each waited for while another lane moves it. Last, in a statement of its own and so under a newer snapshot,
-- whether anything is held: what was waited for may have begun to hold a stream.
--
-- Plans are generic, made once a connection, and cannot go wrong when made while the tables were empty: each is reached by its key. For a slice of 500
-- it takes 1.0 ms, 0.1 of them for the journal; as one statement, planned afresh each time, 0.5 more, and another one for what is held.
create or replace function bus_begin_slice(
  consumer        text,     -- the group
  waits           boolean,  -- whether the commit shall wait for the disk
  taken           bigint,   -- epoch ms
  lane_sources    text[],   -- per lane: its name, where it must stand, where it stands then
  lane_names      text[],
  lane_froms      bigint[],
  lane_tos        bigint[],
  journal_sources text[],   -- per row of the journal
  journal_vendors text[],
  journal_lasts   bigint[],
  journal_entries text[],
  mark_sources    text[],   -- per watermark: its bucket, and the bucket's last position in the slice
  mark_buckets    int[],
  mark_positions  bigint[]
) returns table ( -- no row: a lane is not where the slice begins
  held    boolean,  -- any stream of these sources is
  reached bigint[]  -- per watermark: how far its bucket was applied before, be it by the group's feed
)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  moved  int;
  before bigint[];
begin
  with standing as (
    select o.source, o.lane, s.next from unnest(lane_sources, lane_names, lane_froms, lane_tos) s (source, lane, position, next)
      join bus_offsets o on o.consumer_group = consumer and o.source = s.source and o.lane = s.lane and o.position = s.position
     order by o.source, o.lane for update of o)
  update bus_offsets o set position = s.next from standing s where o.consumer_group = consumer and o.source = s.source and o.lane = s.lane;
  get diagnostics moved = row_count;
  if moved <> cardinality(lane_names) then return; end if;

  if not waits then perform set_config('synchronous_commit', 'off', true); end if;

  insert into bus_journal (consumer_group, source, vendor_id, last, entries, taken_at)
  select consumer, j.*, taken from unnest(journal_sources, journal_vendors, journal_lasts, journal_entries) j;

  with marks as (
    insert into bus_watermarks as w (consumer_group, source, bucket, position)
    select consumer, m.* from unnest(mark_sources, mark_buckets, mark_positions) m (source, bucket, position) order by source collate "C", bucket
    on conflict (consumer_group, source, bucket) do update set position = greatest(w.position, excluded.position)
    returning source, bucket, old.position)
  select array_agg(greatest(marks.position, coalesce(own.position, feed.position), 0) order by m.nth) into before
    from unnest(mark_sources, mark_buckets) with ordinality m (source, bucket, nth)
    join marks on marks.source = m.source and marks.bucket = m.bucket
    left join unnest(lane_sources, lane_names, lane_froms) own (source, lane, position) on own.source = m.source and own.lane = 'feed' -- it has moved above
    left join bus_offsets feed on feed.consumer_group = consumer and feed.source = m.source and feed.lane = 'feed';

  return query select exists (select from bus_held_streams h where h.consumer_group = consumer and h.source = any (lane_sources || mark_sources)), before;
end $$;
