import type { LoadedStream } from '@deskfleet/event-store';
import { ShiftPlanned } from '@deskfleet/protocol/agents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideShifts, type ShiftGround } from './plan-shifts.ts';
import { shiftIdOf } from './shift.ts';

const HOUR = 3_600_000;
const ground: ShiftGround = { hired: new Set(['ag_1', 'ag_2']), shops: new Set(['sh_a']), standing: [] };
const plan = (agentId: string, from: number, to: number, ...shopIds: string[]) => ({ agentId, shopIds, fromAt: from * HOUR, toAt: to * HOUR });
const none = new Map<string, LoadedStream>();
const decide = (plans: Parameters<typeof decideShifts>[1], on = ground) => decideShifts('v1', plans, 'csv', on, none, 0);

test('good shifts go in, each bad one is named by its place', () => {
  const decided = decide([
    plan('ag_1', 10, 18, 'sh_a'),
    plan('ag_9', 10, 18),
    plan('ag_2', 10, 18, 'sh_z'),
    plan('ag_2', 18, 10),
    plan('ag_1', 17, 20),
    plan('ag_1', 18, 20),
    plan('ag_1', 10, 18, 'sh_a'),
  ]);
  expect(decided).toMatchObject({ planned: 2, unchanged: 1 });
  expect(decided.rejected.map(({ index, code, field }) => [index, code, field])).toEqual([
    [1, 'shift-agent-unknown', 'agentId'],
    [2, 'shift-shop-unknown', 'shopIds'],
    [3, 'shift-span-invalid', 'toAt'],
    [4, 'shift-overlaps', 'fromAt'],
  ]);
  expect(decided.appends).toHaveLength(2);
});

test('a shift moved by its end is no overlap with itself, one with another begin is', () => {
  const standing = [{ ...plan('ag_1', 10, 18), shiftId: shiftIdOf('v1', 'ag_1', 10 * HOUR) }];
  expect(decide([plan('ag_1', 10, 20)], { ...ground, standing }).rejected).toEqual([]);
  expect(decide([plan('ag_1', 11, 18)], { ...ground, standing }).rejected).toMatchObject([{ code: 'shift-overlaps' }]);
});

test('whatever is planned, no agent has two shifts at once, and every plan is counted', () => {
  const plans = fc.array(
    fc.tuple(fc.constantFrom('ag_1', 'ag_2', 'ag_9'), fc.nat(30), fc.nat(30)).map(([agentId, from, to]) => plan(agentId, from, to)),
    { maxLength: 15 },
  );
  fc.assert(
    fc.property(plans, (asked) => {
      const { appends, planned, unchanged, rejected } = decide(asked);
      expect(planned + unchanged + rejected.length).toBe(asked.length);
      const spans = appends.map(({ events }) => ShiftPlanned.fromJSON(events.at(-1)?.event));
      for (const [n, a] of spans.entries())
        for (const b of spans.slice(n + 1)) expect(a.agentId === b.agentId && a.fromAt < b.toAt && b.fromAt < a.toAt).toBe(false);
    }),
  );
});
