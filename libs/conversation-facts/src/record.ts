// What a service concludes of each conversation, recorded only when it changed: one stream a conversation, appended in the intake's transaction.
import { type AppendMember, type Decider, type EventStore, expectLoaded, fold, type Tx } from '@deskfleet/event-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { ConversationFacts } from './facts.ts';

/** Events a call of the append function; one a member. */
const MEMBERS_A_CALL = 100;

export interface Conclusion<Event extends UnknownMessage, State> {
  readonly service: string;
  readonly store: EventStore;
  now(): number;
  readonly event: MessageType<Event>;
  readonly streamOf: (conversationId: string) => string;
  /** `decide` gives the conclusion's event, or none when the last one says the same. */
  readonly decider: Decider<ConversationFacts, Event, State, never>;
}

/** Decides each conversation on its own stream and appends what is new. Streams are loaded in one query a vendor. */
export async function recordConclusions<Event extends UnknownMessage, State>(
  conclusion: Conclusion<Event, State>,
  facts: readonly ConversationFacts[],
  tx: Tx,
): Promise<void> {
  const { store, decider } = conclusion;
  const members: AppendMember[] = [];
  for (const [vendorId, ofVendor] of Map.groupBy(facts, (conversation) => conversation.vendorId)) {
    const streams = await store.load(
      vendorId,
      ofVendor.map(({ conversationId }) => conclusion.streamOf(conversationId)),
      tx,
    );
    for (const conversation of ofVendor) {
      const streamId = conclusion.streamOf(conversation.conversationId);
      const stream = streams.get(streamId) ?? { version: 0, events: [] };
      const past = stream.events.map(({ event }) => event).filter((event): event is Event => event.$type === conclusion.event.$type);
      const decision = decider.decide(fold(decider, past), conversation);
      if (!decision.accepted || decision.events.length === 0) continue;
      const occurredAt = conversation.trigger?.occurredAt ?? conclusion.now();
      members.push({
        cause: causeOf(conclusion.service, conversation),
        streams: [
          {
            streamId,
            expected: expectLoaded(stream),
            events: decision.events.map((event) => ({ event, occurredAt, shopId: conversation.shopId })),
          },
        ],
      });
    }
  }
  for (let from = 0; from < members.length; from += MEMBERS_A_CALL) {
    const outcomes = await store.appendWithin(tx, members.slice(from, from + MEMBERS_A_CALL));
    const failed = outcomes.find(({ outcome }) => outcome !== 'appended');
    if (failed !== undefined) throw new Error(`${conclusion.service} could not record a conclusion: ${failed.outcome}`);
  }
}

function causeOf(service: string, { vendorId, trigger }: ConversationFacts): AppendMember['cause'] {
  return {
    vendorId,
    actor: Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: service, role: 'service' }),
    correlationId: trigger?.meta.correlationId ?? '',
    causationId: trigger?.meta.eventId ?? '',
    commandId: '',
  };
}
