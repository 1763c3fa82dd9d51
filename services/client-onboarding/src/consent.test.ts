import { Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import type { Caller } from '@deskfleet/service-kit';
import { expect, test } from 'vitest';
import { byClient, consentOf } from './consent.ts';

const operations: Caller = { kind: 'user', id: 'us_1', vendorId: 'v1', role: 'vendor-operations', shopIds: 'all', clientId: '', mayAgree: false };
const owner: Caller = { ...operations, id: 'us_9', role: 'client', shopIds: ['sh_1'], clientId: 'cl_1', mayAgree: true };
const note = { evidence: ' said so on the phone at 10:00 ', fileIds: [] };
const paper = { evidence: 'signed paper', fileIds: ['file_1'] };
const decision = { file: false };
const signature = { file: true };

test("the client's own user agrees as the client, and needs to show nothing", () => {
  const consent = consentOf(owner, 'cl_1', undefined, signature);
  expect(consent).toEqual(Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: 'us_9' }));
  expect('decidedBy' in consent && byClient(consent)).toBe(true);
});

test('a user of the client who may only view agrees to nothing; of another client they are not found', () => {
  expect(consentOf({ ...owner, mayAgree: false }, 'cl_1', undefined, decision)).toMatchObject({ code: 'not-allowed' });
  expect(consentOf(owner, 'cl_2', undefined, decision)).toMatchObject({ code: 'client-not-found' });
});

test('the vendor agrees on behalf of the client with a note, and says so', () => {
  const consent = consentOf(operations, 'cl_1', note, decision);
  expect(consent).toMatchObject({ decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF, userId: 'us_1', evidence: 'said so on the phone at 10:00' });
  expect('decidedBy' in consent && byClient(consent)).toBe(false);
  expect(consentOf(operations, 'cl_1', undefined, decision)).toMatchObject({ code: 'evidence-missing', facts: { field: 'consent.evidence' } });
  expect(consentOf(operations, 'cl_1', { evidence: ' ', fileIds: ['file_1'] }, decision)).toMatchObject({ code: 'evidence-missing' });
});

test('for a signature or a verdict the vendor shows a file as well', () => {
  expect(consentOf(operations, 'cl_1', note, signature)).toMatchObject({ code: 'evidence-file-missing', facts: { field: 'consent.fileIds' } });
  expect(consentOf(operations, 'cl_1', paper, signature)).toMatchObject({ fileIds: ['file_1'] });
  expect(consentOf(operations, 'cl_1', { ...paper, fileIds: ['../etc'] }, signature)).toMatchObject({ code: 'evidence-file-invalid' });
});

test.each(['team-lead', 'qa-inspector', 'finance', 'service'] as const)('%s agrees for no client', (role) =>
  expect(consentOf({ ...operations, role }, 'cl_1', paper, signature)).toMatchObject({ code: 'not-allowed' }),
);
