// The one place that hears that we are to end: Ctrl-C, kill, a closed terminal, or the end of whoever started us.

const TOGETHER_MS = 1_000;

/**
 * Calls `stop` once, at the first reason to end. A terminal's Ctrl-C and npm's forwarding of it come together and count as one; another one
 * a second later means that the user will not wait: then `force`.
 */
export function onEnd(stop: (reason: string) => void, force: () => void): void {
  let firstAt: number | undefined;
  const end = (reason: string): void => {
    const now = Date.now();
    if (firstAt === undefined) {
      firstAt = now;
      stop(reason);
    } else if (now - firstAt > TOGETHER_MS) force();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(signal));
  process.on('disconnect', () => firstAt === undefined && end('its parent is gone'));
  // Whoever read our output may be gone too; that must not cut the stopping short.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
}
