// What follows of a contract in money and was refused is set aside; an operator who has put right what stood against it has it tried again, and says why
// it can go now. Once for each refusal. Stream: engagement-<contract id>.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { SetAsideRetried } from '@deskfleet/protocol/billing';

/** How a contract stands aside. */
export interface SetAside {
  /** How often it was refused so far, this time included. */
  readonly refusals: number;
  /** The refusal's. */
  readonly code: string;
}

export interface Retry {
  readonly contractId: string;
  /** Undefined: it is not set aside. */
  readonly setAside: SetAside | undefined;
  readonly reason: string;
}

export interface Retries {
  /** The refusal that was retried last. */
  readonly last: number;
}

type Refusal = 'not-set-aside' | 'reason-missing';

const REASON_CHARACTERS = 1_000;

export const retries: Decider<Retry, SetAsideRetried, Retries, Refusal> = {
  initial: { last: 0 },

  evolve: (_, { refusals }) => ({ last: refusals }),

  decide({ last }, { contractId, setAside, reason }) {
    const why = reason.trim();
    if (setAside === undefined || setAside.refusals <= last) return refuse('not-set-aside');
    if (why === '' || why.length > REASON_CHARACTERS)
      return refuse('reason-missing', { field: 'reason', found: why.length, expected: `1 to ${REASON_CHARACTERS} characters` });
    return accept(SetAsideRetried.create({ contractId, ...setAside, reason: why }));
  },
};
