// An operator rebuilds a read model beside the live one, swaps forth and back, and drops: on a real database, while commands go on.
import { MessageReceived } from '@deskfleet/protocol/conversations';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProjectionBuild, ReadModel, RowProjection, SqlProjection } from '../src/index.ts';
import { type Ground, ground } from './ground.ts';

interface Talk {
  conversation_id: string;
  messages: number;
}

/** Counts messages; `weight` is the bug that a repair mends. */
function talks(weight: () => number, version = 1): RowProjection<MessageReceived, Talk> {
  return {
    name: 'talks',
    version,
    types: [MessageReceived],
    columns: 'conversation_id text not null, messages bigint not null',
    keyColumns: ['conversation_id'],
    keys: ({ event }) => [{ conversation_id: event.conversationId }],
    apply: (row, { event }) => ({ conversation_id: event.conversationId, messages: (row?.messages ?? 0) + weight() }),
  };
}

let at: Ground;
beforeEach(async () => {
  at = await ground();
});
afterEach(() => at.end());

const say = (conversation: string, messageId: string) =>
  at.append(`conversation-${conversation}`, MessageReceived.create({ conversationId: conversation, messageId, sentAt: 1 }));

/** What a query answers: the rows behind the view. */
async function seen(): Promise<Record<string, number>> {
  const { rows } = await at.owner.query<{ conversation_id: string; messages: string }>('select conversation_id, messages from talks order by 1');
  return Object.fromEntries(rows.map((row) => [row.conversation_id, Number(row.messages)]));
}

async function buildsOf(model: ReadModel): Promise<Record<string, ProjectionBuild['state']>> {
  return Object.fromEntries((await model.builds()).filter(({ name }) => name === 'talks').map((one) => [`v${one.version} b${one.build}`, one.state]));
}

test('a rebuild of the same version after a repaired bug is swapped in when it has caught up, while messages go on', async () => {
  let weight = 10;
  const model = await at.start({ projections: [talks(() => weight)] });
  for (let n = 0; n < 600; n += 1) await say(`c${n % 2}`, `m${n}`);
  await model.passed(await say('c0', 'last'));
  expect(await seen()).toEqual({ c0: 3010, c1: 3000 });
  weight = 1;
  expect(await model.rebuild('talks')).toMatchObject({ build: 2, state: 'building', rebuildable: true, runnable: true });
  let last = 0;
  await until(async () => {
    last = await say('c1', 'beside');
    await model.passed(last); // the live one serves meanwhile
    return (await buildsOf(model))['v1 b2'] === 'live';
  });
  await model.passed(last);
  expect(await seen()).toEqual({ c0: 301, c1: last - 301 });
  expect(await buildsOf(model)).toEqual({ 'v1 b1': 'kept', 'v1 b2': 'live' });
  const [kept, live] = await model.builds();
  expect(live).toMatchObject({ position: last, head: last, fault: '' });
  await until(async () => (await model.builds())[1]?.rows === 2);
  expect(live?.liveAt).toBeGreaterThanOrEqual(live?.startedAt ?? Infinity);
  expect(kept?.position).toBeLessThanOrEqual(last);
  expect(at.faults).toEqual([]);
});

test('under constant traffic the swap does not wait for a pause, and no reader sees less than before', async () => {
  const model = await at.start({ projections: [talks(() => 1)] });
  for (let n = 0; n < 300; n += 1) await say('c0', `m${n}`);
  let on = true;
  const writers = Array.from({ length: 8 }, async () => {
    while (on) await say('c0', 'more');
  });
  let before = 0;
  const reader = (async () => {
    while (on) {
      const { c0 = 0 } = await seen();
      if (c0 < before) throw new Error(`${c0} after ${before}`);
      before = c0;
    }
  })();
  await model.rebuild('talks');
  await until(async () => (await buildsOf(model))['v1 b2'] === 'live');
  on = false;
  await Promise.all([...writers, reader]);
  const last = (await at.store.head()).position;
  await model.passed(last);
  expect(await seen()).toEqual({ c0: last });
  expect(at.faults).toEqual([]);
});

test('the way back: the kept build catches up with what came meanwhile, and is live again; and forth again', async () => {
  const model = await at.start({ projections: [talks(() => 1)] });
  await model.passed(await say('c0', 'm1'));
  await model.rebuild('talks');
  await until(async () => (await buildsOf(model))['v1 b2'] === 'live');
  await model.passed(await say('c0', 'm2'));
  await model.swap({ name: 'talks', version: 1, build: 1 });
  await until(async () => (await buildsOf(model))['v1 b1'] === 'live');
  expect(await buildsOf(model)).toEqual({ 'v1 b1': 'live', 'v1 b2': 'kept' });
  await model.passed(await say('c0', 'm3'));
  expect(await seen()).toEqual({ c0: 3 });
  await model.swap({ name: 'talks', version: 1, build: 2 });
  await until(async () => (await buildsOf(model))['v1 b2'] === 'live');
  await model.passed(await say('c0', 'm4'));
  expect(await seen()).toEqual({ c0: 4 });
});

