// Between an aggregate's event and the bytes of the log: the same bytes are stored, carried by the bus and decoded again here.
import { codecOf, encode } from '@deskfleet/protocol';
import { EventMeta } from '@deskfleet/protocol/platform';
import { UnknownEventType } from './errors.ts';
import type { Cause, EventMetaView, NewEvent, RawEvent, RecordedEvent } from './types.ts';
import { upcasters } from './upcasters/index.ts';
import type { Upcasters } from './upcasting.ts';

/** An event ready to be stored. */
export interface EncodedEvent {
  readonly type: string;
  readonly data: Uint8Array;
  readonly meta: Uint8Array;
  readonly shopId: string;
  readonly occurredAt: number;
}

/** Encodes an event and its meta. Throws when the event's type is not registered. */
export function encodeEvent(
  event: NewEvent,
  cause: Cause,
  context: { readonly eventId: string; readonly bucket: number; readonly traceparent: string },
  known: Upcasters = upcasters,
): EncodedEvent {
  const type = event.event.$type;
  const meta: EventMeta = {
    $type: EventMeta.$type,
    eventId: context.eventId,
    vendorId: cause.vendorId,
    shopId: event.shopId,
    correlationId: cause.correlationId,
    causationId: cause.causationId,
    commandId: cause.commandId,
    actor: cause.actor,
    schemaVersion: known.get(type)?.version ?? 1,
    traceparent: context.traceparent,
    bucket: context.bucket,
  };
  return {
    type,
    data: encode(event.event),
    meta: encode(meta),
    shopId: event.shopId,
    occurredAt: event.occurredAt,
  };
}

/** The meta of a stored event, without decoding the event. */
export function decodeMeta(raw: Pick<RawEvent, 'meta'>): EventMetaView & { readonly schemaVersion: number } {
  return EventMeta.decode(raw.meta);
}

/** Decodes an event by today's schema. Throws `UnknownEventType` when no module imported here knows its type. */
export function decodeEvent(raw: RawEvent, known: Upcasters = upcasters): RecordedEvent {
  const meta = EventMeta.decode(raw.meta);
  const upcaster = known.get(raw.type);
  const current = upcaster !== undefined && meta.schemaVersion < upcaster.version ? upcaster.upcast(raw.data, meta.schemaVersion) : raw;
  const codec = codecOf(current.type);
  if (codec === undefined) throw new UnknownEventType(current.type);
  return {
    source: raw.source,
    position: raw.position,
    streamId: raw.streamId,
    version: raw.version,
    bucket: raw.bucket,
    event: codec.decode(current.data),
    meta,
    occurredAt: raw.occurredAt,
    recordedAt: raw.recordedAt,
  };
}
