// The fence around a client that stops consuming without a word (kafkajs issues 659, 1097): who is told, and who is left alone.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type Assignment, Watchdog } from '../src/kafka/watchdog.ts';

const STUCK_AFTER_MS = 120;

let stuck: string[] = [];
let dog: Watchdog | undefined;
afterEach(() => {
  dog?.rest();
  stuck = [];
});

/** Partitions 0 and 1 of a topic end at 10; `standing` is where the group is. */
function watch(standing: (partition: number) => number): Watchdog {
  dog = new Watchdog({ group: 'billing', onStuck: (reason) => stuck.push(reason), stuckAfterMs: STUCK_AFTER_MS });
  dog.watch(async (assigned: Assignment | undefined) => {
    const partitions = [0, 1].filter((partition) => assigned === undefined || assigned['t']?.includes(partition));
    return new Map(partitions.filter((partition) => standing(partition) < 10).map((partition) => [`t/${partition}`, standing(partition)]));
  });
  return dog;
}

async function told(): Promise<string | undefined> {
  await sleep(STUCK_AFTER_MS * 4);
  return stuck[0];
}

test('news in an assigned partition that nobody takes is told by name', async () => {
  watch((partition) => (partition === 1 ? 4 : 10)).joined({ t: [0, 1] });
  expect(await told()).toMatch(/^billing applied nothing for .* while t\/1 have news$/);
});

test('a partition that was assigned and never opened counts', async () => {
  watch(() => 0).joined({ t: [1] });
  expect(await told()).toContain('t/1');
});

test('a group that was never joined counts for all its partitions', async () => {
  watch(() => 0);
  expect(await told()).toContain('t/0, t/1');
});

test('without news there is no alarm, however quiet it is', async () => {
  watch(() => 10).joined({ t: [0, 1] });
  expect(await told()).toBeUndefined();
});

test('partitions of another member are its own matter', async () => {
  watch((partition) => (partition === 1 ? 4 : 10)).joined({ t: [0] });
  expect(await told()).toBeUndefined();
});

test('whoever moves on is alive: this process by a slice, another by the offsets', async () => {
  const slices = watch(() => 4);
  slices.joined({ t: [0, 1] });
  const beating = setInterval(() => slices.alive(), STUCK_AFTER_MS / 4);
  expect(await told()).toBeUndefined();
  clearInterval(beating);
  slices.rest();

  let position = 0;
  watch(() => (position += 0.1)).joined({ t: [0, 1] });
  expect(await told()).toBeUndefined();
});

test('a broker or a database that does not answer is another matter', async () => {
  dog = new Watchdog({ group: 'billing', onStuck: (reason) => stuck.push(reason), stuckAfterMs: STUCK_AFTER_MS });
  dog.watch(() => Promise.reject(new Error('away')));
  expect(await told()).toBeUndefined();
});
