// Several processes at one log: nothing skipped, nothing twice, nothing half, whoever dies in between.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answered, member, namesIn, type TestLog, testLog, to } from '../../test/log.ts';
import type { AppendOutcome, EventStore } from '../index.ts';

let log: TestLog;
beforeEach(async () => {
  log = await testLog();
});
afterEach(() => log.close());

async function positions(store: EventStore): Promise<number[]> {
  return (await store.read(0, 100_000)).map(({ position }) => position);
}

const counted = (to: number): number[] => Array.from({ length: to }, (_, n) => n + 1);

test('a reader beside many writers of many processes never skips an event', async () => {
  const stores = [log.store, (await log.another()).store, (await log.another()).store];
  const perWriter = 15;
  const seen: number[] = [];
  let writing = true;
  const reader = (async () => {
    for (;;) {
      const before = writing;
      const events = await log.store.read(seen.at(-1) ?? 0, 30);
      seen.push(...events.map(({ position }) => position));
      if (events.length === 0 && !before) return;
      await sleep(1);
    }
  })();
  const within = async (n: number): Promise<void> => {
    for (let i = 0; i < perWriter; i += 1) {
      await log.db.transaction().execute(async (tx) => {
        await log.store.appendWithin(tx, [member(to(`within-${n}`, 'any', 'x'))]);
        await sleep(1); // positions are taken and not yet visible
      });
    }
  };
  const append = async (store: EventStore, n: number): Promise<void> => {
    for (let i = 0; i < perWriter; i += 1) await store.append(member(to(`stream-${n}`, 'any', 'x', 'y')));
  };
  await Promise.all([...stores.flatMap((store, s) => [0, 1, 2, 3].map((n) => append(store, s * 4 + n))), within(1), within(2)]);
  writing = false;
  await reader;
  const total = 12 * perWriter * 2 + 2 * perWriter;
  expect(seen).toEqual(counted(total));
  expect(await positions(log.store)).toEqual(counted(total));
});

test('of rivals for one version in several processes exactly one wins', async () => {
  const stores = [log.store, (await log.another()).store, (await log.another()).store];
  for (let version = 0; version < 20; version += 1) {
    const outcomes = await Promise.all(
      stores.flatMap((store) => ['a', 'b', 'c'].map((name) => store.append(member(to('client-1', version === 0 ? 'none' : { exactly: version }, name))))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(8);
  }
  expect(await positions(log.store)).toEqual(counted(20));
});

test('one command asked of several processes at once is done once', async () => {
  const stores = [log.store, (await log.another()).store];
  const outcomes = await Promise.all(
    counted(20).map((n) => stores[n % 2]?.append(answered('command-1', 'content', `answer ${n}`, to('client-1', 'any', 'x')))),
  );
  expect(outcomes.filter((outcome) => outcome?.outcome === 'appended')).toHaveLength(1);
  expect(new Set(outcomes.flatMap((outcome) => (outcome?.outcome === 'repeated' ? [`${outcome.answer}`] : []))).size).toBe(1);
  expect(await namesIn(log.store, 'client-1')).toHaveLength(1);
});

test('connections cut in the middle of groups lose and double nothing that is asked again by its command id', async () => {
  const admin = new Client({ connectionString: log.database.url });
  await admin.connect();
  let writing = true;
  let cuts = 0;
  let done = 0;
  const cutter = (async () => {
    while (writing) {
      // Something gets done between two cuts, however slow the machine; the pause lets them fall at different places of a group.
      for (const before = done; writing && done < before + 8; ) await sleep(1);
      await sleep(cuts % 7);
      const cut = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query like '%append_events%'`,
      );
      cuts += cut.rowCount ?? 0;
    }
  })();
  let faults = 0;
  const doneAt = async (id: string, streamId: string): Promise<AppendOutcome> => {
    for (;;) {
      try {
        return await log.store.append(answered(id, 'content', 'done', to(streamId, 'any', id), to(`${streamId}-mirror`, 'any', id)));
      } catch {
        faults += 1;
      }
    }
  };
  const outcomes = await Promise.all(
    counted(16).map(async (writer) => {
      for (const n of counted(30)) {
        await doneAt(`command-${writer}-${n}`, `client-${writer}`);
        done += 1;
      }
    }),
  );
  writing = false;
  await cutter;
  await admin.end();
  await log.recovered();
  expect(outcomes).toHaveLength(16);
  expect(cuts).toBeGreaterThan(0);
  expect(faults).toBeGreaterThan(0);
  for (const writer of counted(16)) {
    const expected = counted(30).map((n) => `command-${writer}-${n}`);
    expect(await namesIn(log.store, `client-${writer}`)).toEqual(expected);
    expect(await namesIn(log.store, `client-${writer}-mirror`)).toEqual(expected);
  }
  expect(await positions(log.store)).toEqual(counted(16 * 30 * 2));
});
