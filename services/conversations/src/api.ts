// gRPC methods -> commands and queries; nothing else. Who may ask what stands here, which rows they see in row level security.
import type { Keyring } from '@deskfleet/event-store/sealing';
import { ListWaitingResponse } from '@deskfleet/protocol/common';
import {
  ConversationServiceDefinition,
  type ConversationServiceImplementation,
  EraseSubjectResponse,
  type ImportSummary,
  ListConversationsResponse,
  ListErasuresResponse,
  ListImportsResponse,
  ListLegalHoldsResponse,
  StartImportRequest,
  StartImportResponse,
} from '@deskfleet/protocol/conversations-service';
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
} from '@deskfleet/service-kit';
import { connectChannel } from './channel/connect-channel.ts';
import { receiveWebhook } from './channel/receive-webhook.ts';
import { sealFileName } from './import/file-name.ts';
import { finishImport } from './import/finish-import.ts';
import { imports } from './import/import.ts';
import { takeChunk } from './import/take-chunk.ts';
import { KnownConversations } from './intake/known.ts';
import { listConversations, transcriptOf } from './queries/conversations.ts';
import { erasuresById, erasuresOfSubjects, listErasures, listHolds, openedErasures, openedHolds } from './queries/erasures.ts';
import { findImport, listImports, withFileNames } from './queries/imports.ts';
import { findPersons } from './queries/persons.ts';
import { listWaiting } from './queries/waiting.ts';
import { eraseSubject } from './work/erase-subject.ts';
import { placeHold, releaseHold } from './work/legal-holds.ts';

