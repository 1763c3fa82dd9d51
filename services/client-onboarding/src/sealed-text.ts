// A sealed text as deciders and events hold it. Nothing is opened here.
import { SealedText as SealedMessage } from '@deskfleet/protocol/onboarding';

/** The ciphertext and the random id of the subject whose key seals it. */
export interface SealedText {
  readonly subjectId: string;
  readonly bytes: Buffer;
}

/** A sealed text as an event carries it. */
export function inEvent({ subjectId, bytes }: SealedText): SealedMessage {
  return SealedMessage.create({ subjectId, ciphertext: bytes });
}

/** What an event says: sealed, or in the clear as it was written before this text was sealed. */
export function saidIn(sealed: SealedMessage | undefined, clear: string): { readonly subjectId: string; readonly bytes: Uint8Array } {
  return sealed === undefined ? { subjectId: '', bytes: Buffer.from(clear) } : { subjectId: sealed.subjectId, bytes: sealed.ciphertext };
}
