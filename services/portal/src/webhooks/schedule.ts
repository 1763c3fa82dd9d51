// When a call that failed is tried again, and when it is given up: pure.

/** Given up this long after the first attempt was due. */
export const GIVE_UP_MS = 24 * 3_600_000;
const FIRST_MS = 10_000;
const LAST_MS = 2 * 3_600_000;
/** Each wait is three times the one before it. */
const FACTOR = 3;

/** The instant of the next attempt after `attempts` of them failed, the last at `now`; undefined: given up. */
export function nextAttempt(attempts: number, createdAt: number, now: number): number | undefined {
  const next = now + Math.min(LAST_MS, FIRST_MS * FACTOR ** (attempts - 1));
  return next > createdAt + GIVE_UP_MS ? undefined : next;
}
