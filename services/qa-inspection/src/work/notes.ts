// What inspectors write in their own words (a finding's note, why they skip or correct) is sealed under the conversation's own key subject and
// opened for who may read it. Erasing a customer of the conversation destroys that key.
import { type Keyring, nameKey, open, seal } from '@deskfleet/event-store/sealing';
import type { Finding, Inspection } from '@deskfleet/protocol/qa-service';
import type { SealedCorrection } from '../queries/assignments.ts';
import type { SealedFinding } from '../queries/findings.ts';

const NOTE = 'note';
const REASON = 'reason';

export interface SealedWords {
  readonly subjectId: string;
  readonly sealed: Buffer;
}

/** The subject whose key seals what is written about a conversation here. */
export function conversationName(conversationId: string) {
  return { kind: 'conversation', id: conversationId };
}

/** Seals a note for a finding; the place is the finding's id, as the event's is not known before it is appended. */
export async function sealNote(keyring: Keyring, vendorId: string, conversationId: string, findingId: string, note: string): Promise<SealedWords> {
  return sealWords(keyring, conversationId, note, { vendorId, eventId: findingId, field: NOTE });
}

/** Seals why an inspector skips or corrects; bound to the assignment, beside which it stands. */
export async function sealReason(keyring: Keyring, vendorId: string, conversationId: string, assignmentId: string, reason: string): Promise<SealedWords> {
  return sealWords(keyring, conversationId, reason.trim(), { vendorId, eventId: assignmentId, field: REASON });
}

async function sealWords(
  keyring: Keyring,
  conversationId: string,
  words: string,
  place: { readonly vendorId: string; readonly eventId: string; readonly field: string },
): Promise<SealedWords> {
  const name = conversationName(conversationId);
  const key = (await keyring.keysFor(place.vendorId, [name])).get(nameKey(name));
  if (key === undefined) throw new Error('a key was not made');
  return { subjectId: key.subjectId, sealed: seal(key, words, place) };
}

/** The findings with their notes opened; one whose key was erased keeps an empty note. */
export async function withNotes(keyring: Keyring, vendorId: string, sealed: readonly SealedFinding[]): Promise<Finding[]> {
  const keys = await keyring.keysOf(
    vendorId,
    sealed.flatMap(({ noteSubject }) => (noteSubject === '' ? [] : [noteSubject])),
  );
  return sealed.map(({ finding, noteSubject, note }) => {
    const key = keys.get(noteSubject);
    return { ...finding, note: key === undefined ? '' : open(key, note, { vendorId, eventId: finding.findingId, field: NOTE }) };
  });
}

/** An inspection with the reasons of its corrections opened; one whose key was erased keeps an empty reason. */
export async function withReasons(keyring: Keyring, vendorId: string, inspection: Inspection, corrections: readonly SealedCorrection[]): Promise<Inspection> {
  const keys = await keyring.keysOf(
    vendorId,
    corrections.flatMap(({ reasonSubject }) => (reasonSubject === '' ? [] : [reasonSubject])),
  );
  return {
    ...inspection,
    corrections: corrections.map(({ correction, reasonSubject, sealedReason }) => {
      const key = keys.get(reasonSubject);
      const reason = key && open(key, sealedReason, { vendorId, eventId: inspection.assignmentId, field: REASON });
      return { ...correction, reason: reason ?? correction.reason };
    }),
  };
}
