// What a conversation counts for. One stream a conversation; assessed again whenever a later fact changes it, and only then recorded.
// Source: domain.md P-34, BR-176, BR-212, BR-213.
import type { ConversationFacts } from '@deskfleet/conversation-facts';
import { accept, type Decider } from '@deskfleet/event-store';
import { UsageAssessed } from '@deskfleet/protocol/billing';
import { assess } from './assessment.ts';

export type Usage = { readonly status: 'unassessed' } | { readonly status: 'assessed'; readonly last: UsageAssessed };

export const usage: Decider<ConversationFacts, UsageAssessed, Usage, never> = {
  initial: { status: 'unassessed' },

  evolve: (_usage, event) => ({ status: 'assessed', last: event }),

  decide(state, facts) {
    const next = UsageAssessed.create(assess(facts));
    return state.status === 'assessed' && same(state.last, next) ? accept() : accept(next);
  },
};

function same(last: UsageAssessed, next: UsageAssessed): boolean {
  return (
    last.contractId === next.contractId &&
    last.unitKey === next.unitKey &&
    last.firstCustomerAt === next.firstCustomerAt &&
    last.date === next.date &&
    last.counted === next.counted &&
    last.reason === next.reason
  );
}
