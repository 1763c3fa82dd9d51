// Read models are folded from the service's own log, a batch at once: load the batch's rows, fold in memory, write set-based.
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';

/** A projection that folds events into rows of one table, by key. Pure: the runner loads and writes. */
export interface RowProjection<Event extends UnknownMessage, Row extends object> {
  /** Table (and view) name, plural snake_case. The runner keeps `<name>_v<version>` behind a view `<name>`. */
  readonly name: string;
  /** Raise it: the next start builds this version beside the live one and swaps. */
  readonly version: number;
  readonly types: readonly MessageType<Event>[];
  /** `create table` body of the versioned table: columns only; the runner adds vendor_id, shop_id, the policies and the grants. */
  readonly columns: string;
  /** Primary key columns, beside vendor_id. */
  readonly keyColumns: readonly (keyof Row & string)[];
  readonly indexes?: readonly string[];
  /** How full pages are made, in percent; 85 when absent. Where rows change again and again 45 to 50: their updates then touch no index. */
  readonly fillFactor?: number;
  /** The rows an event touches. */
  readonly keys: (event: RecordedEvent<Event>) => readonly Partial<Row>[];
  /** The row after this event; undefined deletes it. */
  readonly apply: (row: Row | undefined, event: RecordedEvent<Event>, key: Partial<Row>) => Row | undefined;
}

/** A projection that writes its own SQL, for what is not one row by key. Still only this service's log, still no effects. */
export interface SqlProjection<Event extends UnknownMessage> {
  readonly name: string;
  readonly version: number;
  readonly types: readonly MessageType<Event>[];
  readonly write: (events: readonly RecordedEvent<Event>[], tx: Tx) => Promise<void>;
  /** Called after the commit of a batch that was written: for wake-ups in this process only. */
  readonly committed?: () => void;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of projections holds every event and row type
export type Projection = RowProjection<any, any> | SqlProjection<any>;
