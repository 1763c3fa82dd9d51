// What every store promises, whatever it keeps the bytes in.
import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { MAX_OBJECT_BYTES, ObjectExists, type ObjectStore } from '../src/index.ts';

const text = (words: string): Buffer => Buffer.from(words);

/** Runs the suite on the store; `open` is called once a test. */
export function storeContract(open: () => ObjectStore): void {
  test('what was put is what one gets, byte for byte, with its type', async () => {
    const [key, bytes] = [`files/v1/${randomUUID()}`, randomBytes(100_003)];
    await open().put(key, bytes, 'application/pdf');
    const kept = await open().get(key);
    expect(kept?.contentType).toBe('application/pdf');
    expect(Buffer.compare(kept?.bytes ?? text(''), bytes)).toBe(0);
  });

  test('an empty object is one too', async () => {
    const key = randomUUID();
    await open().put(key, new Uint8Array(), 'text/plain');
    expect(await open().get(key)).toMatchObject({ contentType: 'text/plain', bytes: text('') });
  });

  test('a key that nothing was put under has nothing', async () => expect(await open().get(`files/v1/${randomUUID()}`)).toBeUndefined());

  test('the same put again changes nothing', async () => {
    const key = randomUUID();
    for (let time = 0; time < 2; time += 1) await open().put(key, text('signed'), 'text/plain');
    expect((await open().get(key))?.bytes).toHaveLength(6);
  });

  test('what is kept is never replaced, by bytes or by type', async () => {
    const key = randomUUID();
    await open().put(key, text('signed'), 'text/plain');
    await expect(open().put(key, text('forged'), 'text/plain')).rejects.toThrow(ObjectExists);
    await expect(open().put(key, text('signed'), 'text/html')).rejects.toThrow(ObjectExists);
    expect(await open().get(key)).toMatchObject({ contentType: 'text/plain', bytes: text('signed') });
  });

  test.each(['', '/a', 'a/', 'a//b', '..', 'a/../b', 'A', 'a.b', 'a b', 'a\\b', '合同', 'a\0', 'a/b/c/d/e/f', 'x'.repeat(129)])(
    'the key %j is refused, to read as to write',
    async (key) => {
      await expect(open().put(key, text('x'), 'text/plain')).rejects.toThrow('is no key');
      await expect(open().get(key)).rejects.toThrow('is no key');
    },
  );

  test('the largest object is kept, one byte more is refused', async () => {
    const key = randomUUID();
    await open().put(key, new Uint8Array(MAX_OBJECT_BYTES), 'application/pdf');
    expect((await open().get(key))?.bytes.byteLength).toBe(MAX_OBJECT_BYTES);
    await expect(open().put(randomUUID(), new Uint8Array(MAX_OBJECT_BYTES + 1), 'application/pdf')).rejects.toThrow('at most');
  });

  test('what is no media type is refused', async () => {
    for (const type of ['', 'pdf', 'text/plain; charset=utf-8', 'text/plain\r\nx-evil: 1']) {
      await expect(open().put(randomUUID(), text('x'), type)).rejects.toThrow('no media type');
    }
  });
}
