// A webhook call is genuine when HMAC-SHA256 over "<timestamp>.<body>" under the caller's secret says so and it is at most 5 minutes old.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '@deskfleet/event-store';

export const MAX_CALL_AGE_MS = 5 * 60_000;

export interface SignedCall {
  readonly timestamp: EpochMs;
  /** Hex. */
  readonly signature: string;
  readonly body: Uint8Array;
}

/** The signature of a call, hex. */
export function signatureOf(secret: Uint8Array, timestamp: EpochMs, body: Uint8Array): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

export type NotGenuine = 'signature-missing' | 'timestamp-missing' | 'signature-invalid' | 'timestamp-too-old';

/** Why a call is not genuine, or undefined when it is. Takes the same time for every wrong signature. */
export function notGenuine(call: SignedCall, secret: Uint8Array, now: EpochMs): NotGenuine | undefined {
  if (call.signature === '') return 'signature-missing';
  if (call.timestamp === 0) return 'timestamp-missing';
  const expected = Buffer.from(signatureOf(secret, call.timestamp, call.body), 'hex');
  const given = /^[0-9a-f]{64}$/i.test(call.signature) ? Buffer.from(call.signature, 'hex') : Buffer.alloc(expected.length);
  if (!timingSafeEqual(expected, given)) return 'signature-invalid';
  if (Math.abs(now - call.timestamp) > MAX_CALL_AGE_MS) return 'timestamp-too-old';
  return undefined;
}
