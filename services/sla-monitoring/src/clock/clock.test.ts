// Given what was said, when facts or time come, then what is said now (BR-020 to BR-022; architecture.md decision 12).
import { fold } from '@deskfleet/event-store';
import { ClauseBreached, ClauseWarned, ResponseClockStarted } from '@deskfleet/protocol/sla';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AssessClocks, type ClockCommand, type ClockEvent, clock, type FreshClock } from './clock.ts';

const TEN = Date.UTC(2026, 2, 5, 2); // 10:00 in Shanghai
const ALLOWANCE = 30_000;
const DUE = TEN + ALLOWANCE;

const fresh = (stopAt?: number, start: Partial<FreshClock> = {}): FreshClock => ({
  clauseKey: 'first-response',
  metricVersion: 1,
  round: 1,
  startMessageId: 'question',
  startedAt: TEN,
  allowanceMs: ALLOWANCE,
  warnAt: TEN + 24_000,
  dueAt: DUE,
  stop: stopAt === undefined ? undefined : { messageId: `answer-${stopAt}`, at: stopAt, elapsedMs: stopAt - TEN },
  notOurs: '',
  ...start,
});
const assess = (now: number, clocks: FreshClock[], more: Partial<AssessClocks> = {}): AssessClocks => ({
  kind: 'assess',
  conversationId: 'cv',
  contractId: 'k',
  clocks,
  now,
  judgePastDue: true,
  because: 'messages',
  ...more,
});
const elapse = (now: number): ClockCommand => ({ kind: 'elapse', now });

/** Runs commands in order; answers each command's events by short name. */
function run(...commands: ClockCommand[]): string[][] {
  const history: ClockEvent[] = [];
  return commands.map((command) => {
    const events = decided(history, command);
    history.push(...events);
    return events.map(nameOf);
  });
}

function decided(history: readonly ClockEvent[], command: ClockCommand): readonly ClockEvent[] {
  const decision = clock.decide(fold(clock, history), command);
  if (!decision.accepted) throw new Error(decision.code);
  return decision.events;
}

const nameOf = (event: ClockEvent): string => event.$type.replace('deskfleet.sla.v1.', '') + ('reason' in event ? `(${event.reason})` : '');

const STARTED = 'ResponseClockStarted';
const STOPPED = 'ResponseClockStopped';
const WARNED = 'ClauseWarned';
const BREACHED = 'ClauseBreached';

describe('a live clock', () => {
  test('BR-020: the human reply at exactly 30.000 s stops it in time', () =>
    expect(run(assess(TEN, [fresh()]), assess(DUE, [fresh(DUE)]))).toEqual([[STARTED], [WARNED, STOPPED]]));

  test('BR-021: a reply at 30.001 s is a breach, and its clock stops late', () =>
    expect(run(assess(TEN, [fresh()]), assess(DUE + 1, [fresh(DUE + 1)]))).toEqual([[STARTED], [WARNED, BREACHED, STOPPED]]));

  test('is warned at 80 % of its allowance, not before, and once', () =>
    expect(run(assess(TEN, [fresh()]), elapse(TEN + 23_999), elapse(TEN + 24_000), elapse(TEN + 24_001))).toEqual([[STARTED], [], [WARNED], []]));

  test('is warned of even where that timer fires after the due one', () =>
    expect(run(assess(TEN, [fresh()]), elapse(DUE + 1), elapse(DUE + 2))).toEqual([[STARTED], [WARNED, BREACHED], []]));

  test('breaches at due + 1 ms without waiting for a reply, and not at due', () => {
    const history = decided([], assess(TEN, [fresh()]));
    expect(decided(history, elapse(DUE)).map(nameOf)).toEqual([WARNED]);
    const breach = decided(history, elapse(DUE + 1)).at(-1);
    expect(breach).toMatchObject({ $type: ClauseBreached.$type, breachedAt: DUE + 1, dueAt: DUE, startMessageId: 'question', metricVersion: 1 });
  });

  test('answered before its timer fires says nothing then', () =>
    expect(run(assess(TEN, [fresh()]), assess(TEN + 1, [fresh(TEN + 1)]), elapse(DUE + 1))[2]).toEqual([]));

  test('answered when first seen needs no timer', () => expect(run(assess(TEN + 5, [fresh(TEN + 5)]))).toEqual([[]]));

  test('that begins earlier, by a message learned later, is armed anew', () => {
    const earlier = fresh(undefined, { startMessageId: 'first', startedAt: TEN - 5_000, dueAt: DUE - 5_000, warnAt: TEN + 19_000 });
    expect(run(assess(TEN, [fresh()]), assess(TEN + 1, [earlier]))).toEqual([[STARTED], ['ResponseClockCancelled(earlier-message-learned)', STARTED]]);
  });
});

describe('what an import brings', () => {
  test('a late clock is judged only when the import is complete', () =>
    expect(run(assess(DUE + 60_000, [fresh()], { judgePastDue: false }), assess(DUE + 60_000, [fresh()]))).toEqual([[], [BREACHED]]));

  test('a clock whose due instant lies ahead is armed at once', () => expect(run(assess(TEN + 1, [fresh()], { judgePastDue: false }))).toEqual([[STARTED]]));

  test('one answered in time is no event', () => expect(run(assess(DUE + 60_000, [fresh(DUE)]))).toEqual([[]]));

  test('one answered late is a breach that knows its reply', () => expect(run(assess(DUE + 60_000, [fresh(DUE + 1)]))).toEqual([[BREACHED, STOPPED]]));
});

