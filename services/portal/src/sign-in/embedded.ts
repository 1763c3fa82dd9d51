// The embedded identity provider for local runs: oidc-provider under /oidc, with its own login page. Sign-ins under way live in memory.
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import { languageOf } from '../http/problem-words.ts';
import { Problem } from '../http/problems.ts';
import type { Accounts } from './accounts.ts';
import { loginPage } from './login-page.ts';
import type { IssuerClient } from './oidc-client.ts';
import { providerMemory } from './provider-memory.ts';
import { randomSecret, secretFor } from './secrets.ts';

const MOUNT = '/oidc';
const CLIENT_ID = 'portal';

/** Mounts the provider and answers how the portal signs in with it. */
export async function registerEmbeddedProvider(
  app: FastifyInstance,
  publicUrl: string,
  identityKey: string,
  accounts: Accounts,
  now: () => number,
): Promise<IssuerClient> {
  const issuer = `${publicUrl}${MOUNT}`;
  const clientSecret = randomSecret();
  const provider = new Provider(
    issuer,
    await configuration(publicUrl, clientSecret, secretFor(identityKey, 'provider cookies').toString('base64url'), accounts, now),
  );
  provider.proxy = true;

  await app.register(async (pages) => {
    await pages.register(formbody);
    pages.get(`${MOUNT}/interaction/:uid`, { schema: { hide: true } }, async (request, reply) => {
      await underWay(provider, request, reply);
      return showLogin(request, reply, '');
    });
    pages.post<{ Body: Partial<Record<'login' | 'password', string>> | undefined }>(
      `${MOUNT}/interaction/:uid`,
      { schema: { hide: true }, config: { rateLimit: { max: 20, timeWindow: '1 minute' } } },
      async (request, reply) => {
        await underWay(provider, request, reply);
        const login = String(request.body?.login ?? '');
        const account = await accounts.signIn(login, String(request.body?.password ?? ''));
        if (account === undefined) return showLogin(request, reply.code(401), login);
        const to = await provider.interactionResult(request.raw, reply.raw, { login: { accountId: account.subject } }, { mergeWithLastSubmission: false });
        return reply.redirect(to, 303);
      },
    );
  });

  const handle = provider.callback();
  await app.register(async (mount) => {
    // The provider reads its requests' bodies itself.
    mount.removeAllContentTypeParsers();
    mount.addContentTypeParser('*', (_request, _payload, done) => done(null));
    mount.all(`${MOUNT}/*`, { schema: { hide: true } }, (request, reply) => {
      reply.hijack();
      // It builds its addresses from both: the original one, and its own below the mount.
      const originalUrl = request.raw.url ?? MOUNT;
      Object.assign(request.raw, { originalUrl, url: originalUrl.slice(MOUNT.length) || '/' });
      void handle(request.raw, reply.raw);
    });
  });

  return { issuer, clientId: CLIENT_ID, clientSecret, alwaysAsk: true };
}

/** A sign-in that nobody began, or that was finished, has no page. */
async function underWay(provider: Provider, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  try {
    await provider.interactionDetails(request.raw, reply.raw);
  } catch {
    throw new Problem(400, 'sign-in-expired');
  }
}

async function configuration(publicUrl: string, clientSecret: string, cookieKey: string, accounts: Accounts, now: () => number): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    adapter: providerMemory(now),
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: clientSecret,
        redirect_uris: [`${publicUrl}/auth/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256', kid: 'portal' }] },
    cookies: { keys: [cookieKey] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, userinfo: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `${MOUNT}/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    ttl: { AuthorizationCode: 60, AccessToken: 300, IdToken: 300, Interaction: 600, Session: 600, Grant: 600 },
    async findAccount(_ctx, subject) {
      const account = await accounts.find(subject);
      return account && { accountId: subject, claims: () => ({ sub: subject, name: account.name, preferred_username: account.login }) };
    },
    /** Our own portal asks nobody for consent to sign in to itself. */
    async loadExistingGrant(ctx) {
      const { client, session, provider } = ctx.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  };
}

function showLogin(request: FastifyRequest, reply: FastifyReply, failedLogin: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(loginPage(languageOf(request.headers['accept-language']), failedLogin));
}
