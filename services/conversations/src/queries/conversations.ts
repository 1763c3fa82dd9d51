// Lists of conversations, and one transcript: read from its stream, unsealed and in order.
import type { LoadedStream, Tx } from '@deskfleet/event-store';
import { type Keyring, open } from '@deskfleet/event-store/sealing';
import { ConversationOpened, MessageReceived, type SealedText, Sender, type ServiceType } from '@deskfleet/protocol/conversations';
import { Conversation, ConversationSummary, Message } from '@deskfleet/protocol/conversations-service';
import type { Keyset } from '@deskfleet/service-kit';
import { sql } from 'kysely';

export interface ConversationFilter {
  readonly shopIds: readonly string[] | 'all';
  readonly fromAt: number;
  /** Exclusive; 0 = open. */
  readonly toAt: number;
}

interface ListedRow {
  conversation_id: string;
  shop_id: string;
  channel: string;
  service_type: ServiceType;
  first_message_at: string;
  last_message_at: string;
  messages: number;
  last_sender: Sender;
  customer_subject: string;
}

/** The newest first, by first message; one more than the page's size. Row level security keeps other shops out besides. */
export async function listConversations(tx: Tx, filter: ConversationFilter, page: Keyset): Promise<ConversationSummary[]> {
  const { shopIds, fromAt, toAt } = filter;
  const { rows } = await sql<ListedRow>`
    select conversation_id, shop_id, channel, service_type, first_message_at, last_message_at, messages, last_sender, customer_subject
      from conversations
     where first_message_at >= ${fromAt}
       and ${toAt === 0 ? sql`true` : sql`first_message_at < ${toAt}`}
       and ${shopIds === 'all' ? sql`true` : sql`shop_id = any(${shopIds}::text[])`}
       and ${page.after === undefined ? sql`true` : sql`(first_message_at, conversation_id) < (${page.after[0]}::bigint, ${page.after[1]}::text)`}
     order by first_message_at desc, conversation_id desc
     limit ${page.size + 1}`.execute(tx);
  return rows.map((row) =>
    ConversationSummary.create({
      conversationId: row.conversation_id,
      shopId: row.shop_id,
      channel: row.channel,
      serviceType: row.service_type,
      firstMessageAt: Number(row.first_message_at),
      lastMessageAt: Number(row.last_message_at),
      messages: row.messages,
      lastSender: row.last_sender,
      customerSubject: row.customer_subject,
    }),
  );
}

/** The transcript. A text whose subject was erased is empty and says so. */
export async function transcriptOf(stream: LoadedStream, vendorId: string, keyring: Keyring): Promise<Conversation> {
  const received = stream.events.flatMap((recorded) =>
    recorded.event.$type === MessageReceived.$type ? [{ ...recorded, event: recorded.event as MessageReceived }] : [],
  );
  received.sort((a, b) => a.event.sentAt - b.event.sentAt || a.event.ordinal - b.event.ordinal || (a.event.messageId < b.event.messageId ? -1 : 1));
  const subjects = received.flatMap(({ event }) => [event.text, event.customerName].flatMap((text) => (text === undefined ? [] : [text.subjectId])));
  const keys = await keyring.keysOf(vendorId, subjects);
  const unseal = (sealed: SealedText | undefined, eventId: string, field: string): string | undefined => {
    const key = sealed && keys.get(sealed.subjectId);
    return sealed && key && open(key, sealed.ciphertext, { vendorId, eventId, field });
  };

  const opened = stream.events.map(({ event }) => event).find((event) => event.$type === ConversationOpened.$type) as ConversationOpened | undefined;
  const customer = received.find(({ event }) => event.customerSubject !== '')?.event.customerSubject ?? '';
  const name = received.findLast(({ event }) => event.customerName !== undefined);
  const shown = name && unseal(name.event.customerName, name.meta.eventId, 'customer_name');
  const [first, last] = [received.at(0), received.at(-1)];
  return Conversation.create({
    summary: {
      conversationId: opened?.conversationId,
      shopId: stream.events[0]?.meta.shopId,
      channel: opened?.channel,
      serviceType: opened?.serviceType,
      firstMessageAt: first?.event.sentAt,
      lastMessageAt: last?.event.sentAt,
      messages: received.length,
      lastSender: last?.event.sender,
      customerSubject: customer,
    },
    customerName: shown ?? (customer === '' ? '' : await maskedIdentity(keyring, vendorId, customer)),
    messages: received.map(({ event, meta, recordedAt, source, position }) => {
      const text = unseal(event.text, meta.eventId, 'text');
      return Message.create({
        messageId: event.messageId,
        sentAt: event.sentAt,
        recordedAt,
        sender: event.sender,
        account: event.sender === Sender.SENDER_CUSTOMER ? '' : event.account,
        text: text ?? '',
        erased: text === undefined,
        eventSource: source,
        eventPosition: position,
      });
    }),
  });
}

/** A platform id with its middle covered: enough to tell two buyers apart, too little to find one. */
async function maskedIdentity(keyring: Keyring, vendorId: string, subjectId: string): Promise<string> {
  const identity = await keyring.identityOf(vendorId, subjectId);
  return identity === undefined ? '' : mask(identity.id.slice(identity.id.indexOf('\u0000') + 1));
}

export function mask(id: string): string {
  const characters = [...id];
  return characters.length < 3 ? '***' : `${characters[0]}***${characters.at(-1)}`;
}
