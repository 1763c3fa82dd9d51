// For whoever operates the installation: every service's state, an hour of it, and its read models.
import { OperationsServiceDefinition } from '@deskfleet/protocol/operations';
import { SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { Type } from 'typebox';
import type { Portal } from '../../portal.ts';
import { toHttp } from '../json.ts';
import { notFound } from '../problems.ts';
import { OPERATIONS, type Route, route } from '../route.ts';
import type { Components } from '../schema.ts';

/** How long one service's state may take; the others do not wait for it. */
const STATE_LIMIT_MS = 3_000;

const sampleSchema = Type.Object(
  {
    at: Type.Integer(),
    position: Type.Integer({ description: 'the head of its log: its difference is the throughput' }),
    behind: Type.Integer({ description: 'events at most, of the group that is furthest behind' }),
    behindMs: Type.Integer({ description: 'age of the first event that is not applied' }),
    parked: Type.Integer(),
    waiting: Type.Integer(),
  },
  { $id: 'ServiceSample', title: 'ServiceSample' },
);

export const operationsSchemas = [sampleSchema];

const serviceParameter = Type.String({ description: `one of ${SERVICE_NAMES.join(', ')}` });
const buildBody = Type.Object({ version: Type.Integer({ minimum: 1 }), build: Type.Integer({ minimum: 1 }) }, { additionalProperties: false });

export function operationsRoutes(components: Components): readonly Route[] {
  const state = components.ref('deskfleet.platform.v1.GetOperationsResponse', 'answer');
  const projection = components.ref('deskfleet.platform.v1.ProjectionBuild', 'answer');
  const client = ({ backend }: Portal, service: string, caller: Parameters<Portal['backend']['client']>[2]) =>
    backend.client(named(service), OperationsServiceDefinition, caller);
  return [
    route(
      {
        method: 'GET',
        url: '/system/operations',
        operationId: 'listOperations',
        tag: 'System',
        summary: 'How far every service has come: lag by group and source, held streams, read models, deadlines, what fails',
        access: OPERATIONS,
        answer: Type.Object({
          services: Type.Array(Type.Object({ service: Type.String(), answered: Type.Boolean(), state: Type.Optional(state) })),
          asOf: Type.Integer(),
        }),
      },
      async ({ portal, caller, signal }) => {
        const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(STATE_LIMIT_MS)]) };
        const states = await Promise.allSettled(SERVICE_NAMES.map((service) => client(portal, service, caller).getOperations({}, options)));
        const services = SERVICE_NAMES.map((service, index) => {
          const answer = states[index];
          return answer?.status === 'fulfilled' ? { service, answered: true, state: toHttp(answer.value) } : { service, answered: false };
        });
        return { services, asOf: portal.now() };
      },
    ),
    route(
      {
        method: 'GET',
        url: '/system/operations/{service}',
        operationId: 'getOperations',
        tag: 'System',
        summary: 'How far one service has come',
        access: OPERATIONS,
        params: Type.Object({ service: serviceParameter }),
        answer: state,
      },
      async ({ portal, caller, params, signal }) => toHttp(await client(portal, params.service, caller).getOperations({}, { signal })),
    ),
    route(
      {
        method: 'GET',
        url: '/system/samples',
        operationId: 'listServiceSamples',
        tag: 'System',
        summary: 'The last hour of every service',
        description:
          'Kept in memory by the portal: after its restart the hour begins anew, and a service that did not answer has no sample of that time. Both are gaps, not zeros.',
        access: OPERATIONS,
        answer: Type.Object({
          everyMs: Type.Integer(),
          from: Type.Integer(),
          until: Type.Integer(),
          services: Type.Array(Type.Object({ service: Type.String(), samples: Type.Array(Type.Ref('ServiceSample#')) })),
        }),
      },
      async ({ portal: { samples, now } }) => {
        const until = now();
        const services = SERVICE_NAMES.map((service) => ({ service, samples: samples.of(service) }));
        return { everyMs: samples.everyMs, from: until - samples.keptMs, until, services };
      },
    ),
    route(
      {
        method: 'POST',
        url: '/system/operations/{service}/projections/{name}/rebuild',
        operationId: 'rebuildProjection',
        tag: 'System',
        summary: 'Build a read model afresh beside the live one, and swap when it has caught up',
        access: OPERATIONS,
        params: Type.Object({ service: serviceParameter, name: Type.String() }),
        answer: Type.Object({ projection }),
      },
      async ({ portal, caller, params, signal }) => toHttp(await client(portal, params.service, caller).rebuildProjection({ name: params.name }, { signal })),
    ),
    route(
      {
        method: 'POST',
        url: '/system/operations/{service}/projections/{name}/swap',
        operationId: 'swapProjection',
        tag: 'System',
        summary: 'Make a kept build live: it catches up first',
        access: OPERATIONS,
        params: Type.Object({ service: serviceParameter, name: Type.String() }),
        body: buildBody,
        answer: Type.Object({ projection }),
      },
      async ({ portal, caller, params, body, signal }) =>
        toHttp(await client(portal, params.service, caller).swapProjection({ name: params.name, ...body }, { signal })),
    ),
    route(
      {
        method: 'POST',
        url: '/system/operations/{service}/projections/{name}/drop',
        operationId: 'dropProjection',
        tag: 'System',
        summary: 'Remove a build that is not live; give up one that is being built',
        access: OPERATIONS,
        params: Type.Object({ service: serviceParameter, name: Type.String() }),
        body: buildBody,
        answer: Type.Object({}),
      },
      async ({ portal, caller, params, body, signal }) =>
        toHttp(await client(portal, params.service, caller).dropProjection({ name: params.name, ...body }, { signal })),
    ),
  ];
}

/** The service of that name; any other is not there. */
export function named(service: string): ServiceName {
  const known = SERVICE_NAMES.find((name) => name === service);
  if (known === undefined) throw notFound();
  return known;
}
