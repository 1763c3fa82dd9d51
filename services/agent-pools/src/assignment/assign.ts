// Who gets a live conversation of one of our own channels: an agent trained on the shop (BR-014), with the skill, present, with a place free;
// of several the least loaded. Nobody: it queues, and says why. On a platform's channel the platform has decided already.
import { Presence, QueueReason } from '@deskfleet/protocol/agents';
import { ServiceType } from '@deskfleet/protocol/conversations';

export interface Candidate {
  readonly agentId: string;
  readonly skills: readonly string[];
  readonly maxLoad: number;
  readonly presence: Presence;
  readonly trainedShops: readonly string[];
  /** Conversations in hand. */
  readonly load: number;
}

/** Why it queues, as lists show it. */
type QueueCode = 'no-agent-trained' | 'no-agent-skilled' | 'no-agent-present' | 'all-agents-full';

export type Assignment = { readonly agentId: string; readonly reason: string } | { readonly agentId: undefined; readonly reason: QueueCode };

/** Why it queues, as the event says it. */
export const QUEUE_REASONS: Readonly<Record<QueueCode, QueueReason>> = {
  'no-agent-trained': QueueReason.QUEUE_REASON_NO_AGENT_TRAINED,
  'no-agent-skilled': QueueReason.QUEUE_REASON_NO_AGENT_SKILLED,
  'no-agent-present': QueueReason.QUEUE_REASON_NO_AGENT_PRESENT,
  'all-agents-full': QueueReason.QUEUE_REASON_ALL_AGENTS_FULL,
};

const SKILL_OF = new Map<ServiceType, string>([
  [ServiceType.SERVICE_TYPE_PRE_SALE, 'pre-sale'],
  [ServiceType.SERVICE_TYPE_AFTER_SALE, 'after-sale'],
]);

export function assign(conversation: { readonly shopId: string; readonly serviceType: ServiceType }, agents: readonly Candidate[]): Assignment {
  const skill = SKILL_OF.get(conversation.serviceType);
  const trained = agents.filter(({ trainedShops }) => trainedShops.includes(conversation.shopId));
  if (trained.length === 0) return { agentId: undefined, reason: 'no-agent-trained' };
  const skilled = trained.filter(({ skills }) => skill === undefined || skills.includes(skill));
  if (skilled.length === 0) return { agentId: undefined, reason: 'no-agent-skilled' };
  const present = skilled.filter(({ presence }) => presence === Presence.PRESENCE_ONLINE);
  if (present.length === 0) return { agentId: undefined, reason: 'no-agent-present' };
  const [best] = present.filter(({ load, maxLoad }) => load < maxLoad).sort(byFreedom);
  if (best === undefined) return { agentId: undefined, reason: 'all-agents-full' };
  return { agentId: best.agentId, reason: `trained, ${skill ?? 'any skill'}, load ${best.load} of ${best.maxLoad}` };
}

/** The smaller share of their load in use first (compared without dividing), then the smaller load, then by id, so that a replay gives the same. */
function byFreedom(a: Candidate, b: Candidate): number {
  return a.load * b.maxLoad - b.load * a.maxLoad || a.load - b.load || (a.agentId < b.agentId ? -1 : 1);
}
