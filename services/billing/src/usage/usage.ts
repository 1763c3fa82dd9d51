// What a conversation counts for. One stream a conversation; assessed again whenever a later fact changes it, and only then.
// Source: domain.md P-34, BR-176, BR-212, BR-213.
import { accept, type Decider } from '@deskfleet/event-store';
import { UsageAssessed } from '@deskfleet/protocol/billing';

export type Usage = { readonly status: 'unassessed' } | { readonly status: 'assessed'; readonly last: UsageAssessed };

export interface AssessUsage {
  readonly kind: 'assess';
  readonly assessment: Omit<UsageAssessed, '$type'>;
}

export const usage: Decider<AssessUsage, UsageAssessed, Usage, never> = {
  initial: { status: 'unassessed' },

  evolve: (_usage, event) => ({ status: 'assessed', last: event }),

  decide(state, { assessment }) {
    if (state.status === 'assessed' && same(state.last, assessment)) return accept();
    return accept(UsageAssessed.create(assessment));
  },
};

function same(last: UsageAssessed, next: Omit<UsageAssessed, '$type'>): boolean {
  return (
    last.contractId === next.contractId &&
    last.unitKey === next.unitKey &&
    last.firstCustomerAt === next.firstCustomerAt &&
    last.date === next.date &&
    last.counted === next.counted &&
    last.reason === next.reason
  );
}
