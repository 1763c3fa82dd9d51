// Events as an operator reads them: decoded by today's schema, what is sealed shown as sealed, and what caused them and followed from them.
import { decodeEvent, decodeMeta, UnknownEventType } from '@deskfleet/event-store';
import type { FeedEvent } from '@deskfleet/protocol/feed';
import { type ListEventsRequest, type ListEventsResponse, OperationsServiceDefinition } from '@deskfleet/protocol/operations';
import { Actor_Kind } from '@deskfleet/protocol/platform';
import { type Caller, SERVICE_NAMES, type ServiceName } from '@deskfleet/service-kit';
import { type InsteadOf, type Json, toHttp } from '../http/json.ts';
import type { Backend } from '../portal.ts';
import '@deskfleet/protocol/access'; // each context's events become decodable by being imported
import '@deskfleet/protocol/agents';
import '@deskfleet/protocol/billing';
import '@deskfleet/protocol/conversations';
import '@deskfleet/protocol/onboarding';
import '@deskfleet/protocol/qa';
import '@deskfleet/protocol/sla';

/** Calls a search for a cause or its effects makes of one service: 20,000 positions each. */
const SEARCH_CALLS = 5;
const SEARCH_LIMIT_MS = 5_000;
const FOLLOWED = 50;
/** How far clocks of machines may differ. */
const CLOCK_SLACK_MS = 60_000;

export interface EventView {
  readonly source: string;
  readonly position: number;
  readonly type: string;
  readonly streamId: string;
  readonly version: number;
  readonly shopId: string;
  readonly occurredAt: number;
  readonly recordedAt: number;
  readonly eventId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly commandId: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly role: string };
  readonly schemaVersion: number;
  readonly traceparent: string;
  /** What is sealed in it, by path: nobody but the service that holds the keys can read it. */
  readonly sealed: readonly string[];
  /** Why it could not be decoded; empty when it was. */
  readonly unreadable: string;
  readonly data: { readonly [key: string]: Json };
}

const ACTORS: Readonly<Record<number, string>> = { [Actor_Kind.KIND_USER]: 'user', [Actor_Kind.KIND_SERVICE]: 'service', [Actor_Kind.KIND_CHANNEL]: 'channel' };

/** A sealed text is whoever's subject it is, and no more: the ciphertext says nothing to a reader. */
const showSealed: InsteadOf = (described, fields) =>
  described.name.startsWith('Sealed') ? { sealed: true, subjectId: String(fields['subjectId'] ?? '') } : undefined;

/** An event of the feed as its reader sees it. One that cannot be decoded says why instead of failing the page. */
export function eventView(source: string, event: FeedEvent): EventView {
  const raw = { ...event, source };
  const meta = decodeMeta(raw);
  let data: EventView['data'] = {};
  let unreadable = '';
  try {
    data = toHttp(decodeEvent(raw).event, showSealed);
  } catch (error) {
    unreadable = error instanceof UnknownEventType ? 'no code here knows this type' : error instanceof Error ? error.message : String(error);
  }
  return {
    source,
    position: event.position,
    type: event.type,
    streamId: event.streamId,
    version: event.version,
    shopId: meta.shopId,
    occurredAt: event.occurredAt,
    recordedAt: event.recordedAt,
    eventId: meta.eventId,
    correlationId: meta.correlationId,
    causationId: meta.causationId,
    commandId: meta.commandId,
    actor: { kind: ACTORS[meta.actor?.kind ?? 0] ?? '', id: meta.actor?.id ?? '', role: meta.actor?.role ?? '' },
    schemaVersion: meta.schemaVersion,
    traceparent: meta.traceparent,
    sealed: sealedIn(data, ''),
    unreadable,
    data,
  };
}

function sealedIn(value: Json, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value) && 'sealed' in value && value.sealed === true) return [path];
  return Object.entries(value).flatMap(([key, item]) => sealedIn(item as Json, path === '' ? key : `${path}.${key}`));
}

/** The service whose log a source names; undefined when there is none. */
export function serviceOfSource(source: string): ServiceName | undefined {
  return SERVICE_NAMES.find((name) => source.startsWith(`${name}/`));
}

/** One event by its place. Undefined when it is not there, not the caller's to see, or its log is of another epoch by now. */
export async function eventAt(backend: Backend, caller: Caller, source: string, position: number): Promise<EventView | undefined> {
  const service = serviceOfSource(source);
  if (service === undefined || position < 1) return undefined;
  const answer = await backend.client(service, OperationsServiceDefinition, caller).listEvents({ after: position - 1, before: position + 1 });
  const event = answer.source === source ? answer.events[0] : undefined;
  return event === undefined ? undefined : eventView(source, event);
}

export interface Causation {
  /** The event that led to it; absent when a command of a person or a channel did, or it is not found. */
  readonly causedBy?: EventView;
  /** What it led to, in every service's log, by time. */
  readonly followed: readonly EventView[];
  /** Services that did not answer, or whose log was too long to be looked through: what they hold is not known. */
  readonly partial: readonly string[];
}

/** Looks for the event's cause and for what followed from it in all logs at once. */
export async function causationOf(backend: Backend, caller: Caller, event: EventView): Promise<Causation> {
  const causeAt = timeOfUuid7(event.causationId);
  const partial = new Set<string>();
  const searched = SERVICE_NAMES.map(async (service) => {
    try {
      const [cause, effects] = await Promise.all([
        causeAt === undefined
          ? { events: [], whole: true }
          : search(
              backend,
              caller,
              service,
              { eventId: event.causationId, recordedFrom: causeAt - CLOCK_SLACK_MS, recordedUntil: causeAt + CLOCK_SLACK_MS },
              1,
            ),
        search(backend, caller, service, { causationId: event.eventId, recordedFrom: Math.max(1, event.recordedAt - CLOCK_SLACK_MS) }, FOLLOWED),
      ]);
      if (!cause.whole || !effects.whole) partial.add(service);
      return { cause: cause.events[0], effects: effects.events };
    } catch {
      partial.add(service);
      return { cause: undefined, effects: [] };
    }
  });
  const found = await Promise.all(searched);
  const causedBy = found.find(({ cause }) => cause !== undefined)?.cause;
  return {
    ...(causedBy === undefined ? {} : { causedBy }),
    followed: found.flatMap(({ effects }) => effects).sort((a, b) => a.recordedAt - b.recordedAt || a.position - b.position),
    partial: [...partial],
  };
}

async function search(
  backend: Backend,
  caller: Caller,
  service: ServiceName,
  filter: Partial<Pick<ListEventsRequest, 'eventId' | 'causationId' | 'recordedFrom' | 'recordedUntil'>>,
  wanted: number,
): Promise<{ events: readonly EventView[]; whole: boolean }> {
  const client = backend.client(service, OperationsServiceDefinition, caller);
  const signal = AbortSignal.timeout(SEARCH_LIMIT_MS);
  const events: EventView[] = [];
  let after = 0;
  for (let call = 0; call < SEARCH_CALLS; call += 1) {
    const page: ListEventsResponse = await client.listEvents({ ...filter, after, size: wanted }, { signal });
    for (const event of page.events) events.push(eventView(page.source, event));
    if (page.done || events.length >= wanted) return { events: events.slice(0, wanted), whole: true };
    after = page.through;
  }
  return { events, whole: false };
}

/** Epoch ms of a UUIDv7; undefined for any other text: a command's id is its sender's own. */
function timeOfUuid7(id: string): number | undefined {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id) ? Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) : undefined;
}
