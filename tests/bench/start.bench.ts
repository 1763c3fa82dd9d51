// How long `npm start` takes until the portal answers, on a fresh folder and on one that has run, and what all processes hold when idle.
import { setTimeout as sleep } from 'node:timers/promises';
import { startInstallation } from '../installation.ts';
import { type Bench, figure } from './bench.ts';
import { pssOf, roleOf, treeOf } from './processes.ts';

const ROUNDS = 3;
const LIMIT_S = 20;
const LIMIT_MIB = 1.2 * 1024;
/** Caches of the start are collected and timers have settled by then. */
const IDLE_AFTER_MS = 20_000;

export const start: Bench = {
  name: 'start',
  async run() {
    const fresh: number[] = [];
    const again: number[] = [];
    const memory: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = await startInstallation({ bus: 'feed' });
      fresh.push(first.readyMs / 1_000);
      await first.stop();
      const second = await startInstallation({ bus: 'feed', dataDir: first.dataDir });
      try {
        again.push(second.readyMs / 1_000);
        await sleep(IDLE_AFTER_MS);
        memory.push(report(second.pid));
      } finally {
        await second.remove();
      }
    }
    return [
      figure('start, fresh folder', 's', fresh, { name: 'limit', median: LIMIT_S }),
      figure('start, folder that has run', 's', again, { name: 'limit', median: LIMIT_S }),
      figure('idle, all processes (PSS)', 'MiB', memory, { name: 'limit', median: LIMIT_MIB }),
    ];
  },
};

/** Says what each process holds; returns the sum in MiB. */
function report(pid: number): number {
  const held = new Map<string, number>();
  for (const each of treeOf(pid)) held.set(roleOf(each.command), (held.get(roleOf(each.command)) ?? 0) + pssOf(each.pid) / 1024 / 1024);
  for (const [role, mib] of [...held].toSorted((a, b) => b[1] - a[1])) console.error(`    ${role}: ${mib.toFixed(0)} MiB`);
  return [...held.values()].reduce((sum, mib) => sum + mib, 0);
}
