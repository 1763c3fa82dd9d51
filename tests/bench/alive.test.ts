// That a leak is told from garbage: by a process that keeps, or drops, what it makes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { Alive } from './alive.ts';

const MADE_MIB = 20;
/** Half of it text, half of it bytes, in pieces; a message says whether they are kept. */
const MAKER = `
const kept = [];
process.on('message', (keep) => {
  const made = Array.from({ length: ${MADE_MIB * 16} }, () => ['x'.repeat(32_768).split('').join(''), Buffer.alloc(32_768, 1)]);
  if (keep) kept.push(made);
  process.send('made');
});
process.send('ready');`;

test('what is kept counts as alive to the megabyte, what is dropped does not', async () => {
  const alive = new Alive();
  onTestFinished(() => alive.remove());
  const maker = spawn(process.execPath, ['--eval', MAKER], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, ...alive.env } });
  onTestFinished(() => void maker.kill());
  await once(maker, 'message');
  const make = async (keep: boolean): Promise<number> => {
    maker.send(keep);
    await once(maker, 'message');
    return [...(await alive.look(Number(maker.pid))).values()].reduce((sum, mib) => sum + mib, 0);
  };
  const first = await make(false);
  const dropped = await make(false);
  const kept = await make(true);
  expect(Math.abs(dropped - first)).toBeLessThan(1);
  expect(Math.abs(kept - dropped - MADE_MIB)).toBeLessThan(1);
});
