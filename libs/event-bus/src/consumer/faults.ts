// Which failures mean "not now" and which mean "not this event"; and how a failing slice shrinks to the event at fault.
import { ClientError, Status } from 'nice-grpc-common';

const CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', '55P03', '57P01', '57P02', '57P03']);
const CLASSES = ['08', '40', '53']; // connection, serialisation and deadlock, too few resources
const RETRY_FIRST_MS = 50;
const RETRY_LAST_MS = 5_000;
const ATTEMPTS = 3;

/** Another reader moved the offset: this one owns the lane no more. */
export class LaneMoved extends Error {
  override readonly name = 'LaneMoved';
}

/** The group has left this epoch of a log for a restored one: what came under it must be looked at again. */
export class SourceLeft extends Error {
  override readonly name = 'SourceLeft';
}

/** An event whose predecessor in its bucket was not applied yet: it is elsewhere in the topic, or gone from it. */
export class Gap extends Error {
  override readonly name = 'Gap';
  readonly source: string;
  readonly bucket: number;
  readonly after: number;
  readonly upTo: number;

  constructor(source: string, bucket: number, after: number, upTo: number) {
    super(`${source}: bucket ${bucket} is missing what lies after ${after} up to ${upTo}`);
    this.source = source;
    this.bucket = bucket;
    this.after = after;
    this.upTo = upTo;
  }
}

/** True when the same slice may well succeed later: the database or another service is away, busy or in a deadlock. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'StoreOverloaded') return true;
  if (error instanceof ClientError) return [Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED, Status.DEADLINE_EXCEEDED, Status.ABORTED].includes(error.code);
  if ('code' in error && typeof error.code === 'string' && (CODES.has(error.code) || CLASSES.includes(error.code.slice(0, 2)))) return true;
  if (/^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error/.test(error.message)) return true;
  return isTransient(error.cause);
}

/** What to do after a failure: the slice again (it may be smaller now), or its single event's stream is parked. */
export type Verdict = { readonly retryInMs: number } | { readonly park: { readonly error: string; readonly attempts: number } };

/**
 * The size of the next slice. A failing slice is tried once more as it is, then halved down to one event; an event that fails three times
 * is poison. Success doubles the size again.
 */
export class Pace {
  readonly #full: number;
  #size: number;
  #failures = 0;
  #transient = 0;

  constructor(full: number) {
    this.#full = full;
    this.#size = full;
  }

  get size(): number {
    return this.#size;
  }

  succeeded(): void {
    this.#size = Math.min(this.#full, this.#size * 2);
    this.#failures = 0;
    this.#transient = 0;
  }

  /** Another event than the one that failed by itself comes next: it has all its attempts. */
  another(): void {
    this.#failures = 0;
  }

  /** `count` is how many events the failed slice held. */
  failed(error: unknown, count: number): Verdict {
    if (isTransient(error)) return { retryInMs: Math.min(RETRY_FIRST_MS * 2 ** this.#transient++, RETRY_LAST_MS) };
    this.#failures += 1;
    if (count <= 1) {
      if (this.#failures < ATTEMPTS) return { retryInMs: RETRY_FIRST_MS * 4 ** this.#failures };
      const attempts = this.#failures;
      this.#failures = 0;
      return { park: { error: textOf(error), attempts } };
    }
    if (this.#failures === 1 && this.#size === this.#full) return { retryInMs: RETRY_FIRST_MS };
    this.#size = Math.ceil(count / 2);
    this.#failures = this.#size === 1 ? 0 : 1;
    return { retryInMs: 0 };
  }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, 2_000);
}
