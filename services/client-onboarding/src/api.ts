// gRPC methods -> commands and queries; nothing else.
import { type EpochMs, fold, refuse } from '@deskfleet/event-store';
import { contractIdOf, shopIdOf } from '@deskfleet/protocol';
import { Consent, ListWaitingResponse, type Page, WaitingItem } from '@deskfleet/protocol/common';
import {
  AddShopRequest,
  AddShopResponse,
  ContractResponse,
  ImportContractRequest,
  ListClientsResponse,
  ListContractsResponse,
  ListShopsResponse,
  OnboardingServiceDefinition,
  RegisterClientRequest,
  RegisterClientResponse,
  SignContractRequest,
  TakeOverShopsRequest,
  TakeOverShopsResponse,
} from '@deskfleet/protocol/onboarding-service';
import { dateOf } from '@deskfleet/service-hours';
import {
  allow,
  type Caller,
  type GrpcService,
  grpcService,
  type Keyset,
  type Kit,
  keyset,
  MAX_PAGE,
  notFound,
  refuseCall,
  unwrap,
  visibleShops,
  WAITING_SHOWN,
} from '@deskfleet/service-kit';
import { client } from './client/client.ts';
import type { WholeCommand } from './contract/contract.ts';
import { makeContract } from './contract/make-contract.ts';
import { isZone } from './contract/terms.ts';
import { CLIENT_KEY_PARTS, CONTRACT_KEY_PARTS, clientPage, contractPage, SHOP_KEY_PARTS, shopPage, shopsWithoutContract } from './queries/overview.ts';
import { salesWaiting } from './queries/waiting.ts';
import { shop } from './shop/shop.ts';
import { arrivals, streamsOfArrivals, takeOver } from './shop/take-over.ts';
import { clientStream, contractStream, shopStream, streamsOf } from './streams.ts';

/** Shops a request takes over at most: all of them go in with one append. */
const TAKE_OVER_LIMIT = 200;

