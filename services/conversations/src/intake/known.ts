// Conversations as this process last left them, so that a live one is not read and folded again for each of its messages. What is decided from them is
// verified where it is appended: every stream is expected at the version known here, and after a conflict all are read from the log.
import { type EventStore, fold, type LoadedStream, Recent } from '@deskfleet/event-store';
import { type Conversation, type ConversationEvent, conversation } from '../conversation/conversation.ts';

export interface KnownConversation {
  readonly version: number;
  readonly state: Conversation;
}

export const UNKNOWN: KnownConversation = { version: 0, state: conversation.initial };

/** In events, some 200 bytes of state each. */
const MOST_EVENTS = 90_000;

/** What a loaded conversation stream says. */
export function knownFrom({ version, events }: Pick<LoadedStream, 'version' | 'events'>): KnownConversation {
  return {
    version,
    state: fold<ConversationEvent, Conversation>(
      conversation,
      events.map(({ event }) => event as ConversationEvent),
    ),
  };
}

export class KnownConversations {
  readonly #store: Pick<EventStore, 'load'>;
  readonly #recent = new Recent<KnownConversation>(MOST_EVENTS, ({ version }) => version);

  constructor(store: Pick<EventStore, 'load'>) {
    this.#store = store;
  }

  /** These streams of a vendor; with `fromLog` all of them as the log has them now, otherwise those that are not remembered. */
  async load(vendorId: string, streamIds: readonly string[], fromLog: boolean): Promise<ReadonlyMap<string, KnownConversation>> {
    const known = new Map<string, KnownConversation>();
    const missing: string[] = [];
    for (const streamId of streamIds) {
      const remembered = fromLog ? undefined : this.#recent.get(`${vendorId}\n${streamId}`);
      if (remembered === undefined) missing.push(streamId);
      else known.set(streamId, remembered);
    }
    if (missing.length === 0) return known;
    for (const [streamId, stream] of await this.#store.load(vendorId, missing)) known.set(streamId, knownFrom(stream));
    return known;
  }

  /** Remembers streams as an append has left them. */
  keep(vendorId: string, streams: ReadonlyMap<string, KnownConversation>): void {
    for (const [streamId, known] of streams) this.#recent.keep(`${vendorId}\n${streamId}`, known);
  }
}
