// `npm test`: the checks, then every suite, quick ones first; at the end what failed, by name, and a last line that adds it up.
// `npm run test:acceptance -- FOLDER` runs the acceptance suite alone, on a folder with a pair of transcripts and expected figures;
// `npm run test:faults -- [--faults N] [--seed N]` the fault run alone, with a hundred faults unless said otherwise.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Guarded, spawnGuarded } from '@deskfleet/servers';
import { prepareGround } from './ground.ts';
import { closingLines, type Tally, tallyOf } from './tally.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

interface Stage {
  readonly name: string;
  readonly command: readonly string[];
}

const suite = (name: string, project: string): Stage => ({
  name,
  command: [process.execPath, join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project],
});

const ACCEPTANCE = suite('acceptance: from a file of transcripts to figures and invoices, on both buses', 'acceptance');
const FAULTS = suite('faults: load, and everything that can fail does', 'faults');
const STAGES: readonly Stage[] = [
  { name: 'checks: contracts, types, style, imports, unused code', command: [process.execPath, join(ROOT, 'tests/checks/main.ts')] },
  suite('parts: libs and services, alone and on real PostgreSQL and Kafka', 'parts'),
  suite('checks of the checkers: planted violations', 'checks'),
  suite('system: whole installations, and what happens when their parts die', 'system'),
  FAULTS,
  ACCEPTANCE,
  suite('browser: each role’s main path in Chromium', 'browser'),
];

const [command, folder] = process.argv.slice(2);
const stages = command === 'acceptance' ? [ACCEPTANCE] : command === 'faults' ? [FAULTS] : STAGES;
if (command === 'faults') {
  const { values } = parseArgs({ args: process.argv.slice(3), options: { faults: { type: 'string', default: '100' }, seed: { type: 'string' } } });
  process.env['DESKFLEET_FAULTS'] = values.faults;
  if (values.seed !== undefined) process.env['DESKFLEET_FAULTS_SEED'] = values.seed;
}
if (command === 'acceptance' && folder !== undefined) process.env['DESKFLEET_ACCEPTANCE_FOLDER'] = resolve(folder);

let running: Guarded | undefined;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    console.log(`Stopping (${signal}) ...`);
    void running?.stop();
  });
}

process.exitCode = await runAll();
interrupted = true; // nothing is left to stop: the tally stays the last line
if (process.connected) process.disconnect?.();

async function runAll(): Promise<number> {
  const missing = await prepareGround();
  if (missing.length > 0) {
    for (const sentence of missing) console.log(sentence);
    console.log(`0 passed, ${missing.length} failed`);
    return 1;
  }
  const work = mkdtempSync(join(tmpdir(), 'deskfleet-tally-'));
  const done: { name: string; tally: Tally; seconds: number }[] = [];
  try {
    for (const [index, stage] of stages.entries()) {
      if (interrupted) break;
      console.log(`\n=== ${index + 1} of ${stages.length}: ${stage.name}`);
      const from = Date.now();
      const tally = await run(stage, join(work, `${index}.json`));
      done.push({ name: stage.name, tally, seconds: (Date.now() - from) / 1_000 });
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const lines = closingLines(done, interrupted);
  console.log(`\n${lines.join('\n')}`);
  return !interrupted && done.every(({ tally }) => tally.failures.length === 0) ? 0 : 1;
}

async function run(stage: Stage, tallyFile: string): Promise<Tally> {
  running = spawnGuarded(stage.command, {
    cwd: ROOT,
    stopSignal: 'INT', // vitest then ends its run and its servers in order
    env: { ...process.env, DESKFLEET_TALLY: tallyFile, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
  });
  running.stdout.pipe(process.stdout, { end: false });
  running.stderr.pipe(process.stderr, { end: false });
  const { code } = await running.exited;
  running = undefined;
  return tallyOf(tallyFile, code);
}
