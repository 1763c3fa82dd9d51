// Who has passed every training that a contract asks for, as both of its sides have said: trained for its shops, so that conversations are routed to
// them (BR-014). A training heard again finds everybody trained, and appends nothing.
import type { Subscription } from '@deskfleet/event-bus';
import { type AppendMember, expectLoaded, fold, type LoadedStream, type RecordedEvent } from '@deskfleet/event-store';
import { AgentTrainedForShop } from '@deskfleet/protocol/agents';
import { TrainingCompleted } from '@deskfleet/protocol/onboarding';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { Kit } from '@deskfleet/service-kit';
import { type AgentEvent, agent } from '../agent/agent.ts';

/** One event may train hundreds of agents for dozens of shops. */
const SLICE_EVENTS = 10;

export function trainings(kit: Kit): Subscription<TrainingCompleted> {
  return {
    group: 'agent-pools-trainings',
    sources: ['client-onboarding'],
    types: [TrainingCompleted],
    appends: [AgentTrainedForShop],
    sliceSize: SLICE_EVENTS,
    async handle(events) {
      for (const recorded of events) await train(kit, recorded);
    },
  };
}

async function train(kit: Kit, recorded: RecordedEvent<TrainingCompleted>): Promise<void> {
  const { vendorId } = recorded.meta;
  const shopsOf = shopsByAgent(recorded.event);
  const streams = await kit.store.load(vendorId, [...shopsOf.keys()].map(streamOf));
  const members = [...shopsOf].flatMap(([agentId, shopIds]) => {
    const stream = streams.get(streamOf(agentId));
    return stream === undefined ? [] : memberOf(recorded, agentId, stream, shopIds);
  });
  const outcomes = await Promise.all(members.map((member) => kit.store.append(member)));
  if (outcomes.some(({ outcome }) => outcome === 'conflict')) throw new Error('an agent moved while trained: trained again');
}

const streamOf = (agentId: string): string => `agent-${agentId}`;

function shopsByAgent({ trained }: TrainingCompleted): Map<string, string[]> {
  const shops = new Map<string, string[]>();
  for (const { shopId, agentIds } of trained) for (const agentId of agentIds) shops.set(agentId, [...(shops.get(agentId) ?? []), shopId]);
  return shops;
}

/** None where all is known, or the agent is not one of ours: whom onboarding named cannot be refused any more. */
function memberOf(
  { event, meta, occurredAt }: RecordedEvent<TrainingCompleted>,
  agentId: string,
  stream: LoadedStream,
  shopIds: readonly string[],
): AppendMember[] {
  const state = fold(
    agent,
    stream.events.map((each) => each.event as AgentEvent),
  );
  const events = shopIds.flatMap((shopId) => {
    const decision = agent.decide(state, { kind: 'train', agentId, shopId, trainedOn: event.heldOn });
    return decision.accepted ? decision.events.map((trained) => ({ event: trained, occurredAt, shopId })) : [];
  });
  if (events.length === 0) return [];
  const actor = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'agent-pools' });
  const cause = {
    vendorId: meta.vendorId,
    actor,
    correlationId: meta.correlationId,
    causationId: meta.eventId,
    commandId: `training:${meta.eventId}:${agentId}`,
  };
  return [{ cause, streams: [{ streamId: stream.streamId, expected: expectLoaded(stream), events }] }];
}
