// Billing's streams, typed by their kind.
import type { LoadedStream } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { InvoiceIssued, InvoiceNumberTaken } from '@deskfleet/protocol/billing';

export interface TypedStream<Event> {
  readonly version: number;
  readonly events: readonly Event[];
}

type Streams = ReadonlyMap<string, LoadedStream>;

function typed<Event extends UnknownMessage>(type: Event['$type'], streams: Streams, streamId: string): TypedStream<Event> {
  const stream = streams.get(streamId);
  if (stream === undefined) throw new Error(`${streamId} was not loaded`);
  const events = stream.events.map(({ event }) => event).filter((event): event is Event => event.$type === type);
  return { version: stream.version, events };
}

export const invoiceStream = (streams: Streams, id: string): TypedStream<InvoiceIssued> => typed<InvoiceIssued>(InvoiceIssued.$type, streams, id);
export const numberStream = (streams: Streams, id: string): TypedStream<InvoiceNumberTaken> => typed<InvoiceNumberTaken>(InvoiceNumberTaken.$type, streams, id);
