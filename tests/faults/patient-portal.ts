// The portal as the platforms and our own command line call it: a call without an answer is sent again under its own key until it has one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedInstallation } from '../installation.ts';

export type Json = Readonly<Record<string, unknown>>;

/** How long a call is sent again. */
export const PATIENCE_MS = 10 * 60_000;
const ANSWER_WITHIN_MS = 30_000;
const PAUSE_MS = 250;

/** The portal said no, for good. */
export class Refused extends Error {
  readonly status: number;

  constructor(path: string, status: number, body: string) {
    super(`${path} was refused: ${status} ${body.slice(0, 400)}`);
    this.status = status;
  }
}

export interface Call {
  readonly key: string;
  readonly body: object | string;
  readonly cookie?: string;
  /** Headers made anew for each attempt. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

export class PatientPortal {
  readonly #installation: StartedInstallation;

  constructor(installation: StartedInstallation) {
    this.#installation = installation;
  }

  get(path: string): Promise<Json> {
    return this.#ask(path, () => ({ headers: this.#operator() }));
  }

  /** As the vendor's operations, or as whoever the cookie is of. */
  post(path: string, { key, body, cookie, headers = () => ({}) }: Call): Promise<Json> {
    const text = typeof body === 'string';
    return this.#ask(path, () => ({
      method: 'POST',
      headers: {
        ...(cookie === undefined ? this.#operator() : { cookie, origin: this.#installation.url }),
        'content-type': text ? 'application/x-ndjson' : 'application/json',
        'idempotency-key': key,
        ...headers(),
      },
      body: text ? body : JSON.stringify(body),
    }));
  }

  /** The portal writes the operator's token anew when it starts. */
  #operator(): Record<string, string> {
    return { authorization: `Bearer ${readFileSync(join(this.#installation.dataDir, 'operator-token'), 'utf8')}` };
  }

  /** Until there is an answer that is final: away, overloaded and not believed (a clock stands wrong) are not. */
  async #ask(path: string, request: () => RequestInit): Promise<Json> {
    const endsAt = performance.now() + PATIENCE_MS;
    for (let last = ''; performance.now() < endsAt; await sleep(PAUSE_MS)) {
      try {
        const response = await fetch(`${this.#installation.url}/api/v1${path}`, { ...request(), signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
        const text = await response.text();
        if (response.ok) return JSON.parse(text) as Json;
        last = `${response.status} ${text}`;
        if (response.status < 500 && ![401, 408, 429].includes(response.status)) throw new Refused(path, response.status, text);
      } catch (error) {
        if (error instanceof Refused) throw error;
        last = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      }
      if (performance.now() + PAUSE_MS > endsAt) throw new Error(`${path} had no answer within ${PATIENCE_MS / 1_000} s: ${last}`);
    }
    throw new Error(`${path} had no answer`);
  }
}
