// One call: the notice as JSON, signed as calls into Deskfleet are. No redirect is followed, little of the answer is read, and it takes 10 s at most.
import { createHmac } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { type AddressRules, guardedLookup, mayConnect } from './address.ts';

const CALL_MS = 10_000;

export interface Call {
  readonly url: string;
  readonly secret: string;
  readonly eventId: string;
  readonly body: string;
  /** Epoch ms. */
  readonly at: number;
}

export interface Outcome {
  /** Any 2xx. */
  readonly taken: boolean;
  /** 0: no answer came. */
  readonly status: number;
  readonly error: string;
}

/** The signature: hex HMAC-SHA256 of "<timestamp>.<body>" under the secret. */
export function signed({ secret, at, body }: Pick<Call, 'secret' | 'at' | 'body'>): string {
  return createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
}

/** Sends it once. Never throws: what went wrong is the outcome's error. */
export function send(call: Call, rules: AddressRules): Promise<Outcome> {
  const url = new URL(call.url);
  if (!mayConnect(url, rules)) return Promise.resolve({ taken: false, status: 0, error: 'the address may not be called' });
  return new Promise((resolve) => {
    const begin = url.protocol === 'https:' ? request : plainRequest;
    const sent = begin(url, {
      method: 'POST',
      lookup: guardedLookup(rules),
      agent: false,
      signal: AbortSignal.timeout(CALL_MS),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(call.body),
        'user-agent': 'Deskfleet',
        'idempotency-key': call.eventId,
        'x-deskfleet-timestamp': String(call.at),
        'x-deskfleet-signature': signed(call),
      },
    });
    const end = (outcome: Outcome): void => {
      sent.destroy();
      resolve(outcome);
    };
    sent.on('response', ({ statusCode: status = 0 }) => {
      const taken = status >= 200 && status < 300;
      end({ taken, status, error: taken ? '' : status >= 300 && status < 400 ? 'redirects are not followed' : `answered ${status}` });
    });
    sent.on('error', (error) =>
      end({ taken: false, status: 0, error: error.name === 'TimeoutError' ? `no answer within ${CALL_MS / 1_000} s` : error.message.slice(0, 200) }),
    );
    sent.end(call.body);
  });
}
