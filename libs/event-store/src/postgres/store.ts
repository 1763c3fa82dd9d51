// The event store on PostgreSQL. Everything goes in by one database function (append.sql); everything is read by position or by stream.
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { CompiledQuery, type QueryResult } from 'kysely';
import { bucketOf } from '../bucket.ts';
import { decodeEvent, encodeEvent } from '../codec.ts';
import { AppendRejected } from '../errors.ts';
import type { Db, EventStore, LoadedStream, Tx } from '../store.ts';
import type { AppendMember, AppendOutcome, EpochMs, RawEvent, StreamAppend } from '../types.ts';
import { upcasters } from '../upcasters/index.ts';
import type { Upcasters } from '../upcasting.ts';
import { uuid7Generator } from '../uuid7.ts';
import { AppendQueue, QUEUE_LIMITS, type QueueLimits } from './append-queue.ts';
import { APPEND_SQL, appendedEvents, callOf, type EncodedMember, type OutcomeRow, outcomesOf } from './group.ts';

const EVENT_BYTES = 64 * 1024;
const MEMBER_BYTES = 4 * 1024 * 1024;
const NAME_BYTES = 512;
const MAX_VERSION = 2 ** 31 - 1;
const EVENTS_WITHIN = 100;
const ANSWERS_KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const FORGET_EVERY_MS = 60 * 60 * 1000;
const FORGET_AT_ONCE = 5_000;

export interface EventStoreOptions {
  /** The worker's connections. */
  readonly db: Db;
  /** What `installEventStore` or `sourceOf` answered. */
  readonly source: string;
  readonly clock: () => EpochMs;
  readonly newId?: () => string;
  readonly limits?: Partial<QueueLimits>;
  readonly upcasters?: Upcasters;
  /** Told of a fault in what the store does for itself (forgetting old answers); the append it followed is not affected. */
  readonly onFault?: (fault: unknown) => void;
  /** Told how many appends shared each commit. */
  readonly onGroup?: (appends: number) => void;
}

/** What a call appended. */
interface Appended {
  /** The last position, undefined when there is none. */
  readonly last: number | undefined;
  /** Undefined where they are not known. */
  readonly events: readonly RawEvent[] | undefined;
}

interface Written {
  /** One a member. */
  readonly outcomes: AppendOutcome[];
  readonly appended: Appended;
}

/** The event store of one service's database. */
export function createEventStore(options: EventStoreOptions): EventStore {
  return new PostgresEventStore(options);
}

class PostgresEventStore implements EventStore {
  readonly source: string;
  readonly #db: Db;
  readonly #clock: () => EpochMs;
  readonly #newId: () => string;
  readonly #upcasters: Upcasters;
  readonly #onFault: (fault: unknown) => void;
  readonly #onGroup: (appends: number) => void;
  readonly #queue: AppendQueue;
  readonly #listeners = new Set<(lastPosition: number, events?: readonly RawEvent[]) => void>();
  readonly #within = new WeakMap<Tx, readonly Appended[]>();
  #forgetAt = 0;

  constructor({
    db,
    source,
    clock,
    newId = uuid7Generator(clock),
    limits,
    upcasters: known = upcasters,
    onFault = () => {},
    onGroup = () => {},
  }: EventStoreOptions) {
    this.source = source;
    this.#db = db;
    this.#clock = clock;
    this.#newId = newId;
    this.#upcasters = known;
    this.#onFault = onFault;
    this.#onGroup = onGroup;
    this.#queue = new AppendQueue((members) => this.#writeGroup(members), { ...QUEUE_LIMITS, ...limits });
  }

  async append(member: AppendMember): Promise<AppendOutcome> {
    return this.#queue.append(this.#encode(member));
  }

