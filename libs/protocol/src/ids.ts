// Ids that anyone can compute: what is unique by its nature gets its id from its nature, so that no lookup stands before an append.
import { hash } from 'node:crypto';

const LENGTH_BYTES = 4;
const ALPHABET = Buffer.from('abcdefghijklmnopqrstuvwxyz234567');

/**
 * SHA-256 over each part's length (four bytes) and UTF-8, cut to 16 bytes. In one piece and one call: part by part it took four times as long. Answered
 * as characters, one a byte: as a buffer three times as long.
 */
function digest(prefix: string, parts: readonly string[]): string {
  const bytes = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + LENGTH_BYTES + Buffer.byteLength(part), 0));
  let at = 0;
  for (const part of parts) {
    const length = bytes.write(part, at + LENGTH_BYTES);
    bytes.writeUInt32BE(length, at);
    at += LENGTH_BYTES + length;
  }
  return `${prefix}${base32(hash('sha256', bytes, 'latin1'), 16)}`;
}

/** Of the first bytes, given as characters. Through one buffer: a string grown by its 26 characters is as many strings. */
function base32(bytes: string, length: number): string {
  const out = Buffer.allocUnsafe(Math.ceil((length * 8) / 5));
  let at = 0;
  let bits = 0;
  let value = 0;
  for (let index = 0; index < length; index += 1) {
    value = ((value << 8) | bytes.charCodeAt(index)) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      out[at++] = ALPHABET[(value >>> (bits - 5)) & 31] as number;
      bits -= 5;
    }
  }
  if (bits > 0) out[at] = ALPHABET[(value << (5 - bits)) & 31] as number;
  return out.toString('latin1');
}

/** The shop a vendor calls by this code. 26 base32 characters after `sh_`. */
export function shopIdOf(vendorId: string, code: string): string {
  return digest('sh_', [vendorId, code]);
}

/** The conversation a shop's channel calls by this id. 26 base32 characters after `cv_`. */
export function conversationIdOf(vendorId: string, shopId: string, channel: string, externalId: string): string {
  return digest('cv_', [vendorId, shopId, channel, externalId]);
}

/** The contract a vendor calls by this number. 26 base32 characters after `ct_`. */
export function contractIdOf(vendorId: string, number: string): string {
  return digest('ct_', [vendorId, number]);
}
