// The built web app: its files, and its index page for every address that is a page of it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { notFound, sendProblem } from './problems.ts';

/** Addresses that are never a page. */
const NO_PAGES = /^\/(api|auth|oidc|assets)(\/|$)/;

export async function registerWebApp(app: FastifyInstance, directory: string): Promise<void> {
  const built = existsSync(join(directory, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: directory,
      cacheControl: false,
      setHeaders(reply, path) {
        // Files under assets/ carry their content's hash in their names.
        reply.header('cache-control', path.startsWith(join(directory, 'assets')) ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    if (request.method !== 'GET' || NO_PAGES.test(path)) return sendProblem(notFound(), request, reply);
    if (!built) return reply.code(503).type('text/plain; charset=utf-8').send('The web app is not built yet. The API is at /api/v1/docs.\n');
    return reply.sendFile('index.html');
  });
}
