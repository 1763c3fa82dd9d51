// The OpenAPI 3.1 document, made from the routes alone: nothing runs for it.
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifySchema } from 'fastify';
import type { Route } from './route.ts';
import { api } from './routes/index.ts';

export const PREFIX = '/api/v1';

/** What Fastify and the document know of a route. */
export function fastifySchema(route: Route): FastifySchema {
  const security: Record<string, string[]>[] = route.access === 'public' ? [] : [{ session: [] }, { bearer: [] }];
  const roles = route.access === 'public' || route.access === 'signed-in' ? '' : `Roles: ${route.access.join(', ')}.`;
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, roles].filter(Boolean).join('\n\n'),
    security,
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    ...(route.headers === undefined ? {} : { headers: route.headers }),
    ...(route.consumes === undefined ? {} : { consumes: [route.consumes] }),
    ...(route.produces === undefined ? {} : { produces: [route.produces] }),
    response: {
      [route.answerStatus ?? 200]: route.answer,
      default: { description: 'A problem (RFC 9457)', content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } } },
    },
  };
}

/** Fastify's own address form: {id} -> :id. */
export function fastifyUrl(route: Route): string {
  return `${PREFIX}${route.url.replaceAll(/\{(\w+)\}/g, ':$1')}`;
}

/** Registers the plugin that collects the document; routes added after it stand in it. */
export async function registerDocument(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Deskfleet',
        version: '1',
        description:
          'Every figure opens down to the events that made it. This version only grows. Instants are epoch milliseconds; money is a decimal string with its currency. A POST may carry an Idempotency-Key: the same key and content again get the same answer, with other content 422.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'deskfleet' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    refResolver: { buildLocalReference: (json, _baseUri, _fragment, index) => (typeof json['$id'] === 'string' ? json['$id'] : `def-${index}`) },
  });
}

/** The document of all routes. */
export async function openApiDocument(): Promise<object> {
  const app = fastify({ exposeHeadRoutes: false });
  await registerDocument(app);
  const { routes, schemas } = api();
  for (const schema of schemas) app.addSchema(schema);
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  for (const route of routes) {
    app.route({ method: route.method, url: fastifyUrl(route), schema: fastifySchema(route), handler: async () => undefined });
  }
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
