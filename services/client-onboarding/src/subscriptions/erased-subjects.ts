// A customer was erased: what was written here about their conversations becomes unreadable, in the log as in the read models, and conversations is told
// when no process can hold one of the keys any more. What the owner answered stays: it is the shop's (BR-015). Destroying may be repeated; so may telling.
import type { Subscription } from '@deskfleet/event-bus';
import { type AppendMember, type Expectation, expectLoaded, type RecordedEvent, type Tx } from '@deskfleet/event-store';
import { SubjectErased } from '@deskfleet/protocol/conversations';
import { ConversationMentionsErased, MentionedWeakness } from '@deskfleet/protocol/onboarding';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { Kit } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { type Mention, mentionsIn, mentionsStream } from '../mention/mention.ts';
import { type Sealed, subjects } from '../sealed.ts';

/** It appends one event for each, more only for one that is mentioned beyond all measure. */
const SLICE_EVENTS = 50;
/** Mentions that an event names: keeps it below 32 KB. */
const NAMED = 300;

export function erasedSubjects(kit: Kit, sealed: Sealed): Subscription<SubjectErased> {
  return {
    group: 'client-onboarding-erasures',
    sources: ['conversations'],
    types: [SubjectErased],
    appends: [ConversationMentionsErased],
    sliceSize: SLICE_EVENTS,
    async handle(events, tx) {
      const members: AppendMember[] = [];
      for (const [vendorId, ofVendor] of Map.groupBy(events, ({ meta }) => meta.vendorId)) members.push(...(await erase(kit, sealed, vendorId, ofVendor, tx)));
      // The keys went before the append, whose lock is held until the commit.
      const outcomes = await kit.store.appendWithin(tx, members);
      if (outcomes.some(({ outcome }) => outcome === 'conflict')) throw new Error('a conversation was written about while it was erased: erased again');
    },
  };
}

/** Destroys the keys; the appends that tell of it expect that nothing was written about the conversations meanwhile. */
async function erase(kit: Kit, sealed: Sealed, vendorId: string, erased: readonly RecordedEvent<SubjectErased>[], tx: Tx): Promise<AppendMember[]> {
  const conversationIds = [...new Set(erased.map(({ event }) => event.conversationId))];
  const streams = await kit.store.load(vendorId, conversationIds.map(mentionsStream));
  const before = await mentionedBefore(tx, vendorId, conversationIds);
  const expected = new Map<string, Expectation>();
  const members: AppendMember[] = [];
  for (const { event, meta } of erased) {
    const { conversationId, erasureId } = event;
    const streamId = mentionsStream(conversationId);
    const stream = streams.get(streamId) ?? { version: 0, events: [] };
    const mentions = distinct([...mentionsIn(stream.events.map((each) => each.event)), ...(before.get(conversationId) ?? [])]);
    const questions = mentions.flatMap((mention) => ('questionId' in mention ? [subjects.question(mention.questionId)] : []));
    await sealed.destroy(vendorId, [subjects.conversation(conversationId), ...questions], erasureId);
    const said = erasedEvents(event, mentions, kit.now() + sealed.cacheMs);
    members.push({
      cause: {
        ...{ vendorId, correlationId: meta.correlationId, causationId: meta.eventId, commandId: `erase:${erasureId}` },
        actor: Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: kit.name }),
      },
      streams: [
        {
          streamId,
          expected: expected.get(streamId) ?? expectLoaded(stream),
          events: said.map((each) => ({ event: each, occurredAt: kit.now(), shopId: meta.shopId })),
        },
      ],
    });
    // Two customers of one conversation may be erased in one slice.
    expected.set(streamId, 'any');
  }
  return members;
}

function erasedEvents({ erasureId, conversationId }: SubjectErased, mentions: readonly Mention[], goneAt: number): ConversationMentionsErased[] {
  const parts = mentions.length === 0 ? [[]] : Array.from({ length: Math.ceil(mentions.length / NAMED) }, (_, n) => mentions.slice(n * NAMED, (n + 1) * NAMED));
  return parts.map((part) =>
    ConversationMentionsErased.create({
      ...{ erasureId, conversationId, goneAt },
      questionIds: part.flatMap((mention) => ('questionId' in mention ? [mention.questionId] : [])),
      weaknesses: part.flatMap((mention) => ('weakness' in mention ? [MentionedWeakness.create(mention.weakness)] : [])),
    }),
  );
}

/** What was written before conversations were told of it, by conversation: the read models know. Its keys are the contracts', and stay. */
async function mentionedBefore(tx: Tx, vendorId: string, conversationIds: readonly string[]): Promise<ReadonlyMap<string, readonly Mention[]>> {
  const asked = await sql<{ conversation_id: string; question_id: string }>`
    select c as conversation_id, question_id from questions, unnest(conversation_ids) as c
     where vendor_id = ${vendorId} and conversation_ids && ${[...conversationIds]}::text[] and c = any(${[...conversationIds]}::text[])`.execute(tx);
  const found = await sql<{ conversation_id: string; contract_id: string; weakness_key: string }>`
    select conversation_id, contract_id, weakness_key from weaknesses
     where vendor_id = ${vendorId} and conversation_id = any(${[...conversationIds]}::text[])`.execute(tx);
  const all: (readonly [string, Mention])[] = [
    ...asked.rows.map((row) => [row.conversation_id, { questionId: row.question_id }] as const),
    ...found.rows.map((row) => [row.conversation_id, { weakness: { contractId: row.contract_id, weaknessKey: row.weakness_key } }] as const),
  ];
  return new Map([...Map.groupBy(all, ([conversationId]) => conversationId)].map(([id, pairs]) => [id, pairs.map(([, mention]) => mention)]));
}

function distinct(mentions: readonly Mention[]): Mention[] {
  return [...new Map(mentions.map((mention) => ['questionId' in mention ? mention.questionId : mention.weakness.weaknessKey, mention])).values()];
}
