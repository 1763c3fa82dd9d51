// Read your own writes: a query with `after` waits until what it reads has passed that position.
import type { LogPosition } from '@deskfleet/protocol/common';
import { ServerError, Status } from 'nice-grpc-common';
import { refuseCall } from './refusals.ts';

const LIMIT_MS = 10_000;

type Passed = (position: number, signal: AbortSignal) => Promise<void>;

export class Positions {
  readonly #source: string;
  #own: Passed | undefined;
  #foreign: ((after: LogPosition, signal: AbortSignal) => Promise<void>) | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** Whom to ask about the own log's positions, and about other logs'. */
  follow(own: Passed, foreign?: (after: LogPosition, signal: AbortSignal) => Promise<void>): void {
    this.#own = own;
    this.#foreign = foreign;
  }

  /** Resolves when passed; DEADLINE_EXCEEDED after 10 s. */
  async passed(after: LogPosition | undefined): Promise<void> {
    if (after === undefined || after.position === 0) return;
    const signal = AbortSignal.timeout(LIMIT_MS);
    try {
      if (after.source === this.#source) await this.#own?.(after.position, signal);
      else if (this.#foreign !== undefined) await this.#foreign(after, signal);
      else refuseCall('log-unknown', { field: 'after.source', found: after.source, expected: this.#source });
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new ServerError(Status.DEADLINE_EXCEEDED, `${after.source} ${after.position} was not applied within ${LIMIT_MS} ms`);
    }
  }
}
