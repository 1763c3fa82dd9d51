// `npm run check`: every checker on the whole repository, one line each; what one found stands below its line.
import { writeFileSync } from 'node:fs';
import type { Tally } from '../tally.ts';
import { CHECKS, runCheck, type Verdict } from './checks.ts';

const verdicts: Verdict[] = [];
for (const check of CHECKS) {
  const verdict = await runCheck(check);
  verdicts.push(verdict);
  console.log(`${verdict.passed ? 'ok    ' : 'FAILED'} ${verdict.name} (${(verdict.ms / 1_000).toFixed(1)} s): ${check.promise}`);
  if (!verdict.passed) console.log(`${verdict.output}\n`);
}
const failures = verdicts
  .filter((verdict) => !verdict.passed)
  .map(({ name, output }) => ({ name, firstLine: output.split('\n').find((line) => line.trim() !== '') ?? 'said nothing' }));
console.log(failures.length === 0 ? `All ${verdicts.length} checks passed.` : `${failures.length} of ${verdicts.length} checks failed.`);
// For `npm test`, which adds them up.
const tally = process.env['DESKFLEET_TALLY'];
if (tally !== undefined) writeFileSync(tally, JSON.stringify({ passed: verdicts.length - failures.length, failures } satisfies Tally));
process.exitCode = failures.length === 0 ? 0 : 1;
if (process.connected) process.disconnect?.();
