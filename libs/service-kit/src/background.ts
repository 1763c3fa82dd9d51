// Drains a service's durable background work one slice at a time: soon after news, and again after a while when nothing was there.
import type { Logger } from 'pino';
import type { BackgroundWork } from './service.ts';

const IDLE_MS = 500;
const RETRY_FIRST_MS = 200;
const RETRY_LAST_MS = 10_000;

export interface RunningWork {
  /** Looks at once: something may have come. With types of events, only for the work that these may have left. */
  wake(handled?: ReadonlySet<string>): void;
  /** Slices not done, by name, of those that have any. */
  pending(): Promise<ReadonlyMap<string, number>>;
  faults(): ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

/** Starts a loop a kind of work. A failing one is tried again with back-off; the others go on. */
export function runBackgroundWork(works: readonly BackgroundWork[], log: Logger): RunningWork {
  const stopping = new AbortController();
  const sleepers = new Map<BackgroundWork, () => void>();
  const faults = new Map<string, string>();

  const sleep = (work: BackgroundWork, ms: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        sleepers.delete(work);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      sleepers.set(work, wake);
      if (stopping.signal.aborted) wake();
    });

  const drain = async (work: BackgroundWork): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const more = await work.slice();
        failures = 0;
        faults.delete(work.name);
        if (!more) await sleep(work, IDLE_MS);
      } catch (error) {
        failures += 1;
        faults.set(work.name, error instanceof Error ? error.message : String(error));
        log.error({ work: work.name, failures, err: error }, 'background work failed');
        await sleep(work, Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_LAST_MS));
      }
    }
  };
  const loops = works.map(drain);

  return {
    wake(handled) {
      for (const [work, wake] of [...sleepers]) if (handled === undefined || work.after.some(({ $type }) => handled.has($type))) wake();
    },
    async pending() {
      const counts = await Promise.all(works.map(async (work) => [work.name, await work.pending()] as const));
      return new Map(counts.filter(([, count]) => count > 0));
    },
    faults: () => faults,
    async stop() {
      stopping.abort();
      for (const wake of [...sleepers.values()]) wake();
      await Promise.all(loops);
    },
  };
}
