import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Changes, gapsIn, onlineSpans, onlineWithin, stepsOf, teamPresence, unionOf } from './presence.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const day = { from: 0, to: 24 * HOUR };

test('of 8 rostered hours 24,480 seconds online are 85 %, one second less is not', () => {
  // BR-038
  const rostered = [{ from: 0, to: 28_800 * SECOND }];
  const share = (seconds: number) => {
    const { rosteredMs, onlineMs } = onlineWithin(rostered, [{ from: 0, to: seconds * SECOND }]);
    return onlineMs * 10_000 >= rosteredMs * 8_500;
  };
  expect(onlineWithin(rostered, [{ from: 0, to: 24_480 * SECOND }])).toEqual({ rosteredMs: 28_800 * SECOND, onlineMs: 24_480 * SECOND });
  expect([share(24_480), share(24_479)]).toEqual([true, false]);
});

test('time online outside the shift does not count, breaks are taken out', () => {
  const shift = [{ from: 10 * HOUR, to: 18 * HOUR }];
  const online = onlineSpans(
    [
      { at: 9 * HOUR, online: true },
      { at: 12 * HOUR, online: false },
      { at: 13 * HOUR, online: true },
    ],
    day,
  );
  expect(onlineWithin(shift, online)).toEqual({ rosteredMs: 8 * HOUR, onlineMs: 7 * HOUR });
});

test('how many were there is told step by step', () =>
  expect(
    stepsOf(
      [
        [{ from: 1, to: 5 }],
        [
          { from: 3, to: 6 },
          { from: 8, to: 100 },
        ],
      ],
      { from: 0, to: 100 },
    ),
  ).toEqual([
    { at: 0, count: 0 },
    { at: 1, count: 1 },
    { at: 3, count: 2 },
    { at: 5, count: 1 },
    { at: 6, count: 0 },
    { at: 8, count: 1 },
  ]));

const team = (...people: Changes[]) => new Map(people.map((changes, index) => [`ag_${index}`, changes]));
const on = (at: number) => ({ at, online: true });
const off = (at: number) => ({ at, online: false });

test('too few since the moment the last one left, not since somebody else came and went', () => {
  // BR-218
  const people = team([on(10), off(50)], [on(10)], [on(10), off(20), on(30), off(60), on(70)]);
  expect(teamPresence(people, 3, 0, 100)).toEqual({ known: true, online: 2, unreported: 0, since: 50 });
  expect(teamPresence(people, 2, 0, 100)).toEqual({ known: true, online: 2, unreported: 0, since: 70 });
});

test('whose presence nobody reports is neither there nor away', () => {
  // BR-218
  expect(teamPresence(team([], []), 2, 0, 100)).toMatchObject({ known: false, online: 0, unreported: 2 });
  expect(teamPresence(team([on(10), off(40)], []), 2, 0, 100)).toEqual({ known: true, online: 0, unreported: 1, since: 40 });
});

test('a team too small is short since its presence is known at all, never before the question begins', () => {
  expect(teamPresence(team([on(10)]), 2, 0, 100).since).toBe(10);
  expect(teamPresence(team([on(10)]), 2, 30, 100).since).toBe(30);
});

test('whatever people report, steps and single moments agree', () => {
  const changes = fc
    .uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 8 })
    .chain((ats) => fc.tuple(...ats.toSorted((a, b) => a - b).map((at) => fc.boolean().map((online) => ({ at, online })))));
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 5 }), fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 5 }), (people, at, contracted) => {
      const within = { from: 0, to: 100 };
      const steps = stepsOf(
        people.map((each) => onlineSpans(each, within)),
        within,
      );
      const told = (when: number) => steps.findLast((step) => step.at <= when)?.count;
      const counted = (when: number) => people.filter((each) => each.findLast((change) => change.at <= when)?.online === true).length;
      expect(told(at)).toBe(counted(at));

      const unreportedAt = (when: number) => people.filter((each) => (each[0]?.at ?? 100) > when).length;
      const now = teamPresence(team(...people), contracted, 0, 99);
      if (!now.known) return;
      const short = (when: number) => counted(when) + unreportedAt(when) < contracted;
      for (let when = now.since; when < 100; when++) expect(short(when)).toBe(short(99));
    }),
  );
});

test('spans that overlap or touch are one', () =>
  expect(
    unionOf(
      [
        { from: 5, to: 9 },
        { from: 0, to: 3 },
        { from: 3, to: 6 },
        { from: 20, to: 30 },
      ],
      { from: 1, to: 25 },
    ),
  ).toEqual([
    { from: 1, to: 9 },
    { from: 20, to: 25 },
  ]));

test('who is missing tonight is told from the plan, within the service hours only', () => {
  // A6
  const open = [
    { from: 9, to: 22 },
    { from: 30, to: 32 },
  ];
  const people = [[{ from: 8, to: 22 }], [{ from: 9, to: 18 }], [{ from: 30, to: 31 }]];
  expect(gapsIn(people, 2, open)).toEqual([
    { from: 18, to: 22, missing: 1 },
    { from: 30, to: 31, missing: 1 },
    { from: 31, to: 32, missing: 2 },
  ]);
  expect(gapsIn(people, 0, open)).toEqual([]);
});
