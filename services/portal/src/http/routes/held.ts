// Streams that stand still in any service: parked after an error, or waiting for another context's event. Retried, or skipped with a reason.
import { ConsumptionServiceDefinition, type HeldStream } from '@deskfleet/protocol/feed';
import { type Caller, SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { Type } from 'typebox';
import { eventView } from '../../operations/events.ts';
import type { Backend } from '../../portal.ts';
import { type Json, toHttp } from '../json.ts';
import { notFound } from '../problems.ts';
import { OPERATIONS, type Route, route } from '../route.ts';
import type { Components } from '../schema.ts';
import { named } from './operations.ts';

const ASK_LIMIT_MS = 3_000;
const LISTED = 200; // of each service, the longest held first
const PAGES = 50; // how far one held stream is looked for: 10,000
const REASON_CHARACTERS = 1_000;

const heldSchema = Type.Object(
  {
    id: Type.String({ description: 'names it in addresses' }),
    service: Type.String({ description: 'where it stands still' }),
    group: Type.String(),
    source: Type.String({ description: 'whose log it is of: service/shard/epoch' }),
    streamId: Type.String(),
    shopId: Type.String(),
    state: Type.String({ description: 'waiting, ready or parked' }),
    waitKey: Type.String(),
    error: Type.String(),
    attempts: Type.Integer(),
    since: Type.Integer(),
    events: Type.Integer({ description: 'queued, the first included' }),
    firstPosition: Type.Integer(),
    firstType: Type.String(),
  },
  { $id: 'HeldStreamOf', title: 'HeldStreamOf' },
);

export const heldSchemas = [heldSchema];

type Held = { readonly [key: string]: Json };

export function heldRoutes(components: Components): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        url: '/system/parked',
        operationId: 'listHeld',
        tag: 'System',
        summary: 'Streams that stand still in any service, the longest held first',
        access: OPERATIONS,
        query: Type.Object(
          { state: Type.Optional(Type.Union([Type.Literal('parked'), Type.Literal('waiting'), Type.Literal('ready')])) },
          { additionalProperties: false },
        ),
        answer: Type.Object({
          streams: Type.Array(Type.Ref('HeldStreamOf#')),
          away: Type.Array(Type.String(), { description: 'services that did not answer: the list is partial' }),
          more: Type.Boolean({ description: 'a service holds more than are listed' }),
          asOf: Type.Integer(),
        }),
      },
      async ({ portal, caller, query, signal }) => {
        const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_LIMIT_MS)]) };
        const asked = SERVICE_NAMES.map((service) =>
          portal.backend.client(service, ConsumptionServiceDefinition, caller).listHeldStreams({ page: { size: LISTED } }, options),
        );
        const answers = await Promise.allSettled(asked);
        const streams = answers.flatMap((answer, index) =>
          answer.status === 'fulfilled' ? answer.value.streams.map((stream) => heldOf(SERVICE_NAMES[index] as ServiceName, stream)) : [],
        );
        return {
          streams: streams.filter(({ state }) => query.state === undefined || state === query.state).sort((a, b) => Number(a['since']) - Number(b['since'])),
          away: SERVICE_NAMES.filter((_, index) => answers[index]?.status === 'rejected'),
          more: answers.some((answer) => answer.status === 'fulfilled' && answer.value.nextToken !== ''),
          asOf: portal.now(),
        };
      },
    ),
    route(
      {
        method: 'GET',
        url: '/system/parked/{heldId}',
        operationId: 'getHeld',
        tag: 'System',
        summary: 'One stream that stands still: why, and the events behind it, decoded',
        access: OPERATIONS,
        params: Type.Object({ heldId: Type.String() }),
        answer: Type.Object({ stream: Type.Ref('HeldStreamOf#'), events: Type.Array(Type.Ref('Event#')), more: Type.Boolean() }),
      },
      async ({ portal, caller, params, signal }) => {
        const name = readId(params.heldId);
        const stream = await find(portal.backend, caller, name, signal);
        const { events, nextToken } = await portal.backend
          .client(name.service, ConsumptionServiceDefinition, caller)
          .listHeldEvents({ group: name.group, source: name.source, streamId: name.streamId }, { signal });
        return { stream: heldOf(name.service, stream), events: events.map((event) => eventView(name.source, event)), more: nextToken !== '' };
      },
    ),
    route(
      {
        method: 'POST',
        url: '/system/parked/{heldId}/retry',
        operationId: 'retryHeld',
        tag: 'System',
        summary: 'Try a stream again; what fails again is parked again',
        access: OPERATIONS,
        params: Type.Object({ heldId: Type.String() }),
        answer: Type.Object({ streams: Type.Integer({ description: 'how many are tried again' }) }),
      },
      async ({ portal, caller, params, signal }) => {
        const { service, ...stream } = readId(params.heldId);
        const { streams } = await portal.backend.client(service, ConsumptionServiceDefinition, caller).retryHeld(stream, { signal });
        return { streams };
      },
    ),
    route(
      {
        method: 'POST',
        url: '/system/parked/{heldId}/skip',
        operationId: 'skipHeld',
        tag: 'System',
        summary: 'Pass over the first event of a stream for good, with the reason, which is kept',
        access: OPERATIONS,
        params: Type.Object({ heldId: Type.String() }),
        body: Type.Object(
          {
            position: Type.Integer({ description: 'of the event, as it was seen' }),
            reason: Type.String({ minLength: 1, maxLength: REASON_CHARACTERS }),
          },
          { additionalProperties: false },
        ),
        answer: Type.Object({ skipped: Type.Optional(components.ref('deskfleet.platform.v1.SkippedEvent', 'answer')) }),
      },
      async ({ portal, caller, params, body, signal }) => {
        const { service, ...stream } = readId(params.heldId);
        return toHttp(await portal.backend.client(service, ConsumptionServiceDefinition, caller).skipHeld({ ...stream, ...body }, { signal }));
      },
    ),
  ];
}

interface HeldName {
  readonly service: ServiceName;
  readonly group: string;
  readonly source: string;
  readonly streamId: string;
}

function heldOf(service: ServiceName, stream: HeldStream): Held {
  return { id: idOf({ service, group: stream.group, source: stream.source, streamId: stream.streamId }), service, ...toHttp(stream) };
}

function idOf({ service, group, source, streamId }: HeldName): string {
  return Buffer.from([service, group, source, streamId].join('\n')).toString('base64url');
}

/** What an id names; one that names nothing is not there. */
function readId(id: string): HeldName {
  const [service = '', group = '', source = '', streamId = ''] = Buffer.from(id, 'base64url').toString('utf8').split('\n');
  if (streamId === '') throw notFound();
  return { service: named(service), group, source, streamId };
}

async function find(backend: Backend, caller: Caller, name: HeldName, signal: AbortSignal): Promise<HeldStream> {
  const client = backend.client(name.service, ConsumptionServiceDefinition, caller);
  let token = '';
  for (let page = 0; page < PAGES; page += 1) {
    const { streams, nextToken } = await client.listHeldStreams({ group: name.group, page: { size: LISTED, token } }, { signal });
    const found = streams.find(({ source, streamId }) => source === name.source && streamId === name.streamId);
    if (found !== undefined) return found;
    if (nextToken === '') break;
    token = nextToken;
  }
  throw notFound();
}
