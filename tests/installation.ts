// A whole installation for a bench or a system test: started by the same command as the user's, in a folder of its own, gone afterwards.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '@deskfleet/servers';
import { kafka, postgres } from '@deskfleet/test-servers';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const MAIN = join(ROOT, 'deploy/local/src/main.ts');
const CLI = join(ROOT, 'libs/cli/src/main.ts');

export interface StartedInstallation {
  readonly url: string;
  readonly dataDir: string;
  /** The supervisor's process id; everything else descends from it. */
  readonly pid: number;
  /** From the command to the line that says it is ready, in ms. */
  readonly readyMs: number;
  /** Runs the deskfleet command on it and resolves to its standard output and exit code. */
  deskfleet(...args: readonly string[]): Promise<{ readonly stdout: string; readonly code: number }>;
  /** Stops it as Ctrl-C does; it can be started again on the same folder. */
  stop(): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

export interface InstallationOptions {
  readonly bus: 'feed' | 'kafka';
  readonly demo?: 'standard' | 'none';
  /** An existing folder; a fresh one otherwise. */
  readonly dataDir?: string;
  /** The portal's; a free one otherwise. */
  readonly port?: number;
  /** Settings of the user's own, beside the test's. */
  readonly env?: Readonly<Record<string, string>>;
}

const START_MS = 240_000;

/** The run's own servers for an installation, as a user brings theirs; apart from other installations' by the folder's name. */
export async function ownServers(bus: InstallationOptions['bus'], dataDir: string): Promise<Record<string, string>> {
  return {
    DATABASE_URL: await postgres(),
    DESKFLEET_DATABASE_PREFIX: `run_${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`,
    ...(bus === 'kafka' ? { KAFKA_BROKERS: (await kafka()).join(',') } : {}),
  };
}

export async function startInstallation(options: InstallationOptions): Promise<StartedInstallation> {
  const { bus, demo = 'none', dataDir = mkdtempSync(join(tmpdir(), 'deskfleet-run-')), env = {} } = options;
  const servers = process.env['DESKFLEET_TEST_SERVERS'] === 'containers' ? await ownServers(bus, dataDir) : {};
  const from = Date.now();
  const args = ['start', '--bus', bus, '--demo', demo, '--data-dir', dataDir, '--port', String(options.port ?? (await freePort()))];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, ...servers, ...env } });
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) throw new Error(`cannot start ${MAIN}`);
  const said: string[] = [];
  createInterface(stderr).on('line', (line) => said.push(line));
  const exited = once(child, 'exit');
  let timer: NodeJS.Timeout | undefined;
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      createInterface(stdout).on('line', (line) => {
        const found = /^Deskfleet is ready: (\S+)$/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    }),
    exited.then(() => undefined),
    new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, START_MS, undefined);
    }),
  ]);
  clearTimeout(timer);
  if (url === undefined) {
    child.kill('SIGTERM');
    await exited;
    const logs = lastWords(join(dataDir, 'logs'));
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    throw new Error(`The installation did not start:\n${said.join('\n')}\n${logs}`);
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    await exited;
  };
  return {
    url,
    dataDir,
    pid,
    readyMs: Date.now() - from,
    stop,
    async deskfleet(...words) {
      const cli = spawn(process.execPath, [CLI, '--data-dir', dataDir, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
      const chunks: Buffer[] = [];
      cli.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      const [code] = await once(cli, 'close');
      return { stdout: Buffer.concat(chunks).toString('utf8'), code: Number(code) };
    },
    async remove() {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The end of each log, to be read where the folder is gone. */
function lastWords(folder: string): string {
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .map((file) => `--- ${file}\n${readFileSync(join(folder, file), 'utf8').slice(-1_500)}`)
    .join('\n');
}
