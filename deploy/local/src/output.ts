// What the user sees while something takes long: one line a step, with its time; details go to the logs.
const started = Date.now();

/** Progress and notes. Standard error, so that what a command answers stays alone on standard output. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Names a step, does it, and says how long it took when that was more than a second. */
export async function step<T>(name: string, task: () => Promise<T>): Promise<T> {
  say(`[${seconds(Date.now() - started)}] ${name} ...`);
  const from = Date.now();
  const result = await task();
  const took = Date.now() - from;
  if (took > 1_000) say(`[${seconds(Date.now() - started)}] ${name}: done in ${seconds(took)}`);
  return result;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** A mistake of the user's or a thing that is missing: shown as it is, without a stack. */
export class Unable extends Error {}
