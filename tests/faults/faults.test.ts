// Nothing lost, nothing doubled: an installation on a real broker and a real database under load, while everything that can fail does, in an
// order that follows from a seed. How many faults and which seed: DESKFLEET_FAULTS, DESKFLEET_FAULTS_SEED (README.md here).
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@deskfleet/statistics';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkRun } from './checks.ts';
import { FAULTS, type Fault, pick, Turns } from './faults.ts';
import { Ground } from './ground.ts';
import { LIVE_ALLOWANCE_MS, Load } from './load.ts';
import type { Input } from './taken.ts';

const SHORT = FAULTS.length;
const count = Number(process.env['DESKFLEET_FAULTS'] ?? SHORT);
const seed = Number(process.env['DESKFLEET_FAULTS_SEED'] ?? randomInt(1_000_000));
const long = count > SHORT;
const SETTLE_AFTER = 12;
const SETTLED_WITHIN_MS = 180_000;
const MINUTE = 60_000;
const SHORT_STOP_MS = 8_000;

let ground: Ground;
beforeEach(async () => {
  ground = await Ground.prepare();
}, 3 * MINUTE);
afterEach(() => ground.remove(), 2 * MINUTE);

test(
  `${count} faults later, everything that was accepted is there once and every figure is right (seed ${seed})`,
  async () => {
    try {
      await checkRun(ground, await sufferAll(), say);
    } catch (error) {
      say(`\n${ground.logs(25)}\n\nReplay: DESKFLEET_FAULTS=${count} DESKFLEET_FAULTS_SEED=${seed}`);
      throw error;
    }
  },
  90 * MINUTE,
);

/** Load and faults, to the moment when everything is settled. */
async function sufferAll(): Promise<Input> {
  const load = await Load.start(ground.installation, seed);
  const random = seededRandom(seed);
  const scene = { ground, load, random, turns: new Turns(random), brokerStoppedMs: long ? MINUTE : SHORT_STOP_MS };
  const from = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - from) / 1_000)} s`;
  for (const [index, fault] of planOf(count).entries()) {
    const what = await fault.happen(scene);
    say(`${seconds()}  ${index + 1} of ${count}: ${fault.name}: ${what}`);
    expect(load.errors).toEqual([]);
    await sleep(random.below(1_000));
    if ((index + 1) % SETTLE_AFTER === 0 && index + 1 < count) await load.settle(SETTLED_WITHIN_MS);
  }
  const input = await load.stop();
  await sleep(LIVE_ALLOWANCE_MS + 1_000);
  await load.settle(SETTLED_WITHIN_MS);
  expect(load.errors).toEqual([]);
  say(`${seconds()}  settled: ${input.accepted.length} commands were accepted, ${input.lines.length} messages, ${input.closed.length} months closed`);
  return input;
}

/** Every kind at least once, then by weight; in an order of the seed's. */
function planOf(faults: number): Fault[] {
  const random = seededRandom(seed + 1);
  const weighted = FAULTS.flatMap((fault) => Array.from({ length: fault.weight }, () => fault));
  const plan = Array.from({ length: faults }, (_, index) => (index < FAULTS.length ? FAULTS[index] : undefined) ?? pick(weighted, random));
  return plan
    .map((fault) => ({ fault, at: random.uint32() }))
    .sort((a, b) => a.at - b.at)
    .map(({ fault }) => fault);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
