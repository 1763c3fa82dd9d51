// Who is told what. Nobody is told of their own acts; what is done in a client's name is told to the client, with what shows it.

import { DepositReceived } from '@deskfleet/protocol/billing';
import { Consent, Consent_DecidedBy, Party } from '@deskfleet/protocol/common';
import {
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
  ContractTerminated,
  QuoteAccepted,
  TrainingRecorded,
  TrialFailed,
  TrialPassed,
} from '@deskfleet/protocol/onboarding';
import { expect, test } from 'vitest';
import { NOTICE_TYPES, type NoticeEvent, noticesOf } from './notices.ts';

const byClient = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_CLIENT, userId: 'us_1' });
const onBehalf = Consent.create({ decidedBy: Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF, userId: 'op', evidence: '电话录音', fileIds: ['fi_1'] });
const told = (event: NoticeEvent) => noticesOf(event).map(({ kind, to }) => `${kind} -> ${to.join(' ')}`);

test('the vendor hears that the client accepted', () =>
  expect(told(QuoteAccepted.create({ leadId: 'l', consent: byClient }))).toEqual(['quote-accepted -> vendor-operations']));

test('the client hears what was accepted in their name, with the evidence, and the vendor nothing of its own act', () =>
  expect(noticesOf(QuoteAccepted.create({ leadId: 'l', consent: onBehalf }))).toEqual([
    { kind: 'done-on-behalf', to: ['client'], subject: 'l', facts: { what: 'quote-accepted', evidence: '电话录音', fileIds: ['fi_1'] }, path: '/leads/l' },
  ]));

test('each side hears of the other one’s signature and withdrawal', () => {
  expect(told(ContractPartySigned.create({ contractId: 'c', party: Party.PARTY_VENDOR }))).toEqual(['contract-party-signed -> client']);
  expect(told(ContractPartySigned.create({ contractId: 'c', party: Party.PARTY_CLIENT, consent: byClient }))).toEqual([
    'contract-party-signed -> vendor-operations',
  ]);
  expect(told(ContractOfferWithdrawn.create({ contractId: 'c', by: Party.PARTY_CLIENT }))).toEqual(['contract-offer-withdrawn -> vendor-operations']);
});

test('a contract recorded from paper says to the client that it was recorded in their name; one signed here says it once, at the signature', () => {
  expect(told(ContractSigned.create({ contractId: 'c', clientConsent: onBehalf }))).toEqual([
    'contract-signed -> vendor-operations finance client',
    'done-on-behalf -> client',
  ]);
  expect(told(ContractSigned.create({ contractId: 'c', clientConsent: onBehalf, textHash: 'h' }))).toEqual([
    'contract-signed -> vendor-operations finance client',
  ]);
});

test('a training waits for the side that has not confirmed it', () => {
  expect(told(TrainingRecorded.create({ by: Party.PARTY_VENDOR }))).toEqual(['training-to-confirm -> client']);
  expect(told(TrainingRecorded.create({ by: Party.PARTY_CLIENT, consent: byClient }))).toEqual(['training-to-confirm -> vendor-operations']);
});

test('a verdict goes to operations and finance; given in the client’s name also to the client', () => {
  expect(told(TrialPassed.create({ consent: byClient }))).toEqual(['trial-passed -> vendor-operations finance']);
  expect(told(TrialFailed.create({ consent: onBehalf }))).toEqual(['trial-failed -> vendor-operations finance', 'done-on-behalf -> client']);
});

test('a termination is told to the other side and to finance', () => {
  expect(told(ContractTerminated.create({ by: Party.PARTY_CLIENT, consent: byClient }))).toEqual(['contract-terminated -> vendor-operations finance']);
  expect(told(ContractTerminated.create({ by: Party.PARTY_VENDOR }))).toEqual(['contract-terminated -> client finance']);
});

test('a receipt is told exactly, and whether it is all', () => {
  const cny = (minor: number) => ({ $type: 'deskfleet.common.v1.Money' as const, currency: 'CNY', minor });
  const part = DepositReceived.create({ contractId: 'c', amount: cny(200_001), received: cny(599_999), required: cny(600_000) });
  expect(noticesOf(part)[0]?.facts).toEqual({ amount: '2000.01', currency: 'CNY', complete: false });
  expect(noticesOf({ ...part, received: cny(600_000) })[0]?.facts['complete']).toBe(true);
});

test('whatever happens, somebody is told of it, on a page of ours', () => {
  for (const type of NOTICE_TYPES) {
    const notices = noticesOf(type.fromPartial({}) as NoticeEvent);
    expect(notices.length, type.$type).toBeGreaterThan(0);
    for (const { to, path, kind } of notices) {
      expect(to.length, type.$type).toBeGreaterThan(0);
      expect(path).toMatch(/^\/[a-z]/);
      expect(kind).toMatch(/^[a-z]+(-[a-z]+)*$/);
    }
  }
});
