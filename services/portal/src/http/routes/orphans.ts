// After a restore of a service's database: what the others had already taken in of events that are no more. Listed one by one, never hidden.
import { ConsumptionServiceDefinition } from '@deskfleet/protocol/feed';
import { SERVICE_NAMES } from '@deskfleet/service-kit';
import { Type } from 'typebox';
import { toHttp } from '../json.ts';
import { OPERATIONS, type Route, route } from '../route.ts';
import type { Components } from '../schema.ts';

const ASK_LIMIT_MS = 3_000;
const LISTED = 200; // of each service

export function orphanRoutes(components: Components): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        url: '/system/orphans',
        operationId: 'listOrphans',
        tag: 'System',
        summary: 'Restores that each service has met, and the events it had taken in that their owner lost by them',
        access: OPERATIONS,
        answer: Type.Object({
          services: Type.Array(
            Type.Object({
              service: Type.String({ description: 'who had taken them in' }),
              answered: Type.Boolean(),
              restores: Type.Array(components.ref('deskfleet.platform.v1.Restore', 'answer'), { description: 'the latest first' }),
              events: Type.Array(components.ref('deskfleet.platform.v1.OrphanedEvent', 'answer')),
              more: Type.Boolean({ description: `there are more than the ${LISTED} of each that are listed` }),
            }),
          ),
          asOf: Type.Integer(),
        }),
      },
      async ({ portal, caller, signal }) => {
        const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_LIMIT_MS)]) };
        const page = { size: LISTED };
        const answers = await Promise.allSettled(
          SERVICE_NAMES.map(async (service) => {
            const client = portal.backend.client(service, ConsumptionServiceDefinition, caller);
            return Promise.all([client.listRestores({ page }, options), client.listOrphanedEvents({ page }, options)]);
          }),
        );
        const services = SERVICE_NAMES.map((service, index) => {
          const answer = answers[index];
          if (answer?.status !== 'fulfilled') return { service, answered: false, restores: [], events: [], more: false };
          const [{ restores, nextToken }, orphaned] = answer.value;
          const more = nextToken !== '' || orphaned.nextToken !== '';
          return { service, answered: true, restores: restores.map((one) => toHttp(one)), events: orphaned.events.map((one) => toHttp(one)), more };
        });
        return { services, asOf: portal.now() };
      },
    ),
  ];
}
