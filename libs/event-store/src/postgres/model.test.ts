// The store beside a model of it that fits on a screen: whatever is appended at once, each member meets the end the model gives it.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, member, namesIn, type TestLog, testLog, to } from '../../test/log.ts';
import type { AppendMember, AppendOutcome, Expectation } from '../index.ts';

let log: TestLog;
beforeAll(async () => {
  log = await testLog();
});
afterAll(() => log.close());

/** What the log promises, one member after the other. */
class Model {
  readonly streams = new Map<string, number>();
  readonly answers = new Map<string, { content: string; answer: string }>();
  position: number;

  constructor(position: number) {
    this.position = position;
  }

  append({ cause, streams, answer }: AppendMember): Partial<AppendOutcome> {
    const known = this.answers.get(cause.commandId);
    if (answer !== undefined && known !== undefined) {
      return { outcome: 'repeated', same: known.content === `${answer.fingerprint}`, answer: Buffer.from(known.answer) };
    }
    for (const { streamId, expected } of streams) {
      const actual = this.streams.get(streamId) ?? 0;
      const met = expected === 'any' || actual === (expected === 'none' ? 0 : expected.exactly);
      if (!met) return { outcome: 'conflict', streamId, expected, actual };
    }
    const firstPosition = this.position + 1;
    for (const { streamId, events } of streams) {
      this.streams.set(streamId, (this.streams.get(streamId) ?? 0) + events.length);
      this.position += events.length;
    }
    if (answer !== undefined) this.answers.set(cause.commandId, { content: `${answer.fingerprint}`, answer: `${answer.bytes}` });
    return { outcome: 'appended', firstPosition, lastPosition: this.position };
  }
}

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

test('whatever is asked at once, each is answered as if asked alone in its turn', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(asked, { minLength: 1, maxLength: 8 }), { maxLength: 4 }), async (turns) => {
      run += 1;
      const model = new Model((await log.store.head()).position);
      let answers = 0;
      for (const turn of turns) {
        const members = turn.map(({ streams, command }) => {
          const parts = streams.map(({ stream, expected, events }) =>
            to(`client-${run}-${stream}`, expected, ...Array.from({ length: events }, (_, n) => `${n}`)),
          );
          answers += 1;
          return command === null ? member(...parts) : answered(`command-${run}-${command.id}`, command.content, `answer ${answers}`, ...parts);
        });
        const outcomes = await Promise.all(members.map((one) => log.store.append(one)));
        expect(outcomes).toMatchObject(members.map((one) => model.append(one)));
      }
      expect((await log.store.head()).position).toBe(model.position);
      for (const [streamId, version] of model.streams) expect(await namesIn(log.store, streamId)).toHaveLength(version);
    }),
    { numRuns: 40 },
  );
});
