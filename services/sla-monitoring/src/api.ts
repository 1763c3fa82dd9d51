// gRPC methods -> queries; nothing else. What a caller may see is held by row level security; what is not theirs answers as not there.
import {
  GetContractSlaResponse,
  ListBreachesResponse,
  ListClocksResponse,
  SlaServiceDefinition,
  type SlaServiceImplementation,
} from '@deskfleet/protocol/sla-service';
import { allow, type Caller, type CallerContext, type GrpcService, grpcService, type Kit, keyset, visibleShops } from '@deskfleet/service-kit';
import { attainmentOf } from './queries/attainment-at.ts';
import { BREACH_KEY_PARTS, breachById, listBreaches } from './queries/breaches.ts';
import { worstClauses } from './queries/clauses.ts';
import { CLOCK_KEY_PARTS, listClocks } from './queries/clocks.ts';
import { clauseFigures } from './queries/contract-sla.ts';
import { contractById, contractsOf } from './queries/contracts.ts';
import { floor, overdueByShop } from './queries/floor.ts';
import { report } from './queries/report.ts';
import { ribbon } from './queries/ribbon.ts';

export function slaApi(kit: Kit): GrpcService {
  return grpcService(SlaServiceDefinition, implementation(kit));
}

/** Everybody reads service levels but QA, whose judgement is blind to them. */
function mayRead(caller: Caller): void {
  allow(caller, 'vendor-operations', 'team-lead', 'finance', 'client', 'service');
}

function implementation(kit: Kit): SlaServiceImplementation<CallerContext> {
  const view = () => ({ source: kit.store.source, now: kit.now() });
  return {
    async getReport({ shopIds, range }, { caller }) {
      mayRead(caller);
      const request = { vendorId: caller.vendorId, shopIds: visibleShops(caller, shopIds), range, now: kit.now() };
      return kit.read(caller, (tx) => report(tx, request));
    },

    async getContractSla({ contractId, range, clauseKey, shopId, after }, { caller }) {
      mayRead(caller);
      const shopIds = visibleShops(caller, shopId === '' ? [] : [shopId]);
      await kit.awaitPosition(after);
      const now = kit.now();
      return kit.read(caller, async (tx) => {
        const contract = await contractById(tx, caller.vendorId, contractId);
        const clauses = [];
        for (const clause of contract.terms.clauses.filter(({ key }) => clauseKey === '' || key === clauseKey)) {
          clauses.push(...(await clauseFigures(tx, { vendorId: caller.vendorId, contract, clause, range, shopIds, now })));
        }
        return GetContractSlaResponse.create({ contractId, zone: contract.terms.zone, clauses, asOf: now });
      });
    },

    async listClauses({ shopIds, range }, { caller }) {
      mayRead(caller);
      const request = { vendorId: caller.vendorId, shopIds: visibleShops(caller, shopIds), range, now: kit.now() };
      return kit.read(caller, async (tx) => worstClauses(tx, request, await contractsOf(tx, caller.vendorId)));
    },

    async getAttainment({ contractId, month }, { caller }) {
      mayRead(caller);
      return attainmentOf(kit, caller, contractId, month);
    },

    async listClocks({ contractId, clauseKey, shopId, range, states, page }, { caller }) {
      mayRead(caller);
      const shopIds = visibleShops(caller, shopId === '' ? [] : [shopId]);
      const filter = { vendorId: caller.vendorId, contractId, clauseKey, shopIds, range, states, now: kit.now() };
      return kit.read(caller, async (tx) => {
        if (contractId !== '') await contractById(tx, caller.vendorId, contractId);
        return ListClocksResponse.create(await listClocks(tx, filter, keyset(page, CLOCK_KEY_PARTS)));
      });
    },

    async getBreach({ breachId }, { caller }) {
      mayRead(caller);
      return kit.read(caller, (tx) => breachById(tx, caller.vendorId, breachId, view()));
    },

    async listBreaches({ contractId, clauseKey, shopIds, range, page }, { caller }) {
      mayRead(caller);
      const filter = { vendorId: caller.vendorId, contractId, clauseKey, shopIds: visibleShops(caller, shopIds), range };
      return kit.read(caller, async (tx) => {
        if (contractId !== '') await contractById(tx, caller.vendorId, contractId);
        return ListBreachesResponse.create(await listBreaches(tx, filter, keyset(page, BREACH_KEY_PARTS), view()));
      });
    },

    async getRibbon({ conversationId }, { caller }) {
      mayRead(caller);
      return kit.read(caller, (tx) => ribbon(tx, caller.vendorId, conversationId, kit.now()));
    },

    async getFloor({ shopIds }, { caller }) {
      mayRead(caller);
      const request = { vendorId: caller.vendorId, shopIds: visibleShops(caller, shopIds), now: kit.now() };
      return kit.read(caller, async (tx) => floor(tx, request, await contractsOf(tx, caller.vendorId)));
    },

    async listWaiting({ shopIds }, { caller }) {
      mayRead(caller);
      const request = { vendorId: caller.vendorId, shopIds: visibleShops(caller, shopIds), now: kit.now() };
      return kit.read(caller, (tx) => overdueByShop(tx, request));
    },
  };
}
