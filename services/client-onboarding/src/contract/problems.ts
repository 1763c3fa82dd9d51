// What can be wrong with a contract's terms: collected, so that whoever wrote them sees everything at once.
import { type Refused, refuse } from '@deskfleet/event-store';

export interface Problem<Code extends string = string> {
  readonly code: Code;
  /** Where, in the words of the API, e.g. `terms.usage.unit`. */
  readonly field: string;
  readonly found: unknown;
  readonly expected: string;
}

/** One problem is refused by its own name; several as `together`, each with its name and field among the facts. */
export function refuseFor<Code extends string, Together extends string = 'terms-invalid'>(
  problems: readonly Problem<Code>[],
  together: Together | 'terms-invalid' = 'terms-invalid',
): Refused<Code | Together | 'terms-invalid'> {
  const [first, ...others] = problems;
  if (first === undefined) throw new Error('nothing is wrong');
  const { code, field, found, expected } = first;
  return others.length === 0 ? refuse(code, { field, found, expected, problems }) : refuse(together, { problems });
}

export function problem<Code extends string>(code: Code, field: string, found: unknown, expected: string): Problem<Code> {
  return { code, field, found, expected };
}
