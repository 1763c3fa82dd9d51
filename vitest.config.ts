// Every suite of the repository. Servers come from tests/servers: started when the first test asks for one, shared by the whole run.
import { defineConfig } from 'vitest/config';
import { TallyReporter } from './tests/tally-reporter.ts';

export default defineConfig({
  test: {
    globalSetup: ['tests/servers/src/global-setup.ts'],
    reporters: ['default', new TallyReporter()],
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--disable-warning=TimeoutNegativeWarning'], // kafkajs 2.2.4 (its issue 1751); harmless
    // Only what hangs is cut off: a machine busy with something else is slow, not wrong.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: [
            'libs/*/{src,test}/**/*.test.ts',
            'services/*/{src,test}/**/*.test.ts',
            'services/portal/web/{src,test}/**/*.test.ts',
            'deploy/**/*.test.ts',
            'tests/{bench,servers,compose,observability,words}/**/*.test.ts',
          ],
        },
      },
      { extends: true, test: { name: 'checks', include: ['tests/checks/**/*.test.ts'], testTimeout: 120_000 } },
      // Whole installations: one at a time, and each test may take minutes.
      {
        extends: true,
        test: { name: 'system', include: ['tests/system/**/*.test.ts'], fileParallelism: false, testTimeout: 600_000, hookTimeout: 300_000 },
      },
      { extends: true, test: { name: 'faults', include: ['tests/faults/**/*.test.ts'], fileParallelism: false, disableConsoleIntercept: true } },
      {
        extends: true,
        test: { name: 'acceptance', include: ['tests/acceptance/**/*.test.ts'], fileParallelism: false, testTimeout: 900_000, hookTimeout: 300_000 },
      },
      { extends: true, test: { name: 'browser', include: ['tests/browser/**/*.test.ts'], fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 } },
    ],
  },
});