test('a kept build is dropped with its table; the live one is refused, and one that is being built is given up', async () => {
  let stuck = false;
  const model = await at.start({
    projections: [
      talks(() => {
        if (stuck) throw new Error('cannot fold');
        return 1;
      }),
    ],
  });
  await model.passed(await say('c0', 'm1'));
  await model.rebuild('talks');
  await until(async () => (await buildsOf(model))['v1 b2'] === 'live');
  await expect(model.drop({ name: 'talks', version: 1, build: 2 })).rejects.toMatchObject({ code: 'projection-is-live' });
  await model.drop({ name: 'talks', version: 1, build: 1 });
  await expect(model.drop({ name: 'talks', version: 1, build: 1 })).rejects.toMatchObject({ code: 'projection-not-found' });
  expect((await at.owner.query(`select to_regclass('talks_v1') as t`)).rows[0].t).toBe(null);

  stuck = true;
  await model.rebuild('talks');
  await until(async () => (await model.builds()).some(({ build, fault }) => build === 3 && fault.includes('cannot fold')));
  expect(await seen()).toEqual({ c0: 1 }); // stopped, not skipped: the live one serves on
  expect([...model.faults().keys()]).toEqual(['talks v1 build 3']);
  await expect(model.rebuild('talks')).rejects.toMatchObject({ code: 'rebuild-running', facts: { build: 3 } });
  await model.drop({ name: 'talks', version: 1, build: 3 });
  expect(await buildsOf(model)).toEqual({ 'v1 b2': 'live' });
  expect(model.faults().size).toBe(0);
});

test('what cannot be rebuilt says why: unknown, written by its own SQL, too many at once', async () => {
  let stuck = true;
  const slow = (name: string): RowProjection<MessageReceived, Talk> => ({
    ...talks(() => 1),
    name,
    apply: () => {
      if (stuck) throw new Error('not yet');
      return undefined;
    },
  });
  const own: SqlProjection<MessageReceived> = { name: 'own', version: 1, types: [MessageReceived], write: async () => {} };
  const model = await at.start({ projections: [slow('one'), slow('two'), own], buildsAtOnce: 1 });
  await say('c0', 'm1');
  await until(async () => model.faults().size === 2);
  await expect(model.rebuild('none')).rejects.toMatchObject({ code: 'projection-not-found' });
  await expect(model.rebuild('own')).rejects.toMatchObject({ code: 'projection-not-rebuildable' });
  await model.rebuild('one');
  await expect(model.rebuild('two')).rejects.toMatchObject({ code: 'too-many-rebuilds', facts: { limit: 1, running: ['one'] } });
  stuck = false;
});

test('an old version whose code is gone is kept and cannot be swapped in; its release takes it up where it stood', async () => {
  const first = await at.start({ projections: [talks(() => 1)] });
  await first.passed(await say('c0', 'm1'));
  await first.stop();
  const second = await at.start({ projections: [talks(() => 10, 2)] });
  await until(async () => (await buildsOf(second))['v2 b1'] === 'live');
  expect(await buildsOf(second)).toEqual({ 'v1 b1': 'kept', 'v2 b1': 'live' });
  await expect(second.swap({ name: 'talks', version: 1, build: 1 })).rejects.toMatchObject({
    code: 'projection-version-without-code',
    facts: { version: 1, running: 2 },
  });
  const last = await say('c0', 'm2');
  await second.passed(last);
  expect(await seen()).toEqual({ c0: 20 });
  await second.stop();
  const back = await at.start({ projections: [talks(() => 1)] });
  await until(async () => (await buildsOf(back))['v1 b1'] === 'live');
  await back.passed(last);
  expect(await seen()).toEqual({ c0: 2 });
});

test('another instance takes part in a rebuild, and follows the swap', async () => {
  const [one, other] = await Promise.all([at.start({ projections: [talks(() => 1)] }), at.start({ projections: [talks(() => 1)] })]);
  await one.passed(await say('c0', 'm1'));
  await one.rebuild('talks');
  await until(async () => (await buildsOf(other))['v1 b2'] === 'live');
  await one.stop();
  const last = await say('c0', 'm2');
  await until(async () => (await seen())['c0'] === 2); // by the instance that is left
  await other.passed(last);
});

test('a way in from before builds were counted: an older installation is brought up to date', async () => {
  await at.owner.query(`
    drop table projection_checkpoints;
    create table projection_checkpoints (name text collate "C" not null, version integer not null, position bigint not null, live boolean not null,
      definition text not null, primary key (name, version))`);
  const { installReadModel } = await import('../src/index.ts');
  await installReadModel(at.owner, at.roles);
  await installReadModel(at.owner, at.roles);
  const model = await at.start({ projections: [talks(() => 1)] });
  await model.passed(await say('c0', 'm1'));
  await model.rebuild('talks');
  await until(async () => (await buildsOf(model))['v1 b2'] === 'live');
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('not within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
