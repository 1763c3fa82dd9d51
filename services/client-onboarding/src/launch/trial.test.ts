import { specify } from '@deskfleet/event-store/testing';
import {
  ContractExpiryReminded,
  ContractTerminated,
  HandbackItem,
  HandbackItemReturned,
  HandbackListed,
  HandbackSigned,
  ServiceEndSet,
  TrialExtended,
  TrialExtensionProposed,
  TrialFailed,
  TrialPassed,
  TrialVerdictReminded,
} from '@deskfleet/protocol/onboarding';
import { expect, test } from 'vitest';
import { agreed, agreement, at, byClient, CLIENT, handedOver, live, NOW, ready, VENDOR } from './fixtures.ts';
import { launchUnder } from './launch.ts';
import type { LaunchEvent } from './state.ts';

const { given } = specify(launchUnder(agreement));
const { contractId, shopIds } = agreement;
const pass = { kind: 'give-verdict', passed: true, reason: '', serviceEndsAt: 0, consent: byClient, now: at('2026-03-16T12:00:00') } as const;
const fail = { ...pass, passed: false, reason: 'replies come too late' } as const;
const passed = TrialPassed.create({ contractId, decidedAt: pass.now, month: '2026-03', consent: byClient });
const ended = (serviceEndsAt: number) => ServiceEndSet.create({ contractId, shopIds: [...shopIds], serviceEndsAt });
const list = (...keys: string[]) => HandbackListed.create({ contractId, items: keys.map((key) => HandbackItem.create({ key, required: true })) });
const lent = list('open-tickets', 'sub-accounts', 'backend-access');

test('a passed trial fixes the month whose invoice the deposit is set against, in the contract’s zone', () => {
  // BR-009, BR-010: no amount in it
  given(...live)
    .when(pass)
    .then(passed);
  expect(given(...live).when({ ...pass, now: at('2026-03-31T23:59:59') }).state.trial).toMatchObject({ month: '2026-03' });
  expect(given(...live).when({ ...pass, now: at('2026-04-01T00:00:00') }).state.trial).toMatchObject({ month: '2026-04' });
});

test('a failed trial ends service at a stated instant, in one append, with what is to be handed back', () => {
  // BR-007, BR-208, BR-228
  given(...live)
    .when(fail)
    .then(TrialFailed.create({ contractId, decidedAt: fail.now, serviceEndsAt: fail.now, reason: fail.reason, consent: byClient }), ended(fail.now), lent);
  const later = at('2026-03-20T00:00:00');
  expect(given(...live).when({ ...fail, serviceEndsAt: later }).state.ending).toMatchObject({ how: 'trial-failed', serviceEndsAt: later });
  given(...live)
    .when({ ...fail, serviceEndsAt: fail.now - 1 })
    .thenRefused('service-end-in-the-past');
  const last = at('2026-06-15T00:00:00');
  expect(given(...live).when({ ...fail, serviceEndsAt: last }).decision.accepted).toBe(true);
  given(...live)
    .when({ ...fail, serviceEndsAt: last + 1 })
    .thenRefused('service-end-too-late');
  given(...live)
    .when({ ...fail, reason: ' ' })
    .thenRefused('verdict-reason-missing');
});

test('without the client’s word a trial neither passes nor fails', () => {
  // BR-206
  given(...live)
    .when({ ...pass, consent: undefined })
    .thenRefused('client-verdict-missing', { waitsFor: 'client' });
  given(...live)
    .when({ ...fail, consent: undefined })
    .thenRefused('client-verdict-missing');
});

test('a trial that is over without a verdict still waits for the client', () => {
  // BR-207
  const over = at('2026-05-01T10:00:00');
  given(...live)
    .when({ ...fail, consent: undefined, now: over })
    .thenRefused('client-verdict-missing', { endsOn: '2026-03-16' });
  expect(given(...live).when({ ...fail, now: over }).decision.accepted).toBe(true);
});

test('a contract that ran out without a verdict still gets one; its service ended with its last day', () => {
  const over = at('2027-02-01T10:00:00');
  const end = at('2027-01-01T00:00:00');
  expect(given(...live).when({ ...pass, now: over }).state.trial).toMatchObject({ status: 'passed', month: '2027-02' });
  given(...live)
    .when({ ...fail, now: over })
    .then(TrialFailed.create({ contractId, decidedAt: over, serviceEndsAt: end, reason: fail.reason, consent: byClient }), ended(end), lent);
});

test('there is one verdict: the same again changes nothing, another is told what happened', () => {
  given(...live, passed)
    .when(pass)
    .thenNothing();
  given(...live, passed)
    .when(fail)
    .thenRefused('trial-decided', { verdict: 'passed', happened: 'TrialPassed' });
  given(...ready)
    .when(pass)
    .thenRefused('trial-not-started');
});

