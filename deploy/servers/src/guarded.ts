// Child processes that never outlive their parent: beside each a waiting shell (1 MB) reads a pipe that the parent holds. When the pipe
// closes without a word, the parent was killed: the shell tells the child to stop, and after a grace period kills it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export interface GuardedOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** What the child is told first (default TERM). */
  readonly stopSignal?: 'TERM' | 'INT';
  /** How long it may take to stop before it is killed, in seconds (default 20). */
  readonly graceSeconds?: number;
}

export interface Guarded {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the process is gone, however that came. Never rejects. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  running(): boolean;
  /** Asks it to stop and waits until it is gone. Harmless when it is gone already. */
  stop(): Promise<void>;
}

// The child replaces the shell (exec), so that its pid and its exit are what the parent sees; the waiting subshell keeps only the pipe.
const SCRIPT = `
( read -r _ <&3 && exit 0
  kill -s "$STOP" $$ 2>/dev/null || exit 0
  left=$GRACE
  while [ "$left" -gt 0 ] && kill -0 $$ 2>/dev/null; do sleep 1; left=$((left - 1)); done
  kill -s KILL $$ 2>/dev/null
) </dev/null >/dev/null 2>&1 &
unset STOP GRACE
exec "$@" 3<&-`;

/** Starts `command` in its own session (a Ctrl-C in the terminal reaches only the parent, which then stops its children in order). */
export function spawnGuarded(command: readonly string[], options: GuardedOptions = {}): Guarded {
  const { stopSignal = 'TERM', graceSeconds = 20 } = options;
  const child: ChildProcess = spawn('/bin/sh', ['-c', SCRIPT, command[0] ?? '', ...command], {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env), STOP: stopSignal, GRACE: String(graceSeconds) },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  const leash = child.stdio[3] as Writable;
  const { stdout, stderr } = child;
  if (child.pid === undefined || stdout === null || stderr === null) throw new Error(`cannot start ${command[0]}`);
  leash.on('error', () => {});
  const exited = once(child, 'exit').then(([code, signal]) => {
    leash.end('gone\n');
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  return {
    pid: child.pid,
    stdout,
    stderr,
    exited,
    running: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill(`SIG${stopSignal}`);
      const patience = setTimeout(() => child.kill('SIGKILL'), graceSeconds * 1000);
      await exited;
      clearTimeout(patience);
    },
  };
}

/**
 * Writes what the process says into `log` and ends it after the last word: a server that was killed is outlived for a moment by children that
 * hold its output, and a log ended with the server would throw at what they still say.
 */
export function keepOutput({ stdout, stderr }: Pick<Guarded, 'stdout' | 'stderr'>, log: Writable): void {
  let open = 2;
  for (const stream of [stdout, stderr]) {
    stream.pipe(log, { end: false });
    stream.once('close', () => {
      open -= 1;
      if (open === 0) log.end();
    });
  }
}
