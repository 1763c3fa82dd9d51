// What a service concludes of each conversation, recorded only when it changed: one stream a conversation, appended in the intake's transaction.
import { type AppendMember, type Decider, type EventStore, expectLoaded, fold, type LoadedStream, type Tx } from '@deskfleet/event-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { ConversationFacts } from './facts.ts';
import type { ToJudge } from './intake.ts';

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

/** What a conversation's stream says: its version, and the state that its events lead to. */
export interface Concluded<State> {
  readonly version: number;
  readonly state: State;
}

/** Decides each conversation on its own stream and appends what is new. Streams that are not remembered are loaded, in one query a vendor. */
export async function recordConclusions<Event extends UnknownMessage, State>(
  conclusion: Conclusion<Event, State>,
  conversations: readonly ToJudge<Concluded<State>>[],
  tx: Tx,
): Promise<Concluded<State>[]> {
  const { store, decider, streamOf } = conclusion;
  const loaded = await loadUnknown(conclusion, conversations, tx);
  const members: AppendMember[] = [];
  const concluded = conversations.map(({ facts, before }): Concluded<State> => {
    const said = before ?? loaded(facts);
    const decision = decider.decide(said.state, facts);
    if (!decision.accepted || decision.events.length === 0) return said;
    const { events } = decision;
    const occurredAt = facts.trigger?.occurredAt ?? conclusion.now();
    members.push({
      cause: causeOf(conclusion.service, facts),
      streams: [
        {
          streamId: streamOf(facts.conversationId),
          expected: expectLoaded(said),
          events: events.map((event) => ({ event, occurredAt, shopId: facts.shopId })),
        },
      ],
    });
    return { version: said.version + events.length, state: events.reduce((state, event) => decider.evolve(state, event), said.state) };
  });
  for (let from = 0; from < members.length; from += MEMBERS_A_CALL) {
    const outcomes = await store.appendWithin(tx, members.slice(from, from + MEMBERS_A_CALL));
    const failed = outcomes.find(({ outcome }) => outcome !== 'appended');
    if (failed !== undefined) throw new Error(`${conclusion.service} could not record a conclusion: ${failed.outcome}`);
  }
  return concluded;
}

async function loadUnknown<Event extends UnknownMessage, State>(
  { store, decider, streamOf, event: { $type } }: Conclusion<Event, State>,
  conversations: readonly ToJudge<Concluded<State>>[],
  tx: Tx,
): Promise<(facts: ConversationFacts) => Concluded<State>> {
  const streams = new Map<string, LoadedStream>();
  const unknown = conversations.filter(({ before }) => before === undefined);
  for (const [vendorId, ofVendor] of Map.groupBy(unknown, ({ facts }) => facts.vendorId)) {
    const ids = ofVendor.map(({ facts }) => streamOf(facts.conversationId));
    for (const [streamId, stream] of await store.load(vendorId, ids, tx)) streams.set(`${vendorId}\n${streamId}`, stream);
  }
  return ({ vendorId, conversationId }) => {
    const stream = streams.get(`${vendorId}\n${streamOf(conversationId)}`);
    const past = (stream?.events ?? []).map(({ event }) => event).filter((event): event is Event => event.$type === $type);
    return { version: stream?.version ?? 0, state: fold(decider, past) };
  };
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
