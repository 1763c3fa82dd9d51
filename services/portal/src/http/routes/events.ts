// Events of the services' logs, decoded, for whoever operates them: their own vendor's only, held by row level security behind each service.
import { Readable } from 'node:stream';
import { typesNamed } from '@deskfleet/protocol';
import { FeedEvent } from '@deskfleet/protocol/feed';
import { type ListEventsResponse, OperationsServiceDefinition } from '@deskfleet/protocol/operations';
import { SERVICE_NAMES } from '@deskfleet/service-kit';
import { type Static, Type } from 'typebox';
import { causationOf, eventAt, eventView } from '../../operations/events.ts';
import { notFound, Problem } from '../problems.ts';
import { type Call, OPERATIONS, type Route, route } from '../route.ts';
import { named } from './operations.ts';

const EXPORT_PAGE = 500;

const eventSchema = Type.Object(
  {
    source: Type.String({ description: 'service/shard/epoch' }),
    position: Type.Integer(),
    type: Type.String({ description: 'full message name' }),
    streamId: Type.String(),
    version: Type.Integer(),
    shopId: Type.String(),
    occurredAt: Type.Integer(),
    recordedAt: Type.Integer(),
    eventId: Type.String(),
    correlationId: Type.String(),
    causationId: Type.String({ description: 'the event or the command that led to it' }),
    commandId: Type.String(),
    actor: Type.Object({ kind: Type.String(), id: Type.String(), role: Type.String() }),
    schemaVersion: Type.Integer(),
    traceparent: Type.String(),
    sealed: Type.Array(Type.String(), { description: 'paths in data that only the holder of the keys can read' }),
    unreadable: Type.String({ description: 'why it could not be decoded; empty when it was' }),
    data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
  },
  { $id: 'Event', title: 'Event' },
);

export const eventSchemas = [eventSchema];

const filters = {
  type: Type.Optional(Type.Array(Type.String(), { description: 'full message names, or their last part; several are alternatives' })),
  shopId: Type.Optional(Type.String()),
  streamId: Type.Optional(Type.String()),
  correlationId: Type.Optional(Type.String()),
  recordedFrom: Type.Optional(Type.Integer({ description: 'epoch ms, inclusive' })),
  recordedUntil: Type.Optional(Type.Integer({ description: 'epoch ms, exclusive' })),
  after: Type.Optional(Type.Integer({ minimum: 0, description: 'above this position' })),
  before: Type.Optional(Type.Integer({ minimum: 0, description: 'below this position' })),
};
const listQuery = Type.Object(
  {
    service: Type.String({ description: `one of ${SERVICE_NAMES.join(', ')}` }),
    ...filters,
    newestFirst: Type.Optional(Type.Boolean()),
    size: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  { additionalProperties: false },
);
const exportQuery = Type.Object(
  {
    service: Type.String({ description: `one of ${SERVICE_NAMES.join(', ')}` }),
    ...filters,
    format: Type.Optional(
      Type.Union([Type.Literal('ndjson'), Type.Literal('protobuf')], {
        description: 'ndjson: decoded, sealed fields as sealed; protobuf: deskfleet.platform.v1.FeedEvent, each behind its length as a varint, bytes as stored',
      }),
    ),
  },
  { additionalProperties: false },
);
type Filters = Partial<Static<typeof listQuery>>;

/** A query's filters as the service's request. */
function requestOf({ type, service: _service, ...rest }: Filters & { format?: unknown }) {
  const { format: _format, ...fields } = rest;
  if (type === undefined) return fields;
  const types = type.flatMap((name) => {
    const full = typesNamed(name);
    if (full.length === 0) throw new Problem(400, 'bad-input', { problems: [{ field: 'type', found: name, expected: 'the name of an event' }] });
    return full;
  });
  return { ...fields, types };
}

export function eventRoutes(): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        url: '/system/events',
        operationId: 'listEvents',
        tag: 'System',
        summary: "Events of one service's log, decoded",
        description: 'A call looks at 20,000 positions at most: while done is false, go on from through (after, or before when newest first).',
        access: OPERATIONS,
        query: listQuery,
        answer: Type.Object({
          source: Type.String(),
          events: Type.Array(Type.Ref('Event#')),
          through: Type.Integer(),
          done: Type.Boolean(),
          head: Type.Integer(),
        }),
      },
      async ({ portal, caller, query, signal }) => {
        const client = portal.backend.client(named(query.service), OperationsServiceDefinition, caller);
        const { source, events, through, done, head } = await client.listEvents(requestOf(query), { signal });
        return { source, events: events.map((event) => eventView(source, event)), through, done, head };
      },
    ),
    route(
      {
        method: 'GET',
        url: '/system/events/{source}/{position}',
        operationId: 'getEvent',
        tag: 'System',
        summary: 'One event, decoded, with its cause and what followed from it in every log',
        access: OPERATIONS,
        params: Type.Object({ source: Type.String({ description: 'service/shard/epoch, slashes as %2F' }), position: Type.Integer() }),
        answer: Type.Object({
          event: Type.Ref('Event#'),
          causedBy: Type.Optional(Type.Ref('Event#')),
          followed: Type.Array(Type.Ref('Event#'), { description: 'at most 50 of each service' }),
          partial: Type.Array(Type.String(), { description: 'services whose log was not looked through' }),
        }),
      },
      async ({ portal, caller, params }) => {
        const event = await eventAt(portal.backend, caller, params.source, params.position);
        if (event === undefined) throw notFound();
        return { event, ...(await causationOf(portal.backend, caller, event)) };
      },
    ),
    route(
      {
        method: 'GET',
        url: '/system/feed',
        operationId: 'exportFeed',
        tag: 'System',
        summary: "One service's log as a stream, to its head at the start",
        access: OPERATIONS,
        query: exportQuery,
        produces: 'application/x-ndjson',
        answer: Type.String(),
      },
      async (call) => {
        if (call.query.format === 'protobuf') call.reply.type('application/x-protobuf');
        return Readable.from(exported(call), { objectMode: false });
      },
    ),
  ];
}

/** Pages of the log as bytes; whoever reads slowly holds the next page back. */
async function* exported({ portal, caller, query, signal }: Call<unknown, Static<typeof exportQuery>, unknown>): AsyncGenerator<Buffer> {
  const client = portal.backend.client(named(query.service), OperationsServiceDefinition, caller);
  const request = requestOf(query);
  let after = query.after ?? 0;
  let before = query.before ?? 0;
  for (;;) {
    const page: ListEventsResponse = await client.listEvents({ ...request, after, before, size: EXPORT_PAGE }, { signal });
    if (before === 0) before = page.head + 1; // what comes while it is written is the next export's
    const { source, events } = page;
    if (events.length > 0) {
      yield query.format === 'protobuf'
        ? Buffer.concat(events.map((event) => delimited(FeedEvent.encode(event).finish())))
        : Buffer.from(events.map((event) => `${JSON.stringify(eventView(source, event))}\n`).join(''));
    }
    if (page.done) return;
    after = page.through;
  }
}

/** A message behind its length, as protobuf's own delimited streams write it. */
function delimited(message: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = message.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  length.push(rest);
  return Buffer.concat([Buffer.from(length), message]);
}
