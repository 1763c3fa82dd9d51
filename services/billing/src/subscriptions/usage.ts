// Conversations in, assessments out: each touched conversation is assessed with all that is known, and only what changed is recorded.
import { type AppendMember, expectLoaded, fold, type Tx } from '@deskfleet/event-store';
import type { ConversationFacts } from '@deskfleet/conversation-facts';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { Kit } from '@deskfleet/service-kit';
import { usageStream } from '../invoice/streams.ts';
import { assess } from '../usage/assessment.ts';
import { usage } from '../usage/usage.ts';

const BILLING = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'billing', role: 'service' });

/** Events a call of the append function; one a member. */
const MEMBERS_A_CALL = 100;

/** Appends within the intake's transaction, last. */
export async function assessUsage(kit: Kit, facts: readonly ConversationFacts[], tx: Tx): Promise<void> {
  const now = kit.now();
  const members: AppendMember[] = [];
  for (const [vendorId, ofVendor] of Map.groupBy(facts, (conversation) => conversation.vendorId)) {
    const streams = await kit.store.load(vendorId, ofVendor.map(({ conversationId }) => streamOf(conversationId)), tx);
    for (const conversation of ofVendor) {
      const streamId = streamOf(conversation.conversationId);
      const stream = usageStream(streams, streamId);
      const decision = usage.decide(fold(usage, stream.events), { kind: 'assess', assessment: assess(conversation) });
      if (!decision.accepted || decision.events.length === 0) continue;
      members.push({
        cause: causeOf(conversation),
        streams: [
          {
            streamId,
            expected: expectLoaded(stream),
            events: decision.events.map((event) => ({ event, occurredAt: conversation.trigger?.occurredAt ?? now, shopId: conversation.shopId })),
          },
        ],
      });
    }
  }
  for (let from = 0; from < members.length; from += MEMBERS_A_CALL) {
    const outcomes = await kit.store.appendWithin(tx, members.slice(from, from + MEMBERS_A_CALL));
    const failed = outcomes.find(({ outcome }) => outcome !== 'appended');
    if (failed !== undefined) throw new Error(`usage could not be recorded: ${failed.outcome}`);
  }
}

function causeOf({ vendorId, trigger }: ConversationFacts): AppendMember['cause'] {
  return {
    vendorId,
    actor: BILLING,
    correlationId: trigger?.meta.correlationId ?? '',
    causationId: trigger?.meta.eventId ?? '',
    commandId: '',
  };
}

function streamOf(conversationId: string): string {
  return `usage-${conversationId}`;
}
