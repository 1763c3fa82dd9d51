// Which seconds of a clock ran, which fell outside the service hours, and which were overtime (BR-214). Running and overtime together are
// exactly the elapsed time.
import type { ServiceHours } from '@deskfleet/service-hours';

export interface Segment {
  readonly from: number;
  /** Exclusive; 0 = runs on. */
  readonly to: number;
  readonly state: 'running' | 'outside-hours' | 'overtime';
}

export interface RibbonClock {
  readonly startedAt: number;
  readonly dueAt: number;
  /** undefined while it runs. */
  readonly stoppedAt: number | undefined;
}

/** The segments of a clock in order, from its start to its stop, or to `now` while it runs. Without a gap. */
export function ribbonOf(clock: RibbonClock, hours: ServiceHours, now: number): Segment[] {
  const end = clock.stoppedAt ?? Math.max(now, clock.startedAt + 1);
  const segments: Segment[] = [];
  const add = (from: number, to: number, state: Segment['state']): void => {
    if (from < to) segments.push({ from, to, state });
  };
  let at = clock.startedAt;
  for (const open of hours.openings(clock.startedAt, end)) {
    add(at, open.from, 'outside-hours');
    const due = Math.min(Math.max(clock.dueAt, open.from), open.to);
    add(open.from, due, 'running');
    add(due, open.to, 'overtime');
    at = open.to;
  }
  add(at, end, 'outside-hours');
  const last = segments.at(-1);
  if (clock.stoppedAt === undefined && last !== undefined) segments[segments.length - 1] = { ...last, to: 0 };
  return segments;
}
