// Which epochs of a log share what: a restored database goes on from a head of the epoch its backup was taken in, so epochs form a tree, and
// two of them hold the same events up to where the first of their ways left the other.
import type { Epoch } from '@deskfleet/event-store';

/** An epoch as its successor's owner told of it. */
export interface KnownEpoch {
  /** The epoch it goes on from; undefined for the log's first. */
  readonly predecessor: string | undefined;
  /** The last position it shares with its predecessor. */
  readonly after: number;
}

export type EpochTree = ReadonlyMap<string, KnownEpoch>;

/** What an owner's lineage says of each of its epochs. */
export function epochsOf(lineage: readonly Epoch[]): EpochTree {
  return new Map(lineage.map(({ source, after }, index) => [source, { predecessor: lineage[index - 1]?.source, after }]));
}

/** The last position up to which two epochs hold the same events; Infinity for one and the same, undefined when they are not of one origin. */
export function sharedHead(tree: EpochTree, one: string, other: string): number | undefined {
  const ways = new Map(wayBack(tree, one).map(({ source, shared }) => [source, shared]));
  for (const { source, shared } of wayBack(tree, other)) {
    const met = ways.get(source);
    if (met !== undefined) return Math.min(met, shared);
  }
  return undefined;
}

/** Whether an epoch goes on from another one, however many restores lie between. */
export function goesOnFrom(tree: EpochTree, source: string, other: string): boolean {
  return source !== other && wayBack(tree, source).some((step) => step.source === other);
}

/** An epoch's own positions that another one does not hold, and those of its predecessors that it shares: newest first. */
export function lostRanges(tree: EpochTree, source: string, shared: number, through: number): { source: string; after: number; through: number }[] {
  const lost: { source: string; after: number; through: number }[] = [];
  let upTo = through;
  for (const step of wayBack(tree, source)) {
    const begins = tree.get(step.source)?.after ?? 0;
    const after = Math.max(shared, begins);
    if (after < upTo) lost.push({ source: step.source, after, through: upTo });
    upTo = Math.min(upTo, begins);
    if (upTo <= shared) break;
  }
  return lost;
}

/** The service of a source, `service/shard/epoch`. */
export function serviceOf(source: string): string {
  return source.slice(0, source.indexOf('/'));
}

/** The log of a source, whatever its epoch: `service/shard`. */
export function logOf(source: string): string {
  return source.slice(0, source.lastIndexOf('/'));
}

/** The epoch and those it goes back to, each with how far the two hold the same. */
function wayBack(tree: EpochTree, from: string): { source: string; shared: number }[] {
  const way: { source: string; shared: number }[] = [];
  let shared = Infinity;
  for (let source: string | undefined = from; source !== undefined; ) {
    way.push({ source, shared });
    const epoch: KnownEpoch | undefined = tree.get(source);
    shared = Math.min(shared, epoch?.after ?? 0);
    source = epoch?.predecessor;
  }
  return way;
}
