// The kit's small words: pages, roles, shops, refusals, and tokens that must not hold.
import { Status } from 'nice-grpc-common';
import { beforeAll, expect, test } from 'vitest';
import type { ServiceName } from '../src/index.ts';
import {
  allow,
  type Caller,
  createIdentity,
  createTokens,
  type InstallationIdentity,
  keyset,
  pageOf,
  RefusedError,
  readPrivateKey,
  statusOf,
  type Tokens,
  visibleShops,
} from '../src/index.ts';
import { testCaller } from '../src/testing/test-service.ts';

const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof RefusedError) return error.refused.code;
    throw error;
  }
  return '';
};

test('pages follow one another without a gap or a repetition, and the last one says so', () => {
  const rows = Array.from({ length: 7 }, (_, n) => ({ at: n, id: `row-${n}` }));
  const seen: string[] = [];
  let token = '';
  do {
    const keys = keyset({ $type: 'deskfleet.common.v1.Page', size: 3, token }, 2);
    const rest = rows.filter(({ at }) => keys.after === undefined || at > Number(keys.after[0]));
    const page = pageOf(rest.slice(0, keys.size + 1), keys, ({ at, id }) => [at, id]);
    seen.push(...page.rows.map(({ id }) => id));
    token = page.nextToken;
  } while (token !== '');
  expect(seen).toEqual(rows.map(({ id }) => id));
});

test.each(['garbage', Buffer.from('{"a":1}').toString('base64url'), Buffer.from('[1,2,3]').toString('base64url')])(
  'a token that was not given here is refused: %s',
  (token) => expect(codeOf(() => keyset({ $type: 'deskfleet.common.v1.Page', size: 0, token }, 2))).toBe('page-token-invalid'),
);

test('a page has 200 rows at most', () => {
  expect(keyset({ $type: 'deskfleet.common.v1.Page', size: 200, token: '' }, 1).size).toBe(200);
  expect(codeOf(() => keyset({ $type: 'deskfleet.common.v1.Page', size: 201, token: '' }, 1))).toBe('page-size-invalid');
  expect(keyset(undefined, 1).size).toBe(50);
});

test('vendor-operations may do what finance may, and finance not what vendor-operations may', () => {
  expect(codeOf(() => allow(testCaller({ role: 'vendor-operations' }), 'finance'))).toBe('');
  expect(codeOf(() => allow(testCaller({ role: 'finance' }), 'vendor-operations'))).toBe('not-allowed');
  expect(codeOf(() => allow(testCaller({ role: 'client' }), 'finance', 'client'))).toBe('');
});

test("another's shop answers as one that does not exist", () => {
  const client = testCaller({ role: 'client', shopIds: ['sh_a', 'sh_b'] });
  expect(visibleShops(client, [])).toEqual(['sh_a', 'sh_b']);
  expect(visibleShops(client, ['sh_b'])).toEqual(['sh_b']);
  expect(codeOf(() => visibleShops(client, ['sh_b', 'sh_c']))).toBe('shop-not-found');
  expect(visibleShops(testCaller(), ['sh_c'])).toEqual(['sh_c']);
});

test.each([
  ['shop-not-found', {}, Status.NOT_FOUND],
  ['not-allowed', {}, Status.PERMISSION_DENIED],
  ['overloaded', { retryAfterMs: 1 }, Status.RESOURCE_EXHAUSTED],
  ['zone-unknown', { field: 'terms.zone' }, Status.INVALID_ARGUMENT],
  ['terms-invalid', { problems: [] }, Status.INVALID_ARGUMENT],
  ['batch-under-review', {}, Status.FAILED_PRECONDITION],
] as const)('%s with %j is %i', (code, facts, status) => expect(statusOf({ accepted: false, code, facts })).toBe(status));

let identity: InstallationIdentity;
let clock = Date.parse('2026-03-02T00:00:00Z');
beforeAll(async () => {
  identity = await createIdentity(['portal', 'billing', 'conversations', 'sla-monitoring']);
});
const tokensOf = async (service: ServiceName): Promise<Tokens> =>
  createTokens({ service, privateKey: await readPrivateKey(service, identity.privateKeys[service] ?? ''), jwks: identity.jwks, now: () => clock });
const user = testCaller({ id: 'user-3', role: 'client', shopIds: ['sh_a'], clientId: 'cl_1', mayAgree: true });

test('a token is sent again while it is fresh, and states its caller whole', async () => {
  const portal = await tokensOf('portal');
  const token = await portal.issue(user, 'billing');
  clock += 44_000;
  expect(await portal.issue(user, 'billing')).toBe(token);
  expect(await (await tokensOf('billing')).verify(token)).toEqual(user);
  clock += 2_000;
  expect(await portal.issue(user, 'billing')).not.toBe(token);
});

test('a token made while the clock was ahead is not sent again once it is set back, nor believed', async () => {
  const portal = await tokensOf('portal');
  const billing = await tokensOf('billing');
  clock += 600_000;
  const ahead = await portal.issue(user, 'billing');
  await billing.verify(ahead);
  clock -= 600_000;
  await expect(billing.verify(ahead)).rejects.toThrow();
  expect(await billing.verify(await portal.issue(user, 'billing'))).toEqual(user);
});

test('a user is forwarded through two services as the portal stated them, for ten minutes', async () => {
  const [portal, billing, sla, conversations] = [
    await tokensOf('portal'),
    await tokensOf('billing'),
    await tokensOf('sla-monitoring'),
    await tokensOf('conversations'),
  ];
  const first: Caller = await billing.verify(await portal.issue(user, 'billing'));
  const second = await sla.verify(await billing.issue(first, 'sla-monitoring'));
  expect(await conversations.verify(await sla.issue(second, 'conversations'))).toEqual(user);
  clock += 9 * 60_000;
  expect(await conversations.verify(await sla.issue(second, 'conversations'))).toEqual(user);
  clock += 2 * 60_000;
  await expect(conversations.verify(await sla.issue(second, 'conversations'))).rejects.toThrow();
});

test('a token is its audience’s alone, and nobody changes whom it states', async () => {
  const token = await (await tokensOf('portal')).issue(user, 'billing');
  await expect((await tokensOf('conversations')).verify(token)).rejects.toThrow();
  const [header, payload, signature] = token.split('.');
  const claims: { caller: Caller } = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, caller: { ...claims.caller, shopIds: 'all' } })).toString('base64url');
  await expect((await tokensOf('billing')).verify(`${header}.${forged}.${signature}`)).rejects.toThrow();
});
