// Objects as files of a folder: `<key>.object/` holds `content` and `type`, so that a person can open them with what they have. It gets its name in
// one step, once both are whole and on the disk: whoever reads sees all of it or nothing, and of two who write one key the second is told.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkKey, checkObject, isSame, ObjectExists, type ObjectStore, type StoredObject } from './store.ts';

/** Where objects grow; a crash leaves them here, and nothing reads them. */
const GROWING = '.growing';

/** A store in this folder, which is made when the first object comes. Several processes may share it. */
export function folderStore(folder: string): ObjectStore {
  const placeOf = (key: string): string => join(folder, ...`${key}.object`.split('/'));

  async function get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    try {
      const bytes = await readFile(join(placeOf(key), 'content'));
      return { bytes, contentType: (await readFile(join(placeOf(key), 'type'), 'utf8')).trim() };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  return {
    get,
    async put(key, bytes, contentType) {
      checkObject(key, bytes, contentType);
      const growing = join(folder, GROWING, randomUUID());
      try {
        const kept = await get(key);
        if (kept === undefined) {
          await mkdir(growing, { recursive: true, mode: 0o700 });
          await writeDown(join(growing, 'content'), bytes);
          await writeDown(join(growing, 'type'), Buffer.from(`${contentType}\n`));
          await mkdir(dirname(placeOf(key)), { recursive: true, mode: 0o700 });
          if (await moved(growing, placeOf(key))) return;
        }
        const there = kept ?? (await get(key));
        if (there === undefined || !isSame(there, bytes, contentType)) throw new ObjectExists(key);
      } finally {
        await rm(growing, { recursive: true, force: true });
      }
    },
  };
}

async function writeDown(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives what has grown its name; false when that is taken. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error))) return false;
    throw error;
  }
  const parent = await open(dirname(to), 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
  return true;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
