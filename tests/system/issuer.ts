// Another company's identity provider, as its own process: certified software with people of its own, asking for login and for consent on its own
// pages. `node issuer.ts PORT REDIRECT_URI SECRET` prints a line when it answers.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const PEOPLE: Readonly<Record<string, string>> = { olga: 'Olga', wei: 'Wei', lin: 'Lin', mallory: 'Mallory' };

const [port = '', redirectUri = '', secret = ''] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'deskfleet',
      client_secret: secret,
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'issuer' }] },
  cookies: { keys: [secret] },
  claims: { openid: ['sub'], profile: ['name'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true } }, // pages for login and consent that take any password
  pkce: { required: () => true },
  findAccount(_ctx, login) {
    const name = PEOPLE[login];
    return name === undefined ? undefined : { accountId: login, claims: () => ({ sub: login, name }) };
  },
});
const server = createServer(provider.callback()).listen(Number(port), '127.0.0.1');
await once(server, 'listening');
console.log('ready');
process.once('SIGTERM', () => process.exit(0));
