// What a service says when it wants another context's events. One shape for the feed and for Kafka.
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';

/**
 * A subscription of one consumer group. Effects happen once: `handle` writes them in `tx`, where the offset and the watermarks move too.
 * Order is promised per stream only.
 */
export interface Subscription<Event extends UnknownMessage = UnknownMessage> {
  /** The consumer group, e.g. `sla-monitoring`. One a service and purpose; never renamed. */
  readonly group: string;
  /** The services whose logs are read, e.g. `conversations`. */
  readonly sources: readonly string[];
  /** The event types wanted; others are skipped undecoded. */
  readonly types: readonly MessageType<Event>[];
  /** The event types that `handle` may append to the own log; none when absent. */
  readonly appends?: readonly MessageType[];
  /** At most this many events a slice (100 when the handler appends, 500 otherwise). */
  readonly sliceSize: number;
  /**
   * The key an event cannot be applied without, e.g. `contract-of:<shop>`; undefined when it needs none. Events whose key is missing
   * are stored as waiting, later events of their stream behind them, and are handled when `provides` names the key.
   */
  readonly requires?: (event: RecordedEvent<Event>) => string | undefined;
  /** Of these keys, those that are there. Asked once a slice. */
  readonly present?: (keys: readonly string[], tx: Tx) => Promise<ReadonlySet<string>>;
  /** Keys that this event makes present, once handled: what waited for them is applied next. */
  readonly provides?: (event: RecordedEvent<Event>) => readonly string[];
  /**
   * What `handle` writes follows from the events alone, and nobody outside is told of it. Then a commit does not wait for the disk: should the database
   * crash, offset and effects stand where they stood a moment before, together, and the events are applied again. Never with `appends`.
   */
  readonly repeatable?: true;
  /**
   * The wanted types are rare in their logs. On Kafka, too, they are asked of the owners' feeds, which leave out what is not wanted: out of a topic every
   * record would have to be fetched and decoded first.
   */
  readonly rare?: true;
  /** Writes the slice's effects, set-based. Throws for faults; the slice is retried, then its poison stream is parked. */
  readonly handle: (events: readonly RecordedEvent<Event>[], tx: Tx) => Promise<void>;
}

/** A running subscription. */
export interface RunningSubscription {
  /** Stops pulling; resolves when the slice in hand is committed. */
  stop(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of subscriptions holds every event type
export type AnySubscription = Subscription<any>;
