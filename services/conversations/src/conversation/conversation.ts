// A conversation and its messages. A message id is taken once: repeated with the same content it changes nothing, with another content it is
// refused by name. Fingerprints stand in for the content, which only its subject's key opens; of an erased text nothing can be told any more,
// so its message id repeated is the same message, whatever it brings. Source: domain.md, conversation and message.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { type ConversationImported, type ConversationOpened, type MessageReceived, ServiceType, type SubjectErased } from '@deskfleet/protocol/conversations';

export type ConversationEvent = ConversationOpened | MessageReceived | ConversationImported | SubjectErased;

/** Received messages, the newest first: a list that grows without being copied. */
interface Received {
  readonly messageId: string;
  /** A character a byte: as bytes it would weigh ten times as much in the memory of known conversations. */
  readonly fingerprint: string;
  /** Whose key seals it. */
  readonly subjectId: string;
  readonly before: Received | undefined;
}

export type Conversation =
  | { readonly status: 'none' }
  | {
      readonly status: 'open';
      readonly serviceType: ServiceType;
      readonly received: Received | undefined;
      /** Subjects whose keys are destroyed. */
      readonly erased: readonly string[];
    };

export type ConversationCommand =
  | { readonly kind: 'open'; readonly opening: ConversationOpened }
  | { readonly kind: 'receive'; readonly message: MessageReceived; readonly serviceType: ServiceType };

export type ConversationRefusal = 'conversation-not-open' | 'message-id-reused' | 'service-type-differs';

export const conversation: Decider<ConversationCommand, ConversationEvent, Conversation, ConversationRefusal> = {
  initial: { status: 'none' },

  evolve(state, event) {
    switch (event.$type) {
      case 'deskfleet.conversations.v1.ConversationOpened':
        return { status: 'open', serviceType: event.serviceType, received: undefined, erased: [] };
      case 'deskfleet.conversations.v1.MessageReceived':
        if (state.status === 'none') return state;
        return { ...state, received: receivedOf(event, state.received) };
      case 'deskfleet.conversations.v1.ConversationImported':
        return state;
      case 'deskfleet.conversations.v1.SubjectErased':
        return state.status === 'none' ? state : { ...state, erased: [...state.erased, ...event.destroyedSubjects] };
    }
  },

  decide(state, command) {
    switch (command.kind) {
      case 'open':
        return state.status === 'none' ? accept<ConversationEvent>(command.opening) : accept<ConversationEvent>();
      case 'receive': {
        if (state.status === 'none') return refuse('conversation-not-open');
        const { message, serviceType } = command;
        const known = find(state.received, message.messageId);
        if (known !== undefined) {
          if (state.erased.includes(known.subjectId)) return accept<ConversationEvent>();
          if (known.fingerprint === characters(message.fingerprint)) return accept<ConversationEvent>();
          return refuse('message-id-reused', { message_id: message.messageId });
        }
        if (serviceType !== ServiceType.SERVICE_TYPE_UNSPECIFIED && serviceType !== state.serviceType) {
          return refuse('service-type-differs', { message_id: message.messageId, opened_as: state.serviceType });
        }
        return accept<ConversationEvent>(message);
      }
    }
  },
};

function receivedOf({ messageId, fingerprint, text }: MessageReceived, before: Received | undefined): Received {
  return { messageId, fingerprint: characters(fingerprint), subjectId: text?.subjectId ?? '', before };
}

function characters(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function find(received: Received | undefined, messageId: string): Received | undefined {
  for (let at = received; at !== undefined; at = at.before) if (at.messageId === messageId) return at;
  return undefined;
}
