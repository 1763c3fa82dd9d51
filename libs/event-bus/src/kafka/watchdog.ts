// kafkajs is known to stop consuming without a word (issues 659, 1097). When assigned partitions have news and nobody moved on for a minute,
// only a new process helps. Measured by the monotonic clock: a wall clock set forward is no silence.

const STUCK_AFTER_MS = 60_000;
const LOOKS = 4; // in that time

/** The partitions given to this member, by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

/** Partitions that have news, by name, with where they stand; of these, or of all while none were assigned yet. */
type Behind = (assigned: Assignment | undefined) => Promise<ReadonlyMap<string, number>>;

export interface WatchdogOptions {
  readonly group: string;
  readonly onStuck: (reason: string) => void;
  /** Default 60 s. */
  readonly stuckAfterMs?: number;
}

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #stuckAfterMs: number;
  #timer: NodeJS.Timeout | undefined;
  #aliveAt = performance.now();
  #assigned: Assignment | undefined;
  #standing = '';

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#stuckAfterMs = options.stuckAfterMs ?? STUCK_AFTER_MS;
  }

  /** A slice was tried. */
  alive(): void {
    this.#aliveAt = performance.now();
  }

  /** The group was joined, with these partitions. What was given and never opened is watched like the others. */
  joined(assigned: Assignment): void {
    this.#assigned = assigned;
  }

  /** Begins to look; a broker or database that does not answer is another matter. */
  watch(behind: Behind): void {
    this.alive();
    this.#assigned = undefined;
    this.#timer = setInterval(() => void this.#look(behind).catch(() => this.alive()), this.#stuckAfterMs / LOOKS);
    this.#timer.unref();
  }

  rest(): void {
    clearInterval(this.#timer);
  }

  async #look(behind: Behind): Promise<void> {
    const found = await behind(this.#assigned);
    const standing = JSON.stringify([...found]);
    if (found.size === 0 || standing !== this.#standing) this.alive();
    this.#standing = standing;
    const quietMs = performance.now() - this.#aliveAt;
    if (quietMs < this.#stuckAfterMs) return;
    this.#options.onStuck(`${this.#options.group} applied nothing for ${Math.round(quietMs / 1_000)} s while ${[...found.keys()].join(', ')} have news`);
  }
}
