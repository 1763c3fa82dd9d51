// Settled: every service has applied what every other one's log holds, and everything that followed from it.
import type { EventFeedServiceClient, HeadResponse } from '@deskfleet/protocol/feed';

/** The part of each service's feed that settling calls. */
export type SettleClient = Pick<EventFeedServiceClient, 'head' | 'awaitApplied'>;

const CALL_SLACK_MS = 2_000; // the call's own deadline lies behind the one that names what waits

/**
 * Rounds of AwaitApplied over all services: in each, every service applies what the others' heads were after the round before. It ends when a
 * round moved no head, or after `rounds` (the longest path over event types). Rejects with the first service's refusal (parked, or what waits
 * when `deadlineMs` from now has passed). Answers the rounds it took.
 */
export async function settle(clients: ReadonlyMap<string, SettleClient>, rounds: number, deadlineMs: number): Promise<number> {
  const endsAt = performance.now() + deadlineMs;
  let heads = await Promise.all([...clients.values()].map((client) => client.head({})));
  for (let round = 1; round <= rounds; round += 1) {
    const withinMs = Math.max(1, Math.round(endsAt - performance.now()));
    const request = { heads: heads.map(({ source, buckets }) => ({ source, buckets })), withinMs };
    const signal = AbortSignal.timeout(withinMs + CALL_SLACK_MS);
    const answers = await Promise.all([...clients.values()].map((client) => client.awaitApplied(request, { signal })));
    const after = answers.map(({ head }, index) => head ?? heads[index]).filter((head): head is HeadResponse => head !== undefined);
    if (after.every((head, index) => head.position === heads[index]?.position && head.source === heads[index]?.source)) return round;
    heads = after;
  }
  return rounds;
}
