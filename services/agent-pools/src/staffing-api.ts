// gRPC methods of shifts, presence and headcount -> commands and queries; nothing else.
import { expectLoaded, fold, type LoadedStream } from '@deskfleet/event-store';
import type { Keyring } from '@deskfleet/event-store/sealing';
import {
  CancelShiftRequest,
  GetStaffingResponse,
  ListShiftsResponse,
  PlanShiftsRequest,
  PlanShiftsResponse,
  RejectedShift,
  StaffingServiceDefinition,
} from '@deskfleet/protocol/agents-staffing';
import { CommandReceipt } from '@deskfleet/protocol/common';
import {
  allow,
  type Caller,
  type GrpcService,
  grpcService,
  type Kit,
  keyset,
  notFound,
  pageOf,
  refuseCall,
  seesShop,
  unwrap,
  visibleShops,
} from '@deskfleet/service-kit';
import { listShifts } from './queries/shifts.ts';
import { findShops } from './queries/shops.ts';
import { byWorst, countsOf, SHOPS_SHOWN, shopDuty, staffedShops } from './queries/staffing.ts';
import { decideShifts, MAX_SHIFTS, shiftGround, shiftStream } from './shift/plan-shifts.ts';
import { RosterChanges, rosterStreams } from './shift/roster.ts';
import { SHIFT_SOURCES, type ShiftEvent, shift, shiftIdOf } from './shift/shift.ts';
import { connectFeed } from './staffing/feed.ts';
import { receiveStaffing } from './staffing/receive.ts';

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
/** How long a span a list of shifts may cover. */
const MAX_SPAN_MS = 62 * 24 * 3_600_000;

export function staffingApi(kit: Kit, keyring: Keyring): GrpcService {
  return grpcService(StaffingServiceDefinition, {
    async planShifts(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { shifts, commandId } = request;
      if (shifts.length === 0 || shifts.length > MAX_SHIFTS) {
        refuseCall('shifts-too-many', { field: 'shifts', found: shifts.length, expected: `1 to ${MAX_SHIFTS}` });
      }
      await kit.awaitPosition(request.after);
      const source = SHIFT_SOURCES.find((known) => known === request.source) ?? 'page';
      const ground = await kit.read(caller, (tx) => shiftGround(tx, caller.vendorId, shifts));
      const { answer, at } = unwrap(
        await kit.command({
          caller,
          commandId,
          content: PlanShiftsRequest.encode({ ...request, commandId: '', after: undefined }).finish(),
          answer: PlanShiftsResponse,
          streams: [...new Set(shifts.flatMap((each) => [shiftStream(shiftIdOf(caller.vendorId, each.agentId, each.fromAt)), ...rosterStreams(each)]))],
          decide(streams, now) {
            const { appends, roster, planned, unchanged, rejected } = decideShifts(caller.vendorId, shifts, source, ground, streams, now);
            return {
              appends: [...appends, ...roster.appends(streams, now)],
              answer: PlanShiftsResponse.create({ planned, unchanged, rejected: rejected.map((each) => RejectedShift.create(each)) }),
            };
          },
        }),
      );
      return { ...answer, at };
    },

    async cancelShift(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead');
      const { shiftId, reason, commandId } = request;
      const streamId = shiftStream(shiftId);
      // Whose shift it is and when it begins never changes: its id follows from them.
      const known = fold(shift, shiftEvents((await kit.store.load(caller.vendorId, [streamId])).get(streamId)));
      const { at } = unwrap(
        await kit.command({
          caller,
          commandId,
          content: CancelShiftRequest.encode({ ...request, commandId: '' }).finish(),
          answer: CommandReceipt,
          streams: [streamId, ...(known.status === 'none' ? [] : rosterStreams(known))],
          decide(streams, now) {
            const stream = streams.get(streamId);
            const state = fold(shift, shiftEvents(stream));
            const decision = shift.decide(state, { kind: 'cancel', shiftId, reason, now });
            if (!decision.accepted) return decision;
            const events = decision.events.map((event) => ({ event, occurredAt: now, shopId: stream?.events[0]?.meta.shopId ?? '' }));
            const roster = new RosterChanges();
            if (events.length > 0 && known.status !== 'none') roster.cancelled({ ...known, shiftId });
            const appends = [{ streamId, expected: expectLoaded(stream ?? { version: 0 }), events }, ...roster.appends(streams, now)];
            return { appends, answer: CommandReceipt.create() };
          },
        }),
      );
      return CommandReceipt.create({ at });
    },

    async listShifts(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client');
      await kit.awaitPosition(request.after);
      const { agentId, fromAt, toAt } = request;
      if (!(fromAt < toAt && toAt - fromAt <= MAX_SPAN_MS)) {
        refuseCall('span-invalid', { field: 'toAt', found: `${(toAt - fromAt) / 3_600_000} h`, expected: 'an end after its begin, at most 62 days later' });
      }
      const page = keyset(request.page, 2);
      const shopIds = visibleShops(caller, request.shopIds);
      const found = await kit.read(wholeVendor(caller), (tx) => listShifts(tx, caller.vendorId, { shopIds, agentId, fromAt, toAt }, page));
      const { rows, nextToken } = pageOf(found, page, (each) => [each.fromAt, each.shiftId]);
      return ListShiftsResponse.create({ shifts: [...rows], nextToken });
    },

    async getStaffing(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client', 'service');
      await kit.awaitPosition(request.after);
      const now = kit.now();
      const shopIds = visibleShops(caller, request.shopIds);
      const shops = (await kit.read(wholeVendor(caller), (tx) => staffedShops(tx, caller.vendorId, shopIds, now))).sort(byWorst);
      return GetStaffingResponse.create({ shops: shops.slice(0, SHOPS_SHOWN), all: countsOf(shops), rest: countsOf(shops.slice(SHOPS_SHOWN)), asOf: now });
    },

    async getShopDuty(request, { caller }) {
      allow(caller, 'vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client');
      await kit.awaitPosition(request.after);
      const { shopId, date } = request;
      if (date !== '' && !DATE.test(date)) refuseCall('date-invalid', { field: 'date', found: date, expected: 'a date such as 2026-03-05' });
      return kit.read(wholeVendor(caller), async (tx) => {
        if (!seesShop(caller, shopId) || !(await findShops(tx, [shopId])).has(shopId)) return notFound('shop', shopId);
        return shopDuty(tx, caller.vendorId, shopId, date, kit.now());
      });
    },

    async connectStaffingFeed(request, { caller }) {
      allow(caller, 'vendor-operations');
      return connectFeed(kit, keyring, caller, request);
    },

    async receiveStaffing(request, { caller }) {
      allow(caller, 'service');
      const { answer, at } = unwrap(await receiveStaffing(kit, keyring, request));
      return { ...answer, at };
    },
  });
}

function shiftEvents(stream: LoadedStream | undefined): readonly ShiftEvent[] {
  return stream?.events.map(({ event }) => event as ShiftEvent) ?? [];
}

/** Agents and shifts are no single shop's, so a client's own rows are not enough to count them: the queries name the shops they show. */
function wholeVendor(caller: Caller): Caller {
  return { ...caller, shopIds: 'all' };
}
