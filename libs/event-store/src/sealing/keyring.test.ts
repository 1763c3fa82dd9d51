// Keys on a real database: made once, shared by all who ask, wrapped, and gone with their row.

import { type TestDatabase, testDatabase } from '@deskfleet/test-servers';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openKeyDatabase } from './key-database.ts';
import { Keyring, nameKey } from './keyring.ts';
import { masterKey } from './master-key.ts';
import { open, seal } from './seal.ts';

let database: TestDatabase;
let pool: pg.Pool;
const master = masterKey(Buffer.alloc(32, 7));
const keyring = () => new Keyring(pool, master, () => 1_800_000_000_000);
const buyer = (id: string) => ({ kind: 'customer', id });

beforeAll(async () => {
  database = await testDatabase();
  pool = await openKeyDatabase(database.url, { maxConnections: 4 });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('a subject keeps its key: what one process sealed another opens', async () => {
  const place = { vendorId: 'v1', eventId: 'e1', field: 'text' };
  const made = (await keyring().keysFor('v1', [buyer('a')])).get(nameKey(buyer('a')));
  if (made === undefined) throw new Error('no key was made');
  const sealed = seal(made, '在吗', place);
  const other = keyring();
  const found = (await other.keysOf('v1', [made.subjectId])).get(made.subjectId);
  if (found === undefined) throw new Error('the key was not found');
  expect(open(found, sealed, place)).toBe('在吗');
  expect(await other.identityOf('v1', made.subjectId)).toEqual({ subjectId: made.subjectId, kind: 'customer', id: 'a' });
});

test('processes that meet the same new subjects at once agree on their keys', async () => {
  const names = Array.from({ length: 300 }, (_, index) => buyer(`rush-${index}`));
  const rings = await Promise.all([names, [...names].reverse(), names].map((wanted) => keyring().keysFor('v1', wanted)));
  for (const name of names) {
    const ids = new Set(rings.map((ring) => ring.get(nameKey(name))?.subjectId));
    expect(ids.size).toBe(1);
  }
});

test('one buyer of two vendors is two subjects', async () => {
  const ring = keyring();
  const first = (await ring.keysFor('v1', [buyer('shared')])).get(nameKey(buyer('shared')));
  const second = (await ring.keysFor('v2', [buyer('shared')])).get(nameKey(buyer('shared')));
  expect(first?.subjectId).not.toBe(second?.subjectId);
  expect((await keyring().keysOf('v2', [first?.subjectId ?? ''])).size).toBe(0);
});

test('neither a buyer id nor a key stands in the clear', async () => {
  const name = buyer('marker-5f2c9');
  const key = (await keyring().keysFor('v1', [name])).get(nameKey(name));
  const { rows } = await pool.query('select encode(lookup || wrapped || identity, $1) as stored, subject_id from subjects', ['hex']);
  const stored = rows.map((row) => row.stored + row.subject_id).join();
  expect(stored).not.toContain(Buffer.from('marker-5f2c9').toString('hex'));
  expect(stored).not.toContain(Buffer.from(key?.sealing ?? []).toString('hex'));
});

test('a destroyed key is gone at once here and when its cache has expired elsewhere, the mapping with it', async () => {
  const [here, elsewhere] = [keyring(), new Keyring(pool, master, () => 0, 40)];
  const name = buyer('gone');
  const key = (await here.keysFor('v1', [name])).get(nameKey(name));
  const subjectId = key?.subjectId ?? '';
  await elsewhere.keysOf('v1', [subjectId]);
  expect(await here.subjectsOf('v1', [name, buyer('never here')])).toEqual(new Map([[nameKey(name), subjectId]]));

  for (let time = 0; time < 2; time++) await here.destroy('v1', [subjectId], 'er_1');
  expect((await here.keysOf('v1', [subjectId])).size).toBe(0);
  expect(await here.identityOf('v1', subjectId)).toBeUndefined();
  expect(await here.subjectsOf('v1', [name])).toEqual(new Map());
  await vi.waitFor(async () => expect((await elsewhere.keysOf('v1', [subjectId])).size).toBe(0));
  expect((await here.destroyed()).filter((each) => each.subjectId === subjectId)).toEqual([
    { subjectId, vendorId: 'v1', erasureId: 'er_1', destroyedAt: 1_800_000_000_000 },
  ]);

  // The same person, come back: another subject under another key.
  const again = (await here.keysFor('v1', [name])).get(nameKey(name));
  expect(again?.subjectId).not.toBe(subjectId);
});

test('a look-up under way while its key is destroyed does not bring it back', async () => {
  const ring = keyring();
  const names = Array.from({ length: 50 }, (_, index) => buyer(`raced-${index}`));
  const ids = [...(await keyring().keysFor('v1', names)).values()].map(({ subjectId }) => subjectId);
  await Promise.all([ring.keysOf('v1', ids), ring.keysFor('v1', names), ring.destroy('v1', ids, 'er_2')]);
  expect((await ring.keysOf('v1', ids)).size).toBe(0);
});

test('another master key opens nothing, and says which is needed', async () => {
  await keyring().keysFor('v1', [buyer('a')]);
  const wrong = new Keyring(pool, masterKey(Buffer.alloc(32, 8)), () => 0);
  await expect(wrong.keysFor('v1', [buyer('a')])).rejects.toThrow(`need master key ${master.id}`);
});

test('a secret has versions, and each opens to what was kept', async () => {
  const ring = keyring();
  expect(await ring.putSecret('v1', 'channel:sh_1', Buffer.from('first'))).toBe(1);
  expect(await ring.putSecret('v1', 'channel:sh_1', Buffer.from('second'))).toBe(2);
  expect((await ring.secret('v1', 'channel:sh_1', 1))?.toString()).toBe('first');
  expect(await ring.secret('v1', 'channel:sh_1', 3)).toBeUndefined();
});

test('a key database is created where it is missing', async () => {
  const url = new URL(database.url);
  url.pathname = `${url.pathname}_keys`;
  const [first, second] = await Promise.all([openKeyDatabase(url.href, { maxConnections: 1 }), openKeyDatabase(url.href, { maxConnections: 1 })]);
  await first.query('select count(*) from subjects');
  await Promise.all([first.end(), second.end()]);
  await pool.query(`drop database "${url.pathname.slice(1)}"`);
});
