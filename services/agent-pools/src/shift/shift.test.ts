import { specify } from '@deskfleet/event-store/testing';
import { ShiftCancelled, ShiftPlanned } from '@deskfleet/protocol/agents';
import { expect, test } from 'vitest';
import { MAX_SHIFT_MS, shift, shiftIdOf } from './shift.ts';

const { given } = specify(shift);
const HOUR = 3_600_000;
const facts = { shiftId: 'sf_1', agentId: 'ag_1', shopIds: ['sh_a'], fromAt: 10 * HOUR, toAt: 18 * HOUR };
const plan = { kind: 'plan', source: 'page', ...facts } as const;
const planned = ShiftPlanned.create({ ...facts, source: 'page' });
const cancelled = ShiftCancelled.create({ shiftId: 'sf_1', reason: 'ill' });
const cancel = { kind: 'cancel', shiftId: 'sf_1', reason: ' ill ', now: 12 * HOUR } as const;

test('a shift is planned once; planned anew with another end it replaces what it was', () => {
  given().when(plan).then(planned);
  given(planned)
    .when({ ...plan, source: 'csv' })
    .thenNothing();
  given(planned)
    .when({ ...plan, toAt: 19 * HOUR, source: 'csv' })
    .then(ShiftPlanned.create({ ...facts, toAt: 19 * HOUR, source: 'csv' }));
});

test('the same shops in another order are the same shift', () =>
  given(ShiftPlanned.create({ ...facts, shopIds: ['sh_a', 'sh_b'], source: 'page' }))
    .when({ ...plan, shopIds: ['sh_b', 'sh_a', 'sh_b'] })
    .thenNothing());

test('a shift ends after it begins, within 24 hours', () => {
  given()
    .when({ ...plan, toAt: plan.fromAt })
    .thenRefused('shift-span-invalid', { field: 'toAt' });
  given()
    .when({ ...plan, toAt: plan.fromAt + MAX_SHIFT_MS + 1 })
    .thenRefused('shift-span-invalid');
  given()
    .when({ ...plan, toAt: plan.fromAt + MAX_SHIFT_MS })
    .then(ShiftPlanned.create({ ...facts, toAt: plan.fromAt + MAX_SHIFT_MS, source: 'page' }));
});

test('a shift is cancelled with a reason until it is over, and can be planned again', () => {
  given(planned).when(cancel).then(cancelled);
  given(planned, cancelled).when(cancel).thenNothing();
  given(planned, cancelled).when(plan).then(planned);
  given(planned)
    .when({ ...cancel, reason: ' ' })
    .thenRefused('reason-missing', { field: 'reason' });
  given(planned)
    .when({ ...cancel, now: 18 * HOUR })
    .thenRefused('shift-over');
  given().when(cancel).thenRefused('shift-not-found');
});

test('an agent has one shift that begins at an instant', () => {
  expect(shiftIdOf('v1', 'ag_1', 5)).toBe(shiftIdOf('v1', 'ag_1', 5));
  expect(new Set([shiftIdOf('v1', 'ag_1', 5), shiftIdOf('v2', 'ag_1', 5), shiftIdOf('v1', 'ag_2', 5), shiftIdOf('v1', 'ag_1', 6)]).size).toBe(4);
});
