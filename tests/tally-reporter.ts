// What a run of vitest leaves for `npm test` to add up: one Tally, as JSON, in the file that DESKFLEET_TALLY names. An error outside any test
// (a promise that nobody waited for) fails a run as much as a test does, and is named with the file that was running.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import type { Failure, Tally } from './tally.ts';

export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], outside: readonly SerializedError[]): void {
    const file = process.env['DESKFLEET_TALLY'];
    if (file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const tally: Tally = {
      passed: tests.filter(hasPassed).length,
      failures: [...modules.flatMap(failuresIn), ...outside.map(outsideAnyTest)],
    };
    writeFileSync(file, JSON.stringify(tally));
  }
}

const hasPassed = (test: TestCase): boolean => test.result().state === 'passed';

function failuresIn(module: TestModule): readonly Failure[] {
  // Nothing is skipped here: a test that did not run is not passed.
  const failures = [...module.children.allTests()]
    .filter((test) => !hasPassed(test))
    .map((test) => ({
      name: `${module.relativeModuleId} > ${test.fullName}`,
      firstLine: said(test.result().errors?.[0]) || `did not run (${test.result().state})`,
    }));
  if (failures.length > 0 || module.ok()) return failures;
  return [{ name: module.relativeModuleId, firstLine: said(module.errors()[0]) || 'could not be run' }];
}

function outsideAnyTest(error: SerializedError): Failure {
  const { type, VITEST_TEST_PATH: path } = error;
  const at = /^ *at .*?([^\s(]+:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1];
  const where = at === undefined ? '' : ` (${relative(process.cwd(), at.replace(/^file:\/\//, ''))})`;
  const during = typeof path === 'string' ? relative(process.cwd(), path) : 'the run as a whole';
  return { name: `${during} > outside any test`, firstLine: `${typeof type === 'string' ? `${type}: ` : ''}${said(error)}${where}` };
}

function said(error: Pick<SerializedError, 'message' | 'name'> | undefined): string {
  if (error === undefined) return '';
  const [line = ''] = error.message.split('\n', 1);
  return error.name === undefined || error.name === 'Error' ? line.trim() : `${error.name}: ${line.trim()}`;
}
