// A roster's or console's signed call: shifts planned and cancelled, who came and went. Taken in as a whole or refused as a whole; the same
// idempotency key and body again get the same answer.
import { expectLoaded, fold, type LoadedStream, type Refused, refuse, type StreamAppend, type Tx } from '@deskfleet/event-store';
import type { Keyring } from '@deskfleet/event-store/sealing';
import { shopIdOf } from '@deskfleet/protocol';
import { AgentPresenceChanged } from '@deskfleet/protocol/agents';
import { type ReceiveStaffingRequest, ReceiveStaffingResponse } from '@deskfleet/protocol/agents-staffing';
import { type Caller, type CommandResult, type Kit, notGenuine, refuseCall, serviceCaller } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { type AgentEvent, agent } from '../agent/agent.ts';
import { decideShifts, shiftGround, shiftStream } from '../shift/plan-shifts.ts';
import { rosterStreams } from '../shift/roster.ts';
import { type Planned, type ShiftEvent, shift, shiftIdOf } from '../shift/shift.ts';
import { feedStream, secretVersionOf } from './feed.ts';
import { type Fault, type ParsedBody, parseBody, type Told } from './feed-body.ts';

const MAX_BODY_BYTES = 256 * 1024;
const MAX_KEY_CHARACTERS = 120;

const agentStream = (agentId: string): string => `agent-${agentId}`;

export async function receiveStaffing(kit: Kit, keyring: Keyring, request: ReceiveStaffingRequest): Promise<CommandResult<ReceiveStaffingResponse>> {
  const { vendorId, idempotencyKey, body } = request;
  if (body.length > MAX_BODY_BYTES) refuseCall('body-too-large', { field: 'body', found: `${body.length} bytes`, expected: `at most ${MAX_BODY_BYTES} bytes` });
  await mustBeGenuine(kit, keyring, request);
  if (idempotencyKey === '' || idempotencyKey.length > MAX_KEY_CHARACTERS) {
    const found = `${idempotencyKey.length} characters`;
    refuseCall('idempotency-key-missing', { field: 'idempotency_key', found, expected: `1 to ${MAX_KEY_CHARACTERS} characters` });
  }
  const caller: Caller = { ...serviceCaller('agent-pools', vendorId), id: 'staffing-feed' };
  const named = await nameAll(kit, caller, parseBody(body, kit.now()));
  return kit.command({
    caller,
    commandId: `staffing:${idempotencyKey}`,
    content: body,
    answer: ReceiveStaffingResponse,
    streams: named.ok ? named.streams : [],
    decide(streams, now) {
      if (!named.ok) return refuse('webhook-body-invalid', { ...named.fault });
      return decideAll(vendorId, named, streams, now);
    },
  });
}

/** An unknown vendor, or one without a feed, answers as a wrong signature does. */
async function mustBeGenuine(kit: Kit, keyring: Keyring, request: ReceiveStaffingRequest): Promise<void> {
  const streamId = feedStream(request.vendorId);
  const version = secretVersionOf((await kit.store.load(request.vendorId, [streamId])).get(streamId));
  const secret = version === 0 ? undefined : await keyring.secret(request.vendorId, streamId, version);
  const refused = notGenuine(request, secret ?? Buffer.alloc(32), kit.now());
  if (refused !== undefined) refuseCall(refused);
  if (secret === undefined) refuseCall('signature-invalid');
}

interface Named {
  readonly ok: true;
  readonly plans: readonly Planned[];
  readonly cancelled: readonly (Pick<Planned, 'agentId' | 'fromAt'> & Readonly<Record<'shiftId' | 'reason' | 'place', string>>)[];
  readonly presence: readonly { readonly agentId: string; readonly presence: Told['presence'][number]['presence']; readonly at: number }[];
  /** Where each of `plans` stands in the body. */
  readonly places: readonly string[];
  readonly ground: Awaited<ReturnType<typeof shiftGround>>;
  readonly streams: readonly string[];
}

