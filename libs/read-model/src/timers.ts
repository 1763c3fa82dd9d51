// Durable deadlines: a projection of the service's own log writes timer rows (due instants stand in events); firing decides afresh.
import type { AppendMember, EpochMs, RecordedEvent, Tx } from '@deskfleet/event-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';

export interface Timer {
  readonly vendorId: string;
  /** Unique within vendor and kind, e.g. the clock's key. */
  readonly key: string;
  readonly kind: string;
  readonly dueAt: EpochMs;
  /** The stream the firing decides on. */
  readonly streamId: string;
}

export type TimerChange = { readonly set: Omit<Timer, 'vendorId'> } | { readonly clear: { readonly kind: string; readonly key: string } };

export interface TimerPlan<Event extends UnknownMessage = UnknownMessage> {
  readonly kind: string;
  readonly types: readonly MessageType<Event>[];
  /** Of these, those that may set a timer; the others only clear. */
  readonly armedBy: readonly MessageType[];
  /** The event types that firing may append. */
  readonly appends: readonly MessageType[];
  /** The timers an event sets, moves or clears. Pure. */
  readonly changes: (event: RecordedEvent<Event>) => readonly TimerChange[];
  /**
   * What a batch of due timers leads to; each is decided afresh from its stream's state, command id = kind + key + due instant.
   * A timer that no longer applies gives no member. Late, double and cancelled firings are harmless.
   */
  readonly fire: (timers: readonly Timer[], now: EpochMs) => Promise<readonly AppendMember[]>;
}

export type { Tx };
