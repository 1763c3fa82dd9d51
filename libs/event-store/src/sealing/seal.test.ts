// A sealed field opens at its place, under its key, unchanged: and nowhere else.

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint, open, type SubjectKey, seal } from './seal.ts';

const subject = (subjectId: string): SubjectKey => ({ subjectId, sealing: randomBytes(32), fingerprinting: randomBytes(32) });
const buyer = subject('su_buyer');
const place = { vendorId: 'v1', eventId: 'e1', field: 'text' };

test('whatever was written opens again at its place', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(open(buyer, seal(buyer, text, place), place)).toBe(text);
    }),
  ));

test('a text moved to another vendor, event or field does not open', () => {
  const sealed = seal(buyer, '我的快递到哪了', place);
  for (const elsewhere of [{ vendorId: 'v2' }, { eventId: 'e2' }, { field: 'customer_name' }]) {
    expect(() => open(buyer, sealed, { ...place, ...elsewhere })).toThrow();
  }
});

test('a text given to another subject does not open, even under the same key', () => {
  const sealed = seal(buyer, 'where is my parcel', place);
  expect(() => open({ ...buyer, subjectId: 'su_other' }, sealed, place)).toThrow();
  expect(() => open(subject('su_buyer'), sealed, place)).toThrow();
});

test('a single changed bit is noticed', () => {
  const sealed = seal(buyer, 'refund 15.00', place);
  fc.assert(
    fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(buyer, changed, place)).toThrow();
    }),
  );
});

test('a cut tag does not open', () => {
  const sealed = seal(buyer, 'hello', place);
  expect(() => open(buyer, sealed.subarray(0, sealed.length - 8), place)).toThrow();
  expect(() => open(buyer, sealed.subarray(0, 20), place)).toThrow('too short');
});

test('the same text twice gives two ciphertexts and one fingerprint', () => {
  expect(seal(buyer, 'hi', place).equals(seal(buyer, 'hi', place))).toBe(false);
  expect(fingerprint(buyer, [1, 'hi'])).toEqual(fingerprint(buyer, [1, 'hi']));
  expect(fingerprint(buyer, [1, 'hi'])).not.toEqual(fingerprint(buyer, [1, 'hi!']));
  expect(fingerprint(buyer, [1, 'hi'])).not.toEqual(fingerprint(subject('su_buyer'), [1, 'hi']));
});
