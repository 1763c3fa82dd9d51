// An hour of samples of every service, kept in memory: what the charts of the operations page draw. Whoever wants more than an hour has Prometheus.
// A service that did not answer, and the time before this process began, are gaps.
import { OperationsServiceDefinition } from '@deskfleet/protocol/operations';
import { type Kit, SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';

const EVERY_MS = 15_000;
const KEPT_MS = 60 * 60_000;
const ASK_LIMIT_MS = 3_000;

/** One service at one moment. */
export interface Sample {
  readonly at: number;
  /** The log's head: throughput is its difference. */
  readonly position: number;
  /** Of the group that is furthest behind: events at most, and the age of the first one not applied. */
  readonly behind: number;
  readonly behindMs: number;
  readonly parked: number;
  readonly waiting: number;
}

export interface Samples {
  readonly everyMs: number;
  readonly keptMs: number;
  /** By service, the oldest first. */
  of(service: ServiceName): readonly Sample[];
  start(): void;
  stop(): void;
}

/** Asks every service each 15 s, as the portal itself: figures of all vendors, no vendor's content. */
export function sampleServices(kit: Pick<Kit, 'client' | 'now'>): Samples {
  const kept = new Map<ServiceName, Sample[]>(SERVICE_NAMES.map((service) => [service, []]));
  let timer: NodeJS.Timeout | undefined;

  async function sample(service: ServiceName): Promise<void> {
    const client = kit.client(service, OperationsServiceDefinition, 'self');
    const state = await client.getOperations({}, { signal: AbortSignal.timeout(ASK_LIMIT_MS) });
    const known = state.groups.filter((group) => group.known);
    const streams = (name: string): number => state.held.filter(({ state: held }) => held === name).reduce((sum, one) => sum + one.streams, 0);
    const samples = kept.get(service) ?? [];
    const at = kit.now();
    samples.push({
      at,
      position: state.head,
      behind: Math.max(0, ...known.map(({ behind }) => behind)),
      behindMs: Math.max(0, ...known.map(({ behindMs }) => behindMs)),
      parked: streams('parked'),
      waiting: streams('waiting'),
    });
    while ((samples[0]?.at ?? at) < at - KEPT_MS) samples.shift();
  }

  const sampleAll = (): void => {
    for (const service of SERVICE_NAMES) sample(service).catch(() => {}); // away: its gap says so
  };

  return {
    everyMs: EVERY_MS,
    keptMs: KEPT_MS,
    of: (service) => kept.get(service) ?? [],
    start() {
      sampleAll();
      timer = setInterval(sampleAll, EVERY_MS).unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}
