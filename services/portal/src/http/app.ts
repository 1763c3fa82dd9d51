// The portal's HTTP server: the API's routes behind sign-in, the web app beside them. Nothing under /api ever falls back to the web app.

import { randomUUID } from 'node:crypto';
import type { Caller } from '@deskfleet/service-kit';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Portal } from '../portal.ts';
import { callerOf, type Session } from '../sign-in/session.ts';
import { docsPage } from './docs-page.ts';
import { fastifySchema, fastifyUrl, PREFIX, registerDocument } from './document.ts';
import { notFound, Problem, problemOf, sendProblem, unauthenticated } from './problems.ts';
import { readOnFirst } from './read-on.ts';
import { isRaw, type Route } from './route.ts';
import { api } from './routes/index.ts';
import { inSpan } from './tracing.ts';
import { validatorFor } from './validation.ts';
import { registerWebApp } from './web-app.ts';

const BODY_LIMIT_BYTES = 262_144;
const KEY_LIMIT = 200;

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/** Builds the server; `registerSignIn` adds the addresses of signing in. */
export async function portalApp(portal: Portal, log: FastifyBaseLogger, registerSignIn: (app: FastifyInstance) => Promise<void>): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomUUID(),
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
  });
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  await registerDocument(app);

  app.addHook('onSend', async (request, reply) => {
    await readOnFirst(request, reply);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!reply.hasHeader(name)) reply.header(name, value);
    if (portal.config.publicUrl.startsWith('https:')) reply.header('strict-transport-security', 'max-age=31536000');
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    const gone = error instanceof Error && error.name === 'AbortError' && reply.raw.destroyed;
    if (problem === undefined && !gone) request.log.error({ err: error, url: request.routeOptions.url }, 'a request failed');
    return sendProblem(problem ?? new Problem(500, 'fault'), request, reply);
  });

  const { routes, schemas } = api();
  for (const schema of schemas) app.addSchema(schema);
  app.setValidatorCompiler(validatorFor(schemas));
  app.setSerializerCompiler(() => JSON.stringify);
  for (const route of routes.filter(({ body }) => !isRaw(body))) addRoute(app, route, portal);
  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const route of routes.filter(({ body }) => isRaw(body))) addRoute(raw, route, portal);
  });

  app.get(`${PREFIX}/openapi.json`, { schema: { hide: true } }, async () => app.swagger());
  app.get(`${PREFIX}/docs`, { schema: { hide: true } }, async (_request, reply) => reply.type('text/html; charset=utf-8').send(docsPage(app.swagger())));
  await registerSignIn(app);
  await registerWebApp(app, portal.config.webDirectory);
  return app;
}

function addRoute(app: FastifyInstance, route: Route, portal: Portal): void {
  const who = new WeakMap<FastifyRequest, { readonly session: Session | undefined; readonly caller: Caller }>();
  app.route({
    method: route.method,
    url: fastifyUrl(route),
    schema: fastifySchema(route),
    ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
    ...(route.access === 'public' && route.method === 'POST' && !isRaw(route.body) ? { config: { rateLimit: { max: 60, timeWindow: '1 minute' } } } : {}),
    // Before anything is read of the request: who asks.
    onRequest: async (request) => {
      const session = await portal.sessions.of(request);
      if (session?.sessionId !== undefined && session.sessionId !== '' && route.method !== 'GET') refuseCrossSite(request, portal.config.publicUrl);
      who.set(request, { session, caller: callerFor(route, session) });
    },
    handler: (request, reply) =>
      inSpan(`${route.method} ${PREFIX}${route.url}`, request, async () => {
        const asked = who.get(request);
        if (asked === undefined) throw unauthenticated();
        reply.header('cache-control', 'no-store');
        if (route.produces !== undefined) reply.type(route.produces === 'text/csv' ? 'text/csv; charset=utf-8' : route.produces);
        const { params, query, body } = request;
        return route.handle({ portal, ...asked, params, query, body: body ?? {}, request, reply, signal: goneSignal(reply), commandId: commandIdOf(request) });
      }),
  });
}

const NOBODY: Caller = { kind: 'user', id: '', vendorId: '', role: 'client', shopIds: [], clientId: '', mayAgree: false };

/** Whoever may not use a route that names a thing sees no such thing; one that names none says that the role can't. */
function callerFor(route: Route, session: Session | undefined): Caller {
  const member = session?.member;
  if (route.access === 'public') return member === undefined ? NOBODY : callerOf(member);
  if (session === undefined) throw unauthenticated();
  if (route.access === 'signed-in' && member === undefined) return NOBODY;
  if (member === undefined) throw new Problem(403, 'no-access');
  if (route.access !== 'signed-in' && !route.access.includes(member.role)) {
    throw route.url.includes('{') ? notFound() : new Problem(403, 'not-allowed', { role: member.role, allowed: route.access });
  }
  return callerOf(member);
}

/** A cookie is sent by any site's page; Origin and Sec-Fetch-Site say whose page it was. */
function refuseCrossSite(request: FastifyRequest, publicUrl: string): void {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) {
    const ours = origin === new URL(publicUrl).origin || (URL.canParse(origin) && new URL(origin).host === host);
    if (!ours) throw new Problem(403, 'cross-site');
  } else if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new Problem(403, 'cross-site');
  }
}

/** Fastify's own request.signal fires as soon as a body was read; this one when nobody waits for the answer any more. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

function commandIdOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return randomUUID();
  if (typeof key !== 'string' || key.length === 0 || key.length > KEY_LIMIT) {
    throw new Problem(400, 'bad-input', { problems: [{ field: 'Idempotency-Key', expected: `1 to ${KEY_LIMIT} characters` }] });
  }
  return key;
}
