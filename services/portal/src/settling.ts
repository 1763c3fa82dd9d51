// Settled, and what holds it: rounds of AwaitApplied over every service, in words when they do not end.
import { type SettleClient, settle } from '@deskfleet/event-bus';
import { EventFeedServiceDefinition } from '@deskfleet/protocol/feed';
import { type Kit, refusalOf, SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { ClientError, Status } from 'nice-grpc-common';
import type { ServiceState, SettleAnswer } from './portal.ts';

/** More than the longest path over event types (a test of the whole house computes that one). */
const ROUNDS = 8;
/** How long the state of one service may take. */
const STATE_MS = 1_500;

class Held extends Error {
  readonly service: string;

  constructor(service: string, cause: unknown) {
    super(reasonOf(cause), { cause });
    this.service = service;
  }
}

export async function settleAll(kit: Pick<Kit, 'client'>, withinMs: number): Promise<SettleAnswer> {
  const started = performance.now();
  const clients = new Map(SERVICE_NAMES.map((service) => [service, namedClient(kit, service)]));
  const elapsedMs = (): number => Math.round(performance.now() - started);
  try {
    const rounds = await settle(clients, ROUNDS, withinMs);
    return { settled: true, rounds, elapsedMs: elapsedMs(), held: [] };
  } catch (error) {
    if (!(error instanceof Held)) throw error;
    return { settled: false, rounds: 0, elapsedMs: elapsedMs(), held: [{ service: error.service, reason: error.message }] };
  }
}

/** The service's feed, whose failures say whose they are. */
function namedClient(kit: Pick<Kit, 'client'>, service: ServiceName): SettleClient {
  const feed = kit.client(service, EventFeedServiceDefinition, 'self');
  const named = <T>(call: Promise<T>): Promise<T> =>
    call.catch((error: unknown) => {
      throw new Held(service, error);
    });
  return {
    head: (request, options) => named(feed.head(request, options)),
    awaitApplied: (request, options) => named(feed.awaitApplied(request, options)),
  };
}

/** Each service's head, and whether it has applied the others' heads by now. */
export async function servicesNow(kit: Pick<Kit, 'client'>): Promise<readonly ServiceState[]> {
  const feeds = SERVICE_NAMES.map((service) => ({ service, feed: namedClient(kit, service) }));
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
        return { service, ready: true, source, position, settled: false, held: error instanceof Error ? error.message : String(error) };
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
