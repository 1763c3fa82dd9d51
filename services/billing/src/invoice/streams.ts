// Billing's streams: what they are called, and their events by their kind.
import { expectLoaded, type LoadedStream, type NewEvent, type StreamAppend } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import type { InvoiceNumberTaken, SetAsideRetried } from '@deskfleet/protocol/billing';
import type { CreditEvent } from '../credit/credit.ts';
import type { DepositEvent } from '../deposit/deposit.ts';
import type { InvoiceEvent } from './invoice.ts';

export const invoiceStream = (contractId: string, month: string): string => `invoice-${contractId}-${month}`;
export const numberStream = (legalEntity: string, month: string): string => `numbers-${legalEntity}-${month}`;
export const depositStream = (contractId: string): string => `deposit-${contractId}`;
export const creditStream = (clientId: string): string => `credit-${clientId}`;
export const engagementStream = (contractId: string): string => `engagement-${contractId}`;

export interface Streams {
  invoice(streamId: string): readonly InvoiceEvent[];
  numbers(streamId: string): readonly InvoiceNumberTaken[];
  deposit(contractId: string): readonly DepositEvent[];
  credit(clientId: string): readonly CreditEvent[];
  retries(contractId: string): readonly SetAsideRetried[];
  /** What happened to a stream as it was loaded; no events = it must not have moved. */
  append(streamId: string, events: readonly UnknownMessage[], shopId: string): StreamAppend;
}

/** The loaded streams by what they are. Asking for one that was not loaded is a mistake of the caller's. */
export function streamsOf(loaded: ReadonlyMap<string, LoadedStream>, now: number): Streams {
  const stream = (streamId: string): LoadedStream => {
    const found = loaded.get(streamId);
    if (found === undefined) throw new Error(`${streamId} was not loaded`);
    return found;
  };
  // A stream of ours holds the events of its own decider only.
  const events = <Event extends UnknownMessage>(streamId: string): Event[] => (stream(streamId) as LoadedStream<Event>).events.map(({ event }) => event);
  return {
    invoice: (streamId) => events<InvoiceEvent>(streamId),
    numbers: (streamId) => events<InvoiceNumberTaken>(streamId),
    deposit: (contractId) => events<DepositEvent>(depositStream(contractId)),
    credit: (clientId) => events<CreditEvent>(creditStream(clientId)),
    retries: (contractId) => events<SetAsideRetried>(engagementStream(contractId)),
    append: (streamId, happened, shopId) => ({
      streamId,
      expected: expectLoaded(stream(streamId)),
      events: happened.map((event): NewEvent => ({ event, occurredAt: now, shopId })),
    }),
  };
}
