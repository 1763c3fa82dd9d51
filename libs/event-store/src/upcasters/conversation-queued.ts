// ConversationQueued. Version 1 said why as free text, and its contract named three reasons while four were written. Version 2 closes the set.
import { encode, formerText } from '@deskfleet/protocol';
import { ConversationQueued, QueueReason } from '@deskfleet/protocol/agents';
import type { Upcaster } from '../upcasting.ts';

const REASON = 3; // the field of version 1

const REASONS: ReadonlyMap<string, QueueReason> = new Map([
  ['no-agent-trained', QueueReason.QUEUE_REASON_NO_AGENT_TRAINED],
  ['no-agent-skilled', QueueReason.QUEUE_REASON_NO_AGENT_SKILLED],
  ['no-agent-present', QueueReason.QUEUE_REASON_NO_AGENT_PRESENT],
  ['all-agents-full', QueueReason.QUEUE_REASON_ALL_AGENTS_FULL],
]);

export const conversationQueued: Upcaster = {
  type: ConversationQueued.$type,
  version: 2,
  upcast(data) {
    const why = REASONS.get(formerText(data, REASON)) ?? QueueReason.QUEUE_REASON_UNSPECIFIED;
    const today: ConversationQueued = { ...ConversationQueued.decode(data), why };
    return { type: ConversationQueued.$type, data: encode(today) };
  },
};
