// What waits on the way from a lead to a signed contract: for whom, since when, and on which page it is resolved.
import { WaitingItem } from '@deskfleet/protocol/common';
import { type Lead, LeadState } from '@deskfleet/protocol/onboarding-sales';
import type { Caller, Kit } from '@deskfleet/service-kit';
import { leadsInWork } from './leads.ts';

/** A client's user is shown what waits for the client. */
export async function salesWaiting(kit: Kit, caller: Caller): Promise<readonly WaitingItem[]> {
  const items = (await leadsInWork(kit, caller)).flatMap((lead) => leadItem(caller, lead));
  return caller.role === 'client' ? items.filter(({ waitsFor }) => waitsFor === 'client') : items;
}

function leadItem({ vendorId }: Caller, lead: Lead): WaitingItem[] {
  if (lead.waitsFor === '') return [];
  const { clientName: subject, since, waitsFor, leadId } = lead;
  const shopId = lead.profiles[0]?.shopId ?? '';
  const quote = lead.quotes[0]?.quote;
  const item = (kind: string, path = `/leads/${leadId}`): WaitingItem[] => [
    WaitingItem.create({ kind, vendorId, shopId, waitsFor, since, count: 1, subject, path }),
  ];
  switch (lead.state) {
    case LeadState.LEAD_STATE_QUOTED:
      return item('quote-awaiting-client', `/quotes/${quote?.quoteId ?? ''}`);
    case LeadState.LEAD_STATE_ACCEPTED:
      return item('contract-draft-due');
    default:
      return item(lead.missing.length > 0 ? 'lead-profile-incomplete' : 'quote-due');
  }
}