const propose = { kind: 'propose-extension', endsOn: '2026-03-31', by: VENDOR, consent: undefined, now: NOW } as const;
const proposed = TrialExtensionProposed.create({ contractId, endsOn: '2026-03-31', by: VENDOR });
const agree = { kind: 'agree-extension', endsOn: '2026-03-31', by: CLIENT, consent: byClient, now: NOW } as const;

test('a trial is made longer by one side’s proposal and the other’s agreement', () => {
  given(...live)
    .when(propose)
    .then(proposed);
  given(...live, proposed)
    .when(agree)
    .then(TrialExtended.create({ contractId, endsOn: '2026-03-31', endsAt: at('2026-04-01T00:00:00'), by: CLIENT, consent: byClient }));
  given(...live, proposed)
    .when(propose)
    .thenNothing();
  given(...live, proposed)
    .when({ ...agree, by: VENDOR, consent: undefined })
    .thenRefused('extension-own-proposal', { waitsFor: 'client' });
  given(...live)
    .when(agree)
    .thenRefused('extension-not-proposed');
  given(...live, proposed)
    .when({ ...agree, endsOn: '2026-03-30' })
    .thenRefused('extension-changed', { endsOn: '2026-03-31' });
});

test('an extension ends after the trial and within a year of its start', () => {
  given(...live)
    .when({ ...propose, endsOn: '2026-03-16' })
    .thenRefused('extension-not-later');
  expect(given(...live).when({ ...propose, endsOn: '2026-03-17' }).decision.accepted).toBe(true);
  expect(given(...live).when({ ...propose, endsOn: '2027-03-02' }).decision.accepted).toBe(true);
  given(...live)
    .when({ ...propose, endsOn: '2027-03-03' })
    .thenRefused('extension-too-long');
  given(...live, passed)
    .when(propose)
    .thenRefused('trial-decided');
});

test('both sides are reminded before the end and daily while the client is silent; nothing else happens', () => {
  // BR-207
  const remind = (local: string, ...more: LaunchEvent[]) => given(...live, ...more).when({ kind: 'remind-of-verdict', now: at(local) });
  const reminded = (daysLeft: number) => TrialVerdictReminded.create({ contractId, endsOn: '2026-03-16', daysLeft });
  remind('2026-03-13T00:00:00').then(reminded(3));
  remind('2026-03-13T08:00:00', reminded(3)).thenNothing();
  remind('2026-03-14T00:00:00', reminded(3)).then(reminded(2));
  remind('2026-03-20T00:00:00', reminded(2)).then(reminded(-4));
  remind('2026-03-20T00:00:00', passed).thenNothing();
});

const terminate = { kind: 'terminate', by: CLIENT, reason: 'we close the shop', lastServiceOn: '', consent: byClient, now: at('2026-05-01T10:00:00') } as const;
const notice = (serviceEndsAt: number, change: Partial<ContractTerminated> = {}) =>
  ContractTerminated.create({ contractId, by: CLIENT, reason: 'we close the shop', serviceEndsAt, consent: byClient, ...change });
const run = [...live, passed];

test('either side terminates with notice; service runs on until then', () => {
  // BR-228
  const end = at('2026-06-01T00:00:00'); // 30 days after 1 May
  given(...run)
    .when(terminate)
    .then(notice(end), ended(end), lent);
  given(...run)
    .when({ ...terminate, lastServiceOn: '2026-05-30' })
    .thenRefused('notice-too-short', { noticeDays: 30, expected: '2026-05-31 or later' });
  expect(given(...run).when({ ...terminate, lastServiceOn: '2026-05-31', by: VENDOR, consent: undefined }).state.ending).toMatchObject({ serviceEndsAt: end });
  given(...run)
    .when({ ...terminate, lastServiceOn: '2027-01-01' })
    .thenRefused('after-contract-end');
});

test('before a go-live no service was given, so no notice is needed', () =>
  given(...ready)
    .when(terminate)
    .then(notice(terminate.now, { beforeGoLive: true }), ended(terminate.now), lent));

test('before a verdict the trial is cut short, and no verdict can follow', () => {
  const end = at('2026-04-02T00:00:00');
  const before = given(...live).when({ ...terminate, now: NOW });
  before.then(notice(end, { beforeVerdict: true }), ended(end), lent);
  expect(before.state.trial.status).toBe('cut-short');
  given(...live, notice(end, { beforeVerdict: true }), ended(end))
    .when(pass)
    .thenRefused('trial-cut-short', { happened: 'ContractTerminated' });
});

