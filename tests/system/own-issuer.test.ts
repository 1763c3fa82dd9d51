// Sign-in through another company's identity provider, in a process of its own: who was invited by their subject there comes in with their role
// and shops, who was not is told so, and the portal can say when the provider is away.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort, type Guarded, spawnGuarded } from '@deskfleet/servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedInstallation, startInstallation } from '../installation.ts';
import { ask, type Json, told } from './asking.ts';
import { Visitor } from './visitor.ts';

const ISSUER = fileURLToPath(new URL('./issuer.ts', import.meta.url));
const SECRET = randomUUID();

let installation: StartedInstallation;
let issuer: Guarded | undefined;
let port: number;
/** Two shops of two clients. */
let shops: readonly Json[];

beforeAll(async () => {
  port = await freePort();
  installation = await startInstallation({
    bus: 'feed',
    env: {
      DESKFLEET_OIDC_ISSUER: `http://127.0.0.1:${port}`,
      DESKFLEET_OIDC_CLIENT_ID: 'deskfleet',
      DESKFLEET_OIDC_CLIENT_SECRET: SECRET,
      DESKFLEET_OPERATOR_SUBJECT: 'olga',
    },
  });
  for (const code of ['hers', 'others']) await told(installation, '/shops/take-over', { body: { shops: [{ code, platform: 'jd' }], importedFrom: 'a test' } });
  await told(installation, '/settle', { body: {} });
  shops = (await told(installation, '/shops'))['shops'] as Json[];
});

afterAll(async () => {
  await issuer?.stop();
  await installation?.remove();
});

async function openIssuer(): Promise<void> {
  issuer = spawnGuarded([process.execPath, '--disable-warning=ExperimentalWarning', ISSUER, String(port), `${installation.url}/auth/callback`, SECRET]);
  await once(issuer.stdout, 'data');
}

const shopOf = (code: string): Json => shops.find((shop) => shop['code'] === code) ?? {};
const me = async (visitor: Visitor): Promise<Json> => (await visitor.json('/me')).body;

test('while the issuer is away the portal says so; once it answers, the first operations manager signs in', async () => {
  const early = await new Visitor(installation.url, 'zh').json('/me');
  expect(early.body).toMatchObject({ signedIn: false });
  const away = await new Visitor(installation.url, 'zh').signIn('olga');
  expect(away.status).toBe(503);
  expect(JSON.parse(away.text)).toMatchObject({ code: 'sign-in-away', title: expect.stringMatching(/^登录服务暂时不可用/) });

  await openIssuer();
  const olga = new Visitor(installation.url);
  expect(await olga.signIn('olga', '/shops?view=all')).toMatchObject({ at: `${installation.url}/shops?view=all` });
  expect(await me(olga)).toMatchObject({ signedIn: true, name: 'Olga', membership: { role: 'vendor-operations', allShops: true } });
});

test("an invited client is bound to the issuer's subject, and sees their own shops in their role", async () => {
  const clientId = String(shopOf('hers')['clientId']);
  await told(installation, '/invitations', { body: { name: 'Wei of the shop', role: 'client', clientId, subject: 'wei' } });
  const wei = new Visitor(installation.url);
  await wei.signIn('wei');
  expect(await me(wei)).toMatchObject({ signedIn: true, name: 'Wei', membership: { role: 'client', clientId } });
  const { body } = await wei.json('/shops');
  expect((body['shops'] as Json[]).map((shop) => shop['code'])).toEqual(['hers']);
  expect((await wei.json(`/shops/${String(shopOf('others')['shopId'])}`)).status).toBe(404);
  expect((await wei.json('/members')).status).toBe(403);
});

test('an invitation by link is accepted by whoever signed in with it, once', async () => {
  const { link } = await told(installation, '/invitations', { body: { name: 'an inspector', role: 'qa-inspector' } });
  const token = String(link).split('/').at(-1);
  const lin = new Visitor(installation.url);
  expect(await lin.json('/invitations/accept', { token })).toMatchObject({ status: 401, body: { code: 'invitation-needs-sign-in' } });
  await lin.signIn('lin');
  expect(await me(lin)).toMatchObject({ signedIn: true, name: 'Lin' });
  expect((await me(lin))['membership']).toBeUndefined();
  expect((await lin.json('/invitations/accept', { token })).status).toBeLessThan(300);
  expect(await me(lin)).toMatchObject({ membership: { role: 'qa-inspector' } });

  const mallory = new Visitor(installation.url, 'zh');
  await mallory.signIn('mallory');
  expect(await mallory.json('/invitations/accept', { token })).toMatchObject({ status: 409, body: { code: 'invitation-used' } });
});

test('a subject without membership is signed in and told that nobody has given them access', async () => {
  const mallory = new Visitor(installation.url, 'zh');
  expect(await mallory.signIn('mallory')).toMatchObject({ at: `${installation.url}/` });
  expect(await me(mallory)).toMatchObject({ signedIn: true, name: 'Mallory' });
  expect(await mallory.json('/shops')).toMatchObject({ status: 403, body: { code: 'no-access', title: '你已登录，但还没有人给你开通权限。' } });
});

test('access that is withdrawn ends at the next request, whatever the issuer thinks', async () => {
  const wei = new Visitor(installation.url);
  await wei.signIn('wei');
  const { members } = (await told(installation, '/members')) as { members: Json[] };
  const membershipId = String(members.find((member) => member['subject'] === 'wei' || member['name'] === 'Wei of the shop')?.['membershipId']);
  expect((await ask(installation, `/members/${membershipId}/withdraw`, { body: { reason: 'left' } })).status).toBeLessThan(300);
  expect((await wei.json('/shops')).status).toBe(401);
  await wei.signIn('wei');
  expect(await wei.json('/shops')).toMatchObject({ status: 403, body: { code: 'no-access' } });
});

test('a callback that nobody began, and an answer of the issuer that was tampered with, sign nobody in', async () => {
  const nobody = new Visitor(installation.url);
  expect(await (await nobody.send('/auth/callback?code=x&state=y')).json()).toMatchObject({ status: 400, code: 'sign-in-expired' });
  const begun = new Visitor(installation.url);
  await begun.send('/auth/login');
  expect(await (await begun.send('/auth/callback?code=x&state=another')).json()).toMatchObject({ status: 401, code: 'sign-in-failed' });
  expect(await me(begun)).toMatchObject({ signedIn: false });
});
