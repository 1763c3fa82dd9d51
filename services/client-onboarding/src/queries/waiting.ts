// What waits on the way from a lead to a signed contract: for whom, since when, and on which page it is resolved.
import { Party, WaitingItem } from '@deskfleet/protocol/common';
import { type Lead, LeadState } from '@deskfleet/protocol/onboarding-sales';
import { type Caller, type Kit, listedAt } from '@deskfleet/service-kit';
import type { DraftRow } from '../projections/drafts.ts';
import { draftsInWork } from './drafts.ts';
import { leadsInWork } from './leads.ts';

/** What is about a shop asked for, listed at the first such; a client's user is shown what waits for the client. */
export async function salesWaiting(kit: Kit, caller: Caller, asked: readonly string[] | 'all'): Promise<readonly WaitingItem[]> {
  const [leads, drafts] = await Promise.all([leadsInWork(kit, caller), draftsInWork(kit, caller)]);
  const at = (shopIds: readonly string[], itemsAt: (shopId: string) => WaitingItem[]): WaitingItem[] => {
    const shopId = listedAt(asked, shopIds);
    // Before its shops are known it is about none, and listed where all are asked for.
    return shopId === undefined && asked !== 'all' ? [] : itemsAt(shopId ?? '');
  };
  const items = [
    ...leads.flatMap((lead) =>
      at(
        lead.profiles.map(({ shopId }) => shopId),
        (shopId) => leadItem(caller, lead, shopId),
      ),
    ),
    ...drafts.flatMap((draft) => at(draft.shop_ids, (shopId) => draftItems(caller, draft, shopId))),
  ];
  return caller.role === 'client' ? items.filter(({ waitsFor }) => waitsFor === 'client') : items;
}

function leadItem({ vendorId }: Caller, lead: Lead, shopId: string): WaitingItem[] {
  if (lead.waitsFor === '') return [];
  const { clientName: subject, since, waitsFor, leadId } = lead;
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

/** A draft waits for the vendor; an offered text for each side that has not signed it. */
function draftItems({ vendorId }: Caller, draft: DraftRow, shopId: string): WaitingItem[] {
  const { contract_id: contractId, number: subject, signatures } = draft;
  const item = (kind: string, waitsFor: string, since: number, page: string): WaitingItem =>
    WaitingItem.create({ kind, vendorId, shopId, contractId, waitsFor, since, count: 1, subject, path: `/contracts/${contractId}/${page}` });
  const since = Number(draft.since);
  if (draft.state === 'draft') return [item('contract-draft-open', 'vendor-operations', since, 'terms')];
  const lacks = (party: Party): boolean => !signatures.some((one) => one.party === party);
  return [
    ...(lacks(Party.PARTY_CLIENT) ? [item('contract-awaiting-signature', 'client', since, 'sign')] : []),
    ...(lacks(Party.PARTY_VENDOR) ? [item('contract-awaiting-signature', 'vendor-operations', since, 'sign')] : []),
  ];
}
