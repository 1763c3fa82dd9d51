// Who decided what the client agrees to: the client's own user, or the vendor on the client's behalf with what shows the agreement. The request
// never says which: it follows from who is signed in, and stands in the event for ever.
import { type Refused, refuse } from '@deskfleet/event-store';
import { Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import type { Caller } from '@deskfleet/service-kit';

/** Characters of a note. */
const EVIDENCE_LIMIT = 2_000;
const FILES_LIMIT = 20;
const FILE_ID = /^[A-Za-z0-9_-]{1,100}$/;

export type ConsentRefusal = 'not-allowed' | 'client-not-found' | 'evidence-missing' | 'evidence-too-long' | 'evidence-file-missing' | 'evidence-file-invalid';

/**
 * The consent of `clientId` as this caller gives it. The client's user who may agree gives it as the client; vendor-operations on the client's
 * behalf with a note (`evidence-missing`) and, where `file` says so (a signature, a verdict), at least one file (`evidence-file-missing`).
 * `field` is where the request has the consent.
 */
export function consentOf(
  caller: Caller,
  clientId: string,
  given: Pick<Consent, 'evidence' | 'fileIds'> | undefined,
  { file, field = 'consent' }: { readonly file: boolean; readonly field?: string },
): Consent | Refused<ConsentRefusal> {
  if (caller.role === 'client') {
    if (caller.clientId !== clientId) return refuse('client-not-found', { id: clientId });
    if (!caller.mayAgree) return refuse('not-allowed', { role: caller.role, mayAgree: false });
    return Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: caller.id });
  }
  if (caller.role !== 'vendor-operations') return refuse('not-allowed', { role: caller.role, allowed: ['client', 'vendor-operations'] });
  return onBehalf(caller, given?.evidence.trim() ?? '', given?.fileIds ?? [], file, field);
}

function onBehalf(caller: Caller, evidence: string, fileIds: readonly string[], file: boolean, field: string): Consent | Refused<ConsentRefusal> {
  if (evidence === '') return refuse('evidence-missing', { field: `${field}.evidence`, found: '', expected: "what shows the client's agreement" });
  if (evidence.length > EVIDENCE_LIMIT)
    return refuse('evidence-too-long', { field: `${field}.evidence`, found: evidence.length, expected: `at most ${EVIDENCE_LIMIT} characters` });
  if (file && fileIds.length === 0)
    return refuse('evidence-file-missing', { field: `${field}.fileIds`, found: '', expected: "a file that shows the client's agreement" });
  if (fileIds.length > FILES_LIMIT || new Set(fileIds).size < fileIds.length || !fileIds.every((id) => FILE_ID.test(id)))
    return refuse('evidence-file-invalid', {
      field: `${field}.fileIds`,
      found: fileIds.length,
      expected: `ids of at most ${FILES_LIMIT} uploaded files, each once`,
    });
  return Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF, userId: caller.id, evidence, fileIds: [...fileIds] });
}

/** Whether the client itself agreed, as the word of a decision that both sides see. */
export function byClient(consent: Consent | undefined): boolean {
  return consent?.decidedBy === Consent_DecidedBy.DECIDED_BY_CLIENT;
}
