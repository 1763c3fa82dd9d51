// gRPC methods -> commands and queries; nothing else.

import { factsOfConversation } from '@deskfleet/conversation-facts';
import { expectLoaded, fold } from '@deskfleet/event-store';
import type { Keyring } from '@deskfleet/event-store/sealing';
import { CommandReceipt, ListWaitingResponse, LogPosition, WaitingItem } from '@deskfleet/protocol/common';
import { SampleDrawn } from '@deskfleet/protocol/qa';
import {
  CorrectInspectionRequest,
  DrawSampleRequest,
  DrawSampleResponse,
  type Inspection,
  ListFindingsResponse,
  ListInspectionsResponse,
  ListSamplesResponse,
  QaServiceDefinition,
  type QaServiceImplementation,
  RaiseFindingRequest,
  RaiseFindingResponse,
  RedrawSampleResponse,
  ScoreInspectionRequest,
  SkipInspectionRequest,
} from '@deskfleet/protocol/qa-service';
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
  refuseCall,
  unwrap,
  visibleShops,
  WAITING_SHOWN,
} from '@deskfleet/service-kit';
import type { SealedReason } from './inspection/inspection.ts';
import { scorecard } from './inspection/scorecard.ts';
import { type AssignmentRow, assignmentById, inspectionPage, openBySample } from './queries/assignments.ts';
import { findingPage, findingsOf } from './queries/findings.ts';
import { frameAt, type StoredSample, sampleById, samplePage, sampleView, shopsInFrame } from './queries/samples.ts';
import { draw } from './sample/draw.ts';
import { sample } from './sample/sample.ts';
import { onAssignment } from './work/commands.ts';
import { assignmentFor, nextAssignment } from './work/desk.ts';
import { sealNote, sealReason, withNotes, withReasons } from './work/notes.ts';

const STAFF = ['qa-inspector', 'team-lead', 'vendor-operations'] as const;
const LAST = { at: Number.MAX_SAFE_INTEGER, id: '\u{10ffff}' };

