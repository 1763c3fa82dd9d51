// `npm start`, as its user meets it: one line when everything is ready, the same data the next time, side by side with another installation,
// and not a process left when it ends, however it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { treeOf } from '../bench/processes.ts';
import { type InstallationOptions, type StartedInstallation, startInstallation } from '../installation.ts';

const MAIN = fileURLToPath(new URL('../../deploy/local/src/main.ts', import.meta.url));

const started: StartedInstallation[] = [];
afterEach(async () => {
  for (const installation of started.splice(0)) await installation.remove();
});

async function begin(options: InstallationOptions): Promise<StartedInstallation> {
  const installation = await startInstallation(options);
  started.push(installation);
  return installation;
}

async function run(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => said.push(String(chunk)));
  const [code] = await once(child, 'close');
  return { code: code as number | null, said: said.join('') };
}

function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function untilGone(pids: readonly number[]): Promise<void> {
  for (let waited = 0; pids.some(alive); waited += 50) {
    if (waited > 30_000) throw new Error(`still there: ${pids.filter(alive).join(', ')}`);
    await sleep(50);
  }
}

async function healthy(url: string): Promise<boolean> {
  return (await fetch(`${url}/api/v1/openapi.json`)).ok;
}

/** What a service's own door answers, by the ports the installation remembers. */
async function readyz(dataDir: string, service: string): Promise<number> {
  const { ports } = JSON.parse(readFileSync(join(dataDir, 'installation.json'), 'utf8')) as { ports: Record<string, number> };
  const answer = await fetch(`http://127.0.0.1:${ports[`${service}.http`]}/readyz`).catch(() => undefined);
  return answer?.status ?? 0;
}

test('an installation starts, is refused a second start, stops without a rest, and starts again on its data', async () => {
  const first = await begin({ bus: 'feed' });
  expect(await healthy(first.url)).toBe(true);
  const second = await run('start', '--data-dir', first.dataDir);
  expect(second.code).toBe(1);
  expect(second.said).toContain(`already runs on ${first.dataDir}`);
  const refused = await run('reset', '--data-dir', first.dataDir);
  expect([refused.code, existsSync(first.dataDir)]).toEqual([1, true]);

  const pids = treeOf(first.pid).map(({ pid }) => pid);
  expect(pids.length).toBeGreaterThan(8);
  await first.stop();
  expect(pids.filter(alive)).toEqual([]);

  const again = await begin({ bus: 'feed', dataDir: first.dataDir });
  expect(await healthy(again.url)).toBe(true);
  await again.stop();
  expect(await run('reset', '--data-dir', first.dataDir)).toMatchObject({ code: 0 });
  expect(existsSync(first.dataDir)).toBe(false);
});

test('two installations run side by side', async () => {
  const one = await begin({ bus: 'feed' });
  const other = await begin({ bus: 'feed' });
  expect(one.url).not.toBe(other.url);
  expect([await healthy(one.url), await healthy(other.url)]).toEqual([true, true]);
});

test('a supervisor that is killed outright takes everything with it', async () => {
  const installation = await begin({ bus: 'feed' });
  const pids = treeOf(installation.pid).map(({ pid }) => pid);
  process.kill(installation.pid, 'SIGKILL');
  await untilGone(pids);
  // and what it left behind hinders no later start
  const again = await begin({ bus: 'feed', dataDir: installation.dataDir });
  expect(await healthy(again.url)).toBe(true);
});

test('a service that is killed comes back', async () => {
  const { pid, dataDir } = await begin({ bus: 'feed' });
  const billing = treeOf(pid).find(({ command }) => command.includes('services/billing/src/main.ts'));
  process.kill(billing?.pid ?? 0, 'SIGKILL');
  await untilGone([billing?.pid ?? 0]);
  for (let waited = 0; (await readyz(dataDir, 'billing')) !== 200; waited += 100) {
    expect(waited).toBeLessThan(30_000);
    await sleep(100);
  }
});

test('npm run dev takes a service over and gives it back when it is killed', async () => {
  const { dataDir } = await begin({ bus: 'feed' });
  const dev = spawn(process.execPath, [MAIN, 'dev', 'billing', '--data-dir', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = new Promise<string>((resolve) =>
    dev.stdout.on('data', (chunk: Buffer) => String(chunk).includes('"ready":"billing"') && resolve(String(chunk))),
  );
  expect(await said).toContain('billing');
  expect(await readyz(dataDir, 'billing')).toBe(200);
  const pids = treeOf(dev.pid ?? 0).map(({ pid }) => pid);
  dev.kill('SIGKILL');
  await untilGone(pids);
  for (let waited = 0; (await readyz(dataDir, 'billing')) !== 200; waited += 100) {
    expect(waited).toBeLessThan(30_000);
    await sleep(100);
  }
});

test('Kafka without Java says what is missing', async () => {
  const child = spawn(process.execPath, [MAIN, 'start', '--bus', 'kafka', '--data-dir', '/tmp/deskfleet-without-java'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: '/nowhere' },
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(String(chunk)));
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(said.join('')).toMatch(/needs Java 17 or later, and no Java was found.*apt-get install/s);
  expect(existsSync('/tmp/deskfleet-without-java')).toBe(false);
});
