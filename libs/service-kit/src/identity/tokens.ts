// Signed statements of who calls: EdDSA JWTs of 60 s life. The portal states a user; a service states itself, and forwards a user only with the
// portal's own statement inside, so that whoever is called verifies both.
import { type CryptoKey, createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Caller, Role, ServiceName } from '../service.ts';
import { ALGORITHM } from './identity.ts';

const LIFE_S = 60;
/** A token is sent again until this much of its life is left. */
const REUSE_MARGIN_MS = 15_000;
/** How old the portal's statement inside a forwarding token may be: the longest a request may work on before it calls another service. */
const FORWARD_LIFE_S = 10 * 60;
const CACHE_LIMIT = 1_000;

const ROLES: readonly (Role | 'service')[] = ['vendor-operations', 'team-lead', 'qa-inspector', 'finance', 'client', 'service'];

/** A token that does not hold: why, for the log. The caller learns only UNAUTHENTICATED. */
export class TokenError extends Error {}

export interface Tokens {
  /** The token to send to `audience` for this caller; kept and sent again while it is fresh. */
  issue(caller: Caller, audience: ServiceName): Promise<string>;
  /** The caller a received token states. Throws `TokenError`. */
  verify(token: string): Promise<Caller>;
}

export interface TokensOptions {
  readonly service: ServiceName;
  readonly privateKey: CryptoKey;
  /** JSON text of the JWKS. */
  readonly jwks: string;
  readonly now: () => number;
}

export function createTokens({ service, privateKey, jwks, now }: TokensOptions): Tokens {
  const keySet: JSONWebKeySet = JSON.parse(jwks);
  const keys = createLocalJWKSet(keySet);
  const issued = new ExpiringCache<string>(now);
  const verified = new ExpiringCache<Caller>(now);
  // The statement a caller came with, to be forwarded with it.
  const statements = new WeakMap<Caller, string>();

  async function check(token: string, options: { audience?: string; maxAgeS: number }): Promise<JWTPayload> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: [ALGORITHM],
        currentDate: new Date(now()),
        maxTokenAge: options.maxAgeS,
        // A forwarded statement may have run out on the way; its age is what is judged.
        clockTolerance: options.maxAgeS > LIFE_S ? options.maxAgeS : 5,
        ...(options.audience === undefined ? {} : { audience: options.audience }),
        requiredClaims: ['iss', 'iat', 'exp', 'caller'],
      });
      if (protectedHeader.kid !== signerOf(payload.iss)) throw new TokenError(`signed by ${protectedHeader.kid}, issued as ${payload.iss}`);
      return payload;
    } catch (error) {
      throw error instanceof TokenError ? error : new TokenError(error instanceof Error ? error.message : String(error));
    }
  }

  async function callerOf(token: string): Promise<{ caller: Caller; statement: string | undefined; expiresAt: number }> {
    const payload = await check(token, { audience: service, maxAgeS: LIFE_S });
    const expiresAt = (payload.exp ?? 0) * 1_000;
    const statement = payload['statement'];
    if (typeof statement === 'string') {
      const inner = await check(statement, { maxAgeS: FORWARD_LIFE_S });
      if (inner.iss !== 'portal') throw new TokenError(`forwards a statement of ${inner.iss}, expected the portal's`);
      return { caller: readCaller(inner['caller']), statement, expiresAt };
    }
    const caller = readCaller(payload['caller']);
    if (payload.iss === 'portal') return { caller, statement: token, expiresAt };
    // Without the portal's statement a service speaks for nobody but itself.
    if (caller.kind !== 'service' || payload.iss !== `service:${caller.id}`) throw new TokenError(`${payload.iss} speaks as ${caller.kind} ${caller.id}`);
    return { caller, statement: undefined, expiresAt };
  }

  async function sign(caller: Caller, audience: ServiceName): Promise<string> {
    const own = caller.kind === 'service' && caller.id === service;
    const statement = statements.get(caller);
    const speaksForUsers = service === 'portal' && caller.kind === 'user';
    if (!own && !speaksForUsers && statement === undefined) {
      throw new Error(`${service} cannot call for ${caller.kind} ${caller.id}: it came with no statement of the portal`);
    }
    const claims: JWTPayload = own || speaksForUsers ? { caller } : { caller: { kind: 'service', id: service }, statement };
    const iat = Math.floor(now() / 1_000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: service })
      .setIssuer(speaksForUsers ? 'portal' : `service:${service}`)
      .setSubject(own || speaksForUsers ? caller.id : service)
      .setAudience(audience)
      .setIssuedAt(iat)
      .setExpirationTime(iat + LIFE_S)
      .sign(privateKey);
  }

  return {
    async issue(caller, audience) {
      const key = `${audience} ${statements.get(caller) ?? JSON.stringify(caller)}`;
      const kept = issued.get(key);
      if (kept !== undefined) return kept;
      const token = await sign(caller, audience);
      issued.set(key, token, now() + LIFE_S * 1_000 - REUSE_MARGIN_MS);
      return token;
    },
    async verify(token) {
      const kept = verified.get(token);
      if (kept !== undefined) return kept;
      const { caller, statement, expiresAt } = await callerOf(token);
      if (statement !== undefined) statements.set(caller, statement);
      verified.set(token, caller, expiresAt);
      return caller;
    },
  };
}

/** The service whose key signs for an issuer: `portal` -> portal, `service:billing` -> billing. */
function signerOf(issuer: string | undefined): string | undefined {
  return issuer === 'portal' ? 'portal' : issuer?.startsWith('service:') ? issuer.slice('service:'.length) : undefined;
}

function readCaller(value: unknown): Caller {
  if (typeof value !== 'object' || value === null) throw new TokenError('no caller');
  const claim = value as Partial<Record<keyof Caller, unknown>>;
  const { kind, id, vendorId, role, shopIds, clientId, mayAgree } = claim;
  const known = ROLES.find((candidate) => candidate === role);
  if (
    (kind !== 'user' && kind !== 'service') ||
    typeof id !== 'string' ||
    id === '' ||
    typeof vendorId !== 'string' ||
    (kind === 'user' && vendorId === '') ||
    known === undefined ||
    (kind === 'service') !== (known === 'service') ||
    !(shopIds === 'all' || (Array.isArray(shopIds) && shopIds.every((shopId) => typeof shopId === 'string'))) ||
    typeof clientId !== 'string' ||
    typeof mayAgree !== 'boolean'
  ) {
    throw new TokenError('malformed caller');
  }
  return { kind, id, vendorId, role: known, shopIds, clientId, mayAgree };
}

/** At most 1,000 values, the oldest dropped first; each from when it was set until its instant: a clock that is set back has not made it yet. */
class ExpiringCache<Value> {
  readonly #entries = new Map<string, { value: Value; from: number; until: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const now = this.#now();
    if (entry.from <= now && now < entry.until) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: Value, until: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, from: this.#now(), until });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= CACHE_LIMIT) break;
      this.#entries.delete(oldest);
    }
  }
}
