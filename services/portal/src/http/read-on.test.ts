// What whoever sends too much is told, over a connection of the test's own: fetch would give up at the first sign of an answer.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOnFirst } from './read-on.ts';

const MB = 1_048_576;
const LIMIT_BYTES = 1_000;
const PIECE = Buffer.alloc(16_384, 'x');

let app: FastifyInstance;
let port: number;

beforeEach(async () => {
  app = fastify({ bodyLimit: LIMIT_BYTES, forceCloseConnections: true });
  app.addHook('onSend', readOnFirst);
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/taken', async (request) => `${(request.body as Buffer).length} bytes`);
  app.post('/refused', { onRequest: async (_request, reply) => reply.code(401).send('who are you?') }, async () => 'never');
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});

afterEach(() => app.close());

interface Sent {
  readonly answer: string;
  /** Whether all of it could be written. */
  readonly whole: boolean;
}

/** Sends a body piece by piece, each only when the one before it has left, and reads whatever comes back until the connection closes. */
async function send(path: string, bytes: number, framing: 'length' | 'chunked'): Promise<Sent> {
  const socket = connect({ host: '127.0.0.1', port });
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  socket.on('error', () => undefined); // seen by what could not be written
  await once(socket, 'connect');
  const told = framing === 'length' ? `content-length: ${bytes}` : 'transfer-encoding: chunked';
  socket.write(`POST ${path} HTTP/1.1\r\nhost: portal\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n${told}\r\n\r\n`);
  let whole = true;
  for (let sent = 0; sent < bytes && whole; sent += PIECE.length) {
    const piece = PIECE.subarray(0, Math.min(PIECE.length, bytes - sent));
    whole = await written(socket, framing === 'length' ? piece : Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
    await turn(); // an answer on its way may come in
  }
  if (whole && framing === 'chunked') whole = await written(socket, Buffer.from('0\r\n\r\n'));
  await closed;
  return { answer, whole };
}

const written = (socket: Socket, bytes: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    socket.write(bytes, (error) => resolve(error === undefined || error === null));
  });

for (const framing of ['length', 'chunked'] as const) {
  test(`a body of 5 MB where 1,000 bytes are taken is read to its end, then refused (${framing})`, async () => {
    const { answer, whole } = await send('/taken', 5 * MB, framing);
    expect(whole).toBe(true);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('FST_ERR_CTP_BODY_TOO_LARGE');
  });

  test(`whoever may not ask at all is told so after all they send (${framing})`, async () => {
    const { answer, whole } = await send('/refused', 5 * MB, framing);
    expect(whole).toBe(true);
    expect(answer).toMatch(/^HTTP\/1\.1 401 [\s\S]*who are you\?$/);
  });

  test(`a body without end is not read for ever (${framing})`, async () => {
    expect(await send('/taken', 200 * MB, framing)).toMatchObject({ whole: false });
    expect(await send('/refused', 200 * MB, framing)).toMatchObject({ whole: false });
  });

  test(`what is within the limit is taken as ever (${framing})`, async () => {
    const { answer, whole } = await send('/taken', LIMIT_BYTES, framing);
    expect(whole).toBe(true);
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*1000 bytes/);
  });
}
