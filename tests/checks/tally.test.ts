// A long log is shortened to its end, so its end must name what failed: shown on a real run of tests that fail in each way a test can.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closingLines, tallyOf } from '../tally.ts';
import { ROOT } from './checks.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskfleet-tally-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const VITEST = "import { beforeAll, describe, expect, test } from 'vitest';\n";

function runTests(files: Readonly<Record<string, string>>) {
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), VITEST + source);
  const report = join(folder, 'report.json');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { TallyReporter } from '${join(ROOT, 'tests/tally-reporter.ts')}';\nexport default { test: { reporters: [new TallyReporter()] } };\n`,
  );
  const { status } = spawnSync(process.execPath, [vitest, 'run'], { cwd: folder, env: { ...process.env, DESKFLEET_TALLY: report } });
  return tallyOf(report, status);
}

test('each failed test is named in full, with the first line of what it said, above a last line that counts', () => {
  const tally = runTests({
    'desk.test.ts': "describe('a desk', () => { test('adds up', () => expect(1).toBe(2)); test('is there', () => {}); test.skip('comes later', () => {}); });",
    'lost.test.ts': "await import('./absent.ts');",
    'server.test.ts': "describe('a server', () => { beforeAll(() => { throw new Error('gone'); }); test('answers', () => {}); });",
  });
  const lines = closingLines([{ name: 'parts: libs and services', seconds: 3, tally }], false);
  expect(lines.at(-1)).toBe('1 passed, 4 failed');
  expect(lines).toContain('  parts: desk.test.ts > a desk > adds up');
  expect(lines).toContain('      AssertionError: expected 1 to be 2 // Object.is equality');
  expect(lines).toContain('  parts: desk.test.ts > a desk > comes later');
  expect(lines).toContain('  parts: server.test.ts > a server > answers');
  expect(lines).toContain('  parts: lost.test.ts');
  expect(lines.join('\n')).toMatch(/lost\.test\.ts\n +.*absent\.ts/);
});

test('an error outside any test is counted and named, with its file and line', () => {
  const tally = runTests({
    'late.test.ts': "test('is fast', () => new Promise((done) => { setTimeout(() => { setTimeout(done, 20); throw new Error('too late'); }, 1); }));",
  });
  expect(closingLines([{ name: 'parts: all', seconds: 1, tally }], false)).toEqual([
    'parts: all: 1 passed, 1 failed (1 s)',
    '',
    'Failed:',
    '  parts: late.test.ts > outside any test',
    '      Uncaught Exception: too late (late.test.ts:2)',
    '',
    '1 passed, 1 failed',
  ]);
});

test('a run that leaves no report is counted and named, and one that was stopped is not a success', () => {
  const tally = tallyOf(join(folder, 'nothing.json'), null);
  expect(closingLines([{ name: 'system: whole', seconds: 1, tally }], true).slice(-3)).toEqual(['', 'Stopped before the end.', '0 passed, 2 failed']);
  expect(tally.failures).toEqual([{ name: 'the run as a whole', firstLine: 'was ended by a signal and left no report' }]);
});

test('where all passed, the end is the counts', () => {
  const lines = closingLines([{ name: 'parts: all', seconds: 1, tally: { passed: 2, failures: [] } }], false);
  expect(lines).toEqual(['parts: all: 2 passed, 0 failed (1 s)', '2 passed, 0 failed']);
});

test('a machine on which something is missing, where nothing may be installed, is told what and how to get it, and nothing runs', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'tests/main.ts')], {
    cwd: folder,
    env: { PATH: folder, DESKFLEET_CHROMIUM: '' },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^Java 17 or later is missing \(Kafka, for the tests of the bus\)\. Get it from adoptium\.net/),
    expect.stringMatching(/^Maven is missing \(fetching Kafka\)\. Get it from maven\.apache\.org/),
    expect.stringMatching(/^Chromium is missing \(the browser tests\)\. Get it from .*DESKFLEET_CHROMIUM/),
    '0 passed, 3 failed',
  ]);
});
