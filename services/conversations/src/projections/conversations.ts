// One row a conversation, for lists: who, when, how many messages; never a text.
import type { RecordedEvent } from '@deskfleet/event-store';
import { ConversationOpened, MessageReceived, type Sender, type ServiceType } from '@deskfleet/protocol/conversations';
import type { RowProjection } from '@deskfleet/read-model';

export interface ConversationRow {
  conversation_id: string;
  channel: string;
  service_type: ServiceType;
  customer_subject: string;
  /** Customers who wrote besides the first; null in nearly all. */
  other_customers: readonly string[] | null;
  messages: number;
  first_message_at: number;
  /** The last message in the order (sent_at, ordinal, message_id). */
  last_message_at: number;
  last_ordinal: number;
  last_message_id: string;
  last_sender: Sender;
}

type Event = ConversationOpened | MessageReceived;

export const conversations: RowProjection<Event, ConversationRow> = {
  name: 'conversations',
  version: 2, // 2: finds every conversation of a customer
  types: [ConversationOpened, MessageReceived] as RowProjection<Event, ConversationRow>['types'],
  columns: `
    conversation_id text collate "C" not null,
    channel text not null,
    service_type integer not null,
    customer_subject text collate "C" not null,
    other_customers text[],
    messages integer not null,
    first_message_at bigint not null,
    last_message_at bigint not null,
    last_ordinal bigint not null,
    last_message_id text collate "C" not null,
    last_sender integer not null`,
  keyColumns: ['conversation_id'],
  fillFactor: 45,
  indexes: [
    '(vendor_id, first_message_at, conversation_id)',
    '(vendor_id, shop_id, first_message_at, conversation_id)',
    '(vendor_id, customer_subject)',
    '(vendor_id) where other_customers is not null',
  ],
  keys: ({ event }) => [{ conversation_id: event.conversationId }],
  apply: (row, recorded) => applyEvent(row, recorded),
};

function applyEvent(row: ConversationRow | undefined, { event, occurredAt }: RecordedEvent<Event>): ConversationRow | undefined {
  switch (event.$type) {
    case 'deskfleet.conversations.v1.ConversationOpened':
      return {
        conversation_id: event.conversationId,
        channel: event.channel,
        service_type: event.serviceType,
        customer_subject: event.customerSubject,
        other_customers: null,
        messages: 0,
        first_message_at: occurredAt,
        last_message_at: 0,
        last_ordinal: 0,
        last_message_id: '',
        last_sender: 0,
      };
    case 'deskfleet.conversations.v1.MessageReceived': {
      if (row === undefined) return undefined;
      const next = {
        ...row,
        messages: row.messages + 1,
        customer_subject: row.customer_subject || event.customerSubject,
        other_customers: othersWith(row, event.customerSubject),
        first_message_at: Math.min(row.first_message_at, event.sentAt),
      };
      if (row.messages > 0 && !isLater(event, row)) return next;
      next.last_message_at = event.sentAt;
      next.last_ordinal = event.ordinal;
      next.last_message_id = event.messageId;
      next.last_sender = event.sender;
      return next;
    }
  }
}

function othersWith({ customer_subject, other_customers }: ConversationRow, customer: string): readonly string[] | null {
  if (customer === '' || customer_subject === '' || customer === customer_subject) return other_customers;
  return other_customers?.includes(customer) === true ? other_customers : [...(other_customers ?? []), customer];
}

function isLater(event: MessageReceived, row: ConversationRow): boolean {
  if (event.sentAt !== row.last_message_at) return event.sentAt > row.last_message_at;
  if (event.ordinal !== row.last_ordinal) return event.ordinal > row.last_ordinal;
  return event.messageId > row.last_message_id;
}
