// kafkajs is known to stop consuming without a word (issues 659, 1097). When assigned partitions have news and nothing was applied for a minute,
// only a new process helps.
import type { Admin } from 'kafkajs';
import type { Consumer } from '../consumer/consumer.ts';

const LOOK_EVERY_MS = 15_000;
const STUCK_AFTER_MS = 60_000;

export class Watchdog {
  readonly #consumer: Consumer;
  readonly #onStuck: (reason: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #aliveAt = Date.now();

  constructor(consumer: Consumer, onStuck: (reason: string) => void) {
    this.#consumer = consumer;
    this.#onStuck = onStuck;
  }

  /** A slice was tried. */
  alive(): void {
    this.#aliveAt = Date.now();
  }

  /** Compares where the partitions stand (`topic/partition` -> offset) with where they end. */
  watch(admin: Admin, standing: () => ReadonlyMap<string, number>): void {
    this.alive();
    this.#timer = setInterval(() => void this.#look(admin, standing()), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  rest(): void {
    clearInterval(this.#timer);
  }

  async #look(admin: Admin, standing: ReadonlyMap<string, number>): Promise<void> {
    const quietMs = Date.now() - this.#aliveAt;
    if (quietMs < STUCK_AFTER_MS) return;
    const behind = await partitionsBehind(admin, standing).catch(() => []); // a broker that does not answer is another matter
    if (behind.length === 0 || this.#consumer.faults().size > 0) return;
    this.#onStuck(`${this.#consumer.group} applied nothing for ${Math.round(quietMs / 1000)} s while ${behind.join(', ')} have news`);
  }
}

async function partitionsBehind(admin: Admin, standing: ReadonlyMap<string, number>): Promise<string[]> {
  const topics = new Set([...standing.keys()].map((name) => name.slice(0, name.lastIndexOf('/'))));
  const behind: string[] = [];
  for (const topic of topics) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
      const position = standing.get(`${topic}/${partition}`);
      if (position !== undefined && position < Number(high)) behind.push(`${topic}/${partition}`);
    }
  }
  return behind;
}
