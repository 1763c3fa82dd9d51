// What waits and for whom, live updates, settling, the state of the services.
import { Type } from 'typebox';
import { EVERYONE, OPERATIONS, type Route, route, VENDOR } from '../route.ts';
import type { Components } from '../schema.ts';
import { waitingOfAll } from '../waiting.ts';

const serviceSchema = Type.Object(
  {
    service: Type.String(),
    ready: Type.Boolean(),
    source: Type.String({ description: 'service/shard/epoch' }),
    position: Type.Integer({ description: 'the last position of its log' }),
    settled: Type.Boolean({ description: 'has applied all it knows of' }),
    held: Type.String({ description: 'what holds it, in words; empty when nothing does' }),
  },
  { $id: 'ServiceState', title: 'ServiceState' },
);

const settleSchema = Type.Object(
  {
    settled: Type.Boolean(),
    rounds: Type.Integer(),
    elapsedMs: Type.Integer(),
    held: Type.Array(Type.Object({ service: Type.String(), reason: Type.String() })),
  },
  { $id: 'Settled', title: 'Settled' },
);

/** One request waits at most this long; ask again for more. */
const MAX_SETTLE_MS = 55_000;

export const systemSchemas = [serviceSchema, settleSchema];

export function systemRoutes(components: Components): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        url: '/waiting',
        operationId: 'listWaiting',
        tag: 'System',
        summary: 'What waits, for whom, since when: of every service, oldest first',
        access: EVERYONE,
        query: Type.Object({ shopIds: Type.Optional(Type.Array(Type.String())) }, { additionalProperties: false }),
        answer: Type.Object({
          items: Type.Array(components.ref('deskfleet.common.v1.WaitingItem', 'answer'), { description: 'the 50 oldest' }),
          total: Type.Integer({ description: 'how many there are in all' }),
          rest: Type.Integer({ description: 'how many of them are not among the items' }),
          away: Type.Array(Type.String(), { description: 'services that did not answer: the list is partial' }),
          asOf: Type.Integer(),
        }),
      },
      async ({ portal, caller, query, signal }) => waitingOfAll(portal, caller, query.shopIds ?? [], signal),
    ),
    route(
      {
        method: 'POST',
        url: '/settle',
        operationId: 'settle',
        tag: 'System',
        summary: 'Wait until everything that has arrived is applied everywhere',
        description: 'Answers settled: false with what holds it when the time is up.',
        access: VENDOR,
        body: Type.Object({ withinMs: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_SETTLE_MS })) }, { additionalProperties: false }),
        answer: Type.Ref('Settled#'),
      },
      async ({ portal, body }) => portal.settle(body.withinMs ?? MAX_SETTLE_MS),
    ),
    route(
      {
        method: 'GET',
        url: '/system/services',
        operationId: 'listServices',
        tag: 'System',
        summary: 'Is what people see up to date',
        access: OPERATIONS,
        answer: Type.Object({ services: Type.Array(Type.Ref('ServiceState#')), asOf: Type.Integer() }),
      },
      async ({ portal }) => ({ services: await portal.services(), asOf: portal.now() }),
    ),
    route(
      {
        method: 'GET',
        url: '/live',
        operationId: 'live',
        tag: 'System',
        summary: 'Server-sent events: what changed',
        description:
          'Events: `heartbeat` every 10 s with {"now": epoch ms}; `changed` with {"topics": [...], "shopIds": [...]}, at most one a second. Topics: shops, conversations, floor, sla, qa, billing, people, access, notifications. Resumes after Last-Event-ID; `reset` says that what was missed is not known: fetch again.',
        access: EVERYONE,
        produces: 'text/event-stream',
        answer: Type.String(),
      },
      async ({ portal, caller, request, reply }) => portal.live.open(caller, request, reply),
    ),
  ];
}
