// Ten minutes of live messages at a steady rate on the embedded bus: no process may grow, or hold more than it may.
import { setTimeout as sleep } from 'node:timers/promises';
import { startInstallation } from '../installation.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { type LiveShop, liveShops, settled } from './live-shops.ts';
import { peakOfEach } from './processes.ts';

const MINUTES = 10;
const RATE = 500;
const SHOPS = 10;
const BATCH = 50;
const LOOK_EVERY_MS = 5_000;
const LIMIT_MIB = 400;
/** Flat: the last third holds no more than the second one, but for what a garbage collection more or less makes. */
const LIMIT_GROWTH_MIB = 20;

export const soak: Bench = {
  name: 'soak',
  async run() {
    const installation = await startInstallation({ bus: 'feed' });
    try {
      const codes = Array.from({ length: SHOPS }, (_, index) => `soak-${index}`);
      const shops = await liveShops(installation, codes, BATCH);
      const memory = peakOfEach(installation.pid);
      const samples = await follow(shops, memory.now);
      const peaks = memory.stop();
      await settled(installation);
      return [...peaks].flatMap(([role, mib]): Figure[] => [
        figure(`${MINUTES} minutes at ${RATE}/s: most memory of ${role}`, 'MiB', [mib], { name: 'limit', median: LIMIT_MIB }),
        figure(`the same: growth of ${role} from the second third to the last`, 'MiB', [growth(samples.get(role) ?? [])], {
          name: 'limit',
          median: LIMIT_GROWTH_MIB,
        }),
      ]);
    } finally {
      await installation.remove();
    }
  },
};

/** Sends for the whole time; what each role held, every few seconds. */
async function follow(shops: readonly LiveShop[], now: () => ReadonlyMap<string, number>): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>();
  const from = performance.now();
  let lookAt = 0;
  for (let sent = 0; performance.now() - from < MINUTES * 60_000; sent += BATCH) {
    await shops[(sent / BATCH) % shops.length]?.next();
    const elapsed = performance.now() - from;
    if (elapsed >= lookAt) {
      lookAt = elapsed + LOOK_EVERY_MS;
      for (const [role, mib] of now()) samples.set(role, [...(samples.get(role) ?? []), mib]);
    }
    await sleep(Math.max(0, from + ((sent + BATCH) / RATE) * 1_000 - performance.now()));
  }
  return samples;
}

function growth(samples: readonly number[]): number {
  const third = Math.floor(samples.length / 3);
  const mean = (part: readonly number[]): number => part.reduce((sum, mib) => sum + mib, 0) / part.length;
  return mean(samples.slice(2 * third)) - mean(samples.slice(third, 2 * third));
}
