// The portal as it runs: HTTP in front, PostgreSQL behind, sign-in through the embedded provider. No service stands behind it here.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentity, tablesWithoutForcedPolicy } from '@deskfleet/service-kit';
import { startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileDesk } from './files/files.ts';
import { api } from './http/routes/index.ts';
import { portalService } from './main.ts';
import { bearerTokens } from './sign-in/tokens.ts';

let folder: string;
let portal: TestService;
let url: string;
let operator: string;
let identityKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deskfleet-portal-'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  identityKey = (await createIdentity(['portal'])).privateKeys['portal'] ?? '';
  await writeFile(join(folder, 'key.json'), identityKey);
  portal = await startTestService(
    portalService({
      DESKFLEET_IDENTITY_KEY: join(folder, 'key.json'),
      DESKFLEET_PORTAL_PORT: String(port),
      DESKFLEET_OPERATOR_TOKEN_FILE: join(folder, 'token'),
      DESKFLEET_WEB_DIR: folder,
    }),
  );
  operator = await readFile(join(folder, 'token'), 'utf8');
});

afterAll(async () => {
  await portal?.remove();
  await rm(folder, { recursive: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** A browser as far as signing in needs one: it keeps cookies and follows redirects one at a time. */
class Browser {
  readonly #cookies = new Map<string, string>();

  async send(address: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(new URL(address, url), {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      const [name = '', ...value] = pair.split('=');
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value.join('='));
    }
    return response;
  }

  async signIn(login: string, password: string): Promise<Response> {
    let response = await this.send('/auth/login?return=/shops');
    for (let step = 0; step < 10; step += 1) {
      const next = response.headers.get('location');
      if (next === null) return response;
      if (new URL(next, url).pathname === '/shops') return response;
      response = next.includes('/interaction/')
        ? await this.send(next, { method: 'POST', body: new URLSearchParams({ login, password }) })
        : await this.send(next);
    }
    throw new Error('signing in goes round in circles');
  }

  async json(path: string, body?: object, headers: Record<string, string> = {}): Promise<{ status: number; body: Record<string, unknown> }> {
    const init = body === undefined ? { headers } : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    const response = await this.send(`/api/v1${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
}

async function asOperator(path: string, body?: object, headers: Record<string, string> = {}) {
  return new Browser().json(path, body, { authorization: `Bearer ${operator}`, ...headers });
}

async function linkFor(invitation: object): Promise<{ token: string; membershipId: string }> {
  const { body } = await asOperator('/invitations', invitation);
  return { token: String(body['link']).split('/').at(-1) ?? '', membershipId: String(body['membershipId']) };
}

test('each demo sign-in leads back to the page one came from, with its role', async () => {
  for (const [login, role] of [
    ['operations', 'vendor-operations'],
    ['lead', 'team-lead'],
    ['inspector', 'qa-inspector'],
    ['finance', 'finance'],
  ] as const) {
    const browser = new Browser();
    expect((await browser.signIn(login, 'deskfleet')).headers.get('location')).toBe('/shops');
    expect((await browser.json('/me')).body).toMatchObject({ signedIn: true, membership: { role } });
  }
});

test('a wrong password signs nobody in', async () => {
  const browser = new Browser();
  expect((await browser.signIn('operations', 'guess')).status).toBe(401);
  expect((await browser.json('/me')).body).toMatchObject({ signedIn: false });
});

test('signed out is signed out', async () => {
  const browser = new Browser();
  await browser.signIn('finance', 'deskfleet');
  await browser.json('/sign-out', {});
  expect((await browser.json('/invoices')).status).toBe(401);
});

test('a missing, broken, expired or foreign token is 401', async () => {
  const foreign = await bearerTokens((await createIdentity(['portal'])).privateKeys['portal'] ?? '', Date.now);
  const past = await bearerTokens(identityKey, () => Date.now() - 10 * 86_400_000);
  const member = String(
    (await asOperator('/me')).body['membership'] && ((await asOperator('/me')).body['membership'] as { membershipId: string }).membershipId,
  );
  const tokens = ['nonsense', (await foreign.issue(member, 1)).token, (await past.issue(member, 1)).token];
  expect((await new Browser().json('/shops')).status).toBe(401);
  for (const token of tokens) {
    const answer = await new Browser().json('/shops', undefined, { authorization: `Bearer ${token}` });
    expect(answer).toMatchObject({ status: 401, body: { code: 'not-signed-in' } });
  }
});

test('an invited person chooses a name and a password, once', async () => {
  const { token, membershipId } = await linkFor({ name: 'Lin', role: 'finance' });
  const browser = new Browser();
  expect((await browser.json('/invitations/look-up', { token })).body).toMatchObject({ name: 'Lin', role: 'finance' });
  expect((await browser.json('/invitations/accept', { token })).body).toMatchObject({ code: 'invitation-needs-sign-in' });
  expect(await browser.json('/invitations/accept', { token, login: 'lin', password: 'correct horse' })).toMatchObject({ status: 200, body: { membershipId } });
  expect((await browser.json('/me')).body).toMatchObject({ membership: { role: 'finance' } });
  expect((await new Browser().json('/invitations/look-up', { token })).status).toBe(404);
  const later = new Browser();
  await later.signIn('lin', 'correct horse');
  expect((await later.json('/me')).body).toMatchObject({ membership: { membershipId } });
});

test('a changed link is no invitation', async () => {
  const { token } = await linkFor({ name: 'Wu', role: 'finance' });
  const changed = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
  expect((await new Browser().json('/invitations/look-up', { token: changed })).status).toBe(404);
  expect((await new Browser().json('/invitations/accept', { token: changed, login: 'wu', password: 'correct horse' })).status).toBe(404);
});

test('the log holds the hash of a link, never the link', async () => {
  const { token } = await linkFor({ name: 'Marker', role: 'finance' });
  const secret = token.split('.')[1] ?? '';
  const events = await portal.kit.store.read(0, 10_000);
  expect(events.some(({ data }) => Buffer.from(data).includes(secret))).toBe(false);
});

test('the same invitation sent again shows the same link; with other content it is refused', async () => {
  const key = { 'idempotency-key': 'invite-once' };
  const first = await asOperator('/invitations', { name: 'Zhao', role: 'team-lead' }, key);
  expect((await asOperator('/invitations', { name: 'Zhao', role: 'team-lead' }, key)).body).toEqual(first.body);
  expect(await asOperator('/invitations', { name: 'Zhou', role: 'team-lead' }, key)).toMatchObject({ status: 422, body: { code: 'command-id-reused' } });
});

test('access withdrawn ends at the next request', async () => {
  const { token, membershipId } = await linkFor({ name: 'Sun', role: 'finance' });
  const browser = new Browser();
  await browser.json('/invitations/accept', { token, login: 'sun', password: 'correct horse' });
  const { body } = await browser.json('/tokens', { days: 1 });
  expect((await asOperator(`/members/${membershipId}/withdraw`, { reason: 'left' })).status).toBe(200);
  expect((await browser.json('/invoices')).status).toBe(401);
  expect((await new Browser().json('/invoices', undefined, { authorization: `Bearer ${String(body['token'])}` })).status).toBe(401);
});

test('an invitation bound to a person is accepted when that person signs in', async () => {
  const browser = new Browser();
  await browser.signIn('client', 'deskfleet');
  expect((await browser.json('/invoices')).body).toMatchObject({ code: 'no-access' });
  await asOperator('/invitations', { name: 'Shop owner', role: 'client', clientId: 'client-1', subject: 'client' });
  const again = new Browser();
  await again.signIn('client', 'deskfleet');
  expect((await again.json('/me')).body).toMatchObject({ membership: { role: 'client', clientId: 'client-1', allShops: false, shopIds: [] } });
});

test("who did something is named; a client's user reads no other client's people", async () => {
  const joined = async (name: string, clientId: string) => {
    const { token } = await linkFor({ name, role: 'client', clientId });
    const browser = new Browser();
    await browser.json('/invitations/accept', { token, login: clientId, password: 'correct horse' });
    return browser;
  };
  const [one] = [await joined('Owner of one', 'client-one'), await joined('Owner of another', 'client-another')];
  const members = (await asOperator('/members')).body['members'] as { name: string; role: string; clientId: string; userId: string }[];
  const idOf = (of: (member: (typeof members)[number]) => boolean) => members.find((member) => member.userId !== '' && of(member))?.userId ?? '';
  const [operations, own, other] = [
    idOf(({ role }) => role === 'vendor-operations'),
    idOf(({ clientId }) => clientId === 'client-one'),
    idOf(({ clientId }) => clientId === 'client-another'),
  ];
  const query = `/people?${[operations, own, other, 'nobody'].map((id) => `userIds=${id}`).join('&')}`;
  const ids = (body: Record<string, unknown>) => (body['people'] as { userId: string }[]).map(({ userId }) => userId).toSorted();
  expect(ids((await one.json(query)).body)).toEqual([operations, own].toSorted());
  expect(ids((await asOperator(query)).body)).toEqual([operations, own, other].toSorted());
});

test('what a role may not do is said; what it may not see does not exist', async () => {
  const browser = new Browser();
  await browser.signIn('inspector', 'deskfleet');
  expect(await browser.json('/members')).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
  expect(await browser.json('/invoices/DF-1')).toMatchObject({ status: 404, body: { code: 'not-found' } });
});

test("another site's page cannot act with one's cookie", async () => {
  const browser = new Browser();
  await browser.signIn('operations', 'deskfleet');
  expect(await browser.json('/invitations', { name: 'X', role: 'finance' }, { origin: 'https://elsewhere.example' })).toMatchObject({
    status: 403,
    body: { code: 'cross-site' },
  });
});

test('problems are told in the language asked for', async () => {
  const ask = (language: string) => new Browser().json('/shops', undefined, { 'accept-language': language });
  expect((await ask('zh-CN,zh;q=0.9,en;q=0.8')).body).toMatchObject({ title: '需要登录。' });
  expect((await ask('en-GB,en;q=0.9,zh;q=0.1')).body).toMatchObject({ title: 'Sign in first.' });
});

test('bad input names the place', async () => {
  expect(await asOperator('/invitations', { name: 'X', role: 'boss', more: 1 })).toMatchObject({
    status: 400,
    body: {
      code: 'bad-input',
      facts: { problems: expect.arrayContaining([expect.objectContaining({ field: 'body', expected: expect.stringContaining('more') })]) },
    },
  });
});

test.each([262_145, 5 * 1_048_576])('a webhook of %d bytes, above 256 KB, is refused, and whoever sends it hears so', async (bytes) => {
  const response = await fetch(`${url}/api/v1/channels/shop/messages`, {
    method: 'POST',
    body: Buffer.alloc(bytes),
    headers: { 'content-type': 'application/json' },
  });
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([413, 'body-too-large']);
});

test('a service that is away is 503 with when to come again, on its own routes only', async () => {
  const response = await fetch(`${url}/api/v1/shops`, { headers: { authorization: `Bearer ${operator}` } });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  expect((await asOperator('/waiting')).body).toMatchObject({ items: [], away: expect.arrayContaining(['billing', 'conversations']) });
});

test('unknown addresses under /api are problems, never the web app', async () => {
  expect(await new Browser().json('/nothing-here')).toMatchObject({ status: 404, body: { code: 'not-found' } });
});

test('the document and its readable page need nobody to sign in and nothing from outside', async () => {
  expect((await new Browser().json('/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
  const page = await (await fetch(`${url}/api/v1/docs`)).text();
  expect(page).toContain('/api/v1/contracts/{contractId}/sla');
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
});

test('every table is held by row level security', async () => {
  const admin = new Client({ connectionString: portal.adminUrl });
  await admin.connect();
  try {
    expect(await tablesWithoutForcedPolicy(admin)).toEqual([]);
  } finally {
    await admin.end();
  }
});

/** Stored as the routes do once they have found the shops visible: no client-onboarding stands behind the portal here. */
function evidence(shopIds: readonly string[], commandId: string, bytes = Buffer.from('%PDF-1.7 signed')) {
  const operations = testCaller({ vendorId: 'vendor-1', id: 'op' });
  return fileDesk(portal.kit).store(operations, commandId, { name: '合同 扫描.pdf', contentType: 'application/pdf', bytes, shopIds, contractId: 'ct_1' });
}

test('a file is downloaded as it was stored, as an attachment that runs nowhere', async () => {
  const { fileId, sha256 } = await evidence(['sh_1'], 'file-1');
  const answer = await new Browser().send(`/api/v1/files/${fileId}`, { headers: { authorization: `Bearer ${operator}` } });
  expect(await answer.text()).toBe('%PDF-1.7 signed');
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="__ __.pdf"; filename*=UTF-8''%E5%90%88%E5%90%8C%20%E6%89%AB%E6%8F%8F.pdf`);
  expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  expect(answer.headers.get('etag')).toBe(`"${sha256}"`);
  expect(sha256).toBe(createHash('sha256').update('%PDF-1.7 signed').digest('hex'));
});

test('a file is seen by whoever sees one of its shops, and is not there for anybody else', async () => {
  const { fileId } = await evidence(['sh_1', 'sh_2'], 'file-2');
  const files = fileDesk(portal.kit);
  const client = testCaller({ vendorId: 'vendor-1', role: 'client', clientId: 'cl_1', shopIds: ['sh_2'] });
  expect(await files.of(client, [fileId])).toMatchObject([{ fileId, shopIds: ['sh_2'] }]);
  for (const stranger of [
    { ...client, shopIds: ['sh_3'] },
    { ...client, vendorId: 'vendor-2', shopIds: 'all' as const },
  ]) {
    await expect(files.open(stranger, fileId)).rejects.toMatchObject({ status: 404 });
    await expect(files.requireSeen(stranger, [fileId])).rejects.toMatchObject({ code: 'file-unknown' });
  }
  await files.requireSeen(client, [fileId]);
});

test('a command that names a file that is not there is refused before any service hears of it', async () => {
  const consent = { decidedBy: 'vendor-on-behalf', evidence: 'signed on paper', fileIds: ['fi_none'] };
  const answer = await asOperator('/contracts', { clientId: 'cl_1', shopIds: ['sh_1'], terms: {}, clientConsent: consent });
  expect(answer).toMatchObject({ status: 422, body: { code: 'file-unknown' } });
});

test('the same file stored again under its key is one file, another under it is refused', async () => {
  const first = await evidence(['sh_1'], 'file-3');
  expect(await evidence(['sh_1'], 'file-3')).toEqual(first);
  await expect(evidence(['sh_1'], 'file-3', Buffer.from('%PDF-1.7 forged'))).rejects.toMatchObject({ code: 'command-id-reused' });
});

test('a file that says it is a document and is not one is refused, in words', async () => {
  const headers = { authorization: `Bearer ${operator}`, 'content-type': 'application/pdf', 'accept-language': 'zh' };
  const none = await new Browser().send('/api/v1/files?name=x.pdf', { method: 'POST', body: '<html>', headers });
  expect(await none.json()).toMatchObject({ code: 'bad-input', detail: expect.stringContaining('文件所属的店铺或合同') });
  await expect(evidence(['sh_1'], 'file-4', Buffer.from('<html>'))).rejects.toMatchObject({ code: 'file-content-differs' });
});

test('a client who tries the vendor’s commands is refused on every one of them', async () => {
  const { token } = await linkFor({ name: 'Owner', role: 'client', clientId: 'cl_1', mayAgree: true });
  const owner = new Browser();
  await owner.json('/invitations/accept', { token, login: 'owner', password: 'correct horse' });
  const commands = api().routes.filter(({ method, access }) => method !== 'GET' && typeof access !== 'string' && !access.includes('client'));
  expect(commands.length).toBeGreaterThan(30);
  for (const { method, url } of commands) {
    const path = `/api/v1${url.replaceAll(/\{\w+\}/g, 'x')}`;
    const answer = await owner.send(path, { method, body: '{}', headers: { 'content-type': 'application/json' } });
    // One that names a thing says that there is no such thing.
    expect([answer.status, ((await answer.json()) as { code: string }).code], `${method} ${url}`).toEqual(
      url.includes('{') ? [404, 'not-found'] : [403, 'not-allowed'],
    );
  }
});
