// Appends a second with 64 writers who each wait for their own before the next: ours beside emmett-postgresql and message-db, in turns, on one
// PostgreSQL with fsync on. Same facts, one event an append, streams of 10 events, each at its expected version.
import { openOurs } from './append/ours.ts';
import { openEmmett, openMessageDb } from './append/peers.ts';
import { type Run, run, type Side } from './append/writers.ts';
import { type Bench, figure, lowerMedian } from './bench.ts';

const WRITERS = 64;
const ROUNDS = 7;
const WARM_UP_MS = 1500;
const ROUND_MS = 2000;
const P99_LIMIT_MS = 25;

export const append: Bench = {
  name: 'append',
  async run() {
    const sides: Side[] = [];
    const open = async (side: Promise<Side>): Promise<Side> => {
      const opened = await side;
      sides.push(opened);
      return opened;
    };
    try {
      const [ours, emmett, messageDb] = [await open(openOurs()), await open(openEmmett()), await open(openMessageDb())];
      for (const side of sides) await run(side, WRITERS, WARM_UP_MS);
      const runs = new Map<Side, Run[]>(sides.map((side) => [side, []]));
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const side of sides) runs.get(side)?.push(await run(side, WRITERS, ROUND_MS));
      }
      const rates = (side: Side): number[] => (runs.get(side) ?? []).map(({ perSecond }) => perSecond).sort((a, b) => a - b);
      const name = `append, ${WRITERS} waiting writers`;
      return [
        figure(name, 'appends/s', rates(ours), { name: 'emmett-postgresql 0.42.0', median: lowerMedian(rates(emmett)) }),
        figure(name, 'appends/s', rates(ours), { name: 'message-db 1.3.1', median: lowerMedian(rates(messageDb)) }),
        figure(
          `${name}, p99`,
          'ms',
          (runs.get(ours) ?? []).map(({ p99Ms }) => p99Ms),
          { name: 'limit', median: P99_LIMIT_MS },
        ),
      ];
    } finally {
      for (const side of sides) await side.close();
    }
  },
};
