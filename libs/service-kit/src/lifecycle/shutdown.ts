// The way out, in order, each step with its own deadline and its time in the log. A step that fails or is late does not stop the next.
import type { Logger } from 'pino';

export interface Step {
  readonly name: string;
  readonly deadlineMs: number;
  run(): Promise<unknown> | unknown;
}

/** Runs the steps one after the other. Resolves to the names of those that failed or were late. */
export async function shutDown(steps: readonly Step[], log: Logger): Promise<string[]> {
  const troubled: string[] = [];
  for (const { name, deadlineMs, run } of steps) {
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not done after ${deadlineMs} ms`)), deadlineMs);
      });
      await Promise.race([Promise.resolve(run()), late]);
      log.info({ step: name, ms: Math.round(performance.now() - started) }, 'stopped');
    } catch (error) {
      troubled.push(name);
      log.warn({ step: name, ms: Math.round(performance.now() - started), err: error }, 'stopping failed');
    } finally {
      clearTimeout(timer);
    }
  }
  return troubled;
}

/** Calls `stop` at the first SIGTERM or SIGINT; a second one ends the process at once with exit code 1. */
export function onSignals(stop: (signal: NodeJS.Signals) => void): void {
  let stopping = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    stop(signal);
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}
