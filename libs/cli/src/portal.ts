// The portal as the commands call it: JSON in and out, away services asked again for a minute, or longer while
// the work goes on; problems told in words.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Installation, Unable } from './installation.ts';

/** How long a service may be away, or a piece of work stand still, before a command gives up. */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;
const AWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The portal said no. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** How long to go on asking: from the last sign that the work goes on, however much of it there is and however busy the installation. */
export class Patience {
  readonly ms: number;
  #from = performance.now();

  constructor(ms = PATIENCE_MS) {
    this.ms = ms;
  }

  get leftMs(): number {
    return this.#from + this.ms - performance.now();
  }

  /** The work goes on. */
  renew(): void {
    this.#from = performance.now();
  }
}

export interface Ask {
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Sent as JSON, or as it is when bytes. */
  readonly body?: object | Uint8Array;
  /** The same command sent again is the same command. */
  readonly commandId?: string;
  /** Shared by what is one piece of work; a minute for this call alone when absent. */
  readonly patience?: Patience;
  /** Runs after each answer that says "not now", to see whether the work goes on. */
  readonly onAway?: () => Promise<void>;
}

export interface Portal {
  /** The answer's JSON. Throws `Refused`, or `Unable` when the portal stayed away. */
  ask(path: string, what?: Ask): Promise<unknown>;
  /** The answer's bytes as they come. Throws `Refused`; `Unable` when it breaks off or cannot begin. */
  stream(path: string, query?: Ask['query']): AsyncIterable<Uint8Array>;
}

export function portalOf({ url, token }: Installation): Portal {
  const addressOf = (path: string, query: NonNullable<Ask['query']>): URL => {
    const address = new URL(`${url}/api/v1${path}`);
    for (const [name, value] of Object.entries(query)) {
      for (const item of typeof value === 'string' ? [value] : (value ?? [])) address.searchParams.append(name, item);
    }
    return address;
  };
  return {
    async *stream(path, query = {}) {
      const headers = { authorization: `Bearer ${token}`, 'accept-language': 'en' };
      try {
        const response = await fetch(addressOf(path, query), { headers });
        if (!response.ok || response.body === null) throw await problemIn(response);
        yield* response.body;
      } catch (error) {
        if (error instanceof Refused) throw error;
        throw new Unable(`The portal broke off: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    async ask(path, { method = 'GET', query = {}, body, commandId = randomUUID(), patience = new Patience(), onAway } = {}) {
      const address = addressOf(path, query);
      const raw = body instanceof Uint8Array;
      const request = {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'accept-language': 'en',
          ...(method === 'POST' ? { 'idempotency-key': commandId, 'content-type': raw ? 'application/x-ndjson' : 'application/json' } : {}),
        },
        ...(method === 'POST' ? { body: raw ? new Uint8Array(body) : JSON.stringify(body ?? {}) } : {}),
      };
      return patiently(() => fetch(address, request), patience, onAway);
    },
  };
}

/** Asks until there is an answer that is not "away", as long as there is patience. */
async function patiently(send: () => Promise<Response>, patience: Patience, onAway: Ask['onAway']): Promise<unknown> {
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    let away: string;
    let pauseMs = wait;
    try {
      const response = await send();
      if (response.ok) return await response.json();
      const problem = await problemIn(response);
      if (!AWAY.has(response.status)) throw problem;
      away = problem.message;
      pauseMs = Number(response.headers.get('retry-after') ?? 0) * 1_000 || wait;
    } catch (error) {
      if (error instanceof Refused) throw error;
      away = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    }
    await onAway?.();
    if (pauseMs > patience.leftMs) throw new Unable(`The portal did not answer within ${patience.ms / 1_000} s: ${away}`);
    await pause(pauseMs);
  }
}

async function problemIn(response: Response): Promise<Refused> {
  const body: unknown = await response.json().catch(() => undefined);
  const field = (name: string): string => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const code = field('code') || `http-${response.status}`;
  return new Refused(code, [field('title'), field('detail'), `(${code})`].filter(Boolean).join(' '));
}
