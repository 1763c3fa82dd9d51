// Takes messages in, wherever they come from: gets their subjects' keys, seals them, and decides conversation by conversation what is new.
// Keys are committed before this resolves, the append comes after: a message is never stored under a key that could be lost.
import { type EpochMs, expectLoaded, type Refused, type StreamAppend } from '@deskfleet/event-store';
import { fingerprint, type Keyring, nameKey, type SealedPlace, type SubjectKey, type SubjectName, seal } from '@deskfleet/event-store/sealing';
import { conversationIdOf } from '@deskfleet/protocol';
import { type ChannelKind, ConversationOpened, MessageReceived, SealedText, Sender, ServiceType } from '@deskfleet/protocol/conversations';
import { type Conversation, type ConversationEvent, conversation } from '../conversation/conversation.ts';
import { type IncomingMessage, ordinalOf } from './incoming.ts';
import { type KnownConversation, UNKNOWN } from './known.ts';

/** A checked message and where it arrived. */
export interface Arrival {
  readonly shopId: string;
  readonly channel: string;
  readonly channelKind: ChannelKind;
  /** Empty: it came live. */
  readonly importId: string;
  readonly message: IncomingMessage;
}

interface SealedMessage {
  readonly eventId: string;
  readonly serviceType: ServiceType;
  readonly message: MessageReceived;
  /** Its place in the arrivals. */
  readonly index: number;
}

interface Group {
  readonly conversationId: string;
  readonly streamId: string;
  readonly shopId: string;
  readonly opening: ConversationOpened;
  readonly messages: SealedMessage[];
  firstSentAt: EpochMs;
}

export type Outcome = 'inserted' | 'duplicate' | Refused;

export interface Taken {
  readonly appends: readonly StreamAppend[];
  /** One per arrival, in their order. */
  readonly outcomes: readonly Outcome[];
  /** Conversations that got a message, and those that had them all. Refused messages count for neither. */
  readonly touched: readonly string[];
  readonly repeated: readonly string[];
  /** By stream: the conversations as they stand once the appends are made. */
  readonly stand: ReadonlyMap<string, KnownConversation>;
}

export interface SealedBatch {
  readonly streams: readonly string[];
  /** Pure: decides on what is known of the streams, as often as a conflict asks for it. Every stream is among the appends, so that what was known is verified. */
  decide(streams: ReadonlyMap<string, KnownConversation>): Taken;
}

/** The subject of a customer: one buyer on one channel of the vendor's. */
export function customerName(channel: string, senderId: string): SubjectName {
  return { kind: 'customer', id: `${channel}\u0000${senderId}` };
}

/** The subject of what agents, bots and systems write in a conversation. */
export function conversationName(conversationId: string): SubjectName {
  return { kind: 'conversation', id: conversationId };
}

/** Groups, keys and seals a batch: two queries on the key database for subjects it does not know, none for those it does. */
export async function sealBatch(keyring: Keyring, newId: () => string, vendorId: string, arrivals: readonly Arrival[]): Promise<SealedBatch> {
  const ids = new Map<string, string>();
  const names = new Map<string, SubjectName>();
  const placed = arrivals.map((arrival) => {
    const { shopId, channel, message } = arrival;
    const external = `${shopId}\u0000${channel}\u0000${message.externalConversationId}`;
    let conversationId = ids.get(external);
    if (conversationId === undefined) {
      conversationId = conversationIdOf(vendorId, shopId, channel, message.externalConversationId);
      ids.set(external, conversationId);
    }
    const name = message.sender === Sender.SENDER_CUSTOMER ? customerName(channel, message.senderId) : conversationName(conversationId);
    const key = nameKey(name);
    names.set(key, name);
    return { arrival, conversationId, key };
  });
  const keys = await keyring.keysFor(vendorId, names.values());

  const groups = new Map<string, Group>();
  placed.forEach(({ arrival, conversationId, key: name }, index) => {
    const key = keys.get(name);
    if (key === undefined) throw new Error('the keyring left a subject without a key');
    const group = groupFor(groups, conversationId, arrival);
    const sealed = sealMessage(key, newId(), vendorId, conversationId, arrival, index);
    group.messages.push(sealed);
    group.firstSentAt = Math.min(group.firstSentAt, arrival.message.sentAt);
    // What the batch knows of a new conversation is said when it opens, whichever line said it.
    group.opening.customerSubject ||= sealed.message.customerSubject;
    group.opening.serviceType ||= sealed.serviceType;
  });

  const batch = [...groups.values()];
  return { streams: batch.map(({ streamId }) => streamId), decide: (streams) => decideBatch(batch, arrivals.length, streams) };
}

