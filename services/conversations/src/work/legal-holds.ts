// Placing and releasing legal holds. A hold's reason is sealed: under the key of the person it is about, or under a subject of the shop's own.
import { expectLoaded, fold, type LoadedStream } from '@deskfleet/event-store';
import { type Keyring, nameKey, type SubjectKey, seal } from '@deskfleet/event-store/sealing';
import { CommandReceipt } from '@deskfleet/protocol/common';
import { LegalHoldPlaced, LegalHoldReleased, SealedText } from '@deskfleet/protocol/conversations';
import { PlaceLegalHoldRequest, PlaceLegalHoldResponse, ReleaseLegalHoldRequest } from '@deskfleet/protocol/conversations-service';
import { type Caller, type CommandResult, type Kit, notFound, refuseCall } from '@deskfleet/service-kit';
import { findHold, REASON_FIELD, RELEASE_REASON_FIELD } from '../queries/erasures.ts';
import { findShops } from '../queries/shops.ts';
import { type Scope, type StandingHold, type SubjectEvent, streamOf, subject } from '../subject/subject.ts';
import { subjectsAsked } from './people.ts';

/** In characters. */
const MAX_REASON = 500;

export async function placeHold(kit: Kit, keyring: Keyring, caller: Caller, request: PlaceLegalHoldRequest): Promise<CommandResult<PlaceLegalHoldResponse>> {
  const scope = await scopeAsked(kit, keyring, caller, request);
  const holdId = `ho_${kit.newId()}`;
  const reason = await sealReason(await keyOf(keyring, caller.vendorId, scope), request.reason, {
    vendorId: caller.vendorId,
    eventId: holdId,
    field: REASON_FIELD,
  });
  const streamId = streamOf(scope);
  return kit.command({
    caller,
    commandId: request.commandId,
    content: PlaceLegalHoldRequest.encode({ ...request, commandId: '' }).finish(),
    answer: PlaceLegalHoldResponse,
    streams: [streamId],
    decide(streams, now) {
      const decision = subject.decide(stateOf(streams.get(streamId)), { kind: 'place-hold', holdId, reason, ...scope });
      if (!decision.accepted) return decision;
      return { appends: [appendTo(streamId, streams, decision.events, now)], answer: PlaceLegalHoldResponse.create({ holdId }) };
    },
  });
}

export async function releaseHold(kit: Kit, keyring: Keyring, caller: Caller, request: ReleaseLegalHoldRequest): Promise<CommandResult<CommandReceipt>> {
  const { holdId } = request;
  const scope = await kit.read(caller, (tx) => findHold(tx, holdId));
  if (scope === undefined) return notFound('legal-hold', holdId);
  const place = { vendorId: caller.vendorId, eventId: holdId, field: RELEASE_REASON_FIELD };
  const reason = await sealReason(await keyOf(keyring, caller.vendorId, scope), request.reason, place);
  const streamId = streamOf(scope);
  return kit.command({
    caller,
    commandId: request.commandId,
    content: ReleaseLegalHoldRequest.encode({ ...request, commandId: '' }).finish(),
    answer: CommandReceipt,
    streams: [streamId],
    decide(streams, now) {
      const decision = subject.decide(stateOf(streams.get(streamId)), { kind: 'release-hold', holdId, reason, ...scope });
      if (!decision.accepted) return decision;
      return { appends: [appendTo(streamId, streams, decision.events, now)], answer: CommandReceipt.create() };
    },
  });
}

async function scopeAsked(kit: Kit, keyring: Keyring, caller: Caller, { shopId, channel, buyerId }: PlaceLegalHoldRequest): Promise<Scope> {
  if (buyerId === '') {
    if (shopId === '') refuseCall('person-missing', { field: 'shopId', found: '', expected: 'a shop, or a buyer id with its channel or shop' });
    if (!(await kit.read(caller, (tx) => findShops(tx, [shopId]))).has(shopId)) notFound('shop', shopId);
    return { subjectId: '', heldShopId: shopId };
  }
  const [subjectId] = await subjectsAsked(kit, keyring, caller, { shopId, channel, buyerId, conversationId: '' });
  return subjectId === undefined ? notFound('person', '') : { subjectId, heldShopId: '' };
}

async function keyOf(keyring: Keyring, vendorId: string, { subjectId, heldShopId }: Scope): Promise<SubjectKey | undefined> {
  if (subjectId !== '') return (await keyring.keysOf(vendorId, [subjectId])).get(subjectId);
  const name = { kind: 'shop', id: heldShopId };
  return (await keyring.keysFor(vendorId, [name])).get(nameKey(name));
}

/** A reason as it is stored; undefined where none was given. Without a key (the person was erased) it is said but cannot be kept. */
export async function sealReason(
  key: SubjectKey | undefined,
  reason: string,
  place: { readonly vendorId: string; readonly eventId: string; readonly field: string },
): Promise<SealedText | undefined> {
  const text = reason.trim();
  if (text.length > MAX_REASON) {
    refuseCall('reason-too-long', { field: 'reason', found: `${text.length} characters`, expected: `at most ${MAX_REASON} characters` });
  }
  if (text === '') return undefined;
  return key === undefined ? SealedText.create() : SealedText.create({ subjectId: key.subjectId, ciphertext: seal(key, text, place) });
}

/** The holds of these streams that stand, with who placed them and since when. */
export function standingHolds(streams: Iterable<LoadedStream | undefined>): StandingHold[] {
  const standing = new Map<string, StandingHold>();
  for (const stream of streams) {
    for (const { event, meta, recordedAt } of stream?.events ?? []) {
      if (event.$type === LegalHoldPlaced.$type) {
        const { holdId } = event as LegalHoldPlaced;
        standing.set(holdId, { holdId, by: meta.actor?.id ?? '', since: new Date(recordedAt).toISOString() });
      } else if (event.$type === LegalHoldReleased.$type) standing.delete((event as LegalHoldReleased).holdId);
    }
  }
  return [...standing.values()];
}

export function stateOf(stream: LoadedStream | undefined) {
  return fold(subject, stream?.events.map(({ event }) => event as SubjectEvent) ?? []);
}

/** To a stream as it was loaded; without events it only asks that nothing has happened to it since. */
export function appendTo(streamId: string, streams: ReadonlyMap<string, LoadedStream>, events: readonly SubjectEvent[], now: number) {
  const expected = expectLoaded(streams.get(streamId) ?? { version: 0 });
  return { streamId, expected, events: events.map((event) => ({ event, occurredAt: now, shopId: '' })) };
}
