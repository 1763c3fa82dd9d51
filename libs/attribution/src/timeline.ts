// A conversation as judged: who sent what when, without texts. Order is (sentAt, ordinal, messageId), as real files disagree with the clock.
import { AccountParty } from '@deskfleet/protocol/agents';
import { Sender } from '@deskfleet/protocol/conversations';

export interface TimelineMessage {
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** The number the message id ends in; 0 where none. */
  readonly ordinal: number;
  readonly sender: Sender;
  /** The platform account of an agent, bot or system; empty for customers. */
  readonly account: string;
}

/** From `fromAt` (inclusive) to `toAt` (exclusive; 0 = open) this account spoke as this party. A higher version replaces what it overlaps. */
export interface AccountMapping {
  readonly account: string;
  readonly version: number;
  readonly party: AccountParty;
  /** Party AGENT only. */
  readonly agentId: string;
  readonly fromAt: number;
  readonly toAt: number;
}

/** Who really spoke. `agent` is a human of ours; `agentId` is empty while the account is mapped to nobody. */
export type Speaker =
  | { readonly party: 'customer' | 'bot' | 'system' | 'shop-staff' }
  | { readonly party: 'agent'; readonly account: string; readonly agentId: string };

/** The order of a conversation's messages. */
export function inTimelineOrder(a: TimelineMessage, b: TimelineMessage): number {
  return a.sentAt - b.sentAt || a.ordinal - b.ordinal || (a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0);
}

/**
 * A conversation's messages in order, each message id once: of two the later given counts. Most are in order already and then are not copied: ordinals
 * that rise along are those of different ids.
 */
export function timelineOf(messages: readonly TimelineMessage[]): readonly TimelineMessage[] {
  for (let index = 1; index < messages.length; index += 1) {
    const before = messages[index - 1] as TimelineMessage;
    const message = messages[index] as TimelineMessage;
    if (message.sentAt < before.sentAt || message.ordinal <= before.ordinal) return sorted(messages);
  }
  return messages;
}

function sorted(messages: readonly TimelineMessage[]): TimelineMessage[] {
  return [...new Map(messages.map((message) => [message.messageId, message])).values()].sort(inTimelineOrder);
}

const CUSTOMER: Speaker = { party: 'customer' };
const BOT: Speaker = { party: 'bot' };
const SYSTEM: Speaker = { party: 'system' };
const SHOP_STAFF: Speaker = { party: 'shop-staff' };

/**
 * Who sent a message, by the mapping of its account at that instant. A platform's word that a bot wrote stands (an automatic reply
 * from an agent's account is not a human); an agent's account mapped to nobody counts as ours.
 */
export function speakerOf(message: TimelineMessage, mappings: readonly AccountMapping[]): Speaker {
  if (message.sender === Sender.SENDER_CUSTOMER) return CUSTOMER;
  if (message.sender === Sender.SENDER_BOT) return BOT;
  if (message.sender !== Sender.SENDER_AGENT) return SYSTEM;
  const mapping = mappingAt(mappings, message.account, message.sentAt);
  if (mapping?.party === AccountParty.ACCOUNT_PARTY_BOT) return BOT;
  if (mapping?.party === AccountParty.ACCOUNT_PARTY_SHOP_STAFF) return SHOP_STAFF;
  return { party: 'agent', account: message.account, agentId: mapping?.agentId ?? '' };
}

function mappingAt(mappings: readonly AccountMapping[], account: string, at: number): AccountMapping | undefined {
  let found: AccountMapping | undefined;
  for (const mapping of mappings) {
    if (mapping.account !== account || at < mapping.fromAt || (mapping.toAt !== 0 && at >= mapping.toAt)) continue;
    if (found === undefined || mapping.version > found.version) found = mapping;
  }
  return found;
}
