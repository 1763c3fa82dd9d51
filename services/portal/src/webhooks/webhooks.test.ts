// Where a webhook may lead, when a failed call is tried again, and what becomes of an address.
import { fold } from '@deskfleet/event-store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guardedLookup, isPublic, problemOfUrl } from './address.ts';
import { GIVE_UP_MS, nextAttempt } from './schedule.ts';
import { signed } from './send.ts';
import { type WebhookCommand, type WebhookEvent, webhook } from './webhook.ts';

const outside = { loopback: false, hosts: ['erp.intern'] };
const local = { loopback: true, hosts: [] };

test.each([
  '10.0.0.1',
  '127.0.0.1',
  '0.0.0.0',
  '169.254.169.254',
  '172.31.255.255',
  '192.168.1.1',
  '100.100.100.200',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::1',
  'not-an-address',
])('%s is inside', (address) => expect(isPublic(address)).toBe(false));
test.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '240e::1'])('%s is outside', (address) => expect(isPublic(address)).toBe(true));

test.each([
  'http://example.com/hook',
  'https://127.0.0.1/hook',
  'https://localhost/hook',
  'https://[::1]/hook',
  'https://[::ffff:127.0.0.1]/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://10.1.2.3/',
  'https://169.254.169.254/latest/meta-data',
  'https://user:secret@example.com/',
  'https://example.com/#x',
  'ftp://example.com/',
  'file:///etc/passwd',
  'example.com',
  `https://example.com/${'x'.repeat(500)}`,
])('an installation that others reach sends nothing to %s', (url) => expect(problemOfUrl(url, outside)).toBeDefined());
test.each(['https://example.com/hook?tenant=1', 'https://1.1.1.1:8443/', 'https://erp.intern/hook'])('it may send to %s', (url) =>
  expect(problemOfUrl(url, outside)).toBeUndefined(),
);
test('an installation on one machine may call that machine, without TLS too, and nothing else inside', () => {
  expect(problemOfUrl('http://127.0.0.1:9000/hook', local)).toBeUndefined();
  expect(problemOfUrl('http://example.com/', local)).toBeDefined();
  expect(problemOfUrl('https://192.168.1.1/', local)).toBeDefined();
});

test('a name that leads inside is not connected to, whoever answers for it', async () => {
  const error = await new Promise((resolve) => guardedLookup(outside)('localhost', {}, (problem) => resolve(problem)));
  expect(error).toMatchObject({ code: 'EACCES' });
  const address = await new Promise((resolve) => guardedLookup(local)('localhost', {}, (_problem, found) => resolve(found)));
  expect(['127.0.0.1', '::1']).toContain(address);
});

test('a call is tried again after 10 s, then three times as long, at most 2 h apart', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 20].map((attempts) => (nextAttempt(attempts, 0, 0) ?? 0) / 1_000);
  expect(waits).toEqual([10, 30, 90, 270, 810, 2_430, 7_200, 7_200, 7_200]);
});
test('an attempt may still be due a day after the first, not a moment later', () => {
  expect(nextAttempt(1, 0, GIVE_UP_MS - 10_000)).toBe(GIVE_UP_MS);
  expect(nextAttempt(1, 0, GIVE_UP_MS - 9_999)).toBeUndefined();
});
test('whatever the delays, attempts end', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 100, maxLength: 100 }), (delays) => {
      let now = 0;
      let attempts = 0;
      for (const delay of delays) {
        attempts += 1;
        const next = nextAttempt(attempts, 0, now + delay);
        if (next === undefined) return attempts < 25;
        now = next;
      }
      return false;
    }),
  );
});

test('the signature is that of a call into Deskfleet', () =>
  // Recomputed with: printf '1700000000000.{"a":1}' | openssl dgst -sha256 -hmac key
  expect(signed({ secret: 'key', at: 1_700_000_000_000, body: '{"a":1}' })).toBe(SIGNED));

const SIGNED = '2c8bc12f88d77789404ce0a63cf69acf735ba98832f7a7d36147f537be556f3e';

const configure: WebhookCommand = { kind: 'configure', webhookId: 'wh', url: 'https://example.com/', clientId: '' };
const renew: WebhookCommand = { kind: 'renew-secret', webhookId: 'wh' };
const remove: WebhookCommand = { kind: 'remove', webhookId: 'wh', reason: 'moved' };

function outcome(...commands: readonly WebhookCommand[]): readonly string[] | string {
  const history: WebhookEvent[] = [];
  let last: readonly string[] | string = [];
  for (const command of commands) {
    const decision = webhook.decide(fold(webhook, history), command);
    if (decision.accepted) history.push(...decision.events);
    last = decision.accepted ? decision.events.map((event) => event.$type.split('.').at(-1) ?? '') : decision.code;
  }
  return last;
}

test('a webhook configured again is one', () => expect(outcome(configure, configure)).toEqual([]));
test('each new secret has the next version', () => {
  const decision = webhook.decide(fold(webhook, []), configure);
  const events = decision.accepted ? [...decision.events] : [];
  for (const version of [2, 3]) {
    const next = webhook.decide(fold(webhook, events), renew);
    expect(next).toMatchObject({ accepted: true, events: [{ secretVersion: version }] });
    if (next.accepted) events.push(...next.events);
  }
});
test('what is removed signs nothing more, and is removed once', () => {
  expect(outcome(configure, remove, renew)).toBe('webhook-removed');
  expect(outcome(configure, remove, remove)).toEqual([]);
});
test('what was never configured is not there', () => {
  expect(outcome(renew)).toBe('webhook-not-found');
  expect(outcome(remove)).toBe('webhook-not-found');
});
