// Keys for one purpose each, derived from the portal's identity key, and the small hashes of sign-in.
import { createHash, createHmac, hkdfSync, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** 32 bytes for this purpose: the same after a restart, of no use for another purpose. */
export function secretFor(identityKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', identityKey, 'deskfleet-portal', purpose, 32));
}

export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** 2^15 rounds of 8: about 60 ms and 32 MB. */
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1_048_576 };

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 32, SCRYPT, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** `<salt>.<hash>`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('base64url')}.${(await derive(password, salt)).toString('base64url')}`;
}

export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split('.');
  const expected = Buffer.from(hash, 'base64url');
  const found = await derive(password, Buffer.from(salt, 'base64url'));
  return found.length === expected.length && timingSafeEqual(found, expected);
}
