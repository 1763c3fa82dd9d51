// Deciders are tested as sentences: given what happened, when this is asked, then this happens, or it is refused by name.
import assert from 'node:assert/strict';
import type { UnknownMessage } from '@deskfleet/protocol';
import { type Decider, type Decision, fold } from '../decider.ts';

export interface When<Command, Event, State, Code extends string> {
  /** Asks the decider; `then...` of the result state what comes of it. */
  when(command: Command): Then<Event, State, Code>;
  /** The state those events led to. */
  readonly state: State;
}

export interface Then<Event, State, Code extends string> {
  /** These events happen, in this order; none when the command leaves nothing to do. */
  then(...events: Event[]): void;
  thenNothing(): void;
  /** Refused by this name and, where stated, with these facts among others. */
  thenRefused(code: Code, facts?: Record<string, unknown>): void;
  readonly decision: Decision<Event, Code>;
  /** The state after the accepted events. */
  readonly state: State;
}

/** given/when/then for one decider: `given(...events).when(command).then(...events)`. */
export function specify<Command, Event extends UnknownMessage, State, Code extends string>(
  decider: Decider<Command, Event, State, Code>,
): { given(...events: Event[]): When<Command, Event, State, Code> } {
  return {
    given: (...events) => {
      const state = fold(decider, events);
      return { state, when: (command) => outcome(decider, state, decider.decide(state, command)) };
    },
  };
}

function outcome<Command, Event extends UnknownMessage, State, Code extends string>(
  decider: Decider<Command, Event, State, Code>,
  before: State,
  decision: Decision<Event, Code>,
): Then<Event, State, Code> {
  const then = (...expected: Event[]): void => {
    if (!decision.accepted) assert.fail(`refused as ${decision.code} ${JSON.stringify(decision.facts)}, expected to be accepted`);
    assert.deepStrictEqual(decision.events, expected);
  };
  return {
    then,
    thenNothing: () => then(),
    thenRefused: (code, facts = {}) => {
      if (decision.accepted) assert.fail(`accepted with ${JSON.stringify(decision.events)}, expected to be refused as ${code}`);
      assert.equal(decision.code, code);
      assert.deepStrictEqual(Object.fromEntries(Object.keys(facts).map((fact) => [fact, decision.facts[fact]])), facts);
    },
    decision,
    state: decision.accepted ? decision.events.reduce((state, event) => decider.evolve(state, event), before) : before,
  };
}
