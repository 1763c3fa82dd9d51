// What a clock is at an instant, in SQL: the same rule the decider has, so that a figure and the breach behind it never disagree.
// BR-020, BR-021: the due instant itself is in time. BR-215: past due without an answer is missed, not yet due is left out.
import { type RawBuilder, sql } from 'kysely';

export const CLOCK_STATES = ['running', 'met', 'missed', 'not-ours'] as const;

/** The state of a row of sla_clocks (as `c`). */
export function stateOf(now: number): RawBuilder<string> {
  return sql`case when c.not_ours <> '' then 'not-ours'
    when c.stopped_at <= c.due_at then 'met'
    when c.stopped_at > c.due_at or ${now}::bigint > c.due_at then 'missed'
    else 'running' end`;
}
