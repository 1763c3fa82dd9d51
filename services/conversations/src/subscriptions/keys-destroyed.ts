// Services that seal what was written about a conversation do it under keys of their own: an erasure is done when each has said that those are destroyed.
import type { Subscription } from '@deskfleet/event-bus';
import { ConversationMentionsErased } from '@deskfleet/protocol/onboarding';
import { ConversationNotesErased } from '@deskfleet/protocol/qa';
import { sql } from 'kysely';

type KeysDestroyed = ConversationNotesErased | ConversationMentionsErased;

const SLICE_EVENTS = 500;

/** Who says it, and how. */
const SAID_BY: Readonly<Record<KeysDestroyed['$type'], string>> = {
  [ConversationNotesErased.$type]: 'qa-inspection',
  [ConversationMentionsErased.$type]: 'client-onboarding',
};

/** An erasure is done when each of them has destroyed its keys. */
export const CONFIRMING_SERVICES: readonly string[] = Object.values(SAID_BY);
export const CONFIRMATIONS = [ConversationNotesErased, ConversationMentionsErased];

export const keysDestroyed: Subscription<KeysDestroyed> = {
  group: 'conversations-erasures',
  sources: CONFIRMING_SERVICES,
  types: CONFIRMATIONS as Subscription<KeysDestroyed>['types'],
  sliceSize: SLICE_EVENTS,
  async handle(events, tx) {
    const said = events.map(({ meta, event }) => ({ vendorId: meta.vendorId, service: SAID_BY[event.$type], ...event }));
    // A conversation told twice in a slice: the later instant counts.
    const latest = new Map(said.map((each) => [`${each.vendorId}\n${each.erasureId}\n${each.conversationId}\n${each.service}`, each]));
    const rows = [...latest.values()];
    await sql`
      insert into erasure_confirmations as c (vendor_id, erasure_id, conversation_id, service, gone_at)
      select v, e, i, s, g from unnest(
        ${rows.map(({ vendorId }) => vendorId)}::text[], ${rows.map(({ erasureId }) => erasureId)}::text[],
        ${rows.map(({ conversationId }) => conversationId)}::text[], ${rows.map(({ service }) => service)}::text[],
        ${rows.map(({ goneAt }) => goneAt)}::bigint[]
      ) as new (v, e, i, s, g)
      on conflict (vendor_id, erasure_id, conversation_id, service) do update set gone_at = greatest(c.gone_at, excluded.gone_at)`.execute(tx);
  },
};
