// What the store promises. The PostgreSQL implementation stands in ./postgres/.
import type { UnknownMessage } from '@deskfleet/protocol';
import type { Kysely, Transaction } from 'kysely';
import type { AppendMember, AppendOutcome, Expectation, RawEvent, RecordedEvent } from './types.ts';

/** Any transaction of the service's database, whatever tables its owner typed. */
// biome-ignore lint/suspicious/noExplicitAny: kysely's table map is the one thing every service types for itself
export type Tx = Transaction<any>;

/** The service's database, whatever tables its owner typed. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type Db = Kysely<any>;

/** A stream as loaded: its events in order and its last version (0 when it does not exist). */
export interface LoadedStream<Event extends UnknownMessage = UnknownMessage> {
  readonly streamId: string;
  readonly version: number;
  readonly events: readonly RecordedEvent<Event>[];
}

/** The expectation that nothing happened to the stream since it was loaded. */
export function expectLoaded(stream: Pick<LoadedStream, 'version'>): Expectation {
  return stream.version === 0 ? 'none' : { exactly: stream.version };
}

export interface EventStore {
  /** service/shard/epoch: names this log everywhere. */
  readonly source: string;

  /** Appends one member; waiting appends are grouped into one call. Rejects only for faults (database gone), never for a conflict. */
  append(member: AppendMember): Promise<AppendOutcome>;

  /** Appends within a transaction of the caller's, as its last statement: effects first, the log last, then commit. At most 100 events. */
  appendWithin(tx: Tx, members: readonly AppendMember[]): Promise<AppendOutcome[]>;

  /** Loads streams of one vendor in one query. A stream that does not exist has version 0. A stream of another vendor reads as not existing. */
  load(vendorId: string, streamIds: readonly string[], tx?: Tx): Promise<Map<string, LoadedStream>>;

  /** The kept answer of a command, if it was answered in the last 30 days. */
  answerOf(vendorId: string, commandId: string): Promise<{ fingerprint: Uint8Array; answer: Uint8Array } | undefined>;

  /** Events after a position in order, at most `limit`, of all vendors. */
  read(after: number, limit: number, filter?: { buckets?: readonly number[]; types?: readonly string[] }): Promise<RawEvent[]>;

  /** The last position (0 when empty) and the last position per bucket. */
  head(): Promise<{ position: number; buckets: ReadonlyMap<number, number> }>;

  /**
   * Called after each append of this process with the new last position, and with the events up to it where they are known without a look into
   * the table. Returns the way to stop listening.
   */
  onAppend(listener: (lastPosition: number, events?: readonly RawEvent[]) => void): () => void;

  /**
   * Tells the listeners of `onAppend` what was appended within a transaction, now that it is committed: only who commits it knows. Without it they find
   * the events by polling. Nothing happens when nothing was appended.
   */
  committed(tx: Tx): void;
}

/** The stream's vendor-independent name is prefixed by kind: `conversation-<id>`. Streams of two vendors never share a row. */
export type StreamId = string;