export function onboardingApi(kit: Kit): GrpcService {
  return grpcService(OnboardingServiceDefinition, {
    async registerClient(request, { caller }) {
      allow(caller, 'vendor-operations');
      const clientId = `cl_${kit.newId()}`;
      const { answer, at } = unwrap(
        await kit.command({
          caller,
          commandId: request.commandId,
          content: RegisterClientRequest.encode(request).finish(),
          answer: RegisterClientResponse,
          streams: [clientStream(clientId)],
          decide(loaded, now) {
            const decision = client.decide(client.initial, { kind: 'register', clientId, name: request.name });
            if (!decision.accepted) return decision;
            return { appends: [streamsOf(loaded, now).append(clientStream(clientId), decision.events)], answer: RegisterClientResponse.create({ clientId }) };
          },
        }),
      );
      return { ...answer, at };
    },

    async addShop(request, { caller }) {
      allow(caller, 'vendor-operations');
      const { clientId, code, name, platform } = request;
      const shopId = shopIdOf(caller.vendorId, code);
      const { answer, at } = unwrap(
        await kit.command({
          caller,
          commandId: request.commandId,
          content: AddShopRequest.encode(request).finish(),
          answer: AddShopResponse,
          streams: [clientStream(clientId), shopStream(shopId)],
          decide(loaded, now) {
            const streams = streamsOf(loaded, now);
            if (streams.client(clientId).length === 0) return refuse('client-not-found', { field: 'clientId', id: clientId });
            const decision = shop.decide(fold(shop, streams.shop(shopId)), { kind: 'add', shopId, clientId, code, name, platform });
            if (!decision.accepted) return decision;
            return { appends: [streams.append(shopStream(shopId), decision.events, shopId)], answer: AddShopResponse.create({ shopId }) };
          },
        }),
      );
      return { ...answer, at };
    },

    async signContract(request, { caller }) {
      allow(caller, 'vendor-operations');
      const { clientId, shopIds, terms, signedOn } = request;
      const zone = terms !== undefined && isZone(terms.zone) ? terms.zone : 'UTC';
      // Who says so is whoever is signed in; a request cannot name another.
      const consent = request.clientConsent === undefined ? undefined : Consent.create({ ...request.clientConsent, userId: caller.id });
      const agreesFor = caller.mayAgree ? caller.clientId : '';
      return newContract(kit, caller, request, SignContractRequest.encode(request).finish(), (named, now) => ({
        kind: 'sign',
        ...named,
        clientId,
        shopIds,
        terms,
        signedOn,
        consent,
        agreesFor,
        today: dateOf(now, zone),
      }));
    },

    async importContract(request, { caller }) {
      allow(caller, 'vendor-operations');
      const { clientId, shopIds, terms, importedFrom } = request;
      return newContract(kit, caller, request, ImportContractRequest.encode(request).finish(), (named) => ({
        kind: 'import',
        ...named,
        clientId,
        shopIds,
        terms,
        importedFrom,
      }));
    },

    async takeOverShops(request, { caller }) {
      allow(caller, 'vendor-operations');
      if (request.shops.length > TAKE_OVER_LIMIT) {
        refuseCall('too-many-shops', { field: 'shops', found: request.shops.length, expected: `at most ${TAKE_OVER_LIMIT}` });
      }
      const arriving = arrivals(caller.vendorId, request.shops, kit.newId);
      const { answer, at } = unwrap(
        await kit.command({
          caller,
          commandId: request.commandId,
          content: TakeOverShopsRequest.encode(request).finish(),
          answer: TakeOverShopsResponse,
          streams: streamsOfArrivals(arriving),
          decide(loaded, now) {
            const taken = takeOver(streamsOf(loaded, now), arriving, request.importedFrom);
            if ('accepted' in taken) return taken;
            return { appends: taken.appends, answer: TakeOverShopsResponse.create({ createdCodes: [...taken.codes] }) };
          },
        }),
      );
      return { ...answer, at };
    },

    async listClients(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'finance');
      await kit.awaitPosition(request.after);
      const { messages, ...page } = await clientPage(kit, caller, request.search, wide(request.page, CLIENT_KEY_PARTS));
      return ListClientsResponse.create({ clients: messages, ...page });
    },

    async listShops(request, { caller }) {
      const filter = { shopIds: visibleShops(caller, request.shopIds), search: request.search, clientId: request.clientId };
      await kit.awaitPosition(request.after);
      const { messages, ...page } = await shopPage(kit, caller, filter, wide(request.page, SHOP_KEY_PARTS));
      return ListShopsResponse.create({ shops: messages, ...page });
    },

    async listContracts(request, { caller }) {
      const filter = { contractIds: request.contractIds, shopIds: visibleShops(caller, request.shopIds) };
      await kit.awaitPosition(request.after);
      const { messages, ...page } = await contractPage(kit, caller, filter, wide(request.page, CONTRACT_KEY_PARTS));
      return ListContractsResponse.create({ contracts: messages, ...page });
    },

    async getContract(request, { caller }) {
      await kit.awaitPosition(request.after);
      const { messages } = await contractPage(kit, caller, { contractIds: [request.contractId], shopIds: 'all' }, wide(undefined, CONTRACT_KEY_PARTS));
      return messages[0] ?? notFound('contract', request.contractId);
    },

    async listWaiting(request, { caller }) {
      const wanted = visibleShops(caller, request.shopIds);
      const missing = await shopsWithoutContract(kit, caller, wanted);
      const contractMissing = missing.map(({ shop_id, code, added_at }) =>
        WaitingItem.create({
          kind: 'contract-missing',
          vendorId: caller.vendorId,
          shopId: shop_id,
          waitsFor: 'vendor-operations',
          since: Number(added_at),
          count: 1,
          subject: code,
          path: `/contracts/new?shop=${shop_id}`,
        }),
      );
      // Each stage of the way adds what waits in it.
      const items = [...contractMissing, ...(await salesWaiting(kit, caller, wanted))];
      return ListWaitingResponse.create({ items: items.sort((a, b) => a.since - b.since).slice(0, WAITING_SHOWN), total: items.length });
    },
  });
}

/** Most installations see all their shops in one page. */
function wide(page: Page | undefined, parts: number): Keyset {
  return keyset({ $type: 'deskfleet.common.v1.Page', token: '', ...page, size: page?.size || MAX_PAGE }, parts);
}

/** Signs or takes over a contract; its number, given or made here, is what its id is computed from. */
async function newContract(
  kit: Kit,
  caller: Caller,
  request: { readonly commandId: string; readonly number: string; readonly clientId: string; readonly shopIds: readonly string[] },
  content: Uint8Array,
  command: (named: { readonly contractId: string; readonly number: string }, now: EpochMs) => WholeCommand,
): Promise<ContractResponse> {
  const number = request.number || `C-${kit.newId().slice(-10).toUpperCase()}`;
  const contractId = contractIdOf(caller.vendorId, number);
  const { answer, at } = unwrap(
    await kit.command({
      caller,
      commandId: request.commandId,
      content,
      answer: ContractResponse,
      streams: [clientStream(request.clientId), contractStream(contractId), ...new Set(request.shopIds.map(shopStream))],
      decide(loaded, now) {
        const appends = makeContract(streamsOf(loaded, now), command({ contractId, number }, now));
        return 'accepted' in appends ? appends : { appends, answer: ContractResponse.create({ contractId, number }) };
      },
    }),
  );
  return { ...answer, at };
}
