import { accept, fold } from '@deskfleet/event-store';
import { UsageAssessed } from '@deskfleet/protocol/billing';
import { expect, test } from 'vitest';
import { usage } from './usage.ts';

const counted = UsageAssessed.create({
  conversationId: 'cv_a',
  contractId: 'ct_1',
  unitKey: 'cv_a',
  firstCustomerAt: 1000,
  date: '2026-03-05',
  counted: true,
});
const notOurs = UsageAssessed.create({ ...counted, counted: false, reason: 'shop-staff' });

test('a first assessment is recorded', () =>
  expect(usage.decide(usage.initial, { kind: 'assess', assessment: counted })).toEqual(accept(counted)));

test('the same assessment again records nothing', () =>
  expect(usage.decide(fold(usage, [counted]), { kind: 'assess', assessment: counted })).toEqual(accept()));

test('what is learned later is a new assessment, the old one stays in the log (BR-212)', () =>
  expect(usage.decide(fold(usage, [counted]), { kind: 'assess', assessment: notOurs })).toEqual(accept(notOurs)));
