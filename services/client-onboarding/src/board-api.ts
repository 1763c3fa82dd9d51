// The board over gRPC: the vendor's own, so no client sees it.
import { CommandReceipt } from '@deskfleet/protocol/common';
import { BoardServiceDefinition, RemindClientRequest } from '@deskfleet/protocol/onboarding-board';
import { allow, type GrpcService, grpcService, type Kit, notFound, unwrap } from '@deskfleet/service-kit';
import { reminders } from './board/reminder.ts';
import { boardPage, cardOf, shopsOnCards } from './queries/board.ts';
import { streamsOf } from './streams.ts';

export function boardApi(kit: Kit): GrpcService {
  return grpcService(BoardServiceDefinition, {
    async listBoard(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'finance');
      await kit.awaitPosition(request.after);
      return boardPage(kit, caller, request);
    },

    async remindClient(request, { caller }) {
      allow(caller, 'vendor-operations');
      const card = await cardOf(kit, caller, request.subjectId, request.shopId);
      if (card === undefined) return notFound('card', request.subjectId);
      const shopIds = await shopsOnCards(kit, caller, request.subjectId);
      const streamId = `reminders-${request.subjectId}`;
      const { answer, at } = unwrap(
        await kit.command({
          caller,
          commandId: request.commandId,
          content: RemindClientRequest.encode(request).finish(),
          answer: CommandReceipt,
          streams: [streamId],
          decide(loaded, now) {
            const { lead_id: leadId, client_id: clientId, step, what, turn } = card;
            const contractId = card.kind === 'contract' ? card.subject_id : '';
            const lastAt = loaded.get(streamId)?.events.at(-1)?.occurredAt;
            const decision = reminders.decide(reminders.initial, {
              leadId,
              contractId,
              clientId,
              shopIds,
              step,
              what,
              turn,
              note: request.note.trim(),
              now,
              lastAt,
            });
            if (!decision.accepted) return decision;
            return { appends: [streamsOf(loaded, now).append(streamId, decision.events, shopIds[0] ?? '')], answer: CommandReceipt.create({}) };
          },
        }),
      );
      return { ...answer, at };
    },
  });
}
