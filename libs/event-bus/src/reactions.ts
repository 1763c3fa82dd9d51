// What follows from what: the graph over event types that services' declarations make, and how long its longest way is. Pure.
import type { Declaration } from '@deskfleet/protocol/feed';

/** Refused: an event type leads to itself, so nothing that follows from it ever ends. */
export class CyclicReactions extends Error {
  override readonly name = 'CyclicReactions';
}

/**
 * How many rounds settling needs: the most times that an event is handed from one service's log to another's on the way to its last consequence,
 * the last consumption included. Within one service everything that follows is waited for in the same round. Throws `CyclicReactions` by name.
 */
export function settlingRounds(services: readonly Declaration[]): number {
  const own = services.map(({ events }) => new Set(events));
  const steps = services.flatMap(({ reactions }, service) =>
    reactions.flatMap(({ by, from, to }) => from.map((type) => ({ by, from: type, to, cost: own[service]?.has(type) ? 0 : 1 }))),
  );
  return longestWay(steps);
}

/** How many own events may follow one from the other by timers and background work, in one service. */
export function ownGenerations({ reactions }: Pick<Declaration, 'reactions'>): number {
  return longestWay(reactions.flatMap(({ by, from, to, later }) => from.map((type) => ({ by, from: type, to, cost: later ? 1 : 0 }))));
}

interface Step {
  readonly by: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cost: number;
}

/** The cost of the dearest way through the steps. */
function longestWay(steps: readonly Step[]): number {
  const bySource = Map.groupBy(steps, ({ from }) => from);
  const known = new Map<string, number>();
  const way: string[] = [];
  const from = (type: string): number => {
    const done = known.get(type);
    if (done !== undefined) return done;
    if (way.includes(type)) throw new CyclicReactions([...way.slice(way.indexOf(type)), type].join(' -> '));
    way.push(type);
    let longest = 0;
    for (const { to, cost } of bySource.get(type) ?? []) longest = Math.max(longest, cost, ...to.map((next) => cost + from(next)));
    way.pop();
    known.set(type, longest);
    return longest;
  };
  return Math.max(0, ...[...bySource.keys()].map(from));
}
