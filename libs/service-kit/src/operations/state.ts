// How far a service has come, gathered from its parts: asked by operators, by the portal's samples and by each scrape of the metrics.
import { type FeedClient, groupProgress, heldCounts, orphanCounts, relayedThrough } from '@deskfleet/event-bus';
import type { EpochMs, EventStore, LogTail } from '@deskfleet/event-store';
import {
  BackgroundState,
  GetOperationsResponse,
  GroupLag,
  HeldCount,
  OrphanCount,
  PartFault,
  ProjectionBuild,
  RelayState,
  TimerState,
} from '@deskfleet/protocol/operations';
import type { ReadModel, ProjectionBuild as RunningBuild } from '@deskfleet/read-model';
import type { RunningWork } from '../background.ts';
import type { Database } from '../database/transactions.ts';
import type { IntakeBuilds } from '../intake/builds.ts';
import type { ServiceParts } from '../service.ts';

/** How long another service may take to say where its log ends. */
const ASK_LIMIT_MS = 1_000;
/** Asked more often, the answer is the last one: several look at the same time. */
const FRESH_MS = 1_000;
/** How long after a restore its orphaned events are counted here: long enough for whoever restored to have settled what is to become of them. */
const ORPHANS_COUNTED_MS = 7 * 24 * 3_600_000;

export interface OperationsParts {
  readonly store: EventStore;
  readonly tail: LogTail;
  readonly worker: Database;
  readonly parts: ServiceParts;
  readonly readModel: ReadModel;
  readonly intakes: IntakeBuilds;
  readonly background: RunningWork;
  readonly kafka: boolean;
  readonly feedOf: (service: string) => FeedClient;
  readonly busFaults: () => ReadonlyMap<string, unknown>;
  readonly clock: () => EpochMs;
}

export interface OperationsState {
  /** Asks all parts; held streams of one vendor, or of all when it is empty. */
  of(vendorId: string): Promise<GetOperationsResponse>;
  /** Something was changed just now: whoever changed it is not told what was before. */
  changed(): void;
}

export function operationsState(parts: OperationsParts): OperationsState {
  const asked = new Map<string, { readonly at: number; readonly answer: Promise<GetOperationsResponse> }>();
  return {
    of(vendorId) {
      const known = asked.get(vendorId);
      if (known !== undefined && performance.now() - known.at < FRESH_MS) return known.answer;
      const answer = gather(parts, vendorId);
      answer.catch(() => asked.delete(vendorId));
      asked.set(vendorId, { at: performance.now(), answer });
      return answer;
    },
    changed: () => asked.clear(),
  };
}

async function gather(parts: OperationsParts, vendorId: string): Promise<GetOperationsResponse> {
  const { tail, worker, readModel, background, clock } = parts;
  const now = clock();
  const [groups, held, orphans, builds, timers, pending, relay] = await Promise.all([
    groupProgress(worker, parts.parts.subscriptions, parts.feedOf, ASK_LIMIT_MS),
    heldCounts(worker, vendorId),
    orphanCounts(worker, vendorId, now - ORPHANS_COUNTED_MS),
    buildsOf(parts),
    readModel.timerState(),
    background.pending(),
    relayOf(parts, now),
  ]);
  const age = (since: EpochMs): number => (since === 0 ? 0 : Math.max(0, now - since));
  const faults = new Map([...readModel.faults(), ...parts.busFaults()].map(([part, error]) => [part, messageOf(error)]));
  return GetOperationsResponse.create({
    source: tail.source,
    head: tail.last,
    asOf: now,
    groups: groups.map(({ behindSince, ...group }) => GroupLag.create({ ...group, behindMs: age(behindSince) })),
    held: held.map((count) => HeldCount.create(count)),
    orphans: orphans.map((count) => OrphanCount.create(count)),
    projections: builds.map(buildMessage),
    timers: TimerState.create({ pending: timers.pending, due: timers.due, lateMs: age(timers.dueSince), failing: timers.failing }),
    relay,
    background: (parts.parts.work ?? []).map(({ name }) =>
      BackgroundState.create({ name, pending: pending.get(name) ?? 0, fault: background.faults().get(name) ?? '' }),
    ),
    faults: [...faults].map(([part, error]) => PartFault.create({ part, error })),
  });
}

async function relayOf({ kafka, worker, tail, store, busFaults }: OperationsParts, now: EpochMs): Promise<RelayState | undefined> {
  if (!kafka) return undefined;
  const published = await relayedThrough(worker, tail.source);
  const [first] = published < tail.last ? await store.read(published, 1) : [];
  const fault = busFaults().get('relay');
  return RelayState.create({
    published,
    behind: Math.max(0, tail.last - published),
    behindMs: first === undefined ? 0 : Math.max(0, now - first.recordedAt),
    fault: fault === undefined ? '' : messageOf(fault),
  });
}

/** Every build: of the own log's projections, and of what is taken in from others. */
export async function buildsOf({ readModel, intakes }: Pick<OperationsParts, 'readModel' | 'intakes'>): Promise<readonly RunningBuild[]> {
  return [...(await readModel.builds()), ...(await intakes.list())];
}

/** A build as its message. */
export function buildMessage(build: RunningBuild): ProjectionBuild {
  return ProjectionBuild.create({ ...build, rate: Math.round(build.rate) });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
