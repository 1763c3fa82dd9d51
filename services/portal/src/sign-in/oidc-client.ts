// Sign-in by OpenID Connect: code flow with PKCE, state and nonce, against any issuer. What the browser must bring back travels in a
// sealed cookie that lives ten minutes.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EncryptJWT, jwtDecrypt } from 'jose';
import * as oidc from 'openid-client';
import { identityIssuer, type PortalConfig } from '../config.ts';
import { Problem } from '../http/problems.ts';
import { secretFor } from './secrets.ts';
import { cookieName } from './session-store.ts';

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
}

export interface IssuerClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Ask for the password even of someone the issuer still knows: signing out here is then signing out. */
  readonly alwaysAsk: boolean;
}

const LOGIN_S = 600;

/** Registers /auth/login and /auth/callback. `signedIn` starts the session. */
export function registerSignIn(
  app: FastifyInstance,
  config: PortalConfig,
  client: IssuerClient,
  signedIn: (identity: Identity, reply: FastifyReply) => Promise<void>,
): void {
  const key = secretFor(config.identityKey, 'sign-in cookie');
  const cookie = cookieName(config.publicUrl, 'sign_in');
  const redirectUri = `${config.publicUrl}/auth/callback`;
  const cookieOptions = { httpOnly: true, sameSite: 'lax', path: '/auth', secure: config.publicUrl.startsWith('https:') } as const;
  const server = new IssuerServer(client);

  app.get('/auth/login', { schema: { hide: true } }, async (request, reply) => {
    const settings = await server.settings();
    const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
    const sealed = await new EncryptJWT({ state, nonce, verifier, returnTo: safeReturn(request.query) })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(`${LOGIN_S} s`)
      .encrypt(key);
    reply.setCookie(cookie, sealed, { ...cookieOptions, maxAge: LOGIN_S });
    const address = oidc.buildAuthorizationUrl(settings, {
      redirect_uri: redirectUri,
      scope: 'openid profile',
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(client.alwaysAsk ? { prompt: 'login' } : {}),
    });
    return reply.redirect(address.href);
  });

  app.get('/auth/callback', { schema: { hide: true } }, async (request, reply) => {
    const begun = await opened(request, cookie, key);
    reply.clearCookie(cookie, cookieOptions);
    if (begun === undefined) throw new Problem(400, 'sign-in-expired');
    const settings = await server.settings();
    const answer = await granted(settings, new URL(request.url, config.publicUrl), begun);
    const claims = answer.claims();
    if (claims === undefined) throw new Problem(502, 'sign-in-failed');
    const name = [claims['name'], claims['preferred_username'], claims.sub].find((value) => typeof value === 'string' && value !== '');
    await signedIn({ issuer: identityIssuer(config), subject: claims.sub, name: String(name) }, reply);
    return reply.redirect(begun.returnTo);
  });
}

interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

async function granted(settings: oidc.Configuration, address: URL, begun: Begun) {
  try {
    return await oidc.authorizationCodeGrant(settings, address, {
      expectedState: begun.state,
      expectedNonce: begun.nonce,
      pkceCodeVerifier: begun.verifier,
      idTokenExpected: true,
    });
  } catch (error) {
    throw new Problem(401, 'sign-in-failed', { reason: error instanceof Error ? error.message : String(error) });
  }
}

async function opened(request: FastifyRequest, cookie: string, key: Buffer): Promise<Begun | undefined> {
  try {
    const { payload } = await jwtDecrypt(request.cookies[cookie] ?? '', key);
    const { state, nonce, verifier, returnTo } = payload;
    return typeof state === 'string' && typeof nonce === 'string' && typeof verifier === 'string' && typeof returnTo === 'string'
      ? { state, nonce, verifier, returnTo }
      : undefined;
  } catch {
    return undefined;
  }
}

/** A path of ours, never another site. */
export function safeReturn(query: unknown): string {
  const wanted: unknown = typeof query === 'object' && query !== null && 'return' in query ? query.return : undefined;
  if (typeof wanted !== 'string' || !/^\/(?![/\\])/.test(wanted)) return '/';
  const address = new URL(wanted, 'http://portal.invalid');
  return address.host === 'portal.invalid' ? `${address.pathname}${address.search}${address.hash}` : '/';
}

/** The issuer's metadata, read when the first person signs in and again when that failed. */
class IssuerServer {
  readonly #client: IssuerClient;
  #settings: Promise<oidc.Configuration> | undefined;

  constructor(client: IssuerClient) {
    this.#client = client;
  }

  async settings(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#client;
    const address = new URL(issuer);
    this.#settings ??= oidc.discovery(address, clientId, clientSecret === '' ? undefined : clientSecret, clientSecret === '' ? oidc.None() : undefined, {
      // Plain HTTP only where nothing leaves the machine.
      execute: isLoopback(address) ? [oidc.allowInsecureRequests] : [],
    });
    try {
      return await this.#settings;
    } catch (error) {
      this.#settings = undefined;
      throw new Problem(503, 'sign-in-away', { reason: error instanceof Error ? error.message : String(error) }, 5);
    }
  }
}

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
