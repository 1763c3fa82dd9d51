// What an operator sees and decides of the events this service takes in, the same for every service. Queries run as the caller; who decided is the
// caller, as verified.
import {
  type EventBus,
  feedEvent,
  heldEvents,
  heldStreams,
  orphanedEvents,
  restores,
  retryHeld,
  type SkippedEvent,
  skipHeld,
  skippedEvents,
} from '@deskfleet/event-bus';
import {
  ConsumptionServiceDefinition,
  type ConsumptionServiceImplementation,
  HeldState,
  HeldStream,
  ListHeldEventsResponse,
  ListHeldStreamsResponse,
  ListOrphanedEventsResponse,
  ListRestoresResponse,
  ListSkippedEventsResponse,
  OrphanedEvent,
  Restore,
  RetryHeldResponse,
  SkipHeldResponse,
  SkippedEvent as SkippedEventMessage,
} from '@deskfleet/protocol/feed';
import { Actor } from '@deskfleet/protocol/platform';
import { allow } from './access.ts';
import { actorOf } from './commands.ts';
import { keyset, pageOf } from './cursor.ts';
import { grpcService } from './grpc/service.ts';
import { notFound, refuseCall } from './refusals.ts';
import type { Caller, CallerContext, GrpcService, Kit } from './service.ts';

const REASON_LIMIT = 1_000;
const STATES: ReadonlyMap<HeldState, 'waiting' | 'ready' | 'parked'> = new Map([
  [HeldState.HELD_STATE_WAITING, 'waiting'],
  [HeldState.HELD_STATE_READY, 'ready'],
  [HeldState.HELD_STATE_PARKED, 'parked'],
] as const);
const NUMBERS = new Map([...STATES].map(([number, state]) => [state, number]));

/** The service's ConsumptionService, for vendor-operations. */
export function consumptionService(kit: Pick<Kit, 'read' | 'work' | 'now'>, bus: Pick<EventBus, 'wake'>): GrpcService {
  return grpcService(ConsumptionServiceDefinition, implementation(kit, bus));
}

function implementation(kit: Pick<Kit, 'read' | 'work' | 'now'>, bus: Pick<EventBus, 'wake'>): ConsumptionServiceImplementation<CallerContext> {
  return {
    async listHeldStreams(request, { caller }) {
      operatorOnly(caller);
      const page = keyset(request.page, 4);
      const filter = { group: request.group, state: STATES.get(request.state) };
      const found = await kit.read(caller, (tx) => heldStreams(tx, filter, { limit: page.size + 1, after: page.after }));
      const { rows, nextToken } = pageOf(found, page, (row) => [row.since, row.group, row.source, row.streamId]);
      const streams = rows.map((row) => HeldStream.create({ ...row, state: NUMBERS.get(row.state) ?? HeldState.HELD_STATE_UNSPECIFIED }));
      return ListHeldStreamsResponse.create({ streams, nextToken, asOf: kit.now() });
    },

    async listHeldEvents(request, { caller }) {
      operatorOnly(caller);
      const page = keyset(request.page, 1);
      const found = await kit.read(caller, (tx) => heldEvents(tx, request, { limit: page.size + 1, after: page.after }));
      if (found.length === 0 && page.after === undefined) notFound('held-stream', request.streamId);
      const { rows, nextToken } = pageOf(found, page, ({ position }) => [position]);
      return ListHeldEventsResponse.create({ events: rows.map(feedEvent), nextToken });
    },

    async retryHeld(request, { caller }) {
      operatorOnly(caller);
      const { group, source, streamId } = request;
      if (streamId !== '' && (group === '' || source === ''))
        refuseCall('held-stream-unnamed', { field: 'source', expected: 'group and source of the stream' });
      const streams = await kit.work((tx) => retryHeld(tx, caller.vendorId, { group, ...(streamId === '' ? {} : { stream: { source, streamId } }) }));
      bus.wake();
      return RetryHeldResponse.create({ streams });
    },

    async skipHeld(request, { caller }) {
      operatorOnly(caller);
      const { group, source, streamId, position } = request;
      const reason = request.reason.trim();
      if (reason === '' || reason.length > REASON_LIMIT)
        refuseCall('reason-missing', { field: 'reason', found: reason.length, expected: `1 to ${REASON_LIMIT} characters` });
      const stream = { source, streamId, vendorId: caller.vendorId };
      const outcome = await kit.work((tx) => skipHeld(tx, { group, stream, position, reason, by: actorOf(caller), at: kit.now() }));
      if (outcome.outcome === 'not-held') return notFound('held-stream', streamId);
      if (outcome.outcome === 'not-first') return refuseCall('held-event-not-first', { position, first: outcome.first });
      bus.wake();
      return SkipHeldResponse.create({ skipped: skippedMessage(outcome.skipped) });
    },

    async listSkippedEvents(request, { caller }) {
      operatorOnly(caller);
      const page = keyset(request.page, 4);
      const found = await kit.read(caller, (tx) => skippedEvents(tx, request, { limit: page.size + 1, after: page.after }));
      const { rows, nextToken } = pageOf(found, page, (row) => [row.at, row.group, row.event.source, row.event.position]);
      return ListSkippedEventsResponse.create({ events: rows.map(skippedMessage), nextToken });
    },

    async listRestores(request, { caller }) {
      operatorOnly(caller);
      const page = keyset(request.page, 4);
      const found = await kit.read(caller, (tx) => restores(tx, { limit: page.size + 1, after: page.after }));
      const { rows, nextToken } = pageOf(found, page, (row) => [row.adoptedAt, row.group, row.oldSource, row.newSource]);
      return ListRestoresResponse.create({ restores: rows.map((row) => Restore.create(row)), nextToken });
    },

    async listOrphanedEvents(request, { caller }) {
      operatorOnly(caller);
      const page = keyset(request.page, 4);
      const found = await kit.read(caller, (tx) => orphanedEvents(tx, request, { limit: page.size + 1, after: page.after }));
      const { rows, nextToken } = pageOf(found, page, (row) => [row.group, row.source, row.newSource, row.position]);
      return ListOrphanedEventsResponse.create({ events: rows.map((row) => OrphanedEvent.create(row)), nextToken });
    },
  };
}

function operatorOnly(caller: Caller): void {
  allow(caller, 'vendor-operations');
}

function skippedMessage({ group, event, shopId, error, heldSince, reason, by, at }: SkippedEvent): SkippedEventMessage {
  const skippedBy = Actor.create(by);
  return SkippedEventMessage.create({ group, source: event.source, event: feedEvent(event), shopId, error, heldSince, reason, skippedBy, skippedAt: at });
}
