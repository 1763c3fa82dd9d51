// gRPC methods on contracts' texts and templates -> commands and queries; nothing else.
import { CheckTermsResponse, ContractingServiceDefinition, ListDraftsResponse, ListTemplatesResponse } from '@deskfleet/protocol/onboarding-contracting';
import { allow, type GrpcService, grpcService, type Kit, keyset, notFound } from '@deskfleet/service-kit';
import { DRAFT_KEY_PARTS, draftOf, draftPage, problemsOf, templates } from './queries/drafts.ts';
import { draftContract, dropDraft, offerContract, reviseDraft, saveTemplate, signText, textOfContract, withdrawOffer } from './work/draft-commands.ts';

export function contractingApi(kit: Kit): GrpcService {
  return grpcService(ContractingServiceDefinition, {
    saveTemplate(request, { caller }) {
      allow(caller, 'vendor-operations');
      return saveTemplate(kit, caller, request);
    },

    async listTemplates(request, { caller }) {
      allow(caller, 'vendor-operations');
      await kit.awaitPosition(request.after);
      return ListTemplatesResponse.create({ templates: await templates(kit, caller) });
    },

    draftContract(request, { caller }) {
      allow(caller, 'vendor-operations');
      return draftContract(kit, caller, request);
    },

    reviseDraft(request, { caller }) {
      allow(caller, 'vendor-operations');
      return reviseDraft(kit, caller, request);
    },

    async checkTerms(request, { caller }) {
      allow(caller, 'vendor-operations');
      return CheckTermsResponse.create({ problems: problemsOf(request.shopIds, request.terms) });
    },

    offerContract(request, { caller }) {
      allow(caller, 'vendor-operations');
      return offerContract(kit, caller, request);
    },

    withdrawOffer(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      return withdrawOffer(kit, caller, request);
    },

    signText(request, { caller }) {
      allow(caller, 'vendor-operations', 'client');
      return signText(kit, caller, request);
    },

    dropDraft(request, { caller }) {
      allow(caller, 'vendor-operations');
      return dropDraft(kit, caller, request);
    },

    async listDrafts(request, { caller }) {
      allow(caller, 'vendor-operations', 'finance', 'client');
      await kit.awaitPosition(request.after);
      return ListDraftsResponse.create(await draftPage(kit, caller, request, keyset(request.page, DRAFT_KEY_PARTS)));
    },

    async getDraft(request, { caller }) {
      allow(caller, 'vendor-operations', 'finance', 'client');
      await kit.awaitPosition(request.after);
      return (await draftOf(kit, caller, request.contractId)) ?? notFound('contract', request.contractId);
    },

    getContractText(request, { caller }) {
      allow(caller, 'vendor-operations', 'finance', 'client');
      return textOfContract(kit, caller, request.contractId);
    },
  });
}
