// The streams of this service, and how a decision becomes an append to one of them.
import { type EpochMs, expectLoaded, type LoadedStream, type StreamAppend } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import type { ClientEvent } from './client/client.ts';
import type { ContractEvent } from './contract/contract.ts';
import type { LeadEvent } from './lead/lead.ts';
import type { ShopEvent } from './shop/shop.ts';
import type { TemplateEvent } from './template/template.ts';

export const clientStream = (clientId: string): string => `client-${clientId}`;
export const shopStream = (shopId: string): string => `shop-${shopId}`;
export const leadStream = (leadId: string): string => `lead-${leadId}`;
export const templateStream = (templateId: string): string => `template-${templateId}`;
export const contractStream = (contractId: string): string => `contract-${contractId}`;

export interface Streams {
  client(clientId: string): readonly ClientEvent[];
  shop(shopId: string): readonly ShopEvent[];
  contract(contractId: string): readonly ContractEvent[];
  lead(leadId: string): readonly LeadEvent[];
  template(templateId: string): readonly TemplateEvent[];
  /** Appends what happened to a stream as it was loaded. */
  append(streamId: string, events: readonly UnknownMessage[], shopId?: string): StreamAppend;
}

/** The loaded streams by what they are. Asking for one that was not loaded is a mistake of the caller's. */
export function streamsOf(loaded: ReadonlyMap<string, LoadedStream>, now: EpochMs): Streams {
  const stream = <Event extends UnknownMessage>(streamId: string): LoadedStream<Event> => {
    const found = loaded.get(streamId);
    if (found === undefined) throw new Error(`stream ${streamId} was not loaded`);
    return found as LoadedStream<Event>;
  };
  const events = <Event extends UnknownMessage>(streamId: string): Event[] => stream<Event>(streamId).events.map(({ event }) => event);
  return {
    client: (clientId) => events<ClientEvent>(clientStream(clientId)),
    shop: (shopId) => events<ShopEvent>(shopStream(shopId)),
    contract: (contractId) => events<ContractEvent>(contractStream(contractId)),
    template: (templateId) => events<TemplateEvent>(templateStream(templateId)),
    lead: (leadId) => events<LeadEvent>(leadStream(leadId)),
    append: (streamId, happened, shopId = '') => ({
      streamId,
      expected: expectLoaded(stream(streamId)),
      events: happened.map((event) => ({ event, occurredAt: now, shopId })),
    }),
  };
}
