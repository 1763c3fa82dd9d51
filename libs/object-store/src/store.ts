// What a file's bytes are kept in, and which names they may have there. Two adapters keep the same promise: ./folder.ts and ./s3.ts.

/** The largest object, in bytes: it is held in memory on its way in and out. */
export const MAX_OBJECT_BYTES = 20 * 1_048_576;

export interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/**
 * Bytes by key, written once: what an event's hash speaks of must still be there, unchanged, in ten years. There is no delete.
 * Keys are 1 to 5 parts of a-z, 0-9, `_` and `-`, joined by `/`: no case, no dots, nothing a file system or an address would read otherwise.
 */
export interface ObjectStore {
  /** Whole or not at all. The same again changes nothing; other bytes under a key that is taken are `ObjectExists`. */
  put(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
  get(key: string): Promise<StoredObject | undefined>;
}

/** Something else is kept under this key. */
export class ObjectExists extends Error {
  constructor(key: string) {
    super(`${key} is kept already, with other content`);
    this.name = 'ObjectExists';
  }
}

const KEY = /^[a-z0-9_-]{1,128}(\/[a-z0-9_-]{1,128}){0,4}$/;
const CONTENT_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;

/** Throws for a key that no adapter could keep safely. */
export function checkKey(key: string): void {
  if (!KEY.test(key)) throw new Error(`'${key.slice(0, 200)}' is no key: expected 1 to 5 parts of a-z, 0-9, _ and -, joined by /`);
}

/** Throws for what cannot be kept. */
export function checkObject(key: string, bytes: Uint8Array, contentType: string): void {
  checkKey(key);
  if (bytes.byteLength > MAX_OBJECT_BYTES) throw new Error(`${key}: ${bytes.byteLength} bytes, expected at most ${MAX_OBJECT_BYTES}`);
  if (!CONTENT_TYPE.test(contentType)) throw new Error(`${key}: '${contentType}' is no media type`);
}

/** Whether what is kept under the key is this very object. */
export function isSame(kept: StoredObject, bytes: Uint8Array, contentType: string): boolean {
  return kept.contentType === contentType && Buffer.compare(kept.bytes, bytes) === 0;
}