function groupFor(groups: Map<string, Group>, conversationId: string, { shopId, channel, channelKind, importId, message }: Arrival): Group {
  const known = groups.get(conversationId);
  if (known !== undefined) return known;
  const group: Group = {
    conversationId,
    streamId: `conversation-${conversationId}`,
    shopId,
    opening: {
      $type: ConversationOpened.$type,
      conversationId,
      channel,
      channelKind,
      serviceType: ServiceType.SERVICE_TYPE_UNSPECIFIED,
      customerSubject: '',
      live: importId === '',
    },
    messages: [],
    firstSentAt: message.sentAt,
  };
  groups.set(conversationId, group);
  return group;
}

function sealMessage(key: SubjectKey, eventId: string, vendorId: string, conversationId: string, arrival: Arrival, index: number): SealedMessage {
  const { messageId, sentAt, sender, senderId, text, customerName, serviceType } = arrival.message;
  const ofCustomer = sender === Sender.SENDER_CUSTOMER;
  return {
    eventId,
    serviceType,
    message: {
      $type: MessageReceived.$type,
      conversationId,
      messageId,
      sentAt,
      ordinal: ordinalOf(messageId),
      sender,
      account: ofCustomer ? '' : senderId,
      customerSubject: ofCustomer ? key.subjectId : '',
      text: sealText(key, text, { vendorId, eventId, field: 'text' }),
      // The customer's name is left out: a channel that repeats a message shows the name of today.
      fingerprint: fingerprint(key, [sentAt, sender, senderId, text]),
      importId: arrival.importId,
      customerName: customerName === '' ? undefined : sealText(key, customerName, { vendorId, eventId, field: 'customer_name' }),
    },
    index,
  };
}

function sealText(key: SubjectKey, text: string, place: SealedPlace): SealedText {
  return { $type: SealedText.$type, subjectId: key.subjectId, ciphertext: seal(key, text, place) };
}

function decideBatch(groups: readonly Group[], arrivals: number, streams: ReadonlyMap<string, KnownConversation>): Taken {
  const outcomes = new Array<Outcome>(arrivals).fill('duplicate');
  const appends: StreamAppend[] = [];
  const touched: string[] = [];
  const repeated: string[] = [];
  const stand = new Map<string, KnownConversation>();
  for (const group of groups) {
    const { streamId } = group;
    const known = streams.get(streamId) ?? UNKNOWN;
    const { events, refused, state } = decideGroup(group, known.state, outcomes);
    if (events.length > 0) touched.push(group.conversationId);
    else if (refused < group.messages.length) repeated.push(group.conversationId);
    appends.push({ streamId, expected: expectLoaded(known), events });
    stand.set(streamId, { version: known.version + events.length, state });
  }
  return { appends, outcomes, touched, repeated, stand };
}

function decideGroup(group: Group, loaded: Conversation, outcomes: Outcome[]) {
  const events: { event: ConversationEvent; occurredAt: EpochMs; shopId: string; eventId?: string }[] = [];
  let refused = 0;
  let state = loaded;
  const opened = conversation.decide(state, { kind: 'open', opening: group.opening });
  for (const event of opened.accepted ? opened.events : []) {
    state = conversation.evolve(state, event);
    events.push({ event, occurredAt: group.firstSentAt, shopId: group.shopId });
  }
  for (const { message, eventId, serviceType, index } of group.messages) {
    const decision = conversation.decide(state, { kind: 'receive', message, serviceType });
    if (!decision.accepted) {
      outcomes[index] = decision;
      refused++;
      continue;
    }
    for (const event of decision.events) {
      outcomes[index] = 'inserted';
      state = conversation.evolve(state, event);
      events.push({ event, occurredAt: message.sentAt, shopId: group.shopId, eventId });
    }
  }
  return { events, refused, state };
}
