// The master key wraps each vendor's key and stands in a file of its own, outside database and backups. Losing it loses every sealed text.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface MasterKey {
  /** Names the key without telling it: the first 8 bytes of its SHA-256, hex. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A master key of 32 bytes. */
export function masterKey(bytes: Uint8Array): MasterKey {
  if (bytes.length !== 32) throw new Error(`a master key has 32 bytes, not ${bytes.length}`);
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), bytes };
}

/** Reads the master key (64 hex characters) from a file only its owner may read. Throws when it is not there: a key is never replaced silently. */
export function readMasterKey(file: string): MasterKey {
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error(`${file}: found ${text.length} characters, expected 64 hex characters`);
  return masterKey(Buffer.from(text, 'hex'));
}

/** Writes a fresh master key unless the file is there already. For first starts of a local installation. */
export function ensureMasterKeyFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
