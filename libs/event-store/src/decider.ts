// How every aggregate is written: pure decide and evolve. A refusal is a value with a name, never an exception.
import type { UnknownMessage } from '@deskfleet/protocol';

export interface Accepted<Event> {
  readonly accepted: true;
  readonly events: readonly Event[];
}

/** A stable kebab-case code, the facts that explain it, and whether the input or the state forbids it. */
export interface Refused<Code extends string = string> {
  readonly accepted: false;
  readonly code: Code;
  readonly facts: Readonly<Record<string, unknown>>;
}

export type Decision<Event, Code extends string = string> = Accepted<Event> | Refused<Code>;

export interface Decider<Command, Event extends UnknownMessage, State, Code extends string = string> {
  readonly initial: State;
  evolve(state: State, event: Event): State;
  decide(state: State, command: Command): Decision<Event, Code>;
}

/** The command is accepted with these events; none when there is nothing left to do. */
export function accept<Event>(...events: Event[]): Accepted<Event> {
  return { accepted: true, events };
}

/** The command is refused. `code` becomes the `type` of problem+json. */
export function refuse<Code extends string>(code: Code, facts: Record<string, unknown> = {}): Refused<Code> {
  return { accepted: false, code, facts };
}

/** The state after a stream's events. */
export function fold<Event extends UnknownMessage, State>(decider: Pick<Decider<never, Event, State>, 'initial' | 'evolve'>, events: Iterable<Event>): State {
  let state = decider.initial;
  for (const event of events) state = decider.evolve(state, event);
  return state;
}
