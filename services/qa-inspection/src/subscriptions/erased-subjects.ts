// A customer was erased: what inspectors wrote about their conversations becomes unreadable here too, in the log as in the read models, and
// conversations is told when no process can hold one of the keys any more. Destroying a key may be repeated; so may telling.
import type { Subscription } from '@deskfleet/event-bus';
import type { AppendMember, RecordedEvent } from '@deskfleet/event-store';
import { type Keyring, nameKey } from '@deskfleet/event-store/sealing';
import { SubjectErased } from '@deskfleet/protocol/conversations';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import { ConversationNotesErased } from '@deskfleet/protocol/qa';
import type { Kit } from '@deskfleet/service-kit';
import { conversationName } from '../work/notes.ts';

/** It appends one event for each. */
const SLICE_EVENTS = 100;

export function erasedSubjects(kit: Kit, keyring: Keyring): Subscription<SubjectErased> {
  return {
    group: 'qa-inspection-erasures',
    sources: ['conversations'],
    types: [SubjectErased],
    appends: [ConversationNotesErased],
    rare: true,
    sliceSize: SLICE_EVENTS,
    async handle(events, tx) {
      // The keys go before the append, whose lock is held until the commit.
      for (const { event, meta } of events) await destroyNotesKey(keyring, meta.vendorId, event);
      await kit.store.appendWithin(
        tx,
        events.map((recorded) => erased(recorded, kit.now() + keyring.cacheMs, kit.now())),
      );
    },
  };
}

async function destroyNotesKey(keyring: Keyring, vendorId: string, { conversationId, erasureId }: SubjectErased): Promise<void> {
  const name = conversationName(conversationId);
  const subjectId = (await keyring.subjectsOf(vendorId, [name])).get(nameKey(name));
  if (subjectId !== undefined) await keyring.destroy(vendorId, [subjectId], erasureId);
}

function erased({ event, meta }: RecordedEvent<SubjectErased>, goneAt: number, now: number): AppendMember {
  const { erasureId, conversationId } = event;
  const actor = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: 'qa-inspection' });
  return {
    cause: { vendorId: meta.vendorId, actor, correlationId: meta.correlationId, causationId: meta.eventId, commandId: `erase:${erasureId}` },
    streams: [
      {
        streamId: `notes-${conversationId}`,
        expected: 'any',
        events: [{ event: ConversationNotesErased.create({ erasureId, conversationId, goneAt }), occurredAt: now, shopId: meta.shopId }],
      },
    ],
  };
}
