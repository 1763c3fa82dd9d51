// Events of the own log for whoever operates it: as their caller may see them, in order, a bounded look at a time.
import { feedEvent, type HeldRow, rawOf } from '@deskfleet/event-bus';
import { decodeMeta, type RawEvent, type Tx } from '@deskfleet/event-store';
import { type ListEventsRequest, ListEventsResponse } from '@deskfleet/protocol/operations';
import { sql } from 'kysely';
import { refuseCall } from '../refusals.ts';
import type { Caller, Kit } from '../service.ts';

const MAX_EVENTS = 500;
const DEFAULT_EVENTS = 50;
const PAGE_BYTES = 1_000_000;
/** Positions a call looks at: some 20 ms when a filter finds nothing. */
const LOOKED_AT = 20_000;
/** How far clocks of instances may differ: recorded times follow positions up to this. */
const CLOCK_SLACK_MS = 60_000;

/** Row level security holds vendor and shops; positions are gapless, so a window of them bounds the work whatever the filter. */
export async function listEvents(kit: Pick<Kit, 'read' | 'work' | 'store'>, caller: Caller, request: ListEventsRequest): Promise<ListEventsResponse> {
  const size = request.size || DEFAULT_EVENTS;
  if (size < 1 || size > MAX_EVENTS) refuseCall('page-size-invalid', { field: 'size', found: size, expected: `1 to ${MAX_EVENTS}` });
  const { position: head } = await kit.store.head();
  const from = request.recordedFrom === 0 ? 0 : await kit.work((tx) => positionAt(tx, request.recordedFrom - CLOCK_SLACK_MS, head));
  const until = request.recordedUntil === 0 ? head : await kit.work((tx) => positionAt(tx, request.recordedUntil + CLOCK_SLACK_MS, head));
  // Above `after`, below `before`: both exclusive.
  const after = Math.max(request.after, from);
  const before = Math.min(request.before === 0 ? head + 1 : request.before, until + 1);
  // A stream has an index of its own: it is looked at whole.
  const reach = request.streamId === '' ? LOOKED_AT : head;
  const [low, high] = request.newestFirst ? [Math.max(after, before - 1 - reach), before] : [after, Math.min(before, after + 1 + reach)];

  const rows = low + 1 >= high ? [] : await kit.read(caller, (tx) => window(tx, kit.store.source, request, low, high, size));
  const wanted = rows.filter((raw) => belongs(raw, request));
  const events = cut(wanted);
  const whole = rows.length < size && events.length === wanted.length;
  const end = request.newestFirst ? low + 1 : Math.max(high - 1, request.after);
  const through = whole ? end : (events.at(-1)?.position ?? rows.at(-1)?.position ?? end);
  const last = request.newestFirst ? after + 1 : before - 1;
  return ListEventsResponse.create({
    source: kit.store.source,
    events: events.map(feedEvent),
    through,
    done: whole && (request.newestFirst ? through <= last : through >= last),
    head,
  });
}

/** Primary key, forwards or backwards; the filters are checked on at most `LOOKED_AT` rows. */
async function window(tx: Tx, source: string, request: ListEventsRequest, low: number, high: number, size: number): Promise<RawEvent[]> {
  const ids = [request.eventId, request.causationId, request.correlationId].filter((id) => id !== '').map((id) => Buffer.from(id));
  const { rows } = await sql<HeldRow>`
    select ${source}::text as source, position, stream_id, version, bucket, type, data, meta, occurred_at, recorded_at
      from ${
        // `offset 0` keeps the planner from walking the primary key in search of a stream's few events.
        request.streamId === '' ? sql`events` : sql`(select * from events where stream_id = ${request.streamId} offset 0) events`
      }
     where position > ${low} and position < ${high}
       ${request.types.length === 0 ? sql`` : sql`and type = any(${request.types}::text[])`}
       ${request.shopId === '' ? sql`` : sql`and shop_id = ${request.shopId}`}
       ${request.recordedFrom === 0 ? sql`` : sql`and recorded_at >= ${request.recordedFrom}`}
       ${request.recordedUntil === 0 ? sql`` : sql`and recorded_at < ${request.recordedUntil}`}
       ${sql.join(
         ids.map((id) => sql`and position(${id}::bytea in meta) > 0`),
         sql` `,
       )}
     order by position ${request.newestFirst ? sql`desc` : sql`asc`} limit ${size}`.execute(tx);
  return rows.map(rawOf);
}

/** The meta holds an id's bytes wherever they stand; which of its fields it is, only the message says. */
function belongs(raw: RawEvent, { eventId, causationId, correlationId }: ListEventsRequest): boolean {
  if (eventId === '' && causationId === '' && correlationId === '') return true;
  const meta = decodeMeta(raw);
  return (
    (eventId === '' || meta.eventId === eventId) &&
    (causationId === '' || meta.causationId === causationId) &&
    (correlationId === '' || meta.correlationId === correlationId)
  );
}

/** The last position recorded before an instant: a binary search, as recorded times follow positions. */
async function positionAt(tx: Tx, instant: number, head: number): Promise<number> {
  let [low, high] = [0, head];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const { rows } = await sql<{ recorded_at: string }>`select recorded_at from events where position = ${middle}`.execute(tx);
    if (Number(rows[0]?.recorded_at ?? 0) < instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

function cut(events: readonly RawEvent[]): readonly RawEvent[] {
  let bytes = 0;
  const end = events.findIndex((event, index) => {
    bytes += event.data.length + event.meta.length;
    return bytes > PAGE_BYTES && index > 0;
  });
  return end === -1 ? events : events.slice(0, end);
}
