// An event as a record: CloudEvents 1.0 in binary mode with the required attributes only, W3C trace context, and what else we need as one header.

import type { RawEvent } from '@deskfleet/event-store';
import { decodeMeta } from '@deskfleet/event-store';
import { FeedEvent } from '@deskfleet/protocol/feed';
import type { IHeaders, Message } from 'kafkajs';
import type { CarriedEvent } from '../consumer/slice.ts';

const OURS = 'deskfleet';

/** The record of an event. The value is the event's own bytes, as stored. */
export function recordOf(raw: RawEvent, partition: number, previous: number): Message {
  const { eventId, traceparent } = decodeMeta(raw);
  const rest = FeedEvent.create({
    position: raw.position,
    streamId: raw.streamId,
    version: raw.version,
    meta: bufferOf(raw.meta),
    occurredAt: raw.occurredAt,
    bucket: raw.bucket,
    previous,
  });
  const headers: IHeaders = {
    ce_specversion: '1.0',
    ce_id: eventId,
    ce_source: raw.source,
    ce_type: raw.type,
    [OURS]: FeedEvent.encode(rest).finish(),
  };
  if (traceparent !== '') headers['traceparent'] = traceparent;
  return { value: bufferOf(raw.data), partition, headers, timestamp: String(raw.recordedAt) };
}

/** The event of a record; undefined when it is not one of ours. */
export function eventOf(message: {
  readonly value: Buffer | null;
  readonly headers?: IHeaders | undefined;
  readonly timestamp: string;
}): CarriedEvent | undefined {
  const { headers, value } = message;
  const [source, type, ours] = [headers?.['ce_source'], headers?.['ce_type'], headers?.[OURS]];
  if (value === null || source === undefined || type === undefined || !(ours instanceof Buffer)) return undefined;
  const rest = FeedEvent.decode(ours);
  return {
    source: source.toString(),
    position: rest.position,
    streamId: rest.streamId,
    version: rest.version,
    bucket: rest.bucket,
    type: type.toString(),
    data: value,
    meta: rest.meta,
    occurredAt: rest.occurredAt,
    recordedAt: Number(message.timestamp),
    previous: rest.previous,
  };
}

/** The same bytes as kafkajs takes them. */
function bufferOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
