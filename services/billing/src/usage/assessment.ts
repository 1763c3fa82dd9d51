// Whether a conversation counts as usage under its contract, and when not, why. Pure. Source: domain.md BR-212, BR-213, BR-216.
import { attribute } from '@deskfleet/attribution';
import type { ConversationFacts } from '@deskfleet/conversation-facts';
import type { UsageAssessed } from '@deskfleet/protocol/billing';
import { type ContractTerms, CountingUnit, UsageExclusion } from '@deskfleet/protocol/terms';
import { dateOf, serviceHours } from '@deskfleet/service-hours';

export type NotCounted =
  | 'no-contract'
  | 'before-go-live'
  | 'no-customer-message'
  | 'out-of-scope'
  | 'shop-staff'
  | 'bot-only'
  | 'outside-service-hours'
  | 'unanswered';

/** The assessment of a conversation as known now. Without contract or customer message it stands on the date of its first message. */
export function assess(facts: ConversationFacts): Omit<UsageAssessed, '$type'> {
  const { contract, conversationId } = facts;
  const terms = contract?.terms;
  const told = attribute({ ...facts, scope: terms?.scope ?? [] });
  const at = told.firstCustomer?.sentAt ?? told.messages[0]?.sentAt ?? 0;
  const date = dateOf(at, terms?.zone ?? 'UTC');
  const reason = reasonOf(told, terms, at);
  return {
    conversationId,
    contractId: contract?.contractId ?? '',
    unitKey: terms?.usage?.unit === CountingUnit.COUNTING_UNIT_BUYER_DAY ? `${facts.customerSubject} ${date}` : conversationId,
    firstCustomerAt: told.firstCustomer?.sentAt ?? 0,
    date,
    counted: reason === undefined,
    reason: reason ?? '',
  };
}

function reasonOf(told: ReturnType<typeof attribute>, terms: ContractTerms | undefined, at: number): NotCounted | undefined {
  if (terms === undefined) return 'no-contract';
  if (told.firstCustomer === undefined) return 'no-customer-message';
  if (told.notOurs !== undefined) return told.notOurs;
  const excluded = terms.usage?.exclusions ?? [];
  if (excluded.includes(UsageExclusion.USAGE_EXCLUSION_BOT_ONLY) && told.botOnly) return 'bot-only';
  if (excluded.includes(UsageExclusion.USAGE_EXCLUSION_UNANSWERED) && told.firstAnswer === undefined) return 'unanswered';
  if (excluded.includes(UsageExclusion.USAGE_EXCLUSION_OUTSIDE_SERVICE_HOURS) && !hoursOf(terms).isOpen(at)) return 'outside-service-hours';
  return undefined;
}

function hoursOf(terms: ContractTerms) {
  return serviceHours(terms.serviceWindows, terms.zone, terms.holidayCalendar);
}
