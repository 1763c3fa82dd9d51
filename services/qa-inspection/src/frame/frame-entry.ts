// The sampling frame, one entry a conversation: recorded again when a later fact changes it, dated by its position in this log, so that
// a sample can be drawn again from the frame as it stood. Source: domain.md P-27, BR-170, BR-219.
import { type Attribution, agentKey, attribute } from '@deskfleet/attribution';
import type { ConversationFacts } from '@deskfleet/conversation-facts';
import { accept, type Decider } from '@deskfleet/event-store';
import { FrameEntryRecorded } from '@deskfleet/protocol/qa';
import { dateOf } from '@deskfleet/service-hours';

/** The stratum of conversations that nobody of ours answered. */
export const NOBODY = 'none';

export type FrameEntry = { readonly status: 'unknown' } | { readonly status: 'recorded'; readonly last: FrameEntryRecorded };

export const frameEntry: Decider<ConversationFacts, FrameEntryRecorded, FrameEntry, never> = {
  initial: { status: 'unknown' },

  evolve: (_entry, event) => ({ status: 'recorded', last: event }),

  decide(state, facts) {
    const next = entryOf(facts);
    return state.status === 'recorded' && same(state.last, next) ? accept() : accept(next);
  },
};

/** Eligible is what is ours and has a customer in it; an unmapped agent account is a stratum of its own. */
function entryOf(facts: ConversationFacts): FrameEntryRecorded {
  const terms = facts.contract?.terms;
  const told = attribute({ ...facts, scope: terms?.scope ?? [] });
  const reason = terms === undefined ? 'no-contract' : told.firstCustomer === undefined ? 'no-customer-message' : (told.notOurs ?? '');
  const at = (told.firstCustomer ?? told.messages[0])?.sentAt ?? 0;
  const answer = told.firstAnswer?.speaker;
  return {
    $type: FrameEntryRecorded.$type,
    conversationId: facts.conversationId,
    contractId: facts.contract?.contractId ?? '',
    firstCustomerAt: told.firstCustomer?.sentAt ?? 0,
    date: dateOf(at, terms?.zone ?? 'UTC'),
    stratum: answer?.party === 'agent' ? agentKey(answer) : NOBODY,
    eligible: reason === '',
    reason,
    handlers: handlersOf(told),
  };
}

/** Those of ours who wrote in it, each once, by id. */
function handlersOf({ messages }: Attribution): string[] {
  const handlers = new Set<string>();
  for (const { speaker } of messages) if (speaker.party === 'agent' && speaker.agentId !== '') handlers.add(speaker.agentId);
  return [...handlers].sort();
}

function same(last: FrameEntryRecorded, next: FrameEntryRecorded): boolean {
  return (
    last.contractId === next.contractId &&
    last.firstCustomerAt === next.firstCustomerAt &&
    last.date === next.date &&
    last.stratum === next.stratum &&
    last.eligible === next.eligible &&
    last.reason === next.reason &&
    last.handlers.join() === next.handlers.join()
  );
}