export function api(kit: Kit, keyring: Keyring): GrpcService {
  const known = new KnownConversations(kit.store);
  const summary = async (caller: Caller, importId: string): Promise<ImportSummary> => {
    const found = (await kit.read(caller, (tx) => findImport(tx, importId))) ?? notFound('import', importId);
    const [named] = await withFileNames(keyring, caller.vendorId, [found]);
    return named ?? found.summary;
  };

  const implementation: ConversationServiceImplementation<CallerContext> = {
    async startImport(request, { caller }) {
      allow(caller, 'vendor-operations');
      await kit.awaitPosition(request.after);
      const importId = `im_${kit.newId()}`;
      const fileName = await sealFileName(keyring, caller.vendorId, importId, request.fileName);
      const streamId = `import-${importId}`;
      const { answer, at } = unwrap(
        await kit.command({
          caller,
          commandId: request.commandId,
          content: StartImportRequest.encode({ ...request, commandId: '', after: undefined }).finish(),
          answer: StartImportResponse,
          streams: [],
          decide(_, now) {
            const decision = imports.decide(imports.initial, { kind: 'start', importId, fileName });
            const events = decision.accepted ? decision.events.map((event) => ({ event, occurredAt: now, shopId: '' })) : [];
            return { appends: [{ streamId, expected: 'none', events }], answer: StartImportResponse.create({ importId }) };
          },
        }),
      );
      return { ...answer, at };
    },

    async importChunk(request, { caller }) {
      allow(caller, 'vendor-operations');
      const { answer, at } = unwrap(await takeChunk(kit, keyring, caller, request));
      return { ...answer, at };
    },

    async finishImport(request, { caller }) {
      allow(caller, 'vendor-operations');
      const { at } = unwrap(await finishImport(kit, caller, request));
      await kit.awaitPosition(at);
      return { ...(await summary(caller, request.importId)), at };
    },

    async getImport({ importId }, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      return summary(caller, importId);
    },

    async listImports(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const page = keyset(request.page, 2);
      const found = await kit.read(caller, (tx) => listImports(tx, page));
      const { rows, nextToken } = pageOf(found, page, ({ summary: { startedAt, importId } }) => [startedAt, importId]);
      return ListImportsResponse.create({ imports: await withFileNames(keyring, caller.vendorId, rows), nextToken });
    },

    async receiveWebhook(request, { caller }) {
      allow(caller, 'service');
      const { answer, at } = unwrap(await receiveWebhook(kit, keyring, known, request));
      return { ...answer, at };
    },

    async connectChannel(request, { caller }) {
      allow(caller, 'vendor-operations');
      return connectChannel(kit, keyring, caller, request);
    },

    async listConversations(request, { caller }) {
      const page = keyset(request.page, 2);
      const filter = { shopIds: visibleShops(caller, request.shopIds), fromAt: request.fromAt, toAt: request.toAt };
      const found = await kit.read(caller, (tx) => listConversations(tx, filter, page));
      const { rows, nextToken } = pageOf(found, page, (row) => [row.firstMessageAt, row.conversationId]);
      return ListConversationsResponse.create({ conversations: [...rows], nextToken });
    },

    async getConversation({ conversationId }, { caller }) {
      const streamId = `conversation-${conversationId}`;
      // As the caller: a conversation of another vendor's or client's shop has no events to read.
      const stream = (await kit.read(caller, (tx) => kit.store.load(caller.vendorId, [streamId], tx))).get(streamId);
      if (stream === undefined || stream.events.length === 0) return notFound('conversation', conversationId);
      return transcriptOf(stream, caller.vendorId, keyring);
    },

    async listWaiting(_, { caller }) {
      return ListWaitingResponse.create(await listWaiting(kit, keyring, caller));
    },

    async eraseSubject(request, { caller }) {
      allow(caller, 'vendor-operations');
      const { answer, at } = unwrap(await eraseSubject(kit, keyring, caller, request));
      await kit.awaitPosition(at);
      const subjectIds = answer.erasures.map(({ subjectId }) => subjectId);
      const found = await kit.read(caller, (tx) => erasuresOfSubjects(tx, subjectIds, kit.now()));
      return EraseSubjectResponse.create({ erasures: await openedErasures(keyring, caller.vendorId, found), at });
    },

    async findPersons(request, { caller }) {
      allow(caller, 'vendor-operations');
      return { persons: await findPersons(kit, keyring, caller, request) };
    },

    async getErasure({ erasureId, after }, { caller }) {
      allow(caller, 'vendor-operations');
      await kit.awaitPosition(after);
      const found = await kit.read(caller, (tx) => erasuresById(tx, erasureId, kit.now()));
      const [erasure] = await openedErasures(keyring, caller.vendorId, found);
      return erasure ?? notFound('erasure', erasureId);
    },

    async listErasures(request, { caller }) {
      allow(caller, 'vendor-operations');
      const page = keyset(request.page, 2);
      const found = await kit.read(caller, (tx) => listErasures(tx, page, kit.now()));
      const { rows, nextToken } = pageOf(found, page, ({ erasure }) => [erasure.requestedAt, erasure.erasureId]);
      return ListErasuresResponse.create({ erasures: await openedErasures(keyring, caller.vendorId, rows), nextToken });
    },

    async placeLegalHold(request, { caller }) {
      allow(caller, 'vendor-operations');
      const { answer, at } = unwrap(await placeHold(kit, keyring, caller, request));
      await kit.awaitPosition(at); // released by its id, it is looked up there
      return { ...answer, at };
    },

    async releaseLegalHold(request, { caller }) {
      allow(caller, 'vendor-operations');
      const { answer, at } = unwrap(await releaseHold(kit, keyring, caller, request));
      return { ...answer, at };
    },

    async listLegalHolds(request, { caller }) {
      allow(caller, 'vendor-operations');
      await kit.awaitPosition(request.after);
      const page = keyset(request.page, 2);
      const found = await kit.read(caller, (tx) => listHolds(tx, request.standingOnly, page));
      const { rows, nextToken } = pageOf(found, page, (row) => [Number(row.placed_at), row.hold_id]);
      return ListLegalHoldsResponse.create({ holds: await openedHolds(keyring, caller.vendorId, rows), nextToken });
    },
  };
  return grpcService(ConversationServiceDefinition, implementation);
}
