// What a suite's report comes to: how many passed and failed, and each failure by its full name and first line, so that the end of a long
// log says what the beginning did.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

export interface Failure {
  /** Where and which, e.g. `services/billing/src/invoice/invoice.test.ts > an invoice > is issued once`. */
  readonly name: string;
  readonly firstLine: string;
}

/** What a suite came to; a suite of our own leaves it as its report. */
export interface Tally {
  readonly passed: number;
  readonly failures: readonly Failure[];
}

interface TestReport {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
  readonly failureMessages?: readonly string[];
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly TestReport[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly FileReport[];
}

/** The tally of one suite. A run that ended badly without a failed test, or without a report, is itself a failure. */
export function tallyOf(file: string, exitCode: number | null, root: string): Tally {
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Tally | VitestReport) : undefined;
  const passed = report === undefined ? 0 : 'testResults' in report ? report.numPassedTests : report.passed;
  const failures = report === undefined ? [] : 'testResults' in report ? report.testResults.flatMap((one) => failuresIn(one, root)) : report.failures;
  if (exitCode === 0 || failures.length > 0) return { passed, failures };
  const how = exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
  return { passed, failures: [{ name: 'the run as a whole', firstLine: `${how}${report === undefined ? ' and left no report' : ', though no test failed'}` }] };
}

function failuresIn({ name: path, status, message, assertionResults }: FileReport, root: string): readonly Failure[] {
  const file = relative(root, path);
  // Nothing is skipped here: a test that did not run is not passed.
  const failures = assertionResults
    .filter((test) => test.status !== 'passed')
    .map((test) => ({
      name: [file, ...test.ancestorTitles, test.title].join(' > '),
      firstLine: firstLine(test.failureMessages?.[0]) || `did not run (${test.status})`,
    }));
  const unloadable = status === 'failed' && failures.length === 0;
  return unloadable ? [{ name: file, firstLine: firstLine(message) || 'could not be run' }] : failures;
}

function firstLine(text: string | undefined): string {
  return (text ?? '').split('\n', 1)[0]?.trim() ?? '';
}

/** The end of the log: every failure, then each suite's line, then `N passed, N failed`. */
export function closingLines(suites: readonly { readonly name: string; readonly seconds: number; readonly tally: Tally }[], interrupted: boolean): string[] {
  const failed = suites.reduce((sum, { tally }) => sum + tally.failures.length, interrupted ? 1 : 0);
  const named = suites.flatMap(({ name, tally }) => tally.failures.map((failure) => ({ suite: name.split(':', 1)[0] ?? name, ...failure })));
  return [
    ...suites.map(({ name, seconds, tally }) => `${name}: ${tally.passed} passed, ${tally.failures.length} failed (${seconds.toFixed(0)} s)`),
    ...(named.length === 0 ? [] : ['', 'Failed:', ...named.flatMap(({ suite, name, firstLine: said }) => [`  ${suite}: ${name}`, `      ${said}`]), '']),
    ...(interrupted ? ['Stopped before the end.'] : []),
    `${suites.reduce((sum, { tally }) => sum + tally.passed, 0)} passed, ${failed} failed`,
  ];
}
