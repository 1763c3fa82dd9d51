// Durable deadlines on a real database: fired at their instant, once, decided afresh; moved and cancelled by events.
import type { AppendMember, EpochMs } from '@deskfleet/event-store';
import { ConversationImported, ConversationOpened, MessageReceived } from '@deskfleet/protocol/conversations';
import { Actor } from '@deskfleet/protocol/platform';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { installReadModel, type Timer, type TimerPlan, timerCommandId } from '../src/index.ts';
import { type Ground, ground } from './ground.ts';

type Seen = MessageReceived | ConversationOpened;

/** A message sets its conversation's timer to its sent_at, an opening cancels it; firing appends ConversationImported. */
function plan(fire: (timers: readonly Timer[]) => void = () => {}): TimerPlan<Seen> {
  return {
    armedBy: [ConversationOpened, MessageReceived],
    appends: [],
    kind: 'reply',
    types: [MessageReceived, ConversationOpened],
    changes({ event, streamId }) {
      if (event.$type === ConversationOpened.$type) return [{ clear: { kind: 'reply', key: event.conversationId } }];
      return [{ set: { kind: 'reply', key: event.conversationId, dueAt: (event as MessageReceived).sentAt, streamId } }];
    },
    async fire(timers) {
      fire(timers);
      return timers.map(firing);
    },
  };
}

function firing(timer: Timer): AppendMember {
  const commandId = timerCommandId(timer);
  return {
    cause: { vendorId: timer.vendorId, actor: Actor.create({}), correlationId: '', causationId: '', commandId },
    streams: [
      {
        streamId: timer.streamId,
        expected: 'any',
        events: [{ event: ConversationImported.create({ conversationId: timer.key }), occurredAt: timer.dueAt, shopId: '' }],
      },
    ],
    answer: { fingerprint: new Uint8Array(), bytes: new Uint8Array() },
  };
}

let at: Ground;
/** Where the clock stands; undefined while it runs. */
let stands: EpochMs | undefined;
const now = (): EpochMs => stands ?? Date.now();
beforeEach(async () => {
  stands = undefined;
  at = await ground(now);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await at.end();
});

const arm = (conversation: string, dueAt: EpochMs) =>
  at.append(`conversation-${conversation}`, MessageReceived.create({ conversationId: conversation, messageId: `${dueAt}`, sentAt: dueAt }));
const cancel = (conversation: string) => at.append(`conversation-${conversation}`, ConversationOpened.create({ conversationId: conversation }));

async function fired(): Promise<{ conversation: string; dueAt: EpochMs; firedAt: EpochMs }[]> {
  const events = await at.store.read(0, 1000, { types: [ConversationImported.$type] });
  return events.map((raw) => ({ conversation: ConversationImported.decode(raw.data).conversationId, dueAt: raw.occurredAt, firedAt: raw.recordedAt }));
}

test('a timer fires at its instant and not before; until then the service has none due', async () => {
  const armedAt = now();
  const model = await at.start({ timers: [plan()] });
  stands = armedAt;
  await model.passed(await arm('c1', armedAt + 400));
  stands = armedAt + 399;
  expect(await model.dueTimers()).toBe(0);
  expect(await fired()).toEqual([]);
  // The clock stops short of the look that finds the timers of a dead instance: it is the instant kept in memory that fires.
  stands = armedAt + 400;
  await until(async () => (await fired()).length === 1);
  expect(await fired()).toEqual([{ conversation: 'c1', dueAt: armedAt + 400, firedAt: armedAt + 400 }]);
  await until(async () => (await at.owner.query('select from timers')).rowCount === 0);
});

test('moved it fires at the new instant only, cancelled never', async () => {
  const armedAt = now();
  const model = await at.start({ timers: [plan()] });
  stands = armedAt;
  await arm('moved', armedAt + 300);
  await arm('moved', armedAt + 600);
  await arm('cancelled', armedAt + 300);
  await model.passed(await cancel('cancelled'));
  stands = armedAt + 599;
  expect(await model.dueTimers()).toBe(0);
  stands = armedAt + 600;
  await until(async () => (await fired()).length === 1);
  expect(await fired()).toEqual([{ conversation: 'moved', dueAt: armedAt + 600, firedAt: armedAt + 600 }]);
  await until(async () => (await at.owner.query('select from timers')).rowCount === 0);
  stands = undefined;
  expect(await model.dueTimers()).toBe(0);
});

test('many due at once fire once each, with two instances beside each other', async () => {
  const due = Date.now() - 1000;
  for (let n = 0; n < 250; n += 1) await arm(`c${n}`, due + n);
  const models = await Promise.all([at.start({ timers: [plan()] }), at.start({ timers: [plan()] })]);
  await until(async () => (await fired()).length >= 250 && (await models[0]?.dueTimers()) === 0);
  const conversations = (await fired()).map(({ conversation }) => conversation);
  expect(new Set(conversations).size).toBe(250);
  expect(conversations).toHaveLength(250);
});

