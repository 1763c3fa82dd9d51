// qa-inspection seals what inspectors write under keys of its own: an erasure is done when it says that those are destroyed too.
import type { Subscription } from '@deskfleet/event-bus';
import { ConversationNotesErased } from '@deskfleet/protocol/qa';
import { sql } from 'kysely';

const SLICE_EVENTS = 500;

export const notesErased: Subscription<ConversationNotesErased> = {
  group: 'conversations-erasures',
  sources: ['qa-inspection'],
  types: [ConversationNotesErased],
  rare: true,
  sliceSize: SLICE_EVENTS,
  async handle(events, tx) {
    // A conversation told twice in a slice: the later instant counts.
    const latest = new Map(events.map((recorded) => [`${recorded.meta.vendorId}\n${recorded.event.erasureId}\n${recorded.event.conversationId}`, recorded]));
    const rows = [...latest.values()];
    await sql`
      insert into erasure_confirmations as c (vendor_id, erasure_id, conversation_id, service, gone_at)
      select v, e, i, 'qa-inspection', g from unnest(
        ${rows.map(({ meta }) => meta.vendorId)}::text[], ${rows.map(({ event }) => event.erasureId)}::text[],
        ${rows.map(({ event }) => event.conversationId)}::text[], ${rows.map(({ event }) => event.goneAt)}::bigint[]
      ) as new (v, e, i, g)
      on conflict (vendor_id, erasure_id, conversation_id, service) do update set gone_at = greatest(c.gone_at, excluded.gone_at)`.execute(tx);
  },
};
