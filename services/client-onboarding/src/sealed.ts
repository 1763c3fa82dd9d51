// Texts that are not everyone's (contacts of leads, the information list, questions and answers, remarks): sealed under a subject's key in this
// service's own key database, opened for whoever may read them. Destroying a subject's key makes all of its texts unreadable, everywhere.
import { type Keyring, nameKey, open, type SubjectKey, type SubjectName, seal } from '@deskfleet/event-store/sealing';
import { type Kit, type Listener, openKeyring } from '@deskfleet/service-kit';
import type { SealedText } from './sealed-text.ts';

/** Whose key seals. What is written about a conversation goes with its customers, so it is never the contract's. */
export const subjects = {
  lead: (leadId: string): Subject => ({ kind: 'lead', id: leadId }),
  contract: (contractId: string): Subject => ({ kind: 'contract', id: contractId }),
  conversation: (conversationId: string): Subject => ({ kind: 'conversation', id: conversationId }),
  /** Its own: a question is asked for up to 500 conversations and goes with any of them. */
  question: (questionId: string): Subject => ({ kind: 'question', id: questionId }),
};

export type Subject = SubjectName;

/** Where a text stands. Sealed at one place it opens at no other: `of` is what it belongs to (a lead's id, a contract's and item's), `field` which of its texts. */
export interface Place {
  readonly of: string;
  readonly field: string;
}

/** A text to be sealed where it stands, under its subject's key. */
export interface Plain extends Place {
  readonly subject: Subject;
  readonly text: string;
}

/** A text as it was found in an event or a read model: in the clear where no subject is named, as events wrote it before it was sealed. */
export interface Found extends Place {
  readonly subjectId: string;
  readonly bytes: Uint8Array;
}

export interface Sealed {
  /** Seals texts under their subjects' keys, which are made, and committed, where there is none. Called before the command: a decider gets the ciphertexts. */
  seal(vendorId: string, texts: readonly Plain[]): Promise<SealedText[]>;
  sealOne(vendorId: string, text: Plain): Promise<SealedText>;
  /** The texts in their order; '' for one that was empty, undefined for one whose key was destroyed. Throws for one that was moved or changed. */
  open(vendorId: string, found: readonly Found[]): Promise<(string | undefined)[]>;
  /** Destroys the subjects' keys: nothing sealed under them opens again, in any process once `cacheMs` have passed. Repeated it changes nothing. */
  destroy(vendorId: string, subjects: readonly Subject[], erasureId: string): Promise<void>;
  /** For so long after its destruction may a process still hold a key. */
  readonly cacheMs: number;
}

/** What seals and opens in a service, with the connections that it keeps open until the service stops. */
export async function openSealed(kit: Pick<Kit, 'keys' | 'now'>): Promise<{ readonly sealed: Sealed; readonly listener: Listener }> {
  const { keyring, listener } = await openKeyring(kit);
  return { sealed: sealedWith(keyring), listener };
}

function sealedWith(keyring: Keyring): Sealed {
  const sealAt = (key: SubjectKey | undefined, vendorId: string, { text, of, field }: Plain): SealedText => {
    if (key === undefined) throw new Error('a key was not made');
    return { subjectId: key.subjectId, bytes: seal(key, text, { vendorId, eventId: of, field }) };
  };
  return {
    async seal(vendorId, texts) {
      const keys = await keyring.keysFor(
        vendorId,
        texts.map(({ subject }) => subject),
      );
      return texts.map((text) => sealAt(keys.get(nameKey(text.subject)), vendorId, text));
    },

    async sealOne(vendorId, text) {
      return sealAt((await keyring.keysFor(vendorId, [text.subject])).get(nameKey(text.subject)), vendorId, text);
    },

    async open(vendorId, found) {
      const keys = await keyring.keysOf(
        vendorId,
        found.filter(({ subjectId, bytes }) => subjectId !== '' && bytes.length > 0).map(({ subjectId }) => subjectId),
      );
      return found.map((text) => {
        if (text.bytes.length === 0) return '';
        return text.subjectId === '' ? Buffer.from(text.bytes).toString('utf8') : opened(keys.get(text.subjectId), vendorId, text);
      });
    },

    async destroy(vendorId, subjects, erasureId) {
      await keyring.destroy(vendorId, [...(await keyring.subjectsOf(vendorId, subjects)).values()], erasureId);
    },

    cacheMs: keyring.cacheMs,
  };
}

function opened(key: SubjectKey | undefined, vendorId: string, { of, field, bytes }: Found): string | undefined {
  return key === undefined ? undefined : open(key, bytes, { vendorId, eventId: of, field });
}