/** Agents by their ids, and what was told about them. */
async function nameAll(kit: Kit, caller: Caller, parsed: ParsedBody): Promise<Named | { readonly ok: false; readonly fault: Fault }> {
  if (!parsed.ok) return parsed;
  const { told } = parsed;
  return kit.read(caller, async (tx) => {
    const ids = await agentsCalled(
      tx,
      [...told.shifts, ...told.presence].map(({ agent: called }) => called),
    );
    const places = [...told.shifts.map((_, index) => `shifts[${index}]`), ...told.presence.map((_, index) => `presence[${index}]`)];
    const unknown = [...told.shifts, ...told.presence].findIndex(({ agent: called }) => !ids.has(called));
    if (unknown !== -1) {
      const found = [...told.shifts, ...told.presence][unknown]?.agent ?? '';
      return { ok: false, fault: { field: `${places[unknown]}.agent`, found, expected: 'the id of an agent, or a work name that one agent has' } };
    }
    const shifts = told.shifts.map((each, index) => ({
      ...{ agentId: ids.get(each.agent) ?? '', shopIds: each.shops.map((code) => shopIdOf(caller.vendorId, code)), fromAt: each.from, toAt: each.to },
      ...{ off: each.off, place: `shifts[${index}]` },
    }));
    const planned = shifts.filter(({ off }) => off === undefined);
    const plans = planned.map(({ agentId, shopIds, fromAt, toAt }) => ({ agentId, shopIds, fromAt, toAt }));
    const presence = told.presence.map((each) => ({ agentId: ids.get(each.agent) ?? '', presence: each.presence, at: each.at }));
    const idOf = ({ agentId, fromAt }: Pick<Planned, 'agentId' | 'fromAt'>) => shiftIdOf(caller.vendorId, agentId, fromAt);
    return {
      ...{ ok: true, plans, presence, places: planned.map(({ place }) => place) },
      cancelled: shifts.flatMap((each) =>
        each.off === undefined ? [] : [{ shiftId: idOf(each), agentId: each.agentId, fromAt: each.fromAt, reason: each.off, place: each.place }],
      ),
      ground: await shiftGround(tx, caller.vendorId, plans),
      streams: [
        ...new Set([...shifts.flatMap((each) => [shiftStream(idOf(each)), ...rosterStreams(each)]), ...presence.map(({ agentId }) => agentStream(agentId))]),
      ],
    };
  });
}

/** By id, or by a work name that only one agent has. */
async function agentsCalled(tx: Tx, called: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ called: string; agent_id: string }>`
    select c as called, min(agent_id) as agent_id from unnest(${[...new Set(called)]}::text[]) as c
      join agents a on a.agent_id = c or a.name = c group by c having count(*) = 1`.execute(tx);
  return new Map(rows.map((row) => [row.called, row.agent_id]));
}

type Outcome = { readonly appends: readonly StreamAppend[]; readonly answer: ReceiveStaffingResponse } | Refused;

function decideAll(vendorId: string, named: Named, streams: ReadonlyMap<string, LoadedStream>, now: number): Outcome {
  const decided = decideShifts(vendorId, named.plans, 'webhook', named.ground, streams, now);
  const [first] = decided.rejected;
  if (first !== undefined) {
    const { index, field, found, expected } = first;
    return refuse('webhook-body-invalid', { field: `${named.places[index]}.${BODY_FIELDS[field] ?? field}`, found, expected });
  }
  const appends = new Map(decided.appends.map((append) => [append.streamId, append]));
  let unchanged = decided.unchanged;
  let cancelled = 0;
  for (const { shiftId, agentId, fromAt, reason, place } of named.cancelled) {
    const streamId = shiftStream(shiftId);
    const stream = streams.get(streamId);
    const decision = shift.decide(fold(shift, stream?.events.map(({ event }) => event as ShiftEvent) ?? []), { kind: 'cancel', shiftId, reason, now });
    if (!decision.accepted) {
      return refuse('webhook-body-invalid', { field: `${place}.cancelled`, found: decision.code, expected: 'a planned shift of this agent that is not over' });
    }
    if (decision.events.length === 0 || appends.has(streamId)) unchanged++;
    else {
      cancelled++;
      decided.roster.cancelled({ shiftId, agentId, fromAt });
      const events = decision.events.map((event) => ({ event, occurredAt: now, shopId: '' }));
      appends.set(streamId, { streamId, expected: expectLoaded(stream ?? { version: 0 }), events });
    }
  }
  const changes = changesOf(named.presence, streams);
  const answer = ReceiveStaffingResponse.create({
    shifts: decided.planned + cancelled,
    presences: changes.changed,
    unchanged: unchanged + named.presence.length - changes.changed,
  });
  return { appends: [...appends.values(), ...decided.roster.appends(streams, now), ...changes.appends], answer };
}

const BODY_FIELDS: Readonly<Record<string, string>> = { agentId: 'agent', shopIds: 'shops', fromAt: 'from', toAt: 'to' };

/** What is older than what is known of the agent changes nothing: calls may come in another order than things happened. */
function changesOf(
  told: Named['presence'],
  streams: ReadonlyMap<string, LoadedStream>,
): { readonly appends: readonly StreamAppend[]; readonly changed: number } {
  const appends: StreamAppend[] = [];
  let changed = 0;
  for (const [agentId, changes] of Map.groupBy(told, (each) => each.agentId)) {
    const stream = streams.get(agentStream(agentId));
    let state = fold(agent, stream?.events.map(({ event }) => event as AgentEvent) ?? []);
    let known = stream?.events.findLast(({ event }) => event.$type === AgentPresenceChanged.$type)?.occurredAt ?? 0;
    const events: StreamAppend['events'][number][] = [];
    for (const { presence, at } of changes.toSorted((a, b) => a.at - b.at)) {
      const decision = agent.decide(state, { kind: 'change-presence', agentId, presence, source: 'webhook' });
      if (!decision.accepted || at <= known) continue;
      for (const event of decision.events) {
        events.push({ event, occurredAt: at, shopId: '' });
        state = agent.evolve(state, event);
        known = at;
      }
    }
    changed += events.length;
    if (events.length > 0) appends.push({ streamId: agentStream(agentId), expected: expectLoaded(stream ?? { version: 0 }), events });
  }
  return { appends, changed };
}
