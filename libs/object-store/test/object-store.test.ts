// Both adapters on the one contract: a folder of this machine, and a bucket of a real S3 server that checks signatures.
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ObjectExists, type ObjectStore, type ObjectStoreSettings, openObjectStore, readObjectStoreSettings } from '../src/index.ts';
import { storeContract } from './contract.ts';

let folder: string;
let s3: S3rver;
let endpoint: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deskfleet-objects-'));
  s3 = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: join(folder, 's3'), configureBuckets: [{ name: 'kept' }] });
  endpoint = `http://127.0.0.1:${(await s3.run()).port}`;
});

afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true });
});

const opened = (variables: Readonly<Record<string, string>>): ObjectStore => openObjectStore(read(variables).settings);

function read(variables: Readonly<Record<string, string>>): { readonly settings: ObjectStoreSettings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  return { settings: readObjectStoreSettings((name) => variables[name], problems), problems };
}

const bucket = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  DESKFLEET_S3_BUCKET: 'kept',
  DESKFLEET_S3_ENDPOINT: endpoint,
  DESKFLEET_S3_ACCESS_KEY: 'S3RVER',
  DESKFLEET_S3_SECRET_KEY: 'S3RVER',
  ...more,
});

describe('in a folder', () => {
  const store = (): ObjectStore => opened({ DESKFLEET_OBJECTS_DIR: join(folder, 'objects') });
  storeContract(store);

  test('of several writers of one key one is kept, whole, and the others are told', async () => {
    const wanted = Array.from({ length: 8 }, (_, index) => Buffer.alloc(300_000, `${index}`));
    const outcomes = await Promise.allSettled(wanted.map((bytes, index) => store().put('raced', bytes, `text/${index}`)));
    const kept = await store().get('raced');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])).every((reason) => reason instanceof ObjectExists)).toBe(true);
    expect(wanted.some((bytes, index) => kept?.bytes.equals(bytes) === true && kept.contentType === `text/${index}`)).toBe(true);
  });

  test('files open with what a machine has, for their owner only, and nothing half written stays', async () => {
    await store().put('files/v1/readable', Buffer.from('%PDF-'), 'application/pdf');
    const file = join(folder, 'objects', 'files', 'v1', 'readable.object', 'content');
    expect(await readFile(file, 'utf8')).toBe('%PDF-');
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect(await readdir(join(folder, 'objects', '.growing'))).toEqual([]);
  });
});

describe('in a bucket', () => {
  storeContract(() => opened(bucket()));

  test('a prefix keeps installations of one bucket apart', async () => {
    await opened(bucket({ DESKFLEET_S3_PREFIX: '/one/' })).put('same', Buffer.from('one'), 'text/plain');
    await opened(bucket({ DESKFLEET_S3_PREFIX: 'two' })).put('same', Buffer.from('two'), 'text/plain');
    expect((await opened(bucket({ DESKFLEET_S3_PREFIX: 'one' })).get('same'))?.bytes).toEqual(Buffer.from('one'));
    expect((await opened(bucket()).get('one/same'))?.contentType).toBe('text/plain');
  });

  test('a wrong secret, an unknown bucket and a server that is away are faults, never an absent object', async () => {
    await expect(opened(bucket({ DESKFLEET_S3_SECRET_KEY: 'guessed' })).get('same')).rejects.toThrow(/signature/i);
    await expect(opened(bucket({ DESKFLEET_S3_BUCKET: 'other' })).get('same')).rejects.toThrow(/bucket/i);
    await expect(opened(bucket({ DESKFLEET_S3_ENDPOINT: 'http://127.0.0.1:1' })).get('same')).rejects.toThrow();
  });
});

describe('settings', () => {
  test('without any, each use says what is missing', async () => {
    expect(read({}).problems).toEqual([]);
    await expect(opened({}).get('x')).rejects.toThrow('DESKFLEET_OBJECTS_DIR or DESKFLEET_S3_BUCKET');
  });

  test.each([
    [{ DESKFLEET_OBJECTS_DIR: '/x', DESKFLEET_S3_BUCKET: 'b' }, 'expected one'],
    [{ DESKFLEET_S3_BUCKET: 'b', DESKFLEET_S3_ENDPOINT: 'minio:9000' }, 'DESKFLEET_S3_ENDPOINT'],
    [{ DESKFLEET_S3_BUCKET: 'b', DESKFLEET_S3_ACCESS_KEY: 'a' }, 'expected both or neither'],
    [{ DESKFLEET_S3_BUCKET: 'b', DESKFLEET_S3_PATH_STYLE: 'yes' }, 'DESKFLEET_S3_PATH_STYLE'],
  ])('%j is named', (variables: Readonly<Record<string, string>>, words) => expect(read(variables).problems.join()).toContain(words));

  test('the secret is never repeated', () =>
    expect(read({ DESKFLEET_S3_BUCKET: 'b', DESKFLEET_S3_SECRET_KEY: 'very-secret' }).problems.join()).not.toContain('very-secret'));
});
