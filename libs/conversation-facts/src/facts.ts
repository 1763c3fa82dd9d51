// What sla-monitoring, billing and qa-inspection all know of a conversation before each judges it by its own rule.
// References and instants only: texts stay with conversations.
import type { AccountMapping, TimelineMessage } from '@deskfleet/attribution';
import type { RecordedEvent } from '@deskfleet/event-store';
import type { ChannelKind, ServiceType } from '@deskfleet/protocol/conversations';
import type { ContractTerms } from '@deskfleet/protocol/terms';
import { dateOf } from '@deskfleet/service-hours';

export interface FactContract {
  readonly contractId: string;
  readonly number: string;
  readonly shopIds: readonly string[];
  readonly terms: ContractTerms;
  /** The instant service ends, whatever the terms' last day says; 0 = by the terms. */
  readonly serviceEndsAt: number;
}

/** A contract as its conversations are judged by it. */
export interface ServedContract extends FactContract {
  /** When each of its shops went live; undefined: all are served from the first day on. */
  readonly wentLive: ReadonlyMap<string, number> | undefined;
}

/** The instant from which a shop is served under a contract; 0 = from its first day on, Infinity = it is not live. */
export function servedFrom(contract: Pick<ServedContract, 'wentLive'> | undefined, shopId: string): number {
  return contract?.wentLive === undefined ? 0 : (contract.wentLive.get(shopId) ?? Number.POSITIVE_INFINITY);
}

/** The terms with their last day no later than the last one on which service ran. */
export function cutTerms(terms: ContractTerms, serviceEndsAt: number): ContractTerms {
  if (serviceEndsAt === 0) return terms;
  const last = dateOf(serviceEndsAt - 1, terms.zone);
  return terms.endsOn !== '' && terms.endsOn <= last ? terms : { ...terms, endsOn: last };
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
  readonly messages: readonly TimelineMessage[];
  /** Imports that brought messages and have not said yet that they are complete; empty where the intake does not follow them. */
  readonly openImports: readonly string[];
  /** The shop's contract in force on the date of the first customer message (of its first message where no customer wrote). */
  readonly contract: FactContract | undefined;
  /** The instant from which the shop is served under that contract; 0 = from its first day on, Infinity = it is not live. */
  readonly servedFrom: number;
  /** Mappings of the conversation's accounts, newest version first. */
  readonly mappings: readonly AccountMapping[];
  /** The event that led to this assessment; undefined when a remapping or a new contract did. */
  readonly trigger: RecordedEvent | undefined;
}
