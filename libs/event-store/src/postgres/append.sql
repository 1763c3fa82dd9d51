-- The only way into the log. Appends a group of members, each with its own outcome: the lock first, then, in later statements and so
-- under newer snapshots, the checks, then the inserts at max(position) + n. The lock is held until the commit is visible, hence positions
-- are gapless and appear in order, and a reader that asks for `position > last` never skips one.
--
-- Distinct streams and commands are numbered by the caller (from 1); a member names them by number, so that members of one group see each
-- other's effects in order. All bytes travel in one `payload` and are named by offset (from 1) and length.
--
-- Plans are generic, made once a connection, and cannot go wrong when made while the tables were empty: each table is reached by its one right
-- index, and nothing else is allowed. Planning afresh costs a tenth of a call.
create or replace function append_events(
  recorded          bigint,   -- epoch ms
  answers_since     bigint,   -- older answers are forgotten
  payload           bytea,
  stream_vendors    text[],   -- per distinct stream
  stream_ids        text[],
  command_vendors   text[],   -- per distinct answered command
  command_ids       text[],
  member_streams    int[],    -- per member: how many of the parts below are its own
  member_commands   int[],    -- per member: the number of its command, 0 = keeps no answer
  fingerprint_at    int[],
  fingerprint_bytes int[],
  answer_bytes      int[],    -- the answer follows its fingerprint
  part_streams      int[],    -- per part (one stream of one member): the stream's number
  part_expected     int[],    -- -1 any, 0 none, n exactly n
  part_events       int[],    -- how many events
  event_parts       int[],    -- per event: its part
  event_nth         int[],    -- 1, 2, ... within its part
  event_types       text[],
  event_shops       text[],
  event_buckets     int[],
  event_occurred    bigint[],
  event_at          int[],
  event_bytes       int[],
  meta_bytes        int[]     -- the meta follows its event
) returns table ( -- a row a member; or one row `all`: every member was appended, the first event at first_position
  outcome text, first_position bigint, last_position bigint, conflict_part int, actual int, same boolean, answer bytea
)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  head         bigint;
  versions     int[];
  fingerprints bytea[];
  answers      bytea[];
  positions    bigint[] := array_fill(-1::bigint, array[cardinality(part_streams)]); -- per part: the position before its first event; -1 = refused
  bases        int[] := array_fill(0, array[cardinality(part_streams)]);             -- per part: the version before its first event
  kept         int[] := '{}';                                                        -- the members whose answers are kept
  first_part   int;
  last_part    int := 0;
  stream       int;
  command      int;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'append_events needs read committed: an older snapshot would not see what the lock waited for' using errcode = '25001';
  end if;

  perform pg_advisory_xact_lock(1684434284);

  select coalesce(max(e.position), 0) into head from events e;

  select coalesce(array_agg(coalesce(
           (select e.version from events e where e.vendor_id = s.vendor and e.stream_id = s.stream order by e.version desc limit 1), 0) order by s.n), '{}')
    into versions
    from unnest(stream_vendors, stream_ids) with ordinality s (vendor, stream, n);

  if cardinality(command_ids) > 0 then
    select array_agg(a.fingerprint order by c.n), array_agg(a.answer order by c.n)
      into fingerprints, answers
      from unnest(command_vendors, command_ids) with ordinality c (vendor, id, n)
      left join command_answers a on a.vendor_id = c.vendor and a.command_id = c.id and a.recorded_at >= answers_since;
  end if;

  -- The usual group: no stream twice, no answers, each stream exactly as expected. What follows need not be walked member by member.
  if cardinality(command_ids) = 0 and cardinality(part_streams) = cardinality(stream_ids) and versions = part_expected then
    insert into events (position, occurred_at, recorded_at, version, bucket, vendor_id, shop_id, stream_id, type, data, meta)
    select head + e.n, e.occurred, recorded, versions[e.part] + e.nth, e.bucket,
           stream_vendors[e.part], nullif(e.shop, ''), stream_ids[e.part], e.type,
           substring(payload, e.at, e.bytes), substring(payload, e.at + e.bytes, e.meta)
      from unnest(event_parts, event_nth, event_types, event_shops, event_buckets, event_occurred, event_at, event_bytes, meta_bytes) with ordinality
             as e (part, nth, type, shop, bucket, occurred, at, bytes, meta, n);
    outcome := 'all';
    first_position := head + 1;
    return next;
    return;
  end if;

  for member in 1 .. cardinality(member_streams) loop
    first_part := last_part + 1;
    last_part := last_part + member_streams[member];
    command := member_commands[member];
    outcome := 'appended';
    first_position := null; last_position := null; conflict_part := null; actual := null; same := null; answer := null;

    if command > 0 and fingerprints[command] is not null then
      outcome := 'repeated';
      same := fingerprints[command] = substring(payload, fingerprint_at[member], fingerprint_bytes[member]);
      answer := answers[command];
    else
      for part in first_part .. last_part loop
        if part_expected[part] >= 0 and versions[part_streams[part]] <> part_expected[part] then
          outcome := 'conflict';
          conflict_part := part - first_part;
          actual := versions[part_streams[part]];
          exit;
        end if;
      end loop;

      if outcome = 'appended' then
        first_position := head + 1;
        for part in first_part .. last_part loop
          stream := part_streams[part];
          positions[part] := head;
          bases[part] := versions[stream];
          head := head + part_events[part];
          versions[stream] := versions[stream] + part_events[part];
        end loop;
        last_position := head;
        if command > 0 then
          fingerprints[command] := substring(payload, fingerprint_at[member], fingerprint_bytes[member]);
          answers[command] := substring(payload, fingerprint_at[member] + fingerprint_bytes[member], answer_bytes[member]);
          kept := kept || member;
        end if;
      end if;
    end if;
    return next;
  end loop;

  insert into events (position, occurred_at, recorded_at, version, bucket, vendor_id, shop_id, stream_id, type, data, meta)
  select positions[e.part] + e.nth, e.occurred, recorded, bases[e.part] + e.nth, e.bucket,
         stream_vendors[part_streams[e.part]], nullif(e.shop, ''), stream_ids[part_streams[e.part]], e.type,
         substring(payload, e.at, e.bytes), substring(payload, e.at + e.bytes, e.meta)
    from unnest(event_parts, event_nth, event_types, event_shops, event_buckets, event_occurred, event_at, event_bytes, meta_bytes)
           as e (part, nth, type, shop, bucket, occurred, at, bytes, meta)
   where positions[e.part] >= 0;

  if cardinality(kept) > 0 then
    insert into command_answers as a (vendor_id, command_id, recorded_at, fingerprint, answer)
    select command_vendors[member_commands[m]], command_ids[member_commands[m]], recorded, fingerprints[member_commands[m]], answers[member_commands[m]]
      from unnest(kept) as k (m)
        on conflict (vendor_id, command_id) do update -- only a forgotten answer can be in the way: the lock is ours
       set recorded_at = excluded.recorded_at, fingerprint = excluded.fingerprint, answer = excluded.answer;
  end if;
end
$$;
