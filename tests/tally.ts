// What a suite comes to: how many passed and failed, and each failure by its full name and first line, so that the end of a long
// log says what the beginning did.
import { existsSync, readFileSync } from 'node:fs';

export interface Failure {
  /** Where and which, e.g. `services/billing/src/invoice/invoice.test.ts > an invoice > is issued once`. */
  readonly name: string;
  readonly firstLine: string;
}

/** What a suite came to, as it leaves it behind. */
export interface Tally {
  readonly passed: number;
  readonly failures: readonly Failure[];
}

/** The tally of one suite. A run that ended badly without a failed test, or without a report, is itself a failure. */
export function tallyOf(file: string, exitCode: number | null): Tally {
  const left = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Tally) : undefined;
  const { passed, failures } = left ?? { passed: 0, failures: [] };
  if (exitCode === 0 || failures.length > 0) return { passed, failures };
  const how = exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
  return { passed, failures: [{ name: 'the run as a whole', firstLine: `${how}${left === undefined ? ' and left no report' : ', though no test failed'}` }] };
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
