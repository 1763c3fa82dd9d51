// Appends that wait are flushed together: while one group is being written the next gathers, so that a commit is shared by all who wait for it.
import { StoreOverloaded } from '../errors.ts';
import type { AppendOutcome } from '../types.ts';
import type { EncodedMember } from './group.ts';

export interface QueueLimits {
  /** Members in one group. */
  readonly groupAppends: number;
  /** Bytes in one group; a larger member goes alone. */
  readonly groupBytes: number;
  /** Members that may wait. */
  readonly waitingAppends: number;
  /** Bytes that may wait. */
  readonly waitingBytes: number;
  /** What an overloaded caller is told to wait, in ms. */
  readonly retryAfterMs: number;
}

export const QUEUE_LIMITS: QueueLimits = {
  groupAppends: 500,
  groupBytes: 1024 * 1024,
  waitingAppends: 10_000,
  waitingBytes: 32 * 1024 * 1024,
  retryAfterMs: 1000,
};

interface Waiting {
  readonly member: EncodedMember;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (fault: unknown) => void;
}

/** Writes a group and answers an outcome for each of its members, in order. */
export type WriteGroup = (members: readonly EncodedMember[]) => Promise<readonly AppendOutcome[]>;

export class AppendQueue {
  readonly #write: WriteGroup;
  readonly #limits: QueueLimits;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #flushing = false;

  constructor(write: WriteGroup, limits: QueueLimits) {
    this.#write = write;
    this.#limits = limits;
  }

  /** Rejects with `StoreOverloaded` when too much waits already, and with the fault of its group. */
  append(member: EncodedMember): Promise<AppendOutcome> {
    const { waitingAppends, waitingBytes, retryAfterMs } = this.#limits;
    if (this.#waiting.length >= waitingAppends || (this.#waiting.length > 0 && this.#waitingBytes + member.bytes > waitingBytes)) {
      return Promise.reject(new StoreOverloaded(this.#waiting.length, retryAfterMs));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ member, resolve, reject });
      this.#waitingBytes += member.bytes;
      if (!this.#flushing) {
        this.#flushing = true;
        setImmediate(() => void this.#flush()); // those who append in this turn of the loop share the first group
      }
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      try {
        const outcomes = await this.#write(group.map(({ member }) => member));
        group.forEach(({ resolve, reject }, index) => {
          const outcome = outcomes[index];
          if (outcome === undefined) reject(new Error(`a group of ${group.length} appends got ${outcomes.length} outcomes`));
          else resolve(outcome);
        });
      } catch (fault) {
        for (const { reject } of group) reject(fault);
      }
      await new Promise(setImmediate); // those just answered append again before the next group closes
    }
    this.#flushing = false;
  }

  #nextGroup(): Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const { member } of this.#waiting) {
      if (count === this.#limits.groupAppends || (count > 0 && bytes + member.bytes > this.#limits.groupBytes)) break;
      count += 1;
      bytes += member.bytes;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }
}
