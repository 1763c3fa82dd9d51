// What was written about a conversation: questions that name it, weaknesses that show in it. Its stream is read when a customer of it is erased, so each
// of them is told to it in the append that brings it: none can be missed. Source: ARCHITECTURE.md, personal data.
import type { EpochMs, StreamAppend } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { ConversationMentioned } from '@deskfleet/protocol/onboarding';

export type Mention = { readonly questionId: string } | { readonly weakness: { readonly contractId: string; readonly weaknessKey: string } };

export const mentionsStream = (conversationId: string): string => `mentions-${conversationId}`;

/** Tells conversations, each once; it adds to whatever was written before. */
export function mentioned(told: readonly { readonly conversationId: string; readonly mention: Mention }[], now: EpochMs, shopId: string): StreamAppend[] {
  return [...Map.groupBy(told, ({ conversationId }) => conversationId)].map(([conversationId, mentions]) => ({
    streamId: mentionsStream(conversationId),
    expected: 'any',
    events: mentions.map(({ mention }) => ({ event: ConversationMentioned.create({ conversationId, ...mention }), occurredAt: now, shopId })),
  }));
}

/** All that there ever were: what was erased may have been written about again. */
export function mentionsIn(events: readonly UnknownMessage[]): Mention[] {
  return events
    .filter((event): event is ConversationMentioned => event.$type === ConversationMentioned.$type)
    .map(({ questionId, weakness }) => (weakness === undefined ? { questionId } : { weakness }));
}
