// The door for any Node >= 20: fetches the pinned toolchain where it is missing or out of date, says so, and hands over to it.
// Plain JavaScript without dependencies, because it runs before there are any. It talks on standard error: standard output is the command's.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@12.21.0';
const ENTRIES = {
  start: ['deploy/local/src/main.ts', 'start'],
  dev: ['deploy/local/src/main.ts', 'dev'],
  reset: ['deploy/local/src/main.ts', 'reset'],
  deskfleet: ['libs/cli/src/main.ts'],
  bench: ['tests/bench/main.ts'],
  check: ['tests/checks/main.ts'],
  test: ['tests/main.ts'],
  'test:acceptance': ['tests/main.ts', 'acceptance'],
  'test:faults': ['tests/main.ts', 'faults'],
};

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.deskfleet-installed');
const say = (text) => process.stderr.write(`${text}\n`);

const [command = '', ...args] = process.argv.slice(2);
const entry = ENTRIES[command];
if (entry === undefined) {
  say(`Unknown command "${command}"; expected one of: ${Object.keys(ENTRIES).join(', ')}.`);
  process.exit(2);
}
if (Number(process.versions.node.split('.')[0]) < 20) {
  say(`Node ${process.versions.node} is too old to fetch the toolchain; Node 20 or later is needed (nodejs.org).`);
  process.exit(1);
}

await install();
await import('../../libs/protocol/generate.mjs');
process.exitCode = await handOver();

/** What the installed packages were made from. */
function wantedInstall() {
  const digest = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) digest.update(readFileSync(join(root, file)));
  return digest.digest('hex');
}

async function install() {
  const upToDate = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wantedInstall();
  if (upToDate()) return;
  await alone(join(root, '.install.lock'), () => {
    if (upToDate()) return;
    say('Installing the toolchain and packages (Node 26, PostgreSQL and all others come from npm; a minute or two the first time) ...');
    // CI=true: never ask, print plain lines. Standard output stays clean for commands that answer in JSON.
    const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
    try {
      execFileSync(npx, ['--yes', PNPM, 'install', '--frozen-lockfile'], { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, CI: 'true' } });
    } catch {
      say('Installing failed; what pnpm said stands above. Is the npm registry reachable?');
      process.exit(1);
    }
    writeFileSync(stamp, wantedInstall());
  });
}

/** Two commands started at the same moment install once: the lock is a folder with the holder's pid. */
async function alone(lock, task) {
  const holder = join(lock, 'pid');
  for (let told = false; ; ) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const pid = existsSync(holder) ? Number(readFileSync(holder, 'utf8')) : 0;
      if (pid !== 0 && !isAlive(pid)) rmSync(lock, { recursive: true, force: true });
      else if (!told) {
        say(`Another command (process ${pid}) is installing; waiting for it ...`);
        told = true;
      }
      await new Promise((done) => setTimeout(done, 200));
    }
  }
  writeFileSync(holder, String(process.pid));
  try {
    task();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs the command on Node 26 in the folder the user stands in. It learns of our end by the IPC channel, whatever ends us. */
function handOver() {
  const userFolder = process.env.INIT_CWD ?? process.cwd();
  const child = spawn(join(modules, '.bin', 'node'), ['--disable-warning=ExperimentalWarning', join(root, entry[0]), ...entry.slice(1), ...args], {
    cwd: userFolder,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PATH: `${join(modules, '.bin')}:${process.env.PATH}`,
      DESKFLEET_DATA_DIR: resolve(userFolder, process.env.DESKFLEET_DATA_DIR || join(root, '.deskfleet')),
    },
  });
  // A Ctrl-C reaches the child by the terminal too; it counts signals that come together as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm killed outright cannot pass anything on: our parent changes then.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1000).unref();
  return new Promise((done) => {
    child.on('error', (error) => {
      say(`Cannot start ${command}: ${error.message}`);
      done(1);
    });
    child.on('exit', (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
}
