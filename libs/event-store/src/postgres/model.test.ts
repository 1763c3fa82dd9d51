// The store beside a model of it: writers of several processes, readers, transactions and dying connections in any order, and each member meets
// the end the model gives it.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HELD_AT, type HeldAt, Killer, Swallower } from '../../test/crashes.ts';
import { answered, member, registeredName, type TestLog, testLog, to } from '../../test/log.ts';
import { Model, type ModelEvent } from '../../test/model.ts';
import { type AppendMember, type AppendOutcome, decodeEvent, type EventStore, type Expectation } from '../index.ts';

let log: TestLog;
let real: Real;

/** The log as several processes have it. */
interface Real {
  readonly writers: readonly TestLog[];
  /** A process whose answers can be swallowed. */
  readonly far: TestLog;
  readonly killer: Killer;
  readonly swallower: Swallower;
  /** How often each way to die was met, so that none is tested by name only. */
  readonly deaths: Map<string, number>;
}

beforeAll(async () => {
  log = await testLog();
  const swallower = await Swallower.start(log.database.url);
  real = {
    writers: [log, await log.another()],
    far: await log.another({}, swallower.url),
    killer: await Killer.start(log.database.url),
    swallower,
    deaths: new Map(),
  };
});
afterAll(async () => {
  await real.killer.close();
  await log.close();
  await real.swallower.close();
});

/** One run: its model, and its readers' places. */
interface State {
  readonly run: number;
  readonly model: Model;
  readonly readers: number[];
}

/** Something that happens; compares what came of it with the model. */
type Step = (state: State) => Promise<void>;

// --- what members ask

const expectation: fc.Arbitrary<Expectation> = fc.oneof(
  fc.constant<Expectation>('none'),
  fc.constant<Expectation>('any'),
  fc.integer({ min: 1, max: 4 }).map((exactly) => ({ exactly })),
);
const asked = fc.record({
  streams: fc.uniqueArray(fc.record({ stream: fc.integer({ min: 1, max: 3 }), expected: expectation, events: fc.integer({ min: 0, max: 2 }) }), {
    selector: ({ stream }) => stream,
    maxLength: 3,
  }),
  command: fc.option(fc.record({ id: fc.integer({ min: 1, max: 4 }), content: fc.constantFrom('this', 'that') })),
});
type Asked = typeof asked extends fc.Arbitrary<infer One> ? One : never;
const group = fc.array(asked, { minLength: 1, maxLength: 6 });
/** The usual group: each of its streams as new as expected, no answers. */
const plainGroup = fc
  .uniqueArray(fc.integer({ min: 4, max: 40 }), { minLength: 1, maxLength: 6 })
  .map((streams) => streams.map((stream): Asked => ({ streams: [{ stream, expected: 'none', events: 2 }], command: null })));

let answers = 0;

function membersOf({ run }: State, group: readonly Asked[]): AppendMember[] {
  return group.map(({ streams, command }) => {
    answers += 1;
    const parts = streams.map(({ stream, expected, events }) =>
      to(`client-${run}-${stream}`, expected, ...Array.from({ length: events }, (_, n) => `${answers}.${n}`)),
    );
    return command === null ? member(...parts) : answered(`command-${run}-${command.id}`, command.content, `answer ${answers}`, ...parts);
  });
}

const appendAll = (store: EventStore, members: readonly AppendMember[]): Promise<PromiseSettledResult<AppendOutcome>[]> =>
  Promise.allSettled(members.map((one) => store.append(one)));
const outcomesOf = (settled: readonly PromiseSettledResult<AppendOutcome>[]): (AppendOutcome | 'fault')[] =>
  settled.map((one) => (one.status === 'fulfilled' ? one.value : 'fault'));
const judged = (model: Model, members: readonly AppendMember[]): Partial<AppendOutcome>[] => members.map((one) => model.append(one));

function writerOf(n: number): EventStore {
  return (real.writers[n % real.writers.length] ?? log).store;
}

// --- what may happen

const append = fc.record({ writer: fc.nat(1), members: fc.oneof(group, plainGroup) }).map(
  ({ writer, members }): Step =>
    async (state) => {
      const asking = membersOf(state, members);
      const outcomes = outcomesOf(await appendAll(writerOf(writer), asking));
      expect(outcomes).toMatchObject(judged(state.model, asking));
    },
);

