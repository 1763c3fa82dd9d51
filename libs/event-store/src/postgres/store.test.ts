// What the log promises to one writer and one reader, on real PostgreSQL.
import { ClientRegistered } from '@deskfleet/protocol/onboarding';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, by, member, NOON, namesIn, registered, type TestLog, testLog, to } from '../../test/log.ts';
import { AppendRejected, bucketOf, decodeEvent, expectLoaded, StoreOverloaded, upcastersOf } from '../index.ts';

let log: TestLog;
beforeAll(async () => {
  log = await testLog();
});
afterAll(() => log.close());

test('what was appended is read back by stream, with who did it and when', async () => {
  const shop = { ...registered('Peony'), shopId: 'sh_1', occurredAt: NOON - 5000 };
  const outcome = await log.store.append({ cause: by('vendor-a', 'command-1'), streams: [{ streamId: 'client-read', expected: 'none', events: [shop] }] });
  if (outcome.outcome !== 'appended') throw new Error(outcome.outcome);
  const stream = (await log.store.load('vendor-a', ['client-read'])).get('client-read');
  expect(stream?.version).toBe(1);
  expect(stream?.events[0]).toMatchObject({
    source: log.store.source,
    position: outcome.firstPosition,
    version: 1,
    bucket: bucketOf('vendor-a', 'client-read'),
    event: ClientRegistered.create({ clientId: 'client-1', name: 'Peony' }),
    meta: {
      vendorId: 'vendor-a',
      shopId: 'sh_1',
      commandId: 'command-1',
      correlationId: 'correlation-1',
      causationId: 'causation-1',
      actor: { id: 'li.na' },
      schemaVersion: 1,
    },
    occurredAt: NOON - 5000,
    recordedAt: NOON,
  });
  expect(stream?.events[0]?.meta.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a stream expected to be new conflicts once it exists', async () => {
  expect((await log.store.append(member(to('client-none', 'none', 'a')))).outcome).toBe('appended');
  expect(await log.store.append(member(to('client-none', 'none', 'b')))).toEqual({ outcome: 'conflict', streamId: 'client-none', expected: 'none', actual: 1 });
  expect(await namesIn(log.store, 'client-none')).toEqual(['a']);
});

test('a stream expected at a version conflicts below it, above it and when it does not exist', async () => {
  await log.store.append(member(to('client-exact', 'none', 'a', 'b')));
  for (const exactly of [1, 3]) {
    expect(await log.store.append(member(to('client-exact', { exactly }, 'c')))).toMatchObject({ outcome: 'conflict', actual: 2 });
  }
  expect(await log.store.append(member(to('client-absent', { exactly: 1 }, 'c')))).toMatchObject({ outcome: 'conflict', actual: 0 });
  expect((await log.store.append(member(to('client-exact', { exactly: 2 }, 'c')))).outcome).toBe('appended');
  expect(await namesIn(log.store, 'client-exact')).toEqual(['a', 'b', 'c']);
});

test('any version will do where nothing is expected', async () => {
  await log.store.append(member(to('client-any', 'any', 'a')));
  await log.store.append(member(to('client-any', 'any', 'b', 'c')));
  expect(await namesIn(log.store, 'client-any')).toEqual(['a', 'b', 'c']);
});

test('a loaded stream is expected as it was loaded, also when it did not exist', async () => {
  const before = (await log.store.load('vendor-a', ['client-loaded'])).get('client-loaded');
  expect(expectLoaded(before ?? { version: -1 })).toBe('none');
  await log.store.append(member(to('client-loaded', 'none', 'a')));
  const after = (await log.store.load('vendor-a', ['client-loaded'])).get('client-loaded');
  expect(expectLoaded(after ?? { version: -1 })).toEqual({ exactly: 1 });
});

test('a member over several streams is appended whole or not at all', async () => {
  await log.store.append(member(to('numbers-entity', 'none', 'n1')));
  const head = (await log.store.head()).position;
  const refused = await log.store.append(member(to('invoice-1', 'none', 'issued'), to('numbers-entity', { exactly: 7 }, 'n2')));
  expect(refused).toEqual({ outcome: 'conflict', streamId: 'numbers-entity', expected: { exactly: 7 }, actual: 1 });
  expect(await namesIn(log.store, 'invoice-1')).toEqual([]);
  expect((await log.store.head()).position).toBe(head);
  const taken = await log.store.append(member(to('invoice-1', 'none', 'issued'), to('numbers-entity', { exactly: 1 }, 'n2')));
  expect(taken).toMatchObject({ outcome: 'appended', firstPosition: head + 1, lastPosition: head + 2 });
});

test('members of one group meet their own ends, and see those before them', async () => {
  const outcomes = await Promise.all([
    log.store.append(member(to('client-group', 'none', 'first'))),
    log.store.append(member(to('client-group', 'none', 'rival'))),
    log.store.append(member(to('client-group', { exactly: 1 }, 'second'))),
    log.store.append(member(to('client-group', { exactly: 1 }, 'late'), to('client-other', 'none', 'never'))),
    log.store.append(member(to('client-other', 'none', 'mine'))),
  ]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['appended', 'conflict', 'appended', 'conflict', 'appended']);
  expect(await namesIn(log.store, 'client-group')).toEqual(['first', 'second']);
  expect(await namesIn(log.store, 'client-other')).toEqual(['mine']);
});

test('streams of two vendors by one name never touch', async () => {
  await log.store.append({ cause: by('vendor-a'), streams: [to('client-shared', 'none', 'ours')] });
  expect((await log.store.append({ cause: by('vendor-b'), streams: [to('client-shared', 'none', 'theirs')] })).outcome).toBe('appended');
  expect(await namesIn(log.store, 'client-shared', 'vendor-a')).toEqual(['ours']);
  expect(await namesIn(log.store, 'client-shared', 'vendor-b')).toEqual(['theirs']);
  expect(await namesIn(log.store, 'client-shared', 'vendor-c')).toEqual([]);
});

test('a command asked again gets its first answer and changes nothing', async () => {
  const first = await log.store.append(answered('command-again', 'content', 'yes', to('client-again', 'none', 'a')));
  expect(first.outcome).toBe('appended');
  const again = await log.store.append(answered('command-again', 'content', 'no', to('client-again', 'any', 'b')));
  expect(again).toEqual({ outcome: 'repeated', same: true, answer: Buffer.from('yes') });
  const changed = await log.store.append(answered('command-again', 'other content', 'no', to('client-again', 'any', 'b')));
  expect(changed).toEqual({ outcome: 'repeated', same: false, answer: Buffer.from('yes') });
  expect(await namesIn(log.store, 'client-again')).toEqual(['a']);
  expect(await log.store.answerOf('vendor-a', 'command-again')).toEqual({ fingerprint: Buffer.from('content'), answer: Buffer.from('yes') });
  expect(await log.store.answerOf('vendor-b', 'command-again')).toBeUndefined();
});

test('a command asked twice at once is done once', async () => {
  const outcomes = await Promise.all([
    log.store.append(answered('command-twice', 'content', 'one', to('client-twice', 'any', 'a'))),
    log.store.append(answered('command-twice', 'content', 'two', to('client-twice', 'any', 'b'))),
    log.store.append(answered('command-twice', 'changed', 'three', to('client-twice', 'any', 'c'))),
  ]);
  expect(outcomes).toMatchObject([
    { outcome: 'appended' },
    { outcome: 'repeated', same: true, answer: Buffer.from('one') },
    { outcome: 'repeated', same: false },
  ]);
  expect(await namesIn(log.store, 'client-twice')).toEqual(['a']);
});

test('a refusal is answered again though it stored no event', async () => {
  const head = (await log.store.head()).position;
  const refused = await log.store.append(answered('command-refused', 'content', 'not now'));
  expect(refused).toMatchObject({ outcome: 'appended', firstPosition: head + 1, lastPosition: head });
  expect(await log.store.append(answered('command-refused', 'content', 'now'))).toMatchObject({ outcome: 'repeated', answer: Buffer.from('not now') });
  expect((await log.store.head()).position).toBe(head);
});

test('a command that met a conflict keeps no answer and may be decided again', async () => {
  await log.store.append(member(to('client-retry', 'none', 'a')));
  expect((await log.store.append(answered('command-retry', 'content', 'old', to('client-retry', 'none', 'b')))).outcome).toBe('conflict');
  expect(await log.store.answerOf('vendor-a', 'command-retry')).toBeUndefined();
  expect((await log.store.append(answered('command-retry', 'content', 'new', to('client-retry', { exactly: 1 }, 'b')))).outcome).toBe('appended');
});

test('an answer is kept 30 days and no longer', async () => {
  let now = NOON;
  const aging = await log.another({ clock: () => now });
  await aging.store.append(answered('command-old', 'content', 'first'));
  now = NOON + 30 * 86_400_000;
  expect(await aging.store.append(answered('command-old', 'content', 'second'))).toMatchObject({ outcome: 'repeated', answer: Buffer.from('first') });
  now += 1;
  expect(await aging.store.answerOf('vendor-a', 'command-old')).toBeUndefined();
  expect((await aging.store.append(answered('command-old', 'content', 'second'))).outcome).toBe('appended');
  expect(await aging.store.answerOf('vendor-a', 'command-old')).toMatchObject({ answer: Buffer.from('second') });
});

test('the log is read in order from any position, by bucket and by type', async () => {
  const all = await log.store.read(0, 10_000);
  expect(all.map(({ position }) => position)).toEqual(all.map((_, index) => index + 1));
  expect((await log.store.read(2, 3)).map(({ position }) => position)).toEqual([3, 4, 5]);
  const bucket = all[0]?.bucket ?? -1;
  expect(await log.store.read(0, 10_000, { buckets: [bucket] })).toEqual(all.filter((event) => event.bucket === bucket));
  expect(await log.store.read(0, 10, { types: ['deskfleet.sla.v1.ClauseBreached'] })).toEqual([]);
});

test('a page of the log holds what its rows hold, names beyond ASCII and instants before 1970 among them', async () => {
  const early = { ...registered('牡丹'), shopId: '', occurredAt: -86_400_001 };
  await log.store.append({ cause: by('vendor-a', 'command-early'), streams: [{ streamId: 'client-客服', expected: 'none', events: [early] }] });
  const { rows } = await log.pool.query('select * from events order by position');
  expect(rows.at(-1)).toMatchObject({ stream_id: 'client-客服', occurred_at: '-86400001' });
  expect(await log.store.read(0, 10_000)).toEqual(
    rows.map((row) => ({
      source: log.store.source,
      position: Number(row.position),
      streamId: row.stream_id,
      version: row.version,
      bucket: row.bucket,
      type: row.type,
      data: row.data,
      meta: row.meta,
      occurredAt: Number(row.occurred_at),
      recordedAt: Number(row.recorded_at),
    })),
  );
});

test('the head names the last position, and the last of each bucket', async () => {
  const all = await log.store.read(0, 10_000);
  const { position, buckets } = await log.store.head();
  expect(position).toBe(all.at(-1)?.position);
  expect(buckets).toEqual(new Map(all.map((event) => [event.bucket, event.position])));
});

test('an empty log has position 0', async () => {
  const empty = await testLog();
  expect(await empty.store.head()).toEqual({ position: 0, buckets: new Map() });
  expect(await empty.store.load('vendor-a', ['client-1'])).toEqual(new Map([['client-1', { streamId: 'client-1', version: 0, events: [] }]]));
  await empty.close();
});

test('listeners hear the last position of each append until they stop', async () => {
  const heard: number[] = [];
  const stop = log.store.onAppend((position) => heard.push(position));
  const outcome = await log.store.append(member(to('client-heard', 'none', 'a', 'b')));
  stop();
  await log.store.append(member(to('client-heard', 'any', 'c')));
  expect(heard).toEqual([outcome.outcome === 'appended' ? outcome.lastPosition : -1]);
});

test('an append within a transaction comes and goes with it', async () => {
  await expect(
    log.db.transaction().execute(async (tx) => {
      expect((await log.store.appendWithin(tx, [member(to('client-within', 'none', 'a'))]))[0]?.outcome).toBe('appended');
      throw new Error('the effects failed');
    }),
  ).rejects.toThrow('the effects failed');
  expect(await namesIn(log.store, 'client-within')).toEqual([]);
  await log.db.transaction().execute(async (tx) => {
    await log.store.appendWithin(tx, [member(to('client-within', 'none', 'a')), member(to('client-within', 'none', 'b'))]);
    expect((await log.store.load('vendor-a', ['client-within'], tx)).get('client-within')?.version).toBe(1);
  });
  expect(await namesIn(log.store, 'client-within')).toEqual(['a']);
});

test('a transaction appends at most 100 events, and only where it reads what was committed', async () => {
  const names = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);
  await log.db.transaction().execute((tx) => log.store.appendWithin(tx, [member(to('client-hundred', 'none', ...names(100)))]));
  await expect(log.db.transaction().execute((tx) => log.store.appendWithin(tx, [member(to('client-more', 'none', ...names(101)))]))).rejects.toThrow(
    AppendRejected,
  );
  await expect(
    log.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((tx) => log.store.appendWithin(tx, [member(to('client-more', 'none', 'a'))])),
  ).rejects.toThrow('read committed');
});

