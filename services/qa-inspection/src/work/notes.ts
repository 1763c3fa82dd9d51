// A finding's note is free text: sealed under the conversation's own key subject, opened for who may read findings.
import { type Keyring, nameKey, open, seal } from '@deskfleet/event-store/sealing';
import type { Finding } from '@deskfleet/protocol/qa-service';
import type { SealedFinding } from '../queries/findings.ts';

const FIELD = 'note';

export interface SealedNote {
  readonly noteSubject: string;
  readonly note: Buffer;
}

/** Seals a note for a finding; the place is the finding's id, as the event's is not known before it is appended. */
export async function sealNote(keyring: Keyring, vendorId: string, conversationId: string, findingId: string, note: string): Promise<SealedNote> {
  const name = { kind: 'conversation', id: conversationId };
  const key = (await keyring.keysFor(vendorId, [name])).get(nameKey(name));
  if (key === undefined) throw new Error('a key was not made');
  return { noteSubject: key.subjectId, note: seal(key, note, { vendorId, eventId: findingId, field: FIELD }) };
}

/** The findings with their notes opened; one whose key was erased keeps an empty note. */
export async function withNotes(keyring: Keyring, vendorId: string, sealed: readonly SealedFinding[]): Promise<Finding[]> {
  const keys = await keyring.keysOf(
    vendorId,
    sealed.map(({ noteSubject }) => noteSubject),
  );
  return sealed.map(({ finding, noteSubject, note }) => {
    const key = keys.get(noteSubject);
    return { ...finding, note: key === undefined ? '' : open(key, note, { vendorId, eventId: finding.findingId, field: FIELD }) };
  });
}
