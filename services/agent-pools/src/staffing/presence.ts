// From who said when that they are there to how many were there: pure functions over spans of time. A person whose presence nobody ever reported is
// neither there nor away. Source: P-25, BR-038, BR-218.
import type { EpochMs } from '@deskfleet/event-store';
import type { Interval } from '@deskfleet/service-hours';

/** One agent's changes in order of time. What stands before the first is not known. */
export type Changes = readonly { readonly at: EpochMs; readonly online: boolean }[];

/** From `at` on, until the next step, so many. */
export interface Step {
  readonly at: EpochMs;
  readonly count: number;
}

/** The spans within [from, to) in which an agent was online. */
export function onlineSpans(changes: Changes, { from, to }: Interval): Interval[] {
  return unionOf(
    changes.flatMap(({ at, online }, index) => (online ? [{ from: at, to: changes[index + 1]?.at ?? Number.POSITIVE_INFINITY }] : [])),
    { from, to },
  );
}

/** Spans cut to [from, to), in order, overlapping and touching ones joined. */
export function unionOf(spans: readonly Interval[], within: Interval): Interval[] {
  const joined: { from: number; to: number }[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const from = Math.max(span.from, within.from);
    const to = Math.min(span.to, within.to);
    if (from >= to) continue;
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** How many people at once, from the first instant of `within`; each person's spans do not overlap (`unionOf`). Steps of the same count are joined. */
export function stepsOf(people: readonly (readonly Interval[])[], within: Interval): Step[] {
  const moves = new Map<EpochMs, number>([[within.from, 0]]);
  const move = (at: EpochMs, by: number) => moves.set(at, (moves.get(at) ?? 0) + by);
  for (const spans of people) {
    for (const { from, to } of spans) {
      move(from, 1);
      if (to < within.to) move(to, -1);
    }
  }
  const steps: Step[] = [];
  let count = 0;
  for (const [at, by] of [...moves].sort(([a], [b]) => a - b)) {
    count += by;
    if (steps.at(-1)?.count !== count) steps.push({ at, count });
  }
  return steps;
}

/** BR-038, N-011: how much of the rostered time an agent was online. */
export function onlineWithin(rostered: readonly Interval[], online: readonly Interval[]): { readonly rosteredMs: number; readonly onlineMs: number } {
  const length = (spans: readonly Interval[]) => spans.reduce((sum, { from, to }) => sum + to - from, 0);
  return { rosteredMs: length(rostered), onlineMs: rostered.reduce((sum, span) => sum + length(unionOf(online, span)), 0) };
}

/** What a team's presence comes to against the number contracted. */
export interface TeamPresence {
  /** Whether anybody's presence is reported at all: without a source nothing is said (BR-218). */
  readonly known: boolean;
  /** Online now, of those whose presence is reported. */
  readonly online: number;
  readonly unreported: number;
  /** Since when it is as it is, enough or too few; not before `since` of the question. */
  readonly since: EpochMs;
}

/** The team now; `since` is the last crossing of the contracted number within [from, now]. Those nobody reports might be there: they do not make a shortfall. */
export function teamPresence(team: ReadonlyMap<string, Changes>, contracted: number, from: EpochMs, now: EpochMs): TeamPresence {
  const people = [...team.values()];
  const first = Math.min(...people.map(([change]) => change?.at ?? Number.POSITIVE_INFINITY));
  const online = people.filter((changes) => changes.at(-1)?.online === true).length;
  const unreported = people.filter((changes) => changes.length === 0).length;
  const known = unreported < people.length;
  const begin = known ? Math.min(now, Math.max(from, first)) : now;
  const within = { from: begin, to: now + 1 };
  const maybe = people.map((changes) => [
    ...unionOf([{ from: Number.NEGATIVE_INFINITY, to: changes[0]?.at ?? Number.POSITIVE_INFINITY }], within),
    ...onlineSpans(changes, within),
  ]);
  const steps = stepsOf(
    maybe.map((spans) => unionOf(spans, within)),
    within,
  );
  const short = online + unreported < contracted;
  const crossing = steps.findLastIndex(({ count }) => count < contracted !== short);
  return { known, online, unreported, since: steps[crossing + 1]?.at ?? begin };
}

/** Where fewer people than wanted are planned within the open spans, in order; touching spans of the same lack are one. */
export function gapsIn(
  people: readonly (readonly Interval[])[],
  wanted: number,
  open: readonly Interval[],
): { readonly from: EpochMs; readonly to: EpochMs; readonly missing: number }[] {
  const gaps: { from: EpochMs; to: EpochMs; missing: number }[] = [];
  for (const span of open) {
    const steps = stepsOf(
      people.map((spans) => unionOf(spans, span)),
      span,
    );
    steps.forEach(({ at, count }, index) => {
      const to = steps[index + 1]?.at ?? span.to;
      const last = gaps.at(-1);
      if (count >= wanted) return;
      if (last?.to === at && last.missing === wanted - count) last.to = to;
      else gaps.push({ from: at, to, missing: wanted - count });
    });
  }
  return gaps;
}
