// Living together over gRPC: questions and knowledge, supervision, suggestions, meetings, and what waits of them.
import { ListWaitingResponse } from '@deskfleet/protocol/common';
import { CareServiceDefinition } from '@deskfleet/protocol/onboarding-care';
import { type GrpcService, grpcService, type Kit, visibleShops } from '@deskfleet/service-kit';
import { questionMethods } from './care/question-api.ts';
import { supervisionMethods } from './care/supervision-api.ts';
import { careWaiting } from './queries/care-waiting.ts';
import type { Sealed } from './sealed.ts';

export function careApi(kit: Kit, sealed: Sealed): GrpcService {
  return grpcService(CareServiceDefinition, {
    ...questionMethods(kit, sealed),
    ...supervisionMethods(kit, sealed),
    async listWaiting(request, { caller }) {
      return ListWaitingResponse.create(await careWaiting(kit, caller, visibleShops(caller, request.shopIds)));
    },
  });
}
