// The words of the event log. Positions are gapless and in commit order; versions count from 1 within a stream.
import type { UnknownMessage } from '@deskfleet/protocol';
import type { Actor } from '@deskfleet/protocol/platform';

/** Instants are integer epoch milliseconds. */
export type EpochMs = number;

export const BUCKETS = 64;

/** What must be true of a stream for an append to happen. `{ exactly: n }`: the stream's last version is n (> 0). */
export type Expectation = 'none' | 'any' | { readonly exactly: number };

/** An event as an aggregate made it, with when it happened. */
export interface NewEvent {
  readonly event: UnknownMessage;
  /** When it happened in the world. */
  readonly occurredAt: EpochMs;
  /** The shop it belongs to; empty where none. */
  readonly shopId: string;
  /** UUIDv7; set it only when something (a seal) was bound to it before. */
  readonly eventId?: string;
}

export interface StreamAppend {
  readonly streamId: string;
  readonly expected: Expectation;
  readonly events: readonly NewEvent[];
}

/** What an append is caused by: goes into every event's meta. */
export interface Cause {
  readonly vendorId: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string;
  readonly commandId: string;
}

/**
 * All or nothing: several streams, and the answer of the command that asked. Members of one group succeed or fail on their own.
 * With `answer`, one row (vendor, command id) keeps the keyed fingerprint and the answer for 30 days, refusals included.
 */
export interface AppendMember {
  readonly cause: Cause;
  readonly streams: readonly StreamAppend[];
  readonly answer?: { readonly fingerprint: Uint8Array; readonly bytes: Uint8Array };
}

export type AppendOutcome =
  | { readonly outcome: 'appended'; readonly firstPosition: number; readonly lastPosition: number; readonly recordedAt: EpochMs }
  | { readonly outcome: 'conflict'; readonly streamId: string; readonly expected: Expectation; readonly actual: number }
  /** The command id was answered before. `same` is false when the fingerprint differs (422). */
  | { readonly outcome: 'repeated'; readonly same: boolean; readonly answer: Uint8Array };

export interface EventMetaView {
  readonly eventId: string;
  readonly vendorId: string;
  readonly shopId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly commandId: string;
  readonly actor: Actor | undefined;
  readonly traceparent: string;
}

/** An event read from a log, decoded. */
export interface RecordedEvent<Event extends UnknownMessage = UnknownMessage> {
  readonly source: string;
  readonly position: number;
  readonly streamId: string;
  readonly version: number;
  readonly bucket: number;
  readonly event: Event;
  readonly meta: EventMetaView;
  readonly occurredAt: EpochMs;
  readonly recordedAt: EpochMs;
}

/** An event as stored and carried: undecoded bytes. */
export interface RawEvent {
  readonly source: string;
  readonly position: number;
  readonly streamId: string;
  readonly version: number;
  readonly bucket: number;
  readonly type: string;
  readonly data: Uint8Array;
  readonly meta: Uint8Array;
  readonly occurredAt: EpochMs;
  readonly recordedAt: EpochMs;
}
