// What sla-monitoring, billing and qa-inspection all know of a conversation before each judges it by its own rule.
// References and instants only: texts stay with conversations.
import type { RecordedEvent } from '@deskfleet/event-store';
import type { AccountParty } from '@deskfleet/protocol/agents';
import type { ChannelKind, Sender, ServiceType } from '@deskfleet/protocol/conversations';
import type { ContractTerms } from '@deskfleet/protocol/terms';

export interface FactMessage {
  readonly messageId: string;
  readonly sentAt: number;
  /** The number the message id ends in: breaks ties of sentAt. */
  readonly ordinal: number;
  readonly sender: Sender;
  /** The platform account of an agent, bot or system; empty for customers. */
  readonly account: string;
}

export interface FactContract {
  readonly contractId: string;
  readonly number: string;
  readonly shopIds: readonly string[];
  readonly terms: ContractTerms;
}

/** From `fromAt` (inclusive) to `toAt` (exclusive, 0 = open); a higher version replaces what it overlaps. */
export interface FactMapping {
  readonly account: string;
  readonly version: number;
  readonly party: AccountParty;
  readonly agentId: string;
  readonly fromAt: number;
  readonly toAt: number;
}

export interface ConversationFacts {
  readonly vendorId: string;
  readonly shopId: string;
  readonly conversationId: string;
  readonly channelKind: ChannelKind;
  readonly serviceType: ServiceType;
  /** Opened by a webhook, not by an import. */
  readonly live: boolean;
  readonly customerSubject: string;
  /** In order: (sentAt, ordinal, messageId). */
  readonly messages: readonly FactMessage[];
  /** Imports that brought messages and have not said yet that they are complete. */
  readonly openImports: readonly string[];
  /** The shop's contract in force on the date of the first customer message (of its first message where no customer wrote). */
  readonly contract: FactContract | undefined;
  /** Mappings of the conversation's accounts, newest version first. */
  readonly mappings: readonly FactMapping[];
  /** The event that led to this assessment; undefined when a remapping or a new contract did. */
  readonly trigger: RecordedEvent | undefined;
}

/** The order of a conversation: by instant, then by the number in the message id, then by the id. */
export function inOrder(a: FactMessage, b: FactMessage): number {
  return a.sentAt - b.sentAt || a.ordinal - b.ordinal || (a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0);
}
