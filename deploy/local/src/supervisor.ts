// Keeps services running: each a process of its own, its output in its log, started again after a crash with growing pauses, and lent to
// `npm run dev` for as long as that asks.
import { createWriteStream, existsSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Guarded, spawnGuarded } from '@deskfleet/servers';
import { say } from './output.ts';

export interface ServiceSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 when it is ready. */
  readonly readyUrl: string;
}

export interface Supervised {
  readonly spec: ServiceSpec;
  readonly pid: number | undefined;
  /** Stops the process and keeps it stopped until `giveBack`. */
  borrow(): Promise<void>;
  giveBack(): void;
  stop(): Promise<void>;
  /** Resolves when it answers ready; rejects when it crashed three times in a row before it ever was. */
  ready(deadlineMs: number): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A run this long counts as sound: the next crash starts with the shortest pause again. */
const SOUND_MS = 60_000;
const HOPELESS_CRASHES = 3;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

export function supervise(spec: ServiceSpec, logFolder: string): Supervised {
  const logFile = join(logFolder, `${spec.name}.log`);
  const log = openLog(logFile);
  let wanted = true;
  let lent = false;
  let current: Guarded | undefined;
  let everReady = false;
  let crashes = 0;
  let wake: () => void = () => {};

  async function keepRunning(): Promise<void> {
    while (wanted) {
      if (lent) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const from = Date.now();
      current = spawnGuarded(spec.command, { env: { ...spec.env } });
      current.stdout.pipe(log, { end: false });
      current.stderr.pipe(log, { end: false });
      const { code, signal } = await current.exited;
      current = undefined;
      if (!wanted || lent) continue;
      crashes = Date.now() - from > SOUND_MS ? 1 : crashes + 1;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (crashes - 1), LONGEST_PAUSE_MS);
      if (everReady || crashes < HOPELESS_CRASHES)
        say(`${spec.name} ended (${signal ?? `exit code ${code}`}); starting it again in ${pause / 1_000} s. Log: ${logFile}`);
      await Promise.race([sleep(pause), new Promise<void>((resolve) => (wake = resolve))]);
    }
    log.end();
  }

  const done = keepRunning();
  return {
    spec,
    get pid() {
      return current?.pid;
    },
    async borrow() {
      lent = true;
      wake();
      await current?.stop();
    },
    giveBack() {
      lent = false;
      crashes = 0;
      wake();
    },
    async stop() {
      wanted = false;
      wake();
      await current?.stop();
      await done;
    },
    async ready(deadlineMs) {
      const deadline = Date.now() + deadlineMs;
      while (wanted && !(await answersReady(spec.readyUrl))) {
        if (!everReady && crashes >= HOPELESS_CRASHES) throw new Error(`${spec.name} does not start; its log: ${logFile}`);
        if (Date.now() > deadline) throw new Error(`${spec.name} was not ready within ${deadlineMs / 1_000} s; its log: ${logFile}`);
        await sleep(50);
      }
      everReady = true;
      crashes = 0;
    },
  };
}

/** Appends to the log; one that has grown past 10 MB is kept once as `.1`. */
function openLog(file: string): WriteStream {
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  return createWriteStream(file, { flags: 'a' });
}

/** Whether an address answers with success just now. */
export async function answersReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