/** Two processes append and a third reads, at once: one of the two groups came first, and the reader saw no gap. */
const rivals = fc.tuple(group, group).map(
  ([one, other]): Step =>
    async (state) => {
      const [mine, theirs] = [membersOf(state, one), membersOf(state, other)];
      const from = state.model.head;
      const [a, b, seen] = await Promise.all([appendAll(writerOf(0), mine), appendAll(writerOf(1), theirs), real.far.store.read(from, 100)]);
      const outcomes = [...outcomesOf(a), ...outcomesOf(b)];
      const orders = [
        { model: state.model.copy(), first: mine, second: theirs, swap: false },
        { model: state.model.copy(), first: theirs, second: mine, swap: true },
      ].map(({ model, first, second, swap }) => {
        const [early, late] = [judged(model, first), judged(model, second)];
        return { model, expected: swap ? [...late, ...early] : [...early, ...late] };
      });
      const right = orders.find(({ expected }) => matches(outcomes, expected));
      if (right === undefined) throw new Error(`neither order of the two groups gives ${JSON.stringify(outcomes)}`);
      state.model.become(right.model);
      expect(seen.map(({ position }) => position)).toEqual(seen.map((_, n) => from + n + 1));
    },
);

function matches(outcomes: readonly unknown[], expected: readonly unknown[]): boolean {
  try {
    expect(outcomes).toMatchObject(expected);
    return true;
  } catch {
    return false;
  }
}

/** A group's connection dies at a place; nothing of it is there, and asked again it is done as if for the first time. */
const dies = fc.record({ at: fc.constantFrom(...(Object.keys(HELD_AT) as HeldAt[])), writer: fc.nat(1), members: fc.oneof(group, plainGroup) }).map(
  ({ at, writer, members }): Step =>
    async (state) => {
      const asking = membersOf(state, members);
      const { result, died } = await real.killer.during(at, () => appendAll(writerOf(writer), asking));
      const outcomes = outcomesOf(result);
      if (died > 0) {
        real.deaths.set(at, (real.deaths.get(at) ?? 0) + 1);
        expect(outcomes).toEqual(asking.map(() => 'fault'));
        for (const each of real.writers) await each.recovered();
        expect((await log.store.head()).position).toBe(state.model.head);
        expect(outcomesOf(await appendAll(writerOf(writer + 1), asking))).toMatchObject(judged(state.model, asking));
      } else {
        expect(outcomes).toMatchObject(judged(state.model, asking)); // it had nothing to do at that place
      }
    },
);

/** A group is committed and its answer lost: all of it is there, and asked again by its command ids it gets the first answers. */
const unheard = group.map(
  (members): Step =>
    async (state) => {
      const asking = membersOf(state, members);
      await real.far.store.read(0, 1); // a connection is open: what is swallowed is the append's answer
      real.swallower.arm();
      expect(outcomesOf(await appendAll(real.far.store, asking))).toEqual(asking.map(() => 'fault'));
      await real.far.recovered();
      real.deaths.set('unheard', (real.deaths.get('unheard') ?? 0) + 1);
      judged(state.model, asking);
      expect((await log.store.head()).position).toBe(state.model.head);
      expect(outcomesOf(await appendAll(real.far.store, asking))).toMatchObject(judged(state.model, asking));
    },
);

/** A transaction appends as its last statement, and commits or does not. */
const within = fc.record({ members: group, commits: fc.boolean() }).map(
  ({ members, commits }): Step =>
    async (state) => {
      const asking = membersOf(state, members);
      const trial = state.model.copy();
      const expected = judged(trial, asking);
      const ended = log.db.transaction().execute(async (tx) => {
        expect(await log.store.appendWithin(tx, asking)).toMatchObject(expected);
        if (!commits) throw new Error('given up');
      });
      if (!commits) return expect(ended).rejects.toThrow('given up');
      await ended;
      state.model.become(trial);
    },
);

/** A reader goes on from where it was: exactly what the model holds there. */
const reads = fc.record({ reader: fc.nat(2), limit: fc.integer({ min: 1, max: 7 }) }).map(
  ({ reader, limit }): Step =>
    async (state) => {
      const after = state.readers[reader] ?? state.model.before;
      const events = (await writerOf(reader).read(after, limit)).map((raw): ModelEvent => {
        const { position, streamId, version, event } = decodeEvent(raw);
        return { position, streamId, version, name: registeredName(event) };
      });
      expect(events).toEqual(state.model.after(after, limit));
      state.readers[reader] = events.at(-1)?.position ?? after;
    },
);

const steps = fc.array(fc.oneof({ weight: 4, arbitrary: append }, rivals, { weight: 2, arbitrary: dies }, unheard, within, { weight: 3, arbitrary: reads }), {
  minLength: 1,
  maxLength: 14,
});

test('whatever happens in whatever order, the log is what the model says', { timeout: 120_000 }, async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (happening) => {
      run += 1;
      const before = (await log.store.head()).position;
      const state: State = { run, model: new Model(before), readers: [before, before, before] };
      for (const step of happening) await step(state);
      const stored = await log.store.read(before, 10_000);
      expect(stored.map(({ position, streamId, version }) => ({ position, streamId, version }))).toEqual(
        state.model.log.map(({ position, streamId, version }) => ({ position, streamId, version })),
      );
    }),
    { numRuns: 60 },
  );
  for (const death of [...Object.keys(HELD_AT), 'unheard']) expect(real.deaths.get(death), `${death}: never met`).toBeGreaterThan(0);
});