export function qaApi(kit: Kit, keyring: Keyring): GrpcService {
  const { source } = kit.store;

  const implementation: QaServiceImplementation<CallerContext> = {
    async drawSample(request, { caller }) {
      allow(caller, 'qa-inspector', 'vendor-operations');
      const { answer, at } = await drawSample(kit, caller, request);
      return { ...answer, at };
    },

    async redrawSample({ sampleId }, { caller }) {
      allow(caller, ...STAFF);
      return kit.read(caller, async (tx) => {
        const stored = await sampleById(tx, caller.vendorId, sampleId);
        if (stored === undefined || !seesAll(caller, stored)) return notFound('sample', sampleId);
        const { drawn } = stored;
        const frame = await frameAt(tx, {
          vendorId: caller.vendorId,
          shopIds: drawn.shopIds,
          fromOn: drawn.fromOn,
          toOn: drawn.toOn,
          position: drawn.framePosition,
        });
        const again = draw(frame, drawn);
        const ids = again.items.map(({ assignmentId }) => assignmentId);
        return RedrawSampleResponse.create({
          same: ids.join() === drawn.items.map(({ assignmentId }) => assignmentId).join(),
          sameFrame: again.frameDigest.equals(drawn.frameDigest),
          assignmentIds: ids,
        });
      });
    },

    async listSamples(request, { caller }) {
      allow(caller, ...STAFF);
      await kit.awaitPosition(request.after);
      const page = keyset(request.page, 2);
      const found = await kit.read(caller, async (tx) => {
        const before = page.after === undefined ? LAST : { at: Number(page.after[0]), id: String(page.after[1]) };
        const { rows, nextToken } = pageOf(await samplePage(tx, caller.vendorId, before, page.size + 1), page, ({ drawn, drawnAt }) => [
          drawnAt,
          drawn.sampleId,
        ]);
        const samples = [];
        for (const row of rows.filter((stored) => seesAll(caller, stored))) samples.push(await sampleView(tx, caller.vendorId, row, false));
        return { samples, nextToken };
      });
      return ListSamplesResponse.create(found);
    },

    async getSample(request, { caller }) {
      allow(caller, ...STAFF);
      await kit.awaitPosition(request.after);
      return kit.read(caller, async (tx) => {
        const stored = await sampleById(tx, caller.vendorId, request.sampleId);
        if (stored === undefined || !seesAll(caller, stored)) return notFound('sample', request.sampleId);
        return sampleView(tx, caller.vendorId, stored, true);
      });
    },

    async getScorecard({ version }, { caller }) {
      allow(caller, ...STAFF, 'client');
      return scorecard(version) ?? notFound('scorecard', String(version));
    },

    async nextAssignment({ sampleId }, { caller }) {
      allow(caller, 'qa-inspector');
      return nextAssignment(kit, keyring, caller, sampleId);
    },

    async getAssignment({ assignmentId }, { caller }) {
      allow(caller, ...STAFF);
      return assignmentFor(kit, keyring, caller, assignmentId);
    },

    async scoreInspection(request, { caller }) {
      allow(caller, 'qa-inspector');
      const { assignmentId, scorecardVersion, items, commandId } = request;
      const content = ScoreInspectionRequest.encode({ ...request, commandId: '' }).finish();
      return onDesk(caller, assignmentId, commandId, content, { kind: 'score', assignmentId, inspectorId: caller.id, scorecardVersion, grades: items });
    },

    async correctInspection(request, { caller }) {
      allow(caller, 'qa-inspector');
      const { assignmentId, items, reason, commandId } = request;
      const content = CorrectInspectionRequest.encode({ ...request, commandId: '' }).finish();
      const sealed = await sealedReason(caller, assignmentId, reason);
      return onDesk(caller, assignmentId, commandId, content, { kind: 'correct', assignmentId, inspectorId: caller.id, grades: items, reason: sealed });
    },

    async skipInspection(request, { caller }) {
      allow(caller, 'qa-inspector');
      const { assignmentId, reason, commandId } = request;
      const content = SkipInspectionRequest.encode({ ...request, commandId: '' }).finish();
      const sealed = await sealedReason(caller, assignmentId, reason);
      return onDesk(caller, assignmentId, commandId, content, { kind: 'skip', assignmentId, inspectorId: caller.id, reason: sealed });
    },

    async raiseFinding(request, { caller }) {
      allow(caller, 'qa-inspector');
      const { assignmentId, messageId, category, severity, note, commandId } = request;
      const content = RaiseFindingRequest.encode({ ...request, commandId: '' }).finish();
      const row = await ownAssignment(caller, assignmentId);
      const facts = await kit.read(caller, (tx) => factsOfConversation(tx, caller.vendorId, row.conversationId));
      const findingId = `fi_${assignmentId}_${commandId}`;
      const sealed = await sealNote(keyring, caller.vendorId, row.conversationId, findingId, note);
      const at = await onAssignment(kit, caller, {
        commandId,
        content,
        shopId: row.shopId,
        command: {
          kind: 'raise-finding',
          assignmentId,
          inspectorId: caller.id,
          finding: {
            findingId,
            messageId,
            messageKnown: facts?.messages.some((message) => message.messageId === messageId) ?? false,
            category,
            severity,
            stratum: row.stratum,
            noteSubject: sealed.subjectId,
            note: sealed.sealed,
          },
        },
      });
      return RaiseFindingResponse.create({ findingId, at });
    },

    async listFindings(request, { caller }) {
      allow(caller, ...STAFF, 'client');
      await kit.awaitPosition(request.after);
      const page = keyset(request.page, 2);
      const before = page.after === undefined ? LAST : { at: Number(page.after[0]), id: String(page.after[1]) };
      // An inspector's own open finding would name the conversation that is judged blind.
      const submittedOnly = caller.role === 'client' || caller.role === 'qa-inspector';
      const filter = { shopIds: visibleShops(caller, request.shopIds), conversationId: request.conversationId, submittedOnly };
      const found = await kit.read(caller, (tx) => findingPage(tx, caller.vendorId, filter, before, page.size + 1));
      const { rows, nextToken } = pageOf(found, page, ({ finding }) => [finding.raisedAt, finding.findingId]);
      return ListFindingsResponse.create({ findings: await withNotes(keyring, caller.vendorId, rows), nextToken });
    },

    async listInspections(request, { caller }) {
      allow(caller, ...STAFF, 'client');
      const page = keyset(request.page, 2);
      const before = page.after === undefined ? LAST : { at: Number(page.after[0]), id: String(page.after[1]) };
      const filter = { shopIds: visibleShops(caller, request.shopIds), from: request.range?.from ?? '', to: request.range?.to || '9999-12-31' };
      const found = await kit.read(caller, (tx) => inspectionPage(tx, caller.vendorId, filter, before, page.size + 1));
      const { rows, nextToken } = pageOf(found.rows, page, ({ scoredAt, assignmentId }) => [scoredAt, assignmentId]);
      return ListInspectionsResponse.create({ inspections: await submitted(caller, rows), nextToken, total: found.total });
    },

    async getInspection({ assignmentId }, { caller }) {
      allow(caller, ...STAFF, 'client');
      const row = await kit.read(caller, (tx) => assignmentById(tx, caller.vendorId, assignmentId));
      if (row === undefined || row.state !== 'scored') return notFound('inspection', assignmentId);
      return (await submitted(caller, [row]))[0] ?? notFound('inspection', assignmentId);
    },

    async listWaiting(request, { caller }) {
      if (caller.role !== 'qa-inspector' && caller.role !== 'vendor-operations') return ListWaitingResponse.create();
      const shops = visibleShops(caller, request.shopIds);
      const open = await kit.read(caller, (tx) => openBySample(tx, caller.vendorId));
      const waiting = open.filter(({ shopIds }) => shops === 'all' || shopIds.some((id) => shops.includes(id)));
      return ListWaitingResponse.create({
        total: waiting.length,
        items: waiting.slice(0, WAITING_SHOWN).map(({ sampleId, open: count, drawnAt, shopIds }) =>
          WaitingItem.create({
            kind: 'sample-not-scored',
            vendorId: caller.vendorId,
            shopId: shopIds.length === 1 ? (shopIds[0] ?? '') : '',
            waitsFor: 'qa-inspector',
            since: drawnAt,
            count,
            subject: sampleId,
            path: `/samples/${sampleId}`,
          }),
        ),
      });
    },
  };
  return grpcService(QaServiceDefinition, implementation);

  async function ownAssignment(caller: Caller, assignmentId: string): Promise<AssignmentRow> {
    return (await kit.read(caller, (tx) => assignmentById(tx, caller.vendorId, assignmentId))) ?? notFound('assignment', assignmentId);
  }

  async function sealedReason(caller: Caller, assignmentId: string, reason: string): Promise<SealedReason | undefined> {
    if (reason.trim() === '') return undefined;
    const { conversationId } = await ownAssignment(caller, assignmentId);
    return sealReason(keyring, caller.vendorId, conversationId, assignmentId, reason);
  }

  async function onDesk(
    caller: Caller,
    assignmentId: string,
    commandId: string,
    content: Uint8Array,
    command: Parameters<typeof onAssignment>[2]['command'],
  ): Promise<CommandReceipt> {
    const { shopId } = await ownAssignment(caller, assignmentId);
    const at = await onAssignment(kit, caller, { commandId, content, shopId, command });
    await kit.awaitPosition(at);
    return CommandReceipt.create({ at });
  }

  async function submitted(caller: Caller, rows: readonly AssignmentRow[]): Promise<Inspection[]> {
    const sealed = await kit.read(caller, (tx) =>
      findingsOf(
        tx,
        caller.vendorId,
        rows.map(({ assignmentId }) => assignmentId),
      ),
    );
    const findings = await withNotes(keyring, caller.vendorId, sealed);
    return Promise.all(
      rows.map(async (row) => ({
        ...(await withReasons(keyring, caller.vendorId, row.inspection, row.corrections)),
        findings: findings.filter(({ assignmentId }) => assignmentId === row.assignmentId),
      })),
    );
  }

  async function drawSample(kit: Kit, caller: Caller, request: DrawSampleRequest): Promise<{ answer: DrawSampleResponse; at: LogPosition }> {
    const framePosition = (await kit.store.head()).position;
    await kit.awaitPosition(LogPosition.create({ source, position: framePosition }));
    const { from = '', to = '' } = request.range ?? {};
    if (!Number.isSafeInteger(request.seed) || request.seed < 0)
      refuseCall('seed-invalid', { field: 'seed', found: request.seed, expected: 'a whole number from 0' });
    const asked = visibleShops(caller, request.shopIds);
    const { shopIds, frame } = await kit.read(caller, async (tx) => {
      const shops = asked === 'all' ? await shopsInFrame(tx, caller.vendorId) : asked;
      return { shopIds: shops, frame: await frameAt(tx, { vendorId: caller.vendorId, shopIds: shops, fromOn: from, toOn: to, position: framePosition }) };
    });
    const sampleId = `sa_${kit.newId()}`;
    const streamId = `sample-${sampleId}`;
    const { answer, at } = unwrap(
      await kit.command({
        caller,
        commandId: request.commandId,
        content: DrawSampleRequest.encode({ ...request, commandId: '' }).finish(),
        answer: DrawSampleResponse,
        streams: [streamId],
        decide(streams, now) {
          const stream = streams.get(streamId);
          if (stream === undefined) throw new Error(`${streamId} was not loaded`);
          const past = stream.events.map(({ event }) => event).filter((event): event is SampleDrawn => event.$type === SampleDrawn.$type);
          const decision = sample.decide(fold(sample, past), {
            kind: 'draw',
            sampleId,
            shopIds,
            fromOn: from,
            toOn: to,
            ratioBp: request.ratioBp,
            seed: request.seed,
            everyAgent: request.everyAgent,
            framePosition,
            frame,
          });
          if (!decision.accepted) return decision;
          const events = decision.events.map((event) => ({ event, occurredAt: now, shopId: shopIds.length === 1 ? (shopIds[0] ?? '') : '' }));
          const [drawn] = decision.events;
          return {
            appends: [{ streamId, expected: expectLoaded(stream), events }],
            answer: DrawSampleResponse.create({ sampleId, frameSize: drawn?.frameSize ?? 0, drawn: drawn?.items.length ?? 0 }),
          };
        },
      }),
    );
    await kit.awaitPosition(at);
    return { answer, at };
  }
}

/** A sample over several shops is shown to who may see all of them. */
function seesAll(caller: Caller, { drawn }: StoredSample): boolean {
  return caller.shopIds === 'all' || drawn.shopIds.every((id) => caller.shopIds.includes(id));
}
