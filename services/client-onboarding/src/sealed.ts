// Texts that are not everyone's (contacts of leads, the information list, questions and answers, remarks): sealed under a subject's key in this
// service's own key database, opened for whoever may read them. Destroying a subject's key makes all of its texts unreadable, everywhere.
import { type Keyring, nameKey, open, type SubjectKey, type SubjectName, seal } from '@deskfleet/event-store/sealing';
import { type Kit, type Listener, openKeyring } from '@deskfleet/service-kit';

/** Whose key seals: e.g. the lead `{ kind: 'lead', id: leadId }`, the contract `{ kind: 'contract', id: contractId }`. */
export type Subject = SubjectName;

/** Where a text stands. Sealed at one place it opens at no other: `of` is what it belongs to (a lead's id, a contract's and item's), `field` which of its texts. */
export interface Place {
  readonly of: string;
  readonly field: string;
}

/** As events hold it: the ciphertext and the random id of the subject whose key seals it. */
export interface SealedText {
  readonly subjectId: string;
  readonly bytes: Buffer;
}

/** A sealed text as it was found in an event or a read model. */
export interface Found extends Place {
  readonly subjectId: string;
  readonly bytes: Uint8Array;
}

export interface Sealed {
  /** Seals texts under a subject's key, which is made, and committed, when it has none. Called before the command: a decider gets the ciphertexts. */
  seal(vendorId: string, subject: Subject, texts: readonly (Place & { readonly text: string })[]): Promise<SealedText[]>;
  /** The texts in their order; '' for one that was empty, undefined for one whose key was destroyed. Throws for one that was moved or changed. */
  open(vendorId: string, found: readonly Found[]): Promise<(string | undefined)[]>;
  /** Destroys the subject's key: nothing sealed under it opens again. */
  destroy(vendorId: string, subject: Subject, erasureId: string): Promise<void>;
}

/** What seals and opens in a service, with the connections that it keeps open until the service stops. */
export async function openSealed(kit: Pick<Kit, 'keys' | 'now'>): Promise<{ readonly sealed: Sealed; readonly listener: Listener }> {
  const { keyring, listener } = await openKeyring(kit);
  return { sealed: sealedWith(keyring), listener };
}

function sealedWith(keyring: Keyring): Sealed {
  return {
    async seal(vendorId, subject, texts) {
      if (texts.length === 0) return [];
      const key = (await keyring.keysFor(vendorId, [subject])).get(nameKey(subject));
      if (key === undefined) throw new Error('a key was not made');
      return texts.map(({ text, of, field }) => ({ subjectId: key.subjectId, bytes: seal(key, text, { vendorId, eventId: of, field }) }));
    },

    async open(vendorId, found) {
      const keys = await keyring.keysOf(
        vendorId,
        found.filter(({ bytes }) => bytes.length > 0).map(({ subjectId }) => subjectId),
      );
      return found.map((text) => (text.bytes.length === 0 ? '' : opened(keys.get(text.subjectId), vendorId, text)));
    },

    async destroy(vendorId, subject, erasureId) {
      const subjectId = (await keyring.subjectsOf(vendorId, [subject])).get(nameKey(subject));
      if (subjectId !== undefined) await keyring.destroy(vendorId, [subjectId], erasureId);
    },
  };
}

function opened(key: SubjectKey | undefined, vendorId: string, { of, field, bytes }: Found): string | undefined {
  return key === undefined ? undefined : open(key, bytes, { vendorId, eventId: of, field });
}
