// The events of billing's streams, typed by their stream's kind.
import type { LoadedStream } from '@deskfleet/event-store';
import { InvoiceIssued, InvoiceNumberTaken, UsageAssessed } from '@deskfleet/protocol/billing';
import type { UnknownMessage } from '@deskfleet/protocol';

function only<Event extends UnknownMessage>(type: Event['$type'], stream: LoadedStream | undefined): Event[] {
  return (stream?.events ?? []).map(({ event }) => event).filter((event): event is Event => event.$type === type);
}

export const invoiceEvents = (stream: LoadedStream | undefined): InvoiceIssued[] => only<InvoiceIssued>(InvoiceIssued.$type, stream);
export const numberEvents = (stream: LoadedStream | undefined): InvoiceNumberTaken[] => only<InvoiceNumberTaken>(InvoiceNumberTaken.$type, stream);
export const usageEvents = (stream: LoadedStream | undefined): UsageAssessed[] => only<UsageAssessed>(UsageAssessed.$type, stream);
