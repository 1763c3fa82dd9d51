// The checkers of the repository as data: what each looks at and how it is run on a folder. Each is itself tried on a planted violation.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name);
const tsc = [process.execPath, join(ROOT, 'node_modules/typescript-7/bin/tsc')];

export interface Check {
  readonly name: string;
  readonly promise: string;
  /** The commands, one after another; all must succeed. */
  readonly commands: readonly (readonly string[])[];
  /** What its output must not say even when it succeeds: a checker that looked at nothing has found nothing. */
  readonly hollow?: RegExp;
}

export const CHECKS: readonly Check[] = [
  { name: 'proto lint', promise: 'the contracts between contexts follow one style', commands: [[bin('buf'), 'lint']] },
  {
    name: 'proto breaking',
    promise: 'a published event never changes its meaning',
    commands: [[bin('buf'), 'breaking', '--against', 'proto/baseline.binpb']],
  },
  { name: 'types', promise: 'every file type-checks', commands: [[...tsc, '-p', 'tsconfig.json']] },
  {
    name: 'web types',
    promise: 'the web app fits the HTTP API, and what drives it type-checks',
    commands: [
      [process.execPath, 'services/portal/web/schema.mjs'],
      [...tsc, '-p', 'services/portal/web/tsconfig.json'],
      [...tsc, '-p', 'tests/browser/tsconfig.json'],
    ],
  },
  {
    name: 'style',
    promise: 'one format, no `any`, no default export, no skipped test',
    commands: [[bin('biome'), 'check', '--error-on-warnings', '.']],
    hollow: /Checked 0 files/,
  },
  {
    name: 'imports',
    promise: 'imports run one way: main, api, aggregates, libs, protocol',
    commands: [[bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'libs', 'services', 'deploy', 'tests']],
    hollow: /\b0 modules\b/,
  },
  { name: 'unused', promise: 'no file, export or dependency that nothing uses', commands: [[bin('knip'), '--no-progress', '--no-config-hints']] },
];

export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
  readonly ms: number;
}

const TIMEOUT_MS = 180_000;

/** Runs one check on a folder that is laid out like the repository. */
export async function runCheck(check: Check, root = ROOT): Promise<Verdict> {
  const from = Date.now();
  const said: string[] = [];
  let passed = true;
  for (const [program = '', ...args] of check.commands) {
    if (!passed) break;
    try {
      const { stdout, stderr } = await promisify(execFile)(program, args, {
        cwd: root,
        timeout: TIMEOUT_MS,
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, NO_COLOR: '1' },
      });
      said.push(stdout, stderr);
    } catch (error) {
      passed = false;
      said.push(...outputOf(error));
    }
  }
  const output = said.join('').trim();
  if (passed && check.hollow?.test(output)) return { name: check.name, passed: false, output: `It looked at nothing: ${output}`, ms: Date.now() - from };
  return { name: check.name, passed, output, ms: Date.now() - from };
}

function outputOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const said = ['stdout', 'stderr']
    .map((stream) => (stream in error ? String((error as Error & Record<string, unknown>)[stream]) : ''))
    .filter((text) => text !== '');
  return said.length > 0 ? said : [error.message];
}

/** A named check; the tests of the checkers use it. */
export function checkNamed(name: string): Check {
  const found = CHECKS.find((check) => check.name === name);
  if (found === undefined) throw new Error(`no check named ${name}`);
  return found;
}