describe('a breach states what is known', () => {
  const live = [assess(TEN, [fresh()]), elapse(DUE + 1)] as const;

  test('a reply in time that is learned later withdraws it', () =>
    expect(run(...live, assess(DUE + 9_000, [fresh(DUE)]))[2]).toEqual(['BreachWithdrawn(earlier-reply-learned)']));

  test('a late reply does not', () => expect(run(...live, assess(DUE + 9_000, [fresh(DUE + 1)]))[2]).toEqual([STOPPED]));

  test('an earlier question withdraws it and breaches by its own due instant', () => {
    const earlier = fresh(undefined, { startMessageId: 'first', startedAt: TEN - 1, dueAt: DUE - 1 });
    expect(run(...live, assess(DUE + 9_000, [earlier]))[2]).toEqual(['BreachWithdrawn(earlier-message-learned)', BREACHED]);
  });

  test('BR-212: what turns out not to be ours withdraws it', () =>
    expect(run(...live, assess(DUE + 9_000, [fresh(DUE + 1, { notOurs: 'shop-staff' })], { because: 'remapping' }))[2]).toEqual(['BreachWithdrawn(not-ours)']));

  test('BR-022: an answer that turns out to be a bot breaches, mapped back it is withdrawn, and each breach has an id of its own', () => {
    const history: ClockEvent[] = [];
    const ids: string[] = [];
    for (const [stopAt, expected] of [
      [TEN + 5, []],
      [undefined, [BREACHED]],
      [TEN + 5, ['BreachWithdrawn(account-remapped)']],
      [undefined, [BREACHED]],
    ] as const) {
      const events = decided(history, assess(DUE + 9_000, [fresh(stopAt)], { because: 'remapping' }));
      history.push(...events);
      ids.push(...events.filter((event) => event.$type === ClauseBreached.$type).map((event) => event.breachId));
      expect(events.map(nameOf)).toEqual(expected);
    }
    expect(new Set(ids).size).toBe(2);
  });

  test('another contract takes its clocks along', () =>
    expect(run(...live, assess(DUE + 9_000, [fresh()], { because: 'remapping', contractId: 'k2' }))[2]).toEqual([
      'BreachWithdrawn(contract-changed)',
      BREACHED,
    ]));

  test('a clock set back does not undo it', () => expect(run(...live, assess(TEN, [fresh()]))[2]).toEqual([]));
});

describe('for all histories', () => {
  const clocks = fc.uniqueArray(
    fc.record({
      round: fc.integer({ min: 1, max: 3 }),
      start: fc.integer({ min: 0, max: 3 }),
      wait: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
    }),
    { selector: ({ round }) => round, maxLength: 3 },
  );
  const commands = fc.array(
    fc.oneof(
      fc
        .record({ clocks, at: fc.integer({ min: 0, max: 70_000 }), judgePastDue: fc.boolean(), remapped: fc.boolean() })
        .map(({ clocks, at, judgePastDue, remapped }) =>
          assess(
            TEN + at,
            clocks.map(({ round, start, wait }) => {
              const startedAt = TEN + start;
              return fresh(wait === undefined ? undefined : startedAt + wait, {
                round,
                startMessageId: `q${start}`,
                startedAt,
                warnAt: startedAt + 24_000,
                dueAt: startedAt + ALLOWANCE,
              });
            }),
            { judgePastDue, because: remapped ? 'remapping' : 'messages' },
          ),
        ),
      fc.integer({ min: 0, max: 70_000 }).map((at) => elapse(TEN + at)),
    ),
    { maxLength: 12 },
  );

  test('a command repeated on the state it led to gives no new events', () =>
    fc.assert(
      fc.property(commands, (list) => {
        const history: ClockEvent[] = [];
        for (const command of list) {
          history.push(...decided(history, command));
          expect(decided(history, command)).toEqual([]);
        }
      }),
    ));

  test('after a judgement exactly the missed clocks stand breached, whatever was said before', () =>
    fc.assert(
      fc.property(commands, clocks, (list, last) => {
        const history: ClockEvent[] = [];
        for (const command of list) history.push(...decided(history, command));
        const now = TEN + 100_000;
        const shown = last.map(({ round, start, wait }) =>
          fresh(wait === undefined ? undefined : TEN + start + wait, {
            round,
            startMessageId: `q${start}`,
            startedAt: TEN + start,
            dueAt: TEN + start + ALLOWANCE,
          }),
        );
        history.push(...decided(history, assess(now, shown)));
        const breached = [...fold(clock, history).values()].filter(({ phase }) => phase === 'breached').map(({ key }) => key.round);
        const missed = shown.filter(({ stop, dueAt }) => stop === undefined || stop.at > dueAt).map(({ round }) => round);
        expect(breached.toSorted()).toEqual(missed.toSorted());
      }),
    ));

  test('a warning comes only while its clock runs', () => {
    const history = decided([], assess(TEN, [fresh()]));
    expect(history[0]).toMatchObject({ $type: ResponseClockStarted.$type, warnAt: TEN + 24_000, dueAt: DUE });
    expect(decided(history, elapse(TEN + 24_000))[0]).toMatchObject({ $type: ClauseWarned.$type, warnedAt: TEN + 24_000 });
  });
});
