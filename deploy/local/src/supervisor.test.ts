// A service is there as long as the installation is: after a crash, after `npm run dev` had it, and not one moment longer.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@deskfleet/servers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { borrow, openControl } from './control.ts';
import { type Supervised, supervise } from './supervisor.ts';

let folder: string;
let service: Supervised | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskfleet-supervisor-'));
});
afterEach(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const SERVER = `const http = require('node:http');
http.createServer((asked, answer) => answer.end('ready')).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));`;

async function answering(script = SERVER): Promise<{ service: Supervised; url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/readyz`;
  service = supervise(
    { name: 'clock', command: [process.execPath, '-e', script], env: { PATH: process.env['PATH'] ?? '', PORT: String(port) }, readyUrl: url },
    folder,
  );
  return { service, url };
}

async function untilAnother(pid: number | undefined): Promise<void> {
  for (let waited = 0; service?.pid === undefined || service.pid === pid; waited += 10) {
    if (waited > 50_000) throw new Error('it did not come back');
    await sleep(10);
  }
}

test('a service that was killed comes back, and its output is kept', async () => {
  const { service } = await answering();
  await service.ready(50_000);
  const first = service.pid;
  process.kill(first ?? 0, 'SIGKILL');
  await untilAnother(first);
  await service.ready(50_000);
  await service.stop();
  expect(service.pid).toBeUndefined();
  expect(readFileSync(join(folder, 'clock.log'), 'utf8').match(/listening/g)).toHaveLength(2);
});

test('a service that never starts is given up by name, with its log', async () => {
  const { service } = await answering('console.error("no database"); process.exit(1)');
  await expect(service.ready(50_000)).rejects.toThrow(/clock does not start; its log: .*clock\.log/);
  expect(readFileSync(join(folder, 'clock.log'), 'utf8')).toContain('no database');
});

test('a service lent to npm run dev is stopped, and comes back when dev ends, however it ends', async () => {
  const { service, url } = await answering();
  await service.ready(50_000);
  const port = await freePort();
  const control = await openControl(port, 'secret', [service]);
  const state = { url: '', bus: 'feed' as const, demo: 'none' as const, ports: {}, control: { port, token: 'secret' } };
  try {
    const loan = await borrow(state, 'clock');
    expect(loan.spec.readyUrl).toBe(url);
    await expect(fetch(url)).rejects.toThrow();
    await expect(borrow(state, 'clock')).rejects.toThrow('lent to another');
    loan.giveBack(); // what the end of its process does as well: the connection closes
    await untilAnother(undefined);
    await service.ready(50_000);
    await expect(borrow(state, 'calendar')).rejects.toThrow('no service named');
    await expect(borrow({ ...state, control: { port, token: 'guessed' } }, 'clock')).rejects.toThrow('401');
  } finally {
    control.closeAllConnections();
    control.close();
  }
});
