// Live updates: one stream of server-sent events a browser, saying what changed, never what it changed to. The services' logs are followed only
// while somebody looks. What a browser may not see it is not told of.
import type { Caller } from '@deskfleet/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Change } from './changes.ts';

export interface LiveHub {
  /** Answers a request with the stream; the reply is hijacked. */
  open(caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  /** Tells of a change that stands in no other service's log. */
  announce(change: Change): void;
  /** Ends a user's streams: their access was withdrawn. */
  endOf(userId: string): void;
  close(): Promise<void>;
}

/** Follows the logs and hands on what changed, until the signal. */
export type Follow = (onChange: (change: Change) => void, signal: AbortSignal) => void;

const HEARTBEAT_MS = 10_000;
/** Figures change in place at most once a second. */
const FLUSH_MS = 1_000;
/** After the last browser left: reloads and short naps do not start the feeds anew. */
const LINGER_MS = 60_000;
/** Flushes kept for browsers that come back with Last-Event-ID: about ten minutes of constant change. */
const KEPT = 600;
/** A browser that takes nothing is let go at this much unsent. */
const MAX_UNSENT_BYTES = 262_144;
const MAX_STREAMS = 2_000;

interface Stream {
  readonly caller: Caller;
  readonly reply: FastifyReply;
}

interface Flush {
  readonly id: number;
  readonly changes: readonly Change[];
}

export function liveHub(follow: Follow, now: () => number): LiveHub {
  const streams = new Set<Stream>();
  const kept: Flush[] = [];
  // Ids go on over restarts, so that a browser's last id is never ahead of ours by accident.
  let lastId = now();
  let pending = new Map<string, Change>();
  let following: AbortController | undefined;
  let linger: NodeJS.Timeout | undefined;

  const heartbeat = setInterval(() => {
    for (const stream of streams) send(stream, `event: heartbeat\ndata: {"now":${now()}}\n\n`);
  }, HEARTBEAT_MS).unref();
  const flushing = setInterval(() => flush(), FLUSH_MS).unref();

  function flush(): void {
    if (pending.size === 0) return;
    lastId = Math.max(lastId + 1, now());
    const flushed: Flush = { id: lastId, changes: [...pending.values()] };
    pending = new Map();
    kept.push(flushed);
    if (kept.length > KEPT) kept.shift();
    for (const stream of streams) tell(stream, flushed);
  }

  function tell(stream: Stream, { id, changes }: Flush): void {
    const seen = changes.filter((change) => mayKnow(stream.caller, change));
    if (seen.length === 0) return;
    const topics = [...new Set(seen.map(({ topic }) => topic))].sort();
    const shopIds = [...new Set(seen.flatMap(({ shopId }) => (shopId === '' ? [] : [shopId])))].sort();
    send(stream, `id: ${id}\nevent: changed\ndata: ${JSON.stringify({ topics, shopIds })}\n\n`);
  }

  function send(stream: Stream, text: string): void {
    const { raw } = stream.reply;
    if (raw.writableLength > MAX_UNSENT_BYTES) raw.destroy();
    else raw.write(text);
  }

  function begin(): void {
    clearTimeout(linger);
    if (following !== undefined) return;
    following = new AbortController();
    follow(note, following.signal);
  }

  function note(change: Change): void {
    if (streams.size > 0) pending.set(`${change.vendorId} ${change.topic} ${change.shopId}`, change);
  }

  function leave(stream: Stream): void {
    streams.delete(stream);
    if (streams.size > 0) return;
    linger = setTimeout(() => {
      following?.abort();
      following = undefined;
      kept.length = 0; // what happens while nobody follows is not known
    }, LINGER_MS).unref();
  }

  function resume(stream: Stream, lastEventId: string): void {
    const from = Number(lastEventId);
    if (lastEventId === '' || !Number.isFinite(from)) return;
    if (from === lastId && following !== undefined) return; // nothing was missed
    const first = kept[0];
    if (first === undefined || from < first.id) {
      // Between its last event and ours something may have changed that nobody kept.
      send(stream, `id: ${lastId}\nevent: reset\ndata: {}\n\n`);
      return;
    }
    for (const flushed of kept) if (flushed.id > from) tell(stream, flushed);
  }

  return {
    async open(caller, request, reply) {
      reply.hijack();
      const { raw } = reply;
      if (streams.size >= MAX_STREAMS) {
        raw.writeHead(503, { 'retry-after': '30' }).end();
        return reply;
      }
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      });
      const stream: Stream = { caller, reply };
      streams.add(stream);
      raw.on('close', () => leave(stream));
      raw.on('error', () => raw.destroy());
      send(stream, `retry: 3000\nid: ${lastId}\nevent: heartbeat\ndata: {"now":${now()}}\n\n`);
      resume(stream, String(request.headers['last-event-id'] ?? ''));
      begin();
      return reply;
    },

    announce(change) {
      note(change);
    },

    endOf(userId) {
      for (const stream of streams) if (stream.caller.id === userId) stream.reply.raw.end();
    },

    async close() {
      clearInterval(heartbeat);
      clearInterval(flushing);
      clearTimeout(linger);
      following?.abort();
      for (const stream of streams) stream.reply.raw.end();
    },
  };
}

/** A change without a shop concerns the vendor's own people; one with a shop those who may see it. */
function mayKnow(caller: Caller, { vendorId, shopId }: Change): boolean {
  if (caller.vendorId !== vendorId) return false;
  if (caller.shopIds === 'all') return true;
  return shopId !== '' && caller.shopIds.includes(shopId);
}
