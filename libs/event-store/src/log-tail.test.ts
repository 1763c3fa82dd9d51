// What a reader sees in memory is what stands in the table, whichever way it came: from an append of this process, of another, or from both at once.
import { expect, test } from 'vitest';
import { member, testLog, to } from '../test/log.ts';
import { LogTail } from './log-tail.ts';
import type { EventStore, Tx } from './store.ts';
import type { AppendMember } from './types.ts';

test('events appended here, elsewhere, at any version and refused beside one another read as the table has them', async () => {
  const log = await testLog();
  const other = await log.another();
  await log.store.append(member(to('client-before', 'none', 'a')));
  const tail = await LogTail.start(log.store);
  const [here, elsewhere] = [log.store, other.store];
  await here.append(member(to('client-1', 'none', 'a', 'b'), to('client-2', 'none', 'a')));
  await Promise.all([
    here.append(member(to('client-1', { exactly: 2 }, 'c'))),
    here.append(member(to('client-2', 'none', 'refused'))),
    here.append(member(to('client-3', 'none', 'a'), to('client-2', { exactly: 1 }, 'b'))),
  ]);
  for (let round = 0; round < 20; round += 1) {
    await Promise.all([
      elsewhere.append(member(to(`client-elsewhere-${round}`, 'none', 'a', 'b'))),
      here.append(member(to(`client-here-${round}`, 'none', 'a', 'b'))),
      here.append(member(to('client-1', 'any', 'd'))),
      within(log, tail, [member(to(`client-within-${round}`, 'none', 'a'))], [member(to(`client-within-${round}`, { exactly: 1 }, 'b', 'c'))]),
    ]);
  }
  const { position } = await log.store.head();
  tail.look();
  await tail.changed(position - 1);
  const stored = await log.store.read(1, 1_000);
  expect(tail.last).toBe(position);
  expect((await tail.read(1, 1_000)).events.map(plain)).toEqual(stored.map(plain));
  await tail.stop();
  await log.close();
});

test('what was appended within a transaction is news once it is committed, without a look into the table; what was rolled back is not', async () => {
  const log = await testLog();
  // One whose table shows nothing: whatever is read was not read there.
  const unread: EventStore = {
    ...{ source: log.store.source, append: (one) => log.store.append(one), appendWithin: (tx, members) => log.store.appendWithin(tx, members) },
    ...{ load: log.store.load.bind(log.store), answerOf: log.store.answerOf.bind(log.store), head: () => log.store.head() },
    ...{ onAppend: (listener) => log.store.onAppend(listener), committed: (tx) => log.store.committed(tx) },
    read: async () => [],
  };
  const tail = await LogTail.start(unread);
  await expect(
    log.db.transaction().execute(async (tx) => {
      await log.store.appendWithin(tx, [member(to('client-1', 'none', 'rolled back'))]);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await within(log, tail, [member(to('client-1', 'none', 'a'))], [member(to('client-2', 'none', 'a', 'b')), member(to('client-1', 'none', 'refused'))]);
  expect(tail.last).toBe(3);
  const known = await tail.read(0, 10);
  expect(known.events.map(plain)).toEqual((await log.store.read(0, 10)).map(plain));
  await tail.stop();
  await log.close();
});

test('an event in memory holds no memory but that of the appends that were written with it', async () => {
  const log = await testLog();
  const tail = await LogTail.start(log.store);
  await Promise.all(Array.from({ length: 20 }, (_, n) => log.store.append(member(to(`client-${n}`, 'none', 'a', 'b')))));
  await within(log, tail, [member(to('client-within', 'none', 'a'))]);
  const { events } = await tail.read(0, 100);
  const memories = new Set(events.flatMap(({ data, meta }) => [data.buffer, meta.buffer]));
  const held = [...memories].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(events).toHaveLength(41);
  expect(held).toBe(events.reduce((sum, { data, meta }) => sum + data.length + meta.length, 0));
  await tail.stop();
  await log.close();
});

/** Appends within one transaction, in as many calls, and tells the tail. */
async function within(log: Awaited<ReturnType<typeof testLog>>, tail: LogTail, ...calls: AppendMember[][]): Promise<void> {
  let done: Tx | undefined;
  await log.db.transaction().execute(async (tx) => {
    done = tx;
    for (const call of calls) await log.store.appendWithin(tx, call);
  });
  if (done !== undefined) tail.committed(done);
}

const plain = <Event extends { data: Uint8Array; meta: Uint8Array }>(event: Event) => ({
  ...event,
  data: Buffer.from(event.data).toString('hex'),
  meta: Buffer.from(event.meta).toString('hex'),
});
