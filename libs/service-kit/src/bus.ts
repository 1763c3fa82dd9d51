// The service on the bus: what it subscribes to, and its own log for the others to read.
import { randomUUID } from 'node:crypto';
import {
  type AppliedOptions,
  appliedHere,
  awaitSource,
  createEventBus,
  type EventBus,
  type FeedClient,
  type FeedServerOptions,
  FeedServiceDefinition,
  feedService,
  ownGenerations,
  parkedStreams,
  type SettleClient,
  type Settled,
  settle,
} from '@deskfleet/event-bus';
import type { Epoch, EpochMs, EventStore, LogTail } from '@deskfleet/event-store';
import { EventFeedServiceDefinition } from '@deskfleet/protocol/feed';
import type { ReadModel } from '@deskfleet/read-model';
import { allow } from './access.ts';
import type { RunningWork } from './background.ts';
import type { Config } from './config/config.ts';
import { SERVICE_NAMES } from './config/names.ts';
import { consumptionService } from './consumption.ts';
import type { Database } from './database/transactions.ts';
import { declarationOf } from './declared.ts';
import { grpcService } from './grpc/service.ts';
import type { GrpcService, Kit, ServiceName, ServiceParts } from './service.ts';

export interface ServiceBus {
  /** EventFeedService, for services only; ConsumptionService, for those who operate them. */
  readonly api: readonly GrpcService[];
  /** Resolves when this service's groups have applied a position of another service's log. */
  passed(source: string, position: number, signal: AbortSignal): Promise<void>;
  /** As `Kit.settle`. */
  settle(services: readonly string[], withinMs: number): Promise<Settled>;
  /** What fails at the moment, by part; the relay's under `relay`. */
  faults(): ReadonlyMap<string, unknown>;
  /** What fails, and the streams that stand still after an error, by name. */
  troubles(): Promise<readonly string[]>;
  /** Finishes the slices in hand. */
  stop(): Promise<void>;
}

export interface ServiceBusOptions {
  readonly config: Config;
  readonly kit: Kit;
  readonly worker: Database;
  readonly store: EventStore;
  readonly tail: LogTail;
  readonly lineage: readonly Epoch[];
  readonly parts: ServiceParts;
  readonly readModel: ReadModel;
  readonly background: RunningWork;
  readonly clock: () => EpochMs;
  readonly onFault: (part: string, error: unknown) => void;
  /** The Kafka client has stopped consuming and only a new process helps. */
  readonly onStuck: (reason: string) => void;
}

/** Makes the bus; nothing is pulled before `start`. */
export async function connectBus(options: ServiceBusOptions): Promise<ServiceBus & { start(): Promise<void> }> {
  const { parts, readModel, background, worker, store, tail } = options;
  const bus = await createBus(options);
  const declares = declarationOf(parts);
  const applied: AppliedOptions = {
    db: worker,
    store,
    log: tail,
    subscriptions: parts.subscriptions,
    onApplied: (listener) => bus.onApplied(listener),
    passed: (position, signal) => readModel.passed(position, signal),
    dueTimers: () => readModel.dueTimers(),
    pendingWork: () => background.pending(),
    generations: ownGenerations(declares),
    ...(options.config.bus.kind === 'kafka' ? { feedOf: feedsOf(options.kit) } : {}),
  };
  bus.onApplied((handled) => background.wake(handled));
  const closing = new AbortController();
  const served: FeedServerOptions = { ...applied, log: tail, lineage: options.lineage, declares };
  const feed = feedService(served);
  const here: SettleClient = { awaitApplied: (request, { signal = closing.signal } = {}) => appliedHere(served, request, signal) };
  return {
    api: [
      consumptionService(options.kit, bus),
      grpcService(FeedServiceDefinition, {
        read(request, context) {
          allow(context.caller, 'service');
          // A reader that follows would keep the server from closing.
          return feed.read(request, { ...context, signal: AbortSignal.any([context.signal, closing.signal]) });
        },
        async head(request, context) {
          allow(context.caller, 'service');
          return feed.head(request, context);
        },
        async awaitApplied(request, context) {
          allow(context.caller, 'service');
          return feed.awaitApplied(request, context);
        },
      }),
    ],
    passed: (source, position, signal) => awaitSource(applied, source, position, signal),
    settle: (services, withinMs) =>
      settle({
        clientOf: (service) => (service === options.config.service ? here : options.kit.client(serviceNamed(service), EventFeedServiceDefinition, 'self')),
        services,
        withinMs,
      }),
    faults: () => bus.faults(),
    async troubles() {
      const parked = await parkedStreams(worker);
      return [
        ...[...bus.faults()].map(([part, error]) => `${part}: ${String(error)}`),
        ...parked.map(({ group, streamId, error }) => `${group}: ${streamId} is parked: ${error}`),
      ];
    },
    async start() {
      for (const subscription of parts.subscriptions) await bus.subscribe(subscription);
    },
    async stop() {
      closing.abort();
      await bus.stop();
    },
  };
}

function createBus({ config, kit, worker, tail, clock, onFault, onStuck }: ServiceBusOptions): Promise<EventBus> {
  // One installation's topics stand beside another's as their databases do.
  const kind = config.bus.kind === 'feed' ? config.bus : { ...config.bus, prefix: config.databasePrefix, onStuck };
  return createEventBus(kind, {
    service: config.service,
    instance: randomUUID(),
    db: worker,
    log: tail,
    clock,
    onFault,
    onRestored: (entered) => kit.log.warn(entered, 'a log read here was restored: what was taken in beyond its head is listed'),
    feedOf: feedsOf(kit),
  });
}

/** The feeds of the other services, asked as this service. */
export function feedsOf(kit: Kit): (service: string) => FeedClient {
  return (service) => kit.client(serviceNamed(service), EventFeedServiceDefinition, 'self');
}

function serviceNamed(service: string): ServiceName {
  const name = SERVICE_NAMES.find((known) => known === service);
  if (name === undefined) throw new Error(`subscribed to an unknown service ${service}`);
  return name;
}
