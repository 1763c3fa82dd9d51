// An installation is a folder: what it remembers between starts (ports, keys, secrets), its logs, and whether it runs.
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, isFree } from '@deskfleet/servers';
import type { ServiceName } from '@deskfleet/service-kit';
import { Unable } from './output.ts';

export const SERVICES: readonly ServiceName[] = ['client-onboarding', 'agent-pools', 'conversations', 'sla-monitoring', 'qa-inspection', 'billing', 'portal'];

const DEFAULT_PORTAL_PORT = 8080;

/** installation.json: what other commands need to talk to a running installation, and the ports of the last start. */
export interface InstallationState {
  /** The portal's address. */
  readonly url: string;
  readonly bus: 'feed' | 'kafka';
  readonly demo: 'standard' | 'none';
  readonly ports: Readonly<Record<string, number>>;
  /** The supervisor's own door on loopback (`dev` borrows services by it). */
  readonly control: { readonly port: number; readonly token: string };
}

export interface Folder {
  readonly path: string;
  readonly logs: string;
  /** The content of a small secret file, made of random bytes at first use. */
  secret(name: string): string;
  /** The path of a file in the folder. */
  file(name: string): string;
}

export function openFolder(path: string): Folder {
  const logs = join(path, 'logs');
  mkdirSync(logs, { recursive: true });
  const file = (name: string): string => join(path, name);
  return {
    path,
    logs,
    file,
    secret(name) {
      if (!existsSync(file(name))) writeFileSync(file(name), randomBytes(32).toString('base64url'), { mode: 0o600 });
      return readFileSync(file(name), 'utf8');
    },
  };
}

export function readState(path: string): InstallationState | undefined {
  const file = join(path, 'installation.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as InstallationState) : undefined;
}

export function writeState(path: string, state: InstallationState): void {
  const file = join(path, 'installation.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Chooses the ports: the portal's as wished (or 8080, or a free one), the others as last time where they are still free. Two installations
 * run side by side because each remembers its own.
 */
export async function choosePorts(
  wished: number | undefined,
  last: Readonly<Record<string, number>>,
  names: readonly string[],
): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  if (wished !== undefined && !(await isFree(wished))) throw new Unable(`Port ${wished} is in use. Choose another with --port N.`);
  ports['portal'] = wished ?? (await firstFree([last['portal'], DEFAULT_PORTAL_PORT]));
  for (const name of names) {
    let port = await firstFree([last[name]]);
    while (Object.values(ports).includes(port)) port = await freePort();
    ports[name] = port;
  }
  return ports;
}

async function firstFree(candidates: readonly (number | undefined)[]): Promise<number> {
  for (const port of candidates) if (port !== undefined && (await isFree(port))) return port;
  return await freePort();
}

/** Makes the services' key pairs once: `keys/<service>.json` and `keys/jwks.json`. */
export async function ensureKeys(folder: Folder): Promise<void> {
  const keys = folder.file('keys');
  if (existsSync(join(keys, 'jwks.json'))) return;
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const { createIdentity } = await import('@deskfleet/service-kit'); // once in an installation's life, so not held in memory for all of it
  const identity = await createIdentity(SERVICES);
  for (const [service, key] of Object.entries(identity.privateKeys)) writeFileSync(join(keys, `${service}.json`), key, { mode: 0o600 });
  writeFileSync(join(keys, 'jwks.json'), identity.jwks); // last: its being there says that the others are
}

/** The pid of the process that runs this installation, if one does. */
export function runningPid(path: string): number | undefined {
  const lock = join(path, 'running.pid');
  if (!existsSync(lock)) return undefined;
  const [pid, birth] = readFileSync(lock, 'utf8').split(' ');
  return birth === birthOf(Number(pid)) ? Number(pid) : undefined;
}

/** Claims the folder for this process; refuses when another runs on it. Returns the way to give it back. */
export function claim(path: string): () => void {
  const lock = join(path, 'running.pid');
  for (;;) {
    try {
      const file = openSync(lock, 'wx');
      writeSync(file, `${process.pid} ${birthOf(process.pid) ?? ''}`);
      closeSync(file);
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const pid = runningPid(path);
      if (pid !== undefined)
        throw new Unable(`Deskfleet already runs on ${path} (process ${pid}) at ${readState(path)?.url ?? 'an address it has not printed yet'}.`);
      rmSync(lock, { force: true }); // left by one that was killed
    }
  }
}

/** When a process began, to tell it from a later one with the same pid; undefined when there is none. */
function birthOf(pid: number): string | undefined {
  if (!(pid > 0)) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return ''; // no /proc on this system: the pid must do
  }
}
