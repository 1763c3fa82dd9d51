// Ten minutes of live messages at a steady rate on the embedded bus: no process may grow, or hold more than it may, and the rate must be kept.
// SOAK_MINUTES=1 tries it for a minute, in which nothing is full yet and so all grow; SOAK_BUS=kafka over Kafka.
import { setTimeout as sleep } from 'node:timers/promises';
import { startInstallation } from '../installation.ts';
import { Alive } from './alive.ts';
import { type Bench, type Figure, figure } from './bench.ts';
import { type LiveShop, liveShops, settled, steadily } from './live-shops.ts';
import { anonymousOf, memoryOfEach, peakOfEach } from './processes.ts';

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 10);
const BUS = process.env['SOAK_BUS'] === 'kafka' ? 'kafka' : 'feed';
const RATE = 500;
const SHOPS = 10;
const BATCH = 50;
const LOOK_EVERY_MS = 5_000;
const LIMIT_MIB = 400;
/**
 * From the third quarter to the last: before, what is kept (the log's newest 20,000 events take billing four minutes) and what the heap and the allocator
 * hold in reserve beside it are not full. This limit is for what no heap knows of. Without a leak it was 5 MiB at most; garbage that happens not to be
 * collected, in a process with nothing to do, makes 16.
 */
const LIMIT_GROWTH_MIB = 10;
/** Of what is alive when garbage is collected: what is bounded goes up and down by some MiB, in ten minutes some 20 bytes a message; a leak of 100 showed as 107. */
const LIMIT_ALIVE_BYTES = 50;
/**
 * When it is looked at, as shares of the whole time: once what is kept is full, and at the end. Several times, as the oldest part of what is kept goes at
 * once; and at no other time, as a collection makes room.
 */
const FULL = [0.42, 0.45, 0.48, 0.51, 0.54];
const END = [0.87, 0.9, 0.93, 0.96, 0.99];

export const soak: Bench = {
  name: 'soak',
  async run() {
    const alive = new Alive();
    const installation = await startInstallation({ bus: BUS, env: alive.env });
    try {
      const codes = Array.from({ length: SHOPS }, (_, index) => `soak-${index}`);
      const shops = await liveShops(installation, codes, BATCH);
      const { rate, held, full, end } = await follow(shops, {
        held: () => memoryOfEach(installation.pid, anonymousOf),
        alive: () => alive.look(installation.pid),
      });
      const peaks = peakOfEach(installation.pid);
      await settled(installation);
      const between = rate * 60 * MINUTES * (mean(END) - mean(FULL));
      return [
        figure(`live messages sent for ${MINUTES} minutes`, 'messages/s', [rate], { name: 'asked for', median: RATE }),
        ...[...peaks].flatMap(([role, mib]): Figure[] => {
          const samples = held.get(role) ?? [];
          const [before, after] = [full.get(role) ?? [], end.get(role) ?? []];
          const grown = ((mean(after) - mean(before)) * 1024 * 1024) / between;
          return [
            figure(`most memory of ${role}`, 'MiB', [mib], { name: 'limit', median: LIMIT_MIB }),
            figure(`growth of ${role} from the third quarter to the last`, 'MiB', [growth(samples)], { name: 'limit', median: LIMIT_GROWTH_MIB }),
            figure(`alive in ${role} at the end`, 'MiB', after, { name: 'when full', median: mean(before) }),
            figure(`growth of what is alive in ${role}`, 'bytes/message', [grown], { name: 'limit', median: LIMIT_ALIVE_BYTES }),
          ];
        }),
      ];
    } finally {
      await installation.remove();
      alive.remove();
    }
  },
};

type ByRole = ReadonlyMap<string, number>;

interface Followed {
  /** Messages a second that were really sent. */
  readonly rate: number;
  /** What each role held for itself, every few seconds, in MiB. */
  readonly held: ReadonlyMap<string, readonly number[]>;
  /** What was alive in each when it was looked at, in MiB. */
  readonly full: ReadonlyMap<string, readonly number[]>;
  readonly end: ReadonlyMap<string, readonly number[]>;
}

/** Sends for the whole time, and looks beside it. */
async function follow(shops: readonly LiveShop[], look: { held: () => ByRole; alive: () => Promise<ByRole> }): Promise<Followed> {
  const from = performance.now();
  const elapsed = (): number => (performance.now() - from) / (MINUTES * 60_000);
  const held: ByRole[] = [];
  const looks = setInterval(() => held.push(look.held()), LOOK_EVERY_MS);
  const aliveAt = async (shares: readonly number[]): Promise<ByRole[]> => {
    const found: ByRole[] = [];
    for (const share of shares) {
      await sleep((share - elapsed()) * MINUTES * 60_000);
      found.push(await look.alive());
    }
    return found;
  };
  try {
    const sending = steadily(shops, { batch: BATCH, rate: RATE, ended: () => elapsed() >= 1 });
    const looking = aliveAt(FULL).then(async (full) => ({ full, end: await aliveAt(END) }));
    const [sent, { full, end }] = await Promise.all([sending, looking]);
    return { rate: (sent / (performance.now() - from)) * 1_000, held: together(held), full: together(full), end: together(end) };
  } finally {
    clearInterval(looks);
  }
}

function together(samples: readonly ByRole[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [role, mib] of samples.flatMap((sample) => [...sample])) found.set(role, [...(found.get(role) ?? []), mib]);
  return found;
}

function growth(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4);
  return mean(samples.slice(-quarter)) - mean(samples.slice(-2 * quarter, -quarter));
}

function mean(samples: readonly number[]): number {
  return samples.reduce((sum, one) => sum + one, 0) / samples.length;
}