test('an event above 64 KB and a name the log cannot hold are refused, and the next append is not', async () => {
  const appends = [
    log.store.append(member(to('client-big', 'none', 'x'.repeat(64 * 1024)))),
    log.store.append(member(to('client-\0', 'none', 'a'))),
    log.store.append(member(to('', 'none', 'a'))),
    log.store.append(member(to('client-twofold', 'any', 'a'), to('client-twofold', 'any', 'b'))),
    log.store.append(member(to('client-zero', { exactly: 0 }, 'a'))),
  ];
  for (const append of appends) await expect(append).rejects.toThrow(AppendRejected);
  expect((await log.store.append(member(to('client-small', 'none', 'x'.repeat(63 * 1024))))).outcome).toBe('appended');
});

test('a full queue says so by name and when to come again', async () => {
  const small = await log.another({ limits: { waitingAppends: 2, retryAfterMs: 250 } });
  const waiting = [small.store.append(member(to('client-full', 'any', 'a'))), small.store.append(member(to('client-full', 'any', 'b')))];
  const fault = await small.store.append(member(to('client-full', 'any', 'c'))).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(StoreOverloaded);
  expect(fault).toMatchObject({ retryAfterMs: 250 });
  expect((await Promise.all(waiting)).map(({ outcome }) => outcome)).toEqual(['appended', 'appended']);
});

