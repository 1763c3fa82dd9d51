// What a reader sees in memory is what stands in the table, whichever way it came: from an append of this process, of another, or from both at once.
import { expect, test } from 'vitest';
import { member, testLog, to } from '../test/log.ts';
import { LogTail } from './log-tail.ts';

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

const plain = <Event extends { data: Uint8Array; meta: Uint8Array }>(event: Event) => ({
  ...event,
  data: Buffer.from(event.data).toString('hex'),
  meta: Buffer.from(event.meta).toString('hex'),
});
