import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draw, type FrameMember } from './draw.ts';

const frame = (conversations: number, agents: number): FrameMember[] =>
  Array.from({ length: conversations }, (_, n) => ({ shopId: 'sh_a', conversationId: `cv_${String(n).padStart(5, '0')}`, stratum: `agent:${n % agents}` }));
const plan = { sampleId: 'sa_1', ratioBp: 500, seed: 42, everyAgent: true };
const ids = (members: readonly { conversationId: string }[]) => members.map(({ conversationId }) => conversationId);

test('5 % of 1,000 conversations is 50, and the same set when drawn again (BR-170)', () => {
  const first = draw(frame(1000, 10), plan);
  expect(first.items).toHaveLength(50);
  expect(draw(frame(1000, 10).reverse(), plan)).toEqual(first);
  expect(ids(draw(frame(1000, 10), { ...plan, seed: 43 }).items)).not.toEqual(ids(first.items));
});

test('every agent is drawn at least once: n = max(ceil(ratio x N), agents) (BR-219)', () => {
  const first = draw(frame(1000, 10), plan);
  expect(first.strata.every(({ drawn }) => drawn >= 1)).toBe(true);
  expect(draw(frame(100, 10), { ...plan, ratioBp: 100 }).items).toHaveLength(10);
  expect(draw(frame(1001, 1), plan).items).toHaveLength(51);
});

test('one conversation more in the frame gives another digest: a redraw can tell', () =>
  expect(draw(frame(1001, 10), plan).frameDigest).not.toEqual(draw(frame(1000, 10), plan).frameDigest));

test('an empty frame draws nothing', () => expect(draw([], plan)).toMatchObject({ frameSize: 0, items: [], strata: [] }));

test('whatever the frame, nothing is drawn twice, and strata add up to the items', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 10_000 }),
      fc.nat(),
      fc.boolean(),
      (n, agents, ratioBp, seed, everyAgent) => {
        const { items, strata } = draw(frame(n, agents), { sampleId: 'sa_2', ratioBp, seed, everyAgent });
        expect(new Set(ids(items)).size).toBe(items.length);
        expect(strata.reduce((sum, { drawn }) => sum + drawn, 0)).toBe(items.length);
      },
    ),
  );
});
