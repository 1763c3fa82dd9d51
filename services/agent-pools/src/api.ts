// gRPC methods -> commands and queries; nothing else. Who may ask what stands here, which rows they see in row level security.
import { fold, type LoadedStream } from '@deskfleet/event-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import {
  AgentPoolServiceDefinition,
  type AgentPoolServiceImplementation,
  ChangeLevelRequest,
  HireAgentRequest,
  HireAgentResponse,
  ListAccountsResponse,
  ListAgentsResponse,
  ListAssignmentsResponse,
  SetPresenceRequest,
  TrainAgentRequest,
} from '@deskfleet/protocol/agents-service';
import { CommandReceipt, ListWaitingResponse, WaitingItem } from '@deskfleet/protocol/common';
import {
  allow,
  type Caller,
  type CallerContext,
  type GrpcService,
  grpcService,
  type Kit,
  keyset,
  notFound,
  pageOf,
  unwrap,
  visibleShops,
  WAITING_SHOWN,
} from '@deskfleet/service-kit';
import { mapAccounts } from './account/map-accounts.ts';
import { type AgentCommand, type AgentEvent, agent } from './agent/agent.ts';
import { countUnmapped, listAccounts, unmappedByShop } from './queries/accounts.ts';
import { listAgents, listAssignments } from './queries/agents.ts';
import { findShops } from './queries/shops.ts';
import { shortShops } from './queries/staffing.ts';

interface Asked<Answer extends UnknownMessage> {
  readonly commandId: string;
  readonly content: Uint8Array;
  readonly agentId: string;
  readonly command: AgentCommand;
  readonly codec: MessageType<Answer>;
  readonly answer: Answer;
  /** The shop the event is about; empty where none. */
  readonly shopId?: string;
}

export function api(kit: Kit): GrpcService {
  const command = async <Answer extends UnknownMessage>(caller: Caller, asked: Asked<Answer>) => {
    const streamId = `agent-${asked.agentId}`;
    const result = await kit.command({
      caller,
      commandId: asked.commandId,
      content: asked.content,
      answer: asked.codec,
      streams: [streamId],
      decide(streams, now) {
        const stream = streams.get(streamId);
        const decision = agent.decide(stateOf(stream), asked.command);
        if (!decision.accepted) return decision;
        const version = stream?.version ?? 0;
        const events = decision.events.map((event) => ({ event, occurredAt: now, shopId: asked.shopId ?? '' }));
        return { appends: [{ streamId, expected: version === 0 ? 'none' : { exactly: version }, events }], answer: asked.answer };
      },
    });
    return unwrap(result);
  };

  const implementation: AgentPoolServiceImplementation<CallerContext> = {
    async hireAgent(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { name, skills, maxLoad, userId, level } = request;
      const agentId = `ag_${kit.newId()}`;
      const { answer, at } = await command(caller, {
        commandId: request.commandId,
        content: HireAgentRequest.encode({ ...request, commandId: '' }).finish(),
        agentId,
        command: { kind: 'hire', agentId, name, skills, maxLoad, userId, level },
        codec: HireAgentResponse,
        answer: HireAgentResponse.create({ agentId }),
      });
      return { ...answer, at };
    },

    async trainAgent(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { agentId, shopId, trainedOn } = request;
      await kit.awaitPosition(request.after);
      if (!(await kit.read(caller, (tx) => findShops(tx, [shopId]))).has(shopId)) return notFound('shop', shopId);
      const { at } = await command(caller, {
        commandId: request.commandId,
        content: TrainAgentRequest.encode({ ...request, commandId: '', after: undefined }).finish(),
        agentId,
        command: { kind: 'train', agentId, shopId, trainedOn },
        codec: CommandReceipt,
        answer: CommandReceipt.create(),
        shopId,
      });
      return CommandReceipt.create({ at });
    },

    async changeLevel(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { agentId, level } = request;
      const { at } = await command(caller, {
        commandId: request.commandId,
        content: ChangeLevelRequest.encode({ ...request, commandId: '' }).finish(),
        agentId,
        command: { kind: 'change-level', agentId, level },
        codec: CommandReceipt,
        answer: CommandReceipt.create(),
      });
      return CommandReceipt.create({ at });
    },

    async setPresence(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { agentId, presence } = request;
      const { at } = await command(caller, {
        commandId: request.commandId,
        content: SetPresenceRequest.encode({ ...request, commandId: '' }).finish(),
        agentId,
        command: { kind: 'change-presence', agentId, presence, source: 'page' },
        codec: CommandReceipt,
        answer: CommandReceipt.create(),
      });
      return CommandReceipt.create({ at });
    },

    async mapAccounts(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { answer, at } = unwrap(await mapAccounts(kit, caller, request));
      return { ...answer, at };
    },

    async listAgents(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'service');
      await kit.awaitPosition(request.after);
      const agents = await kit.read(caller, (tx) => listAgents(tx, visibleShops(caller, request.shopIds), kit.now()));
      return ListAgentsResponse.create({ agents });
    },

    async listAccounts(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector');
      await kit.awaitPosition(request.after);
      const page = keyset(request.page, 3);
      const filter = { shopIds: visibleShops(caller, request.shopIds), unmappedOnly: request.unmappedOnly, agentId: request.agentId };
      const [found, unmapped] = await kit.read(caller, async (tx) => [await listAccounts(tx, filter, page), await countUnmapped(tx, filter.shopIds)] as const);
      const { rows, nextToken } = pageOf(found, page, ({ key }) => key);
      return ListAccountsResponse.create({ accounts: rows.map(({ account }) => account), nextToken, unmapped });
    },

    async listAssignments(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const page = keyset(request.page, 2);
      const found = await kit.read(caller, (tx) => listAssignments(tx, visibleShops(caller, request.shopIds), page));
      const { rows, nextToken } = pageOf(found, page, (row) => [row.at, row.conversationId]);
      return ListAssignmentsResponse.create({ assignments: [...rows], nextToken });
    },

    async listWaiting(request, { caller }) {
      const wanted = visibleShops(caller, request.shopIds);
      const shops = await kit.read(caller, (tx) => unmappedByShop(tx, wanted));
      const short = await kit.read({ ...caller, shopIds: 'all' }, (tx) => shortShops(tx, caller.vendorId, wanted, kit.now()));
      const unmapped = shops.map(({ shopId, accounts, since }) =>
        WaitingItem.create({
          kind: 'account-unmapped',
          vendorId: caller.vendorId,
          shopId,
          waitsFor: 'vendor-operations',
          since,
          count: accounts,
          path: `/accounts?shop=${shopId}&unmapped=1`,
        }),
      );
      // BR-218: both sides see it.
      const missing = short.map(({ shopId, contractId, shortage }) =>
        WaitingItem.create({
          kind: 'staffing-short',
          vendorId: caller.vendorId,
          shopId,
          contractId,
          waitsFor: 'vendor-operations',
          since: shortage?.since ?? 0,
          count: shortage?.missing ?? 0,
          path: `/staffing/${shopId}`,
        }),
      );
      const items = [...unmapped, ...missing].sort((a, b) => a.since - b.since).slice(0, WAITING_SHOWN);
      return ListWaitingResponse.create({ items, total: shops.length + short.length });
    },
  };
  return grpcService(AgentPoolServiceDefinition, implementation);
}

function stateOf(stream: LoadedStream | undefined) {
  return fold(agent, stream?.events.map(({ event }) => event as AgentEvent) ?? []);
}
