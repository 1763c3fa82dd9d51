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

type Ended = { readonly outcomes: readonly AppendOutcome[] } | { readonly fault: unknown };

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
    for (let writing = this.#writeNext(); writing !== undefined; ) {
      const { group, ended } = writing;
      const outcomes = await ended;
      // Where a large group waits already it is sent before this one's members are told: they make their next appends while the server works.
      let next = this.#waiting.length >= this.#limits.groupAppends / 2 ? this.#writeNext() : undefined;
      tell(group, outcomes);
      await new Promise(setImmediate); // those just told append again before the next group closes
      next ??= this.#writeNext();
      writing = next;
    }
    this.#flushing = false;
  }

  #writeNext(): { group: Waiting[]; ended: Promise<Ended> } | undefined {
    if (this.#waiting.length === 0) return undefined;
    const group = this.#nextGroup();
    const ended = this.#write(group.map(({ member }) => member)).then(
      (outcomes): Ended => ({ outcomes }),
      (fault: unknown): Ended => ({ fault }),
    );
    return { group, ended };
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

function tell(group: readonly Waiting[], ended: Ended): void {
  for (const [index, { resolve, reject }] of group.entries()) {
    const outcome = 'fault' in ended ? undefined : ended.outcomes[index];
    if (outcome !== undefined) resolve(outcome);
    else reject('fault' in ended ? ended.fault : new Error(`a group of ${group.length} appends got ${ended.outcomes.length} outcomes`));
  }
}
