// gRPC methods from a lead to a signed contract -> commands and queries; nothing else.
import { ListLeadsResponse, SalesServiceDefinition } from '@deskfleet/protocol/onboarding-sales';
import { allow, type GrpcService, grpcService, type Kit, keyset, notFound } from '@deskfleet/service-kit';
import { leadOfQuote } from './lead/lead.ts';
import { LEAD_KEY_PARTS, leadOf, leadPage } from './queries/leads.ts';
import type { Sealed } from './sealed.ts';
import { acceptQuote, declineQuote, issueQuote, loseLead, openLead, proposePlan, recordShopProfile } from './work/lead-commands.ts';

export function salesApi(kit: Kit, sealed: Sealed): GrpcService {
  return grpcService(SalesServiceDefinition, {
    openLead(request, { caller }) {
      allow(caller, 'vendor-operations');
      return openLead(kit, sealed, caller, request);
    },

    recordShopProfile(request, { caller }) {
      allow(caller, 'vendor-operations');
      return recordShopProfile(kit, caller, request);
    },

    proposePlan(request, { caller }) {
      allow(caller, 'vendor-operations');
      return proposePlan(kit, caller, request);
    },

    issueQuote(request, { caller }) {
      allow(caller, 'vendor-operations');
      return issueQuote(kit, caller, request);
    },

    acceptQuote: (request, { caller }) => acceptQuote(kit, caller, request),

    declineQuote: (request, { caller }) => declineQuote(kit, caller, request),

    loseLead(request, { caller }) {
      allow(caller, 'vendor-operations');
      return loseLead(kit, caller, request);
    },

    async listLeads(request, { caller }) {
      allow(caller, 'vendor-operations', 'finance', 'client');
      await kit.awaitPosition(request.after);
      return ListLeadsResponse.create(await leadPage(kit, caller, request, keyset(request.page, LEAD_KEY_PARTS)));
    },

    async getLead(request, { caller }) {
      allow(caller, 'vendor-operations', 'finance', 'client');
      await kit.awaitPosition(request.after);
      return (await leadOf(kit, sealed, caller, request.leadId)) ?? notFound('lead', request.leadId);
    },

    async getQuote(request, { caller }) {
      allow(caller, 'vendor-operations', 'finance', 'client');
      await kit.awaitPosition(request.after);
      const lead = await leadOf(kit, sealed, caller, leadOfQuote(request.quoteId));
      return lead?.quotes.some(({ quote }) => quote?.quoteId === request.quoteId) === true ? lead : notFound('quote', request.quoteId);
    },
  });
}
