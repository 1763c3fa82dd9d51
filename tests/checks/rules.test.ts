// Every business rule that is built is named by a test, so that whoever doubts a rule finds where it is held.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './checks.ts';

/** The rules of domain.md that what is built here rests on. */
const BUILT = [
  ...['BR-020', 'BR-021', 'BR-022'], // which answer stops the clock, and when it is late
  ...['BR-170', 'BR-171', 'BR-172'], // drawing a sample, who may inspect, what a finding hangs on
  ...['BR-176', 'BR-177', 'BR-178'], // price by unit, included volume, credit
  ...['BR-212', 'BR-213'], // what counts, and in which unit
  ...['BR-214', 'BR-215', 'BR-216'], // service hours, attainment, days and months of the zone
  'BR-219', // each agent at least once
];

const tests = globSync('{libs,services,tests,deploy}/**/*.test.ts', { cwd: ROOT, exclude: (path) => path.includes('node_modules') })
  .filter((path) => path !== 'tests/checks/rules.test.ts')
  .map((path) => readFileSync(join(ROOT, path), 'utf8'));

test.for(BUILT)('%s', (rule) => {
  // In a test's name or group, or in the line above or beside what it expects; the head of a file names a range and proves nothing.
  const named = tests.filter((source) =>
    source
      .split('\n')
      .slice(3)
      .some((line) => line.includes(rule)),
  );
  expect(named.length).toBeGreaterThan(0);
});