test('a group holds no more appends and bytes than its limits, and one larger goes alone', async () => {
  const limited = await log.another({ limits: { groupAppends: 2, groupBytes: 2000 } });
  let groups = 0;
  limited.store.onAppend(() => {
    groups += 1;
  });
  await Promise.all(Array.from({ length: 5 }, () => limited.store.append(member(to('client-limits', 'any', 'a')))));
  expect(groups).toBe(3);
  await Promise.all(Array.from({ length: 3 }, () => limited.store.append(member(to('client-limits', 'any', 'x'.repeat(3000))))));
  expect(groups).toBe(6);
});

test('an old event is read as today says it', async () => {
  await log.store.append(member(to('client-old', 'none', 'peony')));
  const [raw] = (await log.store.read(0, 10_000)).filter(({ streamId }) => streamId === 'client-old');
  if (raw === undefined) throw new Error('not stored');
  const upcasters = upcastersOf([
    {
      type: ClientRegistered.$type,
      version: 2,
      upcast: (data, from) => {
        const old = ClientRegistered.decode(data);
        return { type: ClientRegistered.$type, data: ClientRegistered.encode({ ...old, name: `${old.name} (${from})` }).finish() };
      },
    },
  ]);
  expect(decodeEvent(raw, upcasters).event).toMatchObject({ name: 'peony (1)' });
  const later = await log.another({ upcasters });
  await later.store.append(member(to('client-old', 'any', 'rose')));
  expect(await namesIn(later.store, 'client-old')).toEqual(['peony (1)', 'rose']);
});
