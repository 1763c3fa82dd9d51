// What a service is made of. main.ts names the parts and calls `runService`; everything else is handed its `Kit`.
import type { AnySubscription, Settled } from '@deskfleet/event-bus';
import type { AppendMember, AppendOutcome, EpochMs, EventStore, LoadedStream, RecordedEvent, Refused, StreamAppend, Tx } from '@deskfleet/event-store';
import type { ObjectStore } from '@deskfleet/object-store';
import type { MessageType, UnknownMessage } from '@deskfleet/protocol';
import type { LogPosition } from '@deskfleet/protocol/common';
import type { Projection, TimerPlan } from '@deskfleet/read-model';
import type { Client, CompatServiceDefinition, Server } from 'nice-grpc';
import type { Logger } from 'pino';

export type ServiceName = 'client-onboarding' | 'agent-pools' | 'conversations' | 'sla-monitoring' | 'qa-inspection' | 'billing' | 'portal';

export type Role = 'vendor-operations' | 'team-lead' | 'qa-inspector' | 'finance' | 'client';

/** Who asks, as verified from the signed token. Services act for themselves as kind `service` (all vendors only where a method allows it). */
export interface Caller {
  readonly kind: 'user' | 'service';
  /** User id, or the service's name. */
  readonly id: string;
  readonly vendorId: string;
  readonly role: Role | 'service';
  /** The shops this caller may see; 'all' = all of the vendor's. Row level security holds this too. */
  readonly shopIds: readonly string[] | 'all';
  readonly clientId: string;
  readonly mayAgree: boolean;
}

/** One command: load streams, decide, append with the loaded versions; a conflict is loaded and decided again (three times). */
export interface CommandRequest<Answer extends UnknownMessage> {
  readonly caller: Caller;
  readonly commandId: string;
  /** What is fingerprinted: the same id with other content is refused `command-id-reused` (422). */
  readonly content: Uint8Array;
  readonly answer: MessageType<Answer>;
  /** Streams to load before deciding. */
  readonly streams: readonly string[];
  /** Pure but for what was loaded. `appends` state their own expectations (usually `expectLoaded(stream)`). */
  decide(streams: ReadonlyMap<string, LoadedStream>, now: EpochMs): { readonly appends: readonly StreamAppend[]; readonly answer: NoInfer<Answer> } | Refused;
  /**
   * Loads what `decide` knows beside `streams`, e.g. what is remembered of streams that the appends then verify. `fromLog`: there was a conflict, or the
   * decision was a refusal, which verifies nothing: now only the log counts.
   */
  readonly prepare?: (fromLog: boolean) => Promise<void>;
  /** What was decided last is in the log. */
  readonly appended?: () => void;
}

export type CommandResult<Answer> =
  | { readonly ok: true; readonly answer: Answer; readonly at: LogPosition }
  | { readonly ok: false; readonly refused: Refused };

export interface Kit {
  readonly name: ServiceName;
  readonly log: Logger;
  readonly store: EventStore;
  /** The one clock: handed down, never read below main.ts. */
  now(): EpochMs;
  /** A UUIDv7. */
  newId(): string;
  /** Runs a command. Never throws for a refusal; throws for faults. */
  command<Answer extends UnknownMessage>(request: CommandRequest<Answer>): Promise<CommandResult<Answer>>;
  /** A query as the caller: reader role, row level security by vendor and shop, read-only. The only way a request reads. */
  read<T>(caller: Caller, query: (tx: Tx) => Promise<T>): Promise<T>;
  /** The worker's own transaction: all vendors. For reactors, timers and background work, never for a query. */
  work<T>(task: (tx: Tx) => Promise<T>): Promise<T>;
  /** Waits until this service's own projections (or, for a foreign source, its watermarks) have passed `after`; at once when undefined. */
  awaitPosition(after: LogPosition | undefined): Promise<void>;
  /**
   * Waits until everything appended anywhere before the call, and what follows from it, is applied in these services and in all they read.
   * Answers up to where. Rejects with `NotSettled` by name: parked, still waiting when the time is up, restored, away.
   */
  settle(services: readonly ServiceName[], withinMs: number): Promise<Settled>;
  /** Where sealed personal data's keys live: a database of their own (made when missing), the file that wraps them, and how long they are remembered. */
  readonly keys: { readonly databaseUrl: string; readonly masterKeyFile: string | undefined; readonly cacheMs: number };
  /** Where files are kept, for every service the same place: written once, never changed. */
  readonly objects: ObjectStore;
  /** A client of another service. Calls carry the given caller's token, or this service's own identity for `'self'`. */
  client<Definition extends CompatServiceDefinition>(service: ServiceName, definition: Definition, as: Caller | 'self'): Client<Definition>;
}

/** Made by `grpcService(Definition, implementation)`. */
export interface GrpcService {
  readonly definition: CompatServiceDefinition;
  mount(server: Pick<Server<CallerContext>, 'add'>): void;
}

/** What the gRPC server puts into each call's context after it verified the token. */
export interface CallerContext {
  readonly caller: Caller;
}

/** Durable background work a service drains by itself: counted as not settled while `pending` is above zero. */
export interface BackgroundWork {
  readonly name: string;
  /** The event types, of the own log or taken in, that may leave it something to do. */
  readonly after: readonly MessageType[];
  /** The event types that a slice may append. */
  readonly appends: readonly MessageType[];
  /** Does one slice; true when there is more. */
  slice(): Promise<boolean>;
  pending(): Promise<number>;
}

/**
 * What a subscription keeps of other contexts' events in tables of its own, so that they can be built afresh beside the live ones from the owners'
 * logs and swapped in, e.g. after a repaired bug. Effects other than these tables belong to `swapped`: whatever is concluded from them is concluded again.
 */
export interface TakenIn {
  /** a-z and _; names it to operators. */
  readonly name: string;
  readonly subscription: AnySubscription;
  /** The tables that are exchanged; the migrations of this folder make them, unqualified. */
  readonly tables: readonly string[];
  readonly migrations: URL;
  /** Writes what the events leave in these tables, unqualified, and nothing else. */
  readonly fill: (events: readonly RecordedEvent[], tx: Tx) => Promise<void>;
  /** Removes what streams left that the group has not applied anything of. */
  readonly forget: (streams: readonly { readonly vendorId: string; readonly streamId: string }[], tx: Tx) => Promise<void>;
  /** In the transaction of the swap, the new tables live: has everything judged again that follows from them. */
  readonly swapped: (tx: Tx) => Promise<void>;
}

/** Something of a service's own that listens, e.g. the portal's HTTP server. Started last, closed before gRPC. */
export interface Listener {
  readonly name: string;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceParts {
  /** The event types this service's log holds. */
  readonly events: readonly MessageType[];
  readonly projections: readonly Projection[];
  readonly subscriptions: readonly AnySubscription[];
  // biome-ignore lint/suspicious/noExplicitAny: a list of plans holds every event type
  readonly timers?: readonly TimerPlan<any>[];
  readonly work?: readonly BackgroundWork[];
  /** What it takes in from others and can build afresh. */
  readonly intakes?: readonly TakenIn[];
  readonly api: readonly GrpcService[];
  readonly listeners?: readonly Listener[];
}

export interface ServiceDefinition {
  readonly name: ServiceName;
  /** Folder of numbered .sql files, e.g. new URL('../migrations/', import.meta.url); several when a lib brings its own, in order. */
  readonly migrations: URL | readonly URL[];
  readonly parts: (kit: Kit) => ServiceParts | Promise<ServiceParts>;
}

export type { AppendMember, AppendOutcome };
