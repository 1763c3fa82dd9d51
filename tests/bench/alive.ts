// What is alive in the processes of an installation: garbage that is not collected yet, and what the heap keeps in reserve, is as much again, and comes and goes.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { roleOf, treeOf } from './processes.ts';

const PATIENCE_MS = 30_000;
const POLL_MS = 20;

export class Alive {
  readonly #folder = mkdtempSync(join(tmpdir(), 'deskfleet-alive-'));

  /** What the processes are started with. */
  get env(): Record<string, string> {
    const options = [process.env['NODE_OPTIONS'] ?? '', `--import=${new URL('say-alive.ts', import.meta.url).href}`].join(' ').trimStart();
    return { NODE_OPTIONS: options, DESKFLEET_BENCH_ALIVE: this.#folder };
  }

  /** Collects garbage in each process started with `env` under this one, one after the other; MiB alive by role, the most where several play one. */
  async look(root: number): Promise<Map<string, number>> {
    const alive = new Map<string, number>();
    for (const { pid, command } of treeOf(root)) {
      const file = join(this.#folder, String(pid));
      if (!existsSync(file)) continue;
      alive.set(roleOf(command), Math.max(alive.get(roleOf(command)) ?? 0, await ask(pid, file)));
    }
    return alive;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function ask(pid: number, file: string): Promise<number> {
  writeFileSync(file, '');
  process.kill(pid, 'SIGUSR2');
  for (const endsAt = performance.now() + PATIENCE_MS; performance.now() < endsAt; await sleep(POLL_MS)) {
    const said = readFileSync(file, 'utf8');
    if (said !== '') return Number(said) / 1024 / 1024;
  }
  throw new Error(`process ${pid} does not say what is alive in it`);
}
