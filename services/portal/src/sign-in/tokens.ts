// Bearer tokens for scripts: signed by the portal's own key, naming a membership. They say who asks; what that membership may do, and
// whether it still holds, is looked up at every request.
import { createLocalJWKSet, exportJWK, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';

const AUDIENCE = 'deskfleet-api';
const ISSUER = 'portal';
const ALGORITHM = 'EdDSA';
const DAY_S = 86_400;

export interface BearerTokens {
  issue(membershipId: string, days: number): Promise<{ readonly token: string; readonly expiresAt: number }>;
  /** The membership a token names; undefined when it is expired, not ours or not a token. */
  verify(token: string): Promise<string | undefined>;
}

export async function bearerTokens(identityKey: string, now: () => number): Promise<BearerTokens> {
  const jwk: JWK = JSON.parse(identityKey);
  const privateKey = await importJWK(jwk, ALGORITHM);
  const publicPart: JWK = { ...jwk };
  delete publicPart.d;
  const keys = createLocalJWKSet({ keys: [await exportJWK(await importJWK(publicPart, ALGORITHM))] });
  return {
    async issue(membershipId, days) {
      const issuedAt = Math.floor(now() / 1_000);
      const expiresAt = issuedAt + days * DAY_S;
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: ALGORITHM, typ: 'deskfleet+jwt' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(membershipId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(privateKey);
      return { token, expiresAt: expiresAt * 1_000 };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          typ: 'deskfleet+jwt',
          currentDate: new Date(now()),
        });
        return payload.sub;
      } catch {
        return undefined;
      }
    },
  };
}