test('of a verdict and a termination one wins, and the other is told', () => {
  given(...live, TrialFailed.create({ contractId, decidedAt: NOW, serviceEndsAt: NOW, reason: 'no', consent: byClient }), ended(NOW))
    .when(terminate)
    .thenRefused('trial-failed', { happened: 'TrialFailed' });
  given(...run, notice(NOW), ended(NOW))
    .when({ ...terminate, by: VENDOR, consent: undefined })
    .thenRefused('contract-terminated', { happened: 'ContractTerminated' });
  given(...run, notice(at('2026-06-01T00:00:00')), ended(at('2026-06-01T00:00:00')))
    .when(terminate)
    .thenNothing();
});

test('no batch goes live once the end is set, and none is judged after it', () => {
  const end = at('2026-06-01T00:00:00');
  const ending = [...run, notice(end), ended(end)];
  given(...ending)
    .when({ kind: 'go-live', batchKey: 'batch-2', now: NOW })
    .thenRefused('contract-terminated', { serviceEndsAt: end });
  const judge = { kind: 'accept-batch', batchKey: 'batch-1', consent: byClient } as const;
  expect(given(...ending).when({ ...judge, now: end - 1 }).decision.accepted).toBe(true);
  given(...ending)
    .when({ ...judge, now: end })
    .thenRefused('service-ended');
});

test('what was lent and open tickets are handed back, on a list that both sides sign', () => {
  // BR-228
  const back = (key: string, note = 'returned') => HandbackItemReturned.create({ contractId, key, note });
  const listed = [...run, notice(NOW), ended(NOW), lent];
  const sign = { kind: 'sign-handback', party: CLIENT, userId: 'owner-1', consent: byClient, now: NOW } as const;
  given(...listed)
    .when({ kind: 'return-handback-item', key: 'open-tickets', note: 'T-1 to T-3', now: NOW })
    .then(back('open-tickets', 'T-1 to T-3'));
  given(...listed, back('open-tickets'))
    .when(sign)
    .thenRefused('handback-open', { items: ['sub-accounts', 'backend-access'] });
  const returned = [...listed, back('open-tickets'), back('sub-accounts'), back('backend-access')];
  const signed = HandbackSigned.create({ contractId, party: CLIENT, userId: 'owner-1', consent: byClient });
  given(...returned)
    .when(sign)
    .then(signed);
  given(...returned, signed)
    .when(sign)
    .thenNothing();
  const both = [...returned, signed, HandbackSigned.create({ contractId, party: VENDOR, userId: 'user-1' })];
  given(...both)
    .when({ kind: 'add-handback-item', key: 'keys', title: 'Keys', now: NOW })
    .thenRefused('handback-signed');
  // A longer list is another list: who signed the shorter one signs again.
  const longer = given(...returned, signed).when({ kind: 'add-handback-item', key: 'keys', title: 'Keys', now: NOW }).state.handback;
  expect(longer).toMatchObject({ signed: [], items: [{}, {}, {}, { key: 'keys' }] });
});

test('only what was handed over is handed back; a secret of the contract’s own is', () => {
  const own = specify(launchUnder(agreement)).given(handedOver('sub-accounts', true), handedOver('return-address'));
  own.when(terminate).then(notice(terminate.now, { beforeGoLive: true }), ended(terminate.now), list('open-tickets', 'sub-accounts'));
});

test('a contract that ran out is handed back too, and can be terminated no more', () => {
  const over = at('2027-01-01T00:00:00');
  const give = { kind: 'return-handback-item', key: 'open-tickets', note: 'none', now: over } as const;
  given(...run)
    .when(give)
    .then(lent, HandbackItemReturned.create({ contractId, key: 'open-tickets', note: 'none' }));
  given(...run)
    .when({ ...give, now: over - 1 })
    .thenRefused('handback-not-begun');
  given(...run)
    .when({ ...terminate, now: over })
    .thenRefused('contract-over', { endsOn: '2026-12-31' });
});

test('the last day is told ahead, once each time, unless the end is set or another contract follows', () => {
  const remind = (local: string, succeeded = false) => ({ kind: 'remind-of-expiry', succeeded, now: at(local) }) as const;
  const reminded = ContractExpiryReminded.create({ contractId, endsOn: '2026-12-31', daysLeft: 30 });
  given(...run)
    .when(remind('2026-12-01T00:00:00'))
    .then(reminded);
  given(...run, reminded)
    .when(remind('2026-12-01T09:00:00'))
    .thenNothing();
  given(...run)
    .when(remind('2026-12-01T00:00:00', true))
    .thenNothing();
  given(...run, notice(NOW), ended(NOW))
    .when(remind('2026-12-01T00:00:00'))
    .thenNothing();
  given(...run)
    .when(remind('2027-01-01T00:00:00'))
    .thenNothing();
  specify(launchUnder(agreed({ endsOn: '' })))
    .given(...run)
    .when(remind('2026-12-01T00:00:00'))
    .thenNothing();
});
