// Every route of the HTTP API.
import type { TSchema } from 'typebox';
import { problemSchema, type Route } from '../route.ts';
import { Components } from '../schema.ts';
import { accessRoutes, accessSchemas } from './access.ts';
import { agentRoutes } from './agents.ts';
import { billingRoutes } from './billing.ts';
import { careRoutes } from './care.ts';
import { conversationRoutes } from './conversations.ts';
import { depositRoutes } from './deposits.ts';
import { eventRoutes, eventSchemas } from './events.ts';
import { exportRoutes } from './exports.ts';
import { fileRoutes, fileSchemas } from './files.ts';
import { heldRoutes, heldSchemas } from './held.ts';
import { importRoutes } from './imports.ts';
import { launchRoutes } from './launch.ts';
import { operationsRoutes, operationsSchemas } from './operations.ts';
import { orphanRoutes } from './orphans.ts';
import { personalDataRoutes } from './personal-data.ts';
import { qaRoutes } from './qa.ts';
import { salesRoutes } from './sales.ts';
import { searchRoute, searchSchemas } from './search.ts';
import { sessionRoutes, sessionSchemas } from './session.ts';
import { shopSetRoutes, shopSetSchemas } from './shop-sets.ts';
import { shopRoutes } from './shops.ts';
import { slaRoutes } from './sla.ts';
import { staffingRoutes } from './staffing.ts';
import { systemRoutes, systemSchemas } from './system.ts';

export interface Api {
  readonly routes: readonly Route[];
  /** Schemas that routes refer to by name. */
  readonly schemas: readonly TSchema[];
}

export function api(): Api {
  const components = new Components();
  const routes = [
    ...sessionRoutes,
    ...accessRoutes,
    ...shopRoutes(components),
    ...salesRoutes(components),
    ...launchRoutes(components),
    ...agentRoutes(components),
    ...staffingRoutes(components),
    ...careRoutes(components),
    ...importRoutes(components),
    ...conversationRoutes(components),
    ...personalDataRoutes(components),
    ...slaRoutes(components),
    ...qaRoutes(components),
    ...billingRoutes(components),
    ...depositRoutes(components),
    ...fileRoutes,
    ...exportRoutes,
    ...shopSetRoutes,
    searchRoute,
    ...systemRoutes(components),
    ...operationsRoutes(components),
    ...eventRoutes(),
    ...heldRoutes(components),
    ...orphanRoutes(components),
  ];
  return {
    routes,
    schemas: [
      problemSchema,
      ...sessionSchemas,
      ...fileSchemas,
      ...accessSchemas,
      ...systemSchemas,
      ...operationsSchemas,
      ...eventSchemas,
      ...heldSchemas,
      ...searchSchemas,
      ...shopSetSchemas,
      ...components.all(),
    ],
  };
}
