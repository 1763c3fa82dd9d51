// Waiting until everything is counted everywhere; what is held for good is told by name.
import { type Portal, Refused } from './portal.ts';

/** A settle that answers "not yet" is asked again for this long. */
const PATIENCE_MS = 15 * 60_000;
const ROUND_MS = 20_000;

interface Settled {
  readonly settled: boolean;
  readonly held: readonly { readonly service: string; readonly reason: string }[];
}

export async function settled(portal: Portal): Promise<void> {
  const endsAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = (await portal.ask('/settle', { method: 'POST', body: { withinMs: ROUND_MS } })) as Settled;
    if (answer.settled) return;
    const reasons = answer.held.map(({ service, reason }) => `${service}: ${reason}`).join('; ');
    // What is parked waits for a person, not for time.
    if (/parked/.test(reasons) || performance.now() > endsAt) throw new Refused('not-settled', `Not everything is counted. ${reasons}`);
  }
}