  async appendWithin(tx: Tx, members: readonly AppendMember[]): Promise<AppendOutcome[]> {
    if (members.length === 0) return [];
    const events = members.reduce((sum, { streams }) => sum + streams.reduce((count, stream) => count + stream.events.length, 0), 0);
    if (events > EVENTS_WITHIN) throw new AppendRejected(`${events} events in one transaction; at most ${EVENTS_WITHIN}: longer ones slow every other writer`);
    const encoded = members.map((member) => this.#encode(member));
    const { outcomes, appended } = await this.#write(tx, encoded);
    this.#within.set(tx, [...(this.#within.get(tx) ?? []), appended]);
    return outcomes;
  }

  async load(vendorId: string, streamIds: readonly string[], tx?: Tx): Promise<Map<string, LoadedStream>> {
    const events = new Map<string, ReturnType<typeof decodeEvent>[]>(streamIds.map((streamId) => [streamId, []]));
    if (events.size > 0) {
      // An index scan of events_stream per stream; a plan of its own each time, so never one from when the log was small.
      const { rows } = await query<EventRow>(
        tx ?? this.#db,
        `select ${EVENT_COLUMNS} from events where vendor_id = $1 and stream_id = any ($2) order by stream_id, version`,
        [vendorId, [...events.keys()]],
      );
      for (const row of rows) events.get(row.stream_id)?.push(decodeEvent(this.#raw(row), this.#upcasters));
    }
    return new Map([...events].map(([streamId, list]) => [streamId, { streamId, version: list.at(-1)?.version ?? 0, events: list }]));
  }

  async answerOf(vendorId: string, commandId: string): Promise<{ fingerprint: Uint8Array; answer: Uint8Array } | undefined> {
    const { rows } = await query<{ fingerprint: Uint8Array; answer: Uint8Array }>(
      this.#db,
      'select fingerprint, answer from command_answers where vendor_id = $1 and command_id = $2 and recorded_at >= $3',
      [vendorId, commandId, this.#clock() - ANSWERS_KEPT_MS],
    );
    return rows[0];
  }

  async read(after: number, limit: number, filter: { buckets?: readonly number[]; types?: readonly string[] } = {}): Promise<RawEvent[]> {
    const parameters: unknown[] = [after, limit];
    let where = 'position > $1';
    if (filter.buckets !== undefined) where += ` and bucket = any ($${parameters.push(filter.buckets)})`;
    if (filter.types !== undefined) where += ` and type = any ($${parameters.push(filter.types)})`;
    const { rows } = await query<EventRow>(this.#db, `select ${EVENT_COLUMNS} from events where ${where} order by position limit $2`, parameters);
    return rows.map((row) => this.#raw(row));
  }

  async head(): Promise<{ position: number; buckets: ReadonlyMap<number, number> }> {
    // 64 look-ups at the end of events_bucket, whatever the log's size.
    const { rows } = await query<{ bucket: number; position: string }>(
      this.#db,
      `select b.bucket, e.position from generate_series(0, 63) as b (bucket)
        cross join lateral (select position from events where bucket = b.bucket order by position desc limit 1) e`,
      [],
    );
    const buckets = new Map(rows.map((row) => [row.bucket, Number(row.position)]));
    return { position: Math.max(0, ...buckets.values()), buckets };
  }

  onAppend(listener: (lastPosition: number, events?: readonly RawEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  committed(tx: Tx): void {
    const within = this.#within.get(tx);
    this.#within.delete(tx);
    for (const appended of within ?? []) this.#tell(appended);
  }

  /** One call, one commit. */
  async #writeGroup(members: readonly EncodedMember[]): Promise<AppendOutcome[]> {
    const { outcomes, appended } = await this.#write(this.#db, members);
    this.#onGroup(members.length);
    this.#tell(appended);
    this.#forgetOldAnswers();
    return outcomes;
  }

  #tell({ last, events }: Appended): void {
    if (last !== undefined) for (const listener of this.#listeners) listener(last, events);
  }

  async #write(db: Db | Tx, members: readonly EncodedMember[]): Promise<Written> {
    const recordedAt = this.#clock();
    const { parameters, payload } = callOf(members, recordedAt, recordedAt - ANSWERS_KEPT_MS);
    const { rows } = await query<OutcomeRow>(db, APPEND_SQL, parameters);
    const outcomes = outcomesOf(members, rows, recordedAt);
    const appended = outcomes.filter((outcome) => outcome.outcome === 'appended').filter(({ firstPosition, lastPosition }) => firstPosition <= lastPosition);
    return { outcomes, appended: { last: appended.at(-1)?.lastPosition, events: appendedEvents(this.source, members, outcomes, payload) } };
  }

  #encode({ cause, streams, answer }: AppendMember): EncodedMember {
    const span = trace.getActiveSpan()?.spanContext();
    const traceparent =
      span !== undefined && isSpanContextValid(span) ? `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}` : '';
    let bytes = (answer?.fingerprint.length ?? 0) + (answer?.bytes.length ?? 0);
    checkName('vendor', cause.vendorId);
    if (answer !== undefined) checkName('command', cause.commandId);
    if (streams.length > 1 && new Set(streams.map(({ streamId }) => streamId)).size < streams.length) throw new AppendRejected('a member names a stream once');
    const encoded = streams.map(({ streamId, expected, events }: StreamAppend) => {
      checkName('stream', streamId);
      checkExpected(streamId, expected);
      const bucket = bucketOf(cause.vendorId, streamId);
      return {
        streamId,
        expected,
        bucket,
        events: events.map((event) => {
          const one = encodeEvent(event, cause, { eventId: event.eventId ?? this.#newId(), bucket, traceparent }, this.#upcasters);
          const size = one.data.length + one.meta.length;
          if (size > EVENT_BYTES) throw new AppendRejected(`an event ${one.type} of ${size} bytes; at most ${EVENT_BYTES}`);
          if (one.shopId !== '') checkName('shop', one.shopId);
          if (!Number.isSafeInteger(one.occurredAt))
            throw new AppendRejected(`an event ${one.type} that occurred at ${one.occurredAt}; wanted integer epoch milliseconds`);
          bytes += size;
          return one;
        }),
      };
    });
    if (bytes > MEMBER_BYTES) throw new AppendRejected(`an append of ${bytes} bytes; at most ${MEMBER_BYTES}`);
    return { vendorId: cause.vendorId, commandId: cause.commandId, streams: encoded, answer, bytes };
  }

  #raw(row: EventRow): RawEvent {
    return {
      source: this.source,
      position: Number(row.position),
      streamId: row.stream_id,
      version: row.version,
      bucket: row.bucket,
      type: row.type,
      data: Buffer.from(row.data, 'base64'),
      meta: Buffer.from(row.meta, 'base64'),
      occurredAt: Number(row.occurred_at),
      recordedAt: Number(row.recorded_at),
    };
  }

  /** At most once an hour, beside the appends. */
  #forgetOldAnswers(): void {
    const now = this.#clock();
    if (now < this.#forgetAt) return;
    this.#forgetAt = now + FORGET_EVERY_MS;
    query(
      this.#db,
      `delete from command_answers where ctid = any (array(select ctid from command_answers where recorded_at < $1 limit ${FORGET_AT_ONCE})) and recorded_at < $1`,
      [now - ANSWERS_KEPT_MS],
    ).catch(this.#onFault);
  }
}

// A row an event: the driver reads the first while the server makes the next. It takes values as text only, bytes twice as long in hexadecimal
// digits; base64 is shorter and quicker to read. Tried and lost: a page as one row of nine binary arrays (the README's figures).
const EVENT_COLUMNS = "position, stream_id, version, bucket, type, encode(data, 'base64') as data, encode(meta, 'base64') as meta, occurred_at, recorded_at";

/** As the driver gives it: int8 is text. */
interface EventRow {
  position: string;
  stream_id: string;
  version: number;
  bucket: number;
  type: string;
  data: string;
  meta: string;
  occurred_at: string;
  recorded_at: string;
}

function query<Row>(db: Db | Tx, text: string, parameters: unknown[]): Promise<QueryResult<Row>> {
  return db.executeQuery<Row>(CompiledQuery.raw(text, parameters));
}

/** Text that PostgreSQL can hold and an index can carry. */
function checkName(what: string, name: string): void {
  if (name === '' || name.includes('\0') || Buffer.byteLength(name) > NAME_BYTES) {
    throw new AppendRejected(`a ${what} id of ${Buffer.byteLength(name)} bytes; wanted 1 to ${NAME_BYTES}, no zero byte`);
  }
}

function checkExpected(streamId: string, expected: StreamAppend['expected']): void {
  if (typeof expected === 'object' && !(Number.isInteger(expected.exactly) && expected.exactly > 0 && expected.exactly <= MAX_VERSION)) {
    throw new AppendRejected(`${streamId} expected at version ${expected.exactly}; wanted an integer from 1 to ${MAX_VERSION}`);
  }
}
