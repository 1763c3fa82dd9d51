// A refusal that reaches whoever is still sending. Whoever is answered and closed in the middle of a body sees a broken connection instead of the
// answer (RFC 9112, 9.6), so what is left of the body is read and thrown away first, as far as these bounds go.
import { setTimeout as later } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The largest body that is worth reading to its end: sixteen times the largest that is taken. */
const READ_ON_BYTES = 16_777_216;
/** Long enough for some megabytes over a slow line. */
const READ_ON_MS = 30_000;

/** An onSend hook: an answer that is ready before its request was read waits for the rest of it. Beyond the bounds it goes at once, and the connection closes. */
export async function readOnFirst({ raw, headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (raw.complete || raw.destroyed) return;
  const within = Number(headers['content-length'] ?? 0) <= READ_ON_BYTES && (await readToEnd(raw));
  if (!within) reply.header('connection', 'close');
}

/** Whether the body came to its end within the bounds. */
async function readToEnd(raw: FastifyRequest['raw']): Promise<boolean> {
  const stopped = new AbortController();
  const ended = new Promise<boolean>((resolve) => {
    let bytes = 0;
    raw.on('data', ({ length }: Buffer) => {
      bytes += length;
      if (bytes > READ_ON_BYTES) resolve(false);
    });
    raw.once('end', () => resolve(true));
    raw.once('error', () => resolve(false));
    raw.once('close', () => resolve(raw.complete));
    raw.resume();
  });
  const tooLong = later(READ_ON_MS, false, { signal: stopped.signal, ref: false }).catch(() => false);
  const within = await Promise.race([ended, tooLong]);
  stopped.abort();
  return within;
}
