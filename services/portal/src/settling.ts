// Settled, and what holds it, in words.
import { NotSettled } from '@deskfleet/event-bus';
import { EventFeedServiceDefinition } from '@deskfleet/protocol/feed';
import { type Kit, refusalOf, SERVICE_NAMES } from '@deskfleet/service-kit';
import { ClientError, Status } from 'nice-grpc-common';
import type { ServiceState, SettleAnswer } from './portal.ts';

/** How long the state of one service may take. */
const STATE_MS = 1_500;

export async function settleAll(kit: Pick<Kit, 'settle'>, withinMs: number): Promise<SettleAnswer> {
  const started = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - started);
  try {
    const { rounds } = await kit.settle(SERVICE_NAMES, withinMs);
    return { settled: true, rounds, elapsedMs: elapsedMs(), held: [] };
  } catch (error) {
    if (!(error instanceof NotSettled)) throw error;
    return { settled: false, rounds: 0, elapsedMs: elapsedMs(), held: [{ service: error.service, reason: reasonOf(error.cause) }] };
  }
}

/** Each service's head, and whether it has applied the others' heads by now. */
export async function servicesNow(kit: Pick<Kit, 'client'>): Promise<readonly ServiceState[]> {
  const feeds = SERVICE_NAMES.map((service) => ({ service, feed: kit.client(service, EventFeedServiceDefinition, 'self') }));
  const heads = await Promise.all(feeds.map(({ feed }) => feed.head({}, { signal: AbortSignal.timeout(STATE_MS) }).catch(() => undefined)));
  const known = heads.flatMap((head) => (head === undefined ? [] : [{ source: head.source, buckets: head.buckets }]));
  return Promise.all(
    feeds.map(async ({ service, feed }, index): Promise<ServiceState> => {
      const head = heads[index];
      if (head === undefined) return { service, ready: false, source: '', position: 0, settled: false, held: 'service-away' };
      const { source, position } = head;
      try {
        await feed.awaitApplied({ heads: known, withinMs: STATE_MS / 3 }, { signal: AbortSignal.timeout(STATE_MS) });
        return { service, ready: true, source, position, settled: true, held: '' };
      } catch (error) {
        return { service, ready: true, source, position, settled: false, held: reasonOf(error) };
      }
    }),
  );
}

function reasonOf(error: unknown): string {
  const refused = refusalOf(error);
  if (refused !== undefined) return `${refused.code} ${JSON.stringify(refused.facts)}`;
  if (error instanceof ClientError) return error.code === Status.UNAVAILABLE ? 'service-away' : error.details;
  return error instanceof Error ? error.message : String(error);
}
