// Ten minutes of live messages at a steady rate on the embedded bus: no process may grow, or hold more than it may, and the rate must be kept.
// SOAK_MINUTES=1 tries it for a minute.
import { startInstallation } from '../installation.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { type LiveShop, liveShops, settled, steadily } from './live-shops.ts';
import { peakOfEach } from './processes.ts';

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 10);
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
      const { rate, samples } = await follow(shops, memory.now);
      const peaks = memory.stop();
      await settled(installation);
      return [
        figure(`live messages sent for ${MINUTES} minutes`, 'messages/s', [rate], { name: 'asked for', median: RATE }),
        ...[...peaks].flatMap(([role, mib]): Figure[] => {
          const held = samples.get(role) ?? [];
          return [
            figure(`memory of ${role} in these ${MINUTES} minutes`, 'MiB', held, { name: 'limit', median: LIMIT_MIB }),
            figure(`most memory of ${role}`, 'MiB', [mib], { name: 'limit', median: LIMIT_MIB }),
            figure(`growth of ${role} from the second third to the last`, 'MiB', [growth(held)], { name: 'limit', median: LIMIT_GROWTH_MIB }),
          ];
        }),
      ];
    } finally {
      await installation.remove();
    }
  },
};

interface Followed {
  /** Messages a second that were really sent. */
  readonly rate: number;
  /** What each role held, every few seconds, in MiB. */
  readonly samples: ReadonlyMap<string, readonly number[]>;
}

/** Sends for the whole time, and looks beside it. */
async function follow(shops: readonly LiveShop[], now: () => ReadonlyMap<string, number>): Promise<Followed> {
  const samples = new Map<string, number[]>();
  const looks = setInterval(() => {
    for (const [role, mib] of now()) samples.set(role, [...(samples.get(role) ?? []), mib]);
  }, LOOK_EVERY_MS);
  const from = performance.now();
  try {
    const sent = await steadily(shops, { batch: BATCH, rate: RATE, ended: () => performance.now() - from >= MINUTES * 60_000 });
    return { rate: (sent / (performance.now() - from)) * 1_000, samples };
  } finally {
    clearInterval(looks);
  }
}

function growth(samples: readonly number[]): number {
  const third = Math.floor(samples.length / 3);
  const mean = (part: readonly number[]): number => part.reduce((sum, mib) => sum + mib, 0) / part.length;
  return mean(samples.slice(2 * third)) - mean(samples.slice(third, 2 * third));
}
