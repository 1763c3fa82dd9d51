// Drawing a sample from a frame: pure, so that the same frame, ratio and seed give the same set for ever. Source: domain.md BR-170, BR-219.
import { createHash } from 'node:crypto';
import { SampledItem, Stratum } from '@deskfleet/protocol/qa';
import { seededRandom, stratifiedSample } from '@deskfleet/statistics';

/** An eligible conversation as the frame has it. */
export interface FrameMember {
  readonly shopId: string;
  readonly conversationId: string;
  readonly stratum: string;
}

export interface DrawPlan {
  readonly sampleId: string;
  /** Basis points, 1 to 10,000. */
  readonly ratioBp: number;
  readonly seed: number;
  /** Each stratum at least once; otherwise the frame is one stratum. */
  readonly everyAgent: boolean;
}

export interface Draw {
  readonly frameSize: number;
  /** SHA-256 over the frame's members in order. */
  readonly frameDigest: Buffer;
  /** In the order inspectors work through them, which tells nothing of strata. */
  readonly items: SampledItem[];
  readonly strata: Stratum[];
}

/** n = max(ceil(ratio x N), agents). The frame's order plays no part: it is sorted by conversation first. */
export function draw(frame: readonly FrameMember[], plan: DrawPlan): Draw {
  const members = [...frame].sort((a, b) => (a.conversationId < b.conversationId ? -1 : 1));
  const groups = Map.groupBy(members, ({ stratum }) => (plan.everyAgent ? stratum : ''));
  const strata = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, items]) => ({ key, items }));
  const drawn = stratifiedSample(strata, plan.ratioBp, seededRandom(plan.seed)).flatMap(({ items }) => items);
  const drawnOf = Map.groupBy(drawn, ({ stratum }) => stratum);
  return {
    frameSize: members.length,
    frameDigest: digestOf(members),
    items: drawn
      .map((member) => SampledItem.create({ ...member, assignmentId: assignmentIdOf(plan.sampleId, member.conversationId) }))
      .sort((a, b) => (a.assignmentId < b.assignmentId ? -1 : 1)),
    strata: [...Map.groupBy(members, ({ stratum }) => stratum)]
      .map(([key, all]) => Stratum.create({ key, size: all.length, drawn: drawnOf.get(key)?.length ?? 0 }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

/** Names the assignment, not the conversation: what stands in an inspector's address bar. */
function assignmentIdOf(sampleId: string, conversationId: string): string {
  return `as_${createHash('sha256').update(`${sampleId}\n${conversationId}`).digest('hex').slice(0, 24)}`;
}

function digestOf(members: readonly FrameMember[]): Buffer {
  const hash = createHash('sha256');
  for (const { conversationId, stratum } of members) hash.update(`${conversationId}\t${stratum}\n`);
  return hash.digest();
}