test('a backlog is fired in growing batches, what comes after it in small ones again', async () => {
  const due = now();
  const armed = await Promise.all(Array.from({ length: 650 }, (_, n) => arm(`c${n}`, due)));
  const batches: number[] = [];
  const model = await at.start({ timers: [plan((timers) => batches.push(timers.length))] });
  await model.passed(Math.max(...armed));
  await until(async () => (await fired()).length === 650);
  // The projection may arm them in several steps while the first fire: all of them once, and fewer batches than of 100 each.
  expect(batches.reduce((sum, size) => sum + size, 0)).toBe(650);
  expect(Math.max(...batches)).toBeGreaterThan(100);
  await until(async () => (await at.owner.query('select from timers')).rowCount === 0);
  batches.length = 0;
  await Promise.all(Array.from({ length: 150 }, (_, n) => arm(`d${n}`, now() + 1_000)));
  await until(async () => (await fired()).length === 800);
  expect(Math.max(...batches)).toBeLessThanOrEqual(200);
});

test('what is set for an instant that has passed, and what was given back, is found though later ones have fired: not by the look at all', async () => {
  const from = now();
  let moved = false;
  const model = await at.start({
    timers: [
      {
        ...plan(),
        async fire(timers) {
          // Once, the stream of the first has moved when it is appended to.
          return timers.map(firing).map((member) => {
            if (moved || member.streams[0]?.streamId !== 'conversation-moves') return member;
            moved = true;
            return { ...member, streams: member.streams.map((stream) => ({ ...stream, expected: { exactly: 99 } })) };
          });
        },
      },
    ],
  });
  vi.spyOn(performance, 'now').mockReturnValue(performance.now()); // the next look at all never comes
  await model.passed(await arm('moves', from));
  await model.passed(await arm('later', from + 200));
  await until(async () => (await fired()).length === 2);
  await model.passed(await arm('late', from + 100));
  await until(async () => (await fired()).length === 3);
  expect((await fired()).map(({ conversation }) => conversation)).toEqual(['moves', 'later', 'late']);
  expect(moved).toBe(true);
});

test('one that cannot be decided holds up no other, stays due with its error, and fires once it can be', async () => {
  let broken = true;
  const model = await at.start({
    timers: [
      plan((timers) => {
        if (broken && timers.some(({ key }) => key === 'c3')) throw new Error('cannot decide');
      }),
    ],
  });
  for (let n = 0; n < 8; n += 1) await arm(`c${n}`, Date.now() - 1000 + n);
  await until(async () => (await fired()).length === 7);
  await until(async () => (await model.dueTimers()) === 1);
  await until(async () => (await at.owner.query('select error from timers')).rows[0]?.error === 'cannot decide');
  broken = false;
  await until(async () => (await fired()).length === 8);
  expect(at.faults.length).toBeGreaterThan(0);
});

test('after its clock was set back an instance still finds the timers of one that died', async () => {
  let aheadMs = 3_600_000;
  await at.start({ timers: [plan()], clock: () => Date.now() + aheadMs });
  await new Promise((resolve) => setTimeout(resolve, 300)); // it has looked once, and will again by what its clock says
  aheadMs = 0;
  await at.owner.query(`insert into timers (vendor_id, kind, key, due_at, stream_id) values ('vendor-1', 'reply', 'left', $1, 'conversation-left')`, [
    Date.now(),
  ]);
  await until(async () => (await fired()).length === 1);
});

test('what an instance with a clock far ahead had in hand when it died is fired by the next one, not hours later', async () => {
  const dead = Promise.withResolvers<void>();
  const hanging = { ...plan(), fire: async () => dead.promise.then(() => []) };
  const dying = await at.start({ timers: [hanging], clock: () => Date.now() + 2 * 3_600_000 });
  await dying.passed(await arm('held', Date.now() + 500));
  await until(async () => (await at.owner.query('select from timers where held_until > 0')).rowCount === 1);
  await at.owner.query('update timers set held_until = held_until - 29000'); // its lease of 30 s is nearly over
  await at.start({ timers: [plan()] });
  await until(async () => (await fired()).length === 1);
  dead.resolve();
});

test('timers of an installation whose key began with the vendor are there after its next start, and fire', async () => {
  stands = now();
  const dueAt = stands + 400;
  const before = await at.start({ timers: [plan()] });
  await before.passed(await arm('c1', dueAt));
  await before.stop();
  await at.owner.query('alter table timers drop constraint timers_pkey, add primary key (vendor_id, kind, key)');
  await installReadModel(at.owner, at.roles);
  await installReadModel(at.owner, at.roles);
  const { rows } = await at.owner.query(`select pg_get_constraintdef(oid) as key from pg_constraint where conname = 'timers_pkey'`);
  expect(rows).toEqual([{ key: 'PRIMARY KEY (key, kind, vendor_id)' }]);
  const after = await at.start({ timers: [plan()] });
  await after.passed(await arm('c2', dueAt));
  stands = dueAt;
  await until(async () => (await fired()).length === 2);
  expect((await fired()).map(({ conversation }) => conversation).sort()).toEqual(['c1', 'c2']);
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 50_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('not within 50 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
