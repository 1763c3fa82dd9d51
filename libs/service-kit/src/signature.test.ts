// Only who holds the channel's secret speaks for it, and only within 5 minutes.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { notGenuine } from './signature.ts';

const secret = Buffer.from('s3cret');
const body = Buffer.from('{"messages":[]}');
const timestamp = 1_800_000_000_000;
const signature = createHmac('sha256', secret).update(`${timestamp}.{"messages":[]}`).digest('hex');

test('a call signed over its timestamp and body is genuine', () => expect(notGenuine({ timestamp, signature, body }, secret, timestamp)).toBeUndefined());

test('a call is genuine until it is 5 minutes old, and not after', () => {
  expect(notGenuine({ timestamp, signature, body }, secret, timestamp + 300_000)).toBeUndefined();
  expect(notGenuine({ timestamp, signature, body }, secret, timestamp + 300_001)).toBe('timestamp-too-old');
  expect(notGenuine({ timestamp, signature, body }, secret, timestamp - 300_001)).toBe('timestamp-too-old');
});

test.each([
  ['another signature', 'ab'.repeat(32)],
  ['what is not hex', 'x'.repeat(64)],
])('a call with %s is refused', (_, given) => expect(notGenuine({ timestamp, signature: given, body }, secret, timestamp)).toBe('signature-invalid'));

test('a call without signature or timestamp says what is missing', () => {
  expect(notGenuine({ timestamp, signature: '', body }, secret, timestamp)).toBe('signature-missing');
  expect(notGenuine({ timestamp: 0, signature, body }, secret, timestamp)).toBe('timestamp-missing');
});

test('a signature does not stand for another timestamp or body', () => {
  expect(notGenuine({ timestamp: timestamp + 1, signature, body }, secret, timestamp)).toBe('signature-invalid');
  expect(notGenuine({ timestamp, signature, body: Buffer.from('{}') }, secret, timestamp)).toBe('signature-invalid');
});
