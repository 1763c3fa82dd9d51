// Erases people, step by step, each of which may be repeated after a crash: their key goes, then those of the conversations they took part in,
// whose streams are told; once no process can remember a key, those that came in meanwhile are told too; and when every other service has
// destroyed its own, it is done. A log restored from a backup is erased again: what was destroyed stands with the keys.
import type { AppendMember, StreamAppend, Tx } from '@deskfleet/event-store';
import { type DestroyedSubject, type Keyring, nameKey } from '@deskfleet/event-store/sealing';
import { ErasureCompleted, ErasureKeysDestroyed, ErasureStarted, MessageReceived, SubjectErased } from '@deskfleet/protocol/conversations';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { BackgroundWork, Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { ownHead } from '../import/finish-import.ts';
import { conversationName } from '../intake/intake.ts';
import { type CustomersConversation, conversationsOfCustomer } from '../queries/customers.ts';
import { type SubjectCommand, streamOf, subject } from '../subject/subject.ts';
import { CONFIRMATIONS, CONFIRMING_SERVICES } from '../subscriptions/keys-destroyed.ts';
import { appendTo, stateOf } from './legal-holds.ts';

/** Conversations whose streams are loaded and told at once. */
const SLICE_CONVERSATIONS = 100;

interface Erasing {
  readonly vendor_id: string;
  readonly erasure_id: string;
  readonly subject_id: string;
  readonly conversation_ids: readonly string[];
}

/** One person a slice: told at once, and again when the caches of this service's other processes have expired. */
export function destroyKeys(kit: Kit, keyring: Keyring): BackgroundWork {
  /** By erasure: from when on no process of this service can hold one of its keys. Begun anew by each process. */
  const goneAt = new Map<string, number>();
  return {
    name: 'destroy-keys',
    after: [ErasureStarted],
    appends: [SubjectErased, ErasureKeysDestroyed],
    async slice() {
      const [begun] = await kit.work((tx) => erasing(tx, sql`status = 'started' and not (erasure_id = any(${[...goneAt.keys()]}::text[]))`));
      if (begun !== undefined) {
        await keyring.destroy(begun.vendor_id, [begun.subject_id], begun.erasure_id);
        await tellConversations(kit, keyring, begun);
        goneAt.set(begun.erasure_id, kit.now() + keyring.cacheMs);
        return true;
      }
      const gone = [...goneAt].filter(([, at]) => at <= kit.now()).map(([erasureId]) => erasureId);
      if (gone.length === 0) return false;
      for (const each of await kit.work((tx) => erasing(tx, sql`status = 'started' and erasure_id = any(${gone}::text[])`))) {
        await tellConversations(kit, keyring, each);
        await record(kit, each, { kind: 'keys-destroyed', subjectId: each.subject_id });
      }
      for (const erasureId of gone) goneAt.delete(erasureId);
      return true;
    },
    async pending() {
      return (await kit.work((tx) => erasing(tx, sql`status = 'started' and not (erasure_id = any(${[...goneAt.keys()]}::text[]))`))).length;
    },
  };
}

/** The end, when every other service's keys are gone too. */
export function completeErasures(kit: Kit): BackgroundWork {
  const ripe = () => kit.work((tx) => erasing(tx, ripeAt(kit.now())));
  return {
    name: 'complete-erasures',
    after: [ErasureKeysDestroyed, ...CONFIRMATIONS],
    appends: [ErasureCompleted],
    async slice() {
      const found = await ripe();
      for (const each of found) await record(kit, each, { kind: 'complete', subjectId: each.subject_id });
      return found.length > 0;
    },
    pending: async () => (await ripe()).length,
  };
}

/** Begins anew the erasures that a restored log does not know. Their keys are gone already: it is the log and the read models that must hear of it. */
export function eraseAgain(kit: Kit, keyring: Keyring): BackgroundWork {
  // A restore happens while this service stands still: one look at its start is enough.
  let looked = false;
  return {
    name: 'erase-again',
    after: [],
    appends: [ErasureStarted],
    async slice() {
      if (looked) return false;
      await ownHead(kit);
      const { rows } = await kit.work((tx) => sql<{ erasure_id: string }>`select erasure_id from erasures`.execute(tx));
      const known = new Set(rows.map((row) => row.erasure_id));
      for (const lost of (await keyring.destroyed()).filter(({ erasureId }) => !known.has(erasureId))) await beginAgain(kit, lost);
      looked = true;
      return false;
    },
    pending: async () => (looked ? 0 : 1),
  };
}

/** At most so many at once. */
const SLICE_PEOPLE = 100;

async function erasing(tx: Tx, where: ReturnType<typeof sql>): Promise<Erasing[]> {
  const { rows } = await sql<Erasing>`
    select vendor_id, erasure_id, subject_id, conversation_ids from erasures
     where status <> 'completed' and ${where} order by requested_at limit ${SLICE_PEOPLE}`.execute(tx);
  return rows;
}

/** Keys that nobody can hold any more, here and in every service that had to destroy its own. */
function ripeAt(now: number) {
  return sql`status = 'keys-destroyed' and not exists (
    select from erased_conversations c
     where c.vendor_id = erasures.vendor_id and c.erasure_id = erasures.erasure_id
       and (select count(*) from erasure_confirmations f
             where f.vendor_id = c.vendor_id and f.erasure_id = c.erasure_id and f.conversation_id = c.conversation_id and f.gone_at <= ${now})
           < ${CONFIRMING_SERVICES.length})`;
}

/** Destroys the own keys of the person's conversations that were not told yet and tells their streams. */
async function tellConversations(kit: Kit, keyring: Keyring, each: Erasing): Promise<void> {
  const { vendor_id: vendorId, subject_id: subjectId, conversation_ids: named } = each;
  await ownHead(kit);
  const found = await kit.work((tx) => conversationsOfCustomer(tx, vendorId, subjectId));
  const known = new Set(found.map(({ conversationId }) => conversationId));
  const all = [...found, ...named.filter((id) => !known.has(id)).map((conversationId) => ({ conversationId, shopId: '' }))];
  for (let from = 0; from < all.length; from += SLICE_CONVERSATIONS) await tellSlice(kit, keyring, each, all.slice(from, from + SLICE_CONVERSATIONS));
  await ownHead(kit);
}

async function tellSlice(kit: Kit, keyring: Keyring, each: Erasing, conversations: readonly CustomersConversation[]): Promise<void> {
  const { vendor_id: vendorId, erasure_id: erasureId, subject_id: subjectId } = each;
  const streams = await kit.store.load(
    vendorId,
    conversations.map(({ conversationId }) => `conversation-${conversationId}`),
  );
  const own = await keyring.subjectsOf(
    vendorId,
    conversations.map(({ conversationId }) => conversationName(conversationId)),
  );
  const appends: StreamAppend[] = [];
  const destroyed: string[] = [];
  for (const { conversationId } of conversations) {
    const streamId = `conversation-${conversationId}`;
    const stream = streams.get(streamId);
    const events = stream?.events ?? [];
    if (events.some(({ event }) => event.$type === SubjectErased.$type && (event as SubjectErased).erasureId === erasureId)) continue;
    const received = events.flatMap(({ event }) => (event.$type === MessageReceived.$type ? [event as MessageReceived] : []));
    const sealedHere = received.flatMap(({ customerSubject, text }) => (customerSubject === '' && text !== undefined ? [text.subjectId] : []));
    const current = own.get(nameKey(conversationName(conversationId)));
    const gone = [...new Set([subjectId, ...sealedHere, ...(current === undefined ? [] : [current])])];
    destroyed.push(...gone);
    appends.push({
      streamId,
      // It adds to any state: what it says is about keys, not about what else the conversation holds.
      expected: 'any',
      events: [
        {
          event: SubjectErased.create({ erasureId, conversationId, subjectId, destroyedSubjects: gone }),
          occurredAt: kit.now(),
          shopId: events[0]?.meta.shopId ?? '',
        },
      ],
    });
  }
  if (appends.length === 0) return;
  await keyring.destroy(vendorId, destroyed, erasureId);
  await kit.store.append(memberOf(each, appends));
}

/** Appends what the person's stream says of this step; another instance may have been faster, and then there is nothing to say. */
async function record(kit: Kit, each: Erasing, command: SubjectCommand): Promise<void> {
  const streamId = streamOf({ subjectId: each.subject_id, heldShopId: '' });
  const streams = await kit.store.load(each.vendor_id, [streamId]);
  const decision = subject.decide(stateOf(streams.get(streamId)), command);
  if (decision.accepted && decision.events.length > 0) await kit.store.append(memberOf(each, [appendTo(streamId, streams, decision.events, kit.now())]));
  await ownHead(kit);
}

async function beginAgain(kit: Kit, { vendorId, subjectId, erasureId }: DestroyedSubject): Promise<void> {
  const conversations = await kit.work((tx) => conversationsOfCustomer(tx, vendorId, subjectId));
  // The conversations' own keys went with a customer's: only people are erased again.
  if (conversations.length === 0) return;
  const streamId = streamOf({ subjectId, heldShopId: '' });
  const streams = await kit.store.load(vendorId, [streamId]);
  const decision = subject.decide(stateOf(streams.get(streamId)), { kind: 'erase-again', erasureId, subjectId });
  if (!decision.accepted || decision.events.length === 0) return;
  await kit.store.append(memberOf({ vendor_id: vendorId, erasure_id: erasureId }, [appendTo(streamId, streams, decision.events, kit.now())]));
}

function memberOf({ vendor_id: vendorId, erasure_id: erasureId }: Pick<Erasing, 'vendor_id' | 'erasure_id'>, streams: readonly StreamAppend[]): AppendMember {
  const actor = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'conversations' });
  return { cause: { vendorId, actor, correlationId: erasureId, causationId: erasureId, commandId: `erase:${erasureId}` }, streams };
}
