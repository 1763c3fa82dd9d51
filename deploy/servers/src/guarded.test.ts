// A child lives exactly as long as it is wanted: also when its parent dies without a chance to say goodbye.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { keepOutput, spawnGuarded } from './guarded.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let waited = 0; isAlive(pid); waited += 20) {
    if (waited > 50_000) throw new Error(`process ${pid} is still there`);
    await sleep(20);
  }
}

test('a child that is stopped ends by the signal it was promised', async () => {
  const child = spawnGuarded(['sleep', '60'], { stopSignal: 'INT' });
  expect(child.running()).toBe(true);
  await child.stop();
  expect(await child.exited).toEqual({ code: null, signal: 'SIGINT' });
  expect(child.running()).toBe(false);
});

test('a child that does not listen is killed after its grace period', async () => {
  const child = spawnGuarded(['sh', '-c', 'trap "" TERM; echo deaf; while :; do sleep 0.1; done'], { graceSeconds: 1 });
  await once(child.stdout, 'data');
  await child.stop();
  expect((await child.exited).signal).toBe('SIGKILL');
});

test('a child that ends by itself is reported with its exit code', async () => {
  const child = spawnGuarded(['sh', '-c', 'exit 3']);
  expect(await child.exited).toEqual({ code: 3, signal: null });
});

test('a child does not outlive a parent that was killed', async () => {
  const script = `import { spawnGuarded } from ${JSON.stringify(new URL('./guarded.ts', import.meta.url).href)};
    console.log(spawnGuarded(['sleep', '60']).pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(parent.stdout, 'data');
  const pid = Number(String(said));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await untilGone(pid);
});

test('what its own children say after it was killed is kept, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deskfleet-output-'));
  const log = createWriteStream(join(folder, 'log'));
  const child = spawnGuarded(['/bin/sh', '-c', '(sleep 0.4; echo later) & echo now; wait']);
  keepOutput(child, log);
  const written = once(log, 'finish');
  await once(child.stdout, 'data');
  process.kill(child.pid, 'SIGKILL');
  await child.exited;
  await written;
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('now\nlater\n');
  rmSync(folder, { recursive: true });
});
