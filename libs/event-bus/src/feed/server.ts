// The owner's side of the feed: the log in pages, its head, and the question whether this service has applied what others name.
import type { Epoch, LogReader, RawEvent } from '@deskfleet/event-store';
import type { DeepPartial } from '@deskfleet/protocol';
import {
  AwaitAppliedRequest,
  AwaitAppliedResponse,
  type Declaration,
  EventFeedServiceDefinition,
  type EventFeedServiceImplementation,
  type FeedEvent,
  HeadResponse,
  type ReadRequest,
  ReadResponse,
} from '@deskfleet/protocol/feed';
import { ServerError, Status } from 'nice-grpc-common';
import { type AppliedOptions, awaitApplied } from './applied.ts';

const PAGE_EVENTS = 500;
const EMPTY_PAGES_APART_MS = 25;

/** EventFeedService as its owner serves it: a page is whole as it is made, so it is not copied once more for each of its readers. */
export const FeedServiceDefinition = {
  ...EventFeedServiceDefinition,
  methods: {
    ...EventFeedServiceDefinition.methods,
    read: { ...EventFeedServiceDefinition.methods.read, responseType: { encode: ReadResponse.encode, decode: ReadResponse.decode } },
  },
} as const;

export interface FeedServerOptions extends AppliedOptions {
  readonly log: LogReader;
  /** The own log's epochs, the present one last. */
  readonly lineage: readonly Epoch[];
  /** What may follow from what here. */
  readonly declares: Declaration;
}

interface FeedServiceImplementation extends Omit<EventFeedServiceImplementation, 'read'> {
  read(request: ReadRequest, context: { readonly signal: AbortSignal }): AsyncIterable<ReadResponse>;
}

/** EventFeedService, to be mounted on the service's gRPC server. */
export function feedService(options: FeedServerOptions): FeedServiceImplementation {
  return {
    read: (request, { signal }) => pages(options, request, signal),
    head: async () => headOf(options),
    awaitApplied: (request, { signal }) => appliedHere(options, request, signal),
  };
}

/** What `AwaitApplied` answers, for who asks in this process. */
export async function appliedHere(options: FeedServerOptions, request: DeepPartial<AwaitAppliedRequest>, signal: AbortSignal): Promise<AwaitAppliedResponse> {
  await awaitApplied(options, AwaitAppliedRequest.fromPartial(request), signal);
  return AwaitAppliedResponse.create({ head: await headOf(options) });
}

async function headOf({ log, store, lineage, declares }: FeedServerOptions): Promise<HeadResponse> {
  const { position, buckets } = await store.head();
  return HeadResponse.create({ source: log.source, position, buckets: Object.fromEntries(buckets), lineage: [...lineage], declares });
}

async function* pages({ log, store }: FeedServerOptions, request: ReadRequest, signal: AbortSignal): AsyncGenerator<ReadResponse> {
  if (request.source !== '' && request.source !== log.source) {
    throw new ServerError(Status.FAILED_PRECONDITION, `source-changed: this log is ${log.source}, not ${request.source}`);
  }
  const filter = {
    ...(request.types.length === 0 ? {} : { types: new Set(request.types) }),
    ...(request.buckets.length === 0 ? {} : { buckets: new Set(request.buckets) }),
  };
  const end = request.follow ? Infinity : (await store.head()).position;
  log.look();
  let after = request.after;
  let silent = request.follow; // who follows is answered at once, if only by an empty page: it knows then that it is heard
  while (!signal.aborted) {
    const page = await log.read(after, PAGE_EVENTS, filter);
    if (page.through > after || silent) {
      silent = false;
      yield { $type: ReadResponse.$type, source: log.source, events: page.events.map(feedEvent), through: page.through };
      after = page.through;
    }
    if (after >= end) return;
    if (after < log.last) continue;
    // News without wanted events are told together, a little later.
    if (page.events.length === 0) await elapsed(EMPTY_PAGES_APART_MS);
    await log.changed(after, signal);
  }
}

/** An event as the feed carries it. */
export function feedEvent(raw: RawEvent): FeedEvent {
  return {
    $type: 'deskfleet.platform.v1.FeedEvent',
    position: raw.position,
    streamId: raw.streamId,
    version: raw.version,
    type: raw.type,
    data: bufferOf(raw.data),
    meta: bufferOf(raw.meta),
    occurredAt: raw.occurredAt,
    recordedAt: raw.recordedAt,
    bucket: raw.bucket,
    previous: 0,
  };
}

/** The same bytes as the generated code names them; nothing is copied. */
function bufferOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
