// Key pairs of an installation: one Ed25519 key a service, and the key set everyone verifies by. The key's id is the service's name.
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';

export const ALGORITHM = 'EdDSA';

export interface InstallationIdentity {
  /** Private keys by service, each the JSON text of a JWK: the content of that service's DESKFLEET_IDENTITY_KEY file. */
  readonly privateKeys: Readonly<Record<string, string>>;
  /** The JSON text of the JWKS with all public keys: the content of everyone's DESKFLEET_JWKS file. */
  readonly jwks: string;
}

/** Makes fresh keys for these services. */
export async function createIdentity(names: readonly string[]): Promise<InstallationIdentity> {
  const privateKeys: Record<string, string> = {};
  const keys: JWK[] = [];
  for (const name of names) {
    const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
    const named = { kid: name, alg: ALGORITHM, use: 'sig' };
    privateKeys[name] = JSON.stringify({ ...(await exportJWK(pair.privateKey)), ...named });
    keys.push({ ...(await exportJWK(pair.publicKey)), ...named });
  }
  return { privateKeys, jwks: JSON.stringify({ keys }) };
}

/** Reads a private key. Throws when it is not an Ed25519 JWK of this service. */
export async function readPrivateKey(service: string, json: string): Promise<CryptoKey> {
  const jwk: JWK = JSON.parse(json);
  if (jwk.kid !== service) throw new Error(`DESKFLEET_IDENTITY_KEY: found the key of '${jwk.kid ?? ''}', expected that of '${service}'`);
  const key = await importJWK(jwk, ALGORITHM);
  if (key instanceof Uint8Array) throw new Error('DESKFLEET_IDENTITY_KEY: found a symmetric key, expected Ed25519');
  return key;
}
