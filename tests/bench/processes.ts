// What processes cost, from /proc: memory as PSS (shared pages counted once over all) or as the most that was resident, processor time in microseconds.
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly command: string;
}

const CLOCK_TICKS_PER_S = 100; // USER_HZ, 100 on every Linux that Node runs on

function processes(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const fields = statOf(Number(name));
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            session: Number(fields[3]),
            command: commandOf(Number(name)),
          },
        ];
      } catch {
        return []; // gone meanwhile
      }
    });
}

/** The words of a command line; the shell that waits beside each child carries the child's words and is called by its own name instead. */
function commandOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  return words.startsWith('/bin/sh -c') ? 'leash' : words;
}

/** The fields of /proc/PID/stat from the third one (state) on. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** A process and all that descend from it or live in a session one of them opened. */
export function treeOf(root: number): ProcessInfo[] {
  const all = processes();
  const members = new Set([root]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const each of all) {
      if (members.has(each.pid) || !(members.has(each.parent) || (each.session !== 0 && members.has(each.session)))) continue;
      members.add(each.pid);
      grown = true;
    }
  }
  return all.filter((each) => members.has(each.pid));
}

/** Proportional set size in bytes; 0 of a process that is gone. */
export function pssOf(pid: number): number {
  return bytesOf(`/proc/${pid}/smaps_rollup`, 'Pss');
}

/** Its part that no file is behind: a file's pages are shared, and weigh more here when a process ends elsewhere. */
export function anonymousOf(pid: number): number {
  return bytesOf(`/proc/${pid}/smaps_rollup`, 'Pss_Anon');
}

/** A line in kB of one of a process's files; 0 of a process that is gone. */
function bytesOf(file: string, line: string): number {
  try {
    const found = new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'));
    return Number(found?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Processor time so far, user and system, in microseconds, children that ended included. */
export function cpuMicrosOf(pid: number): number {
  const fields = statOf(pid);
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
  return (ticks * 1_000_000) / CLOCK_TICKS_PER_S;
}

/** Processor time so far of each role in an installation, in microseconds. */
export function cpuByRole(pid: number): Map<string, number> {
  const micros = new Map<string, number>();
  for (const each of treeOf(pid)) micros.set(roleOf(each.command), (micros.get(roleOf(each.command)) ?? 0) + cpuMicrosOf(each.pid));
  return micros;
}

/** What each Node process of an installation holds now, in MiB. */
export function memoryOfEach(pid: number, measure: (pid: number) => number): Map<string, number> {
  const held = new Map<string, number>();
  for (const each of treeOf(pid)) {
    const role = roleOf(each.command);
    if (!NOT_OURS.has(role)) held.set(role, Math.max(held.get(role) ?? 0, measure(each.pid) / 1024 / 1024));
  }
  return held;
}

/**
 * The most each Node process of an installation has held since it began, in MiB: resident pages by the kernel's own count, those it shares included. Asking
 * costs nothing; to add up the pages of seven services once a second took a fortieth of this machine's time.
 */
export function peakOfEach(pid: number): Map<string, number> {
  return memoryOfEach(pid, (each) => bytesOf(`/proc/${each}/status`, 'VmHWM'));
}

const NOT_OURS: ReadonlySet<string> = new Set(['postgres', 'kafka', 'other']);

/** What a process of an installation is, for people: a service's name, postgres, kafka, supervisor. */
export function roleOf(command: string): string {
  const service = /services\/([a-z-]+)\/src\/main\.ts/.exec(command)?.[1];
  if (service !== undefined) return service;
  if (command.includes('kafka.Kafka') && command.startsWith('java')) return 'kafka';
  if (command.startsWith('postgres:') || /\/bin\/postgres -D/.test(command)) return 'postgres';
  if (command.includes('deploy/local/src/main.ts')) return 'supervisor';
  if (command.includes('libs/cli/src/main.ts')) return 'cli';
  if (command === 'leash') return 'supervisor';
  return 'other';
}

/** Follows this process's own memory (RSS); `stop` answers the most it held, in MiB. */
export function peakMemory(): { stop(): number } {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 100);
  return {
    stop() {
      look();
      clearInterval(timer);
      return peak / 1024 / 1024;
    },
  };
}
