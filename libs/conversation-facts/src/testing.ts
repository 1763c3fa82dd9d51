// For the tests of services that judge conversations: other services' events as the bus hands them over.
import type { Subscription } from '@deskfleet/event-bus';
import type { RecordedEvent } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { AccountMapped, type AccountParty } from '@deskfleet/protocol/agents';
import { ConversationImported, ConversationOpened, MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { ContractImported } from '@deskfleet/protocol/onboarding';
import type { ContractTerms } from '@deskfleet/protocol/terms';
import type { Kit, ServiceDefinition } from '@deskfleet/service-kit';

/** What one vendor's services recorded, positions and versions counted on. */
export class Upstream {
  readonly #vendorId: string;
  #position = 0;
  readonly #versions = new Map<string, number>();

  constructor(vendorId: string) {
    this.#vendorId = vendorId;
  }

  contract(contractId: string, shopIds: string[], terms: ContractTerms): RecordedEvent {
    const event = ContractImported.create({ contractId, number: contractId, clientId: 'c1', shopIds, terms, importedFrom: 'paper' });
    return this.record('client-onboarding', `contract-${contractId}`, '', event);
  }

  mapped(shopId: string, account: string, party: AccountParty, agentId = ''): RecordedEvent {
    return this.record('agent-pools', `account-${shopId}-${account}`, shopId, AccountMapped.create({ shopId, account, party, agentId }));
  }

  /** An imported conversation: the customer first, then each account a minute later. Message ids are `<conversation>-<n>`, n from 0. */
  conversation(shopId: string, conversationId: string, at: string, accounts: readonly string[], more: Partial<ConversationOpened> = {}): RecordedEvent[] {
    const begin = Temporal.Instant.from(at).epochMilliseconds;
    const events = [
      ConversationOpened.create({ conversationId, channel: 'tmall', ...more }),
      ...['', ...accounts].map((account, n) =>
        MessageReceived.create({
          conversationId,
          messageId: `${conversationId}-${n}`,
          sentAt: begin + n * 60_000,
          ordinal: n,
          sender: n === 0 ? Sender.SENDER_CUSTOMER : Sender.SENDER_AGENT,
          account,
          importId: 'i1',
        }),
      ),
      ConversationImported.create({ conversationId, importId: 'i1' }),
    ];
    return events.map((event) => this.record('conversations', `conversation-${conversationId}`, shopId, event));
  }

  record(service: string, streamId: string, shopId: string, event: UnknownMessage): RecordedEvent {
    this.#position += 1;
    const version = (this.#versions.get(streamId) ?? 0) + 1;
    this.#versions.set(streamId, version);
    const eventId = `e${this.#position}`;
    return {
      source: `${service}/0/test`,
      position: this.#position,
      streamId,
      version,
      bucket: 0,
      event,
      meta: { eventId, vendorId: this.#vendorId, shopId, correlationId: 'c', causationId: '', commandId: '', actor: undefined, traceparent: '' },
      occurredAt: 0,
      recordedAt: 0,
    };
  }
}

/** Hands events to every subscription that takes them, a slice each, and waits until all of it can be read. */
export async function feed(kit: Kit, definition: ServiceDefinition): Promise<(...events: RecordedEvent[]) => Promise<void>> {
  const { subscriptions, work = [] } = await definition.parts(kit);
  const takes = (subscription: Subscription, event: UnknownMessage): boolean => subscription.types.some((type) => type.$type === event.$type);
  return async (...events) => {
    for (const subscription of subscriptions) {
      const slice = events.filter(({ event }) => takes(subscription, event));
      if (slice.length > 0) await kit.work((tx) => subscription.handle(slice, tx));
    }
    for (const part of work) while ((await part.pending()) > 0) await part.slice();
    const { position } = await kit.store.head();
    await kit.awaitPosition({ $type: 'deskfleet.common.v1.LogPosition', source: kit.store.source, position });
  };
}
