// Draws that can be repeated, strata that are never left out (BR-170, BR-219), and figures checked against published ones.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocate, lowerMedian, nearestRank, sampleSize, sampleWithoutReplacement, seededRandom, stratifiedMean, stratifiedSample, wilson } from './index.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('BR-170: 1,000 conversations, ratio 5 %, seed 42', () => {
  const draw = (seed: number) => sampleWithoutReplacement(numbers(1_000), sampleSize(1_000, 0, 500), seededRandom(seed));

  test('50 are drawn, and the same 50 again', () => {
    expect(draw(42)).toHaveLength(50);
    expect(draw(42)).toEqual(draw(42));
    expect(draw(43)).not.toEqual(draw(42));
  });

  test('the numbers of a seed never change from version to version', () => {
    const random = seededRandom(42);
    expect([random.uint32(), random.uint32(), random.uint32()]).toMatchInlineSnapshot(`
      [
        42984553,
        3575702074,
        4184980961,
      ]
    `);
  });
});

describe('BR-219: every agent at least once', () => {
  test('1,000 conversations of 10 agents at 5 % give 50, each agent at least one', () => {
    const sizes = [640, 200, 100, 40, 10, 5, 2, 1, 1, 1];
    const counts = allocate(sizes, 500);
    expect(sum(counts)).toBe(50);
    expect(Math.min(...counts)).toBe(1);
  });

  test('more agents than 5 % would give: one each', () => expect(allocate([3, 3, 3, 3], 500)).toEqual([1, 1, 1, 1]));

  test('the ratio is rounded up, exactly', () => {
    expect(sampleSize(100, 1, 700)).toBe(7); // 0.07 x 100 in floating point is above 7
    expect(sampleSize(101, 1, 500)).toBe(6);
    expect(sampleSize(100, 1, 500)).toBe(5);
  });

  test('a ratio outside 0 to 100 % is refused', () => expect(() => allocate([10], 10_001)).toThrow('found 10001 bp'));

  test('for all strata: the sum is n, none is left out, and none gives more than it has', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }), fc.integer({ min: 0, max: 10_000 }), (sizes, ratioBp) => {
        const counts = allocate(sizes, ratioBp);
        const present = sizes.filter((size) => size > 0).length;
        expect(sum(counts)).toBe(sampleSize(sum(sizes), present, ratioBp));
        for (const [index, count] of counts.entries()) {
          expect(count).toBeLessThanOrEqual(sizes[index] ?? 0);
          expect(count > 0).toBe((sizes[index] ?? 0) > 0);
        }
      }),
    ));

  test('the order in which strata are named changes nothing', () => {
    const strata = [
      { key: 'b', items: numbers(40) },
      { key: 'a', items: numbers(7) },
      { key: 'c', items: numbers(90) },
    ];
    expect(stratifiedSample(strata.toReversed(), 1_000, seededRandom(7))).toEqual(stratifiedSample(strata, 1_000, seededRandom(7)));
  });
});

describe('a draw', () => {
  test('takes nothing twice', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(), fc.nat(), (size, wanted, seed) => {
        const count = size === 0 ? 0 : wanted % (size + 1);
        const drawn = sampleWithoutReplacement(numbers(size), count, seededRandom(seed));
        expect(new Set(drawn).size).toBe(count);
      }),
    ));

  test('is fair: over 20,000 draws of 2 from 5 each is drawn 8,000 times, within four standard deviations', () => {
    const random = seededRandom(1);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) for (const item of sampleWithoutReplacement(numbers(5), 2, random)) counts[item] = (counts[item] ?? 0) + 1;
    for (const count of counts) expect(Math.abs(count - 8_000)).toBeLessThan(280);
  });
});

describe('order statistics are values that occurred', () => {
  test('the lower median of an even number is the smaller one in the middle', () => {
    expect(lowerMedian([4, 1, 3, 2])).toBe(2);
    expect(lowerMedian([3, 1, 2])).toBe(2);
    expect(lowerMedian([])).toBeUndefined();
  });

  test('the nearest rank of 90 % is the 9th of 10 and the 10th of 11', () => {
    expect(nearestRank(numbers(10), 90)).toBe(8);
    expect(nearestRank(numbers(11), 90)).toBe(9);
    expect(nearestRank([5], 1)).toBe(5);
  });

  test('at least that share does not exceed it, and less of any smaller value', () =>
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const value = nearestRank(values, percent) ?? Number.NaN;
        expect(values).toContain(value);
        expect(values.filter((other) => other <= value).length * 100).toBeGreaterThanOrEqual(percent * values.length);
        expect(values.filter((other) => other < value).length * 100).toBeLessThan(percent * values.length);
      }),
    ));
});

describe('estimates', () => {
  test("Wilson's interval of 8 in 10 is 0.490 to 0.943", () => {
    const { low, high } = wilson(8, 10) ?? { low: 0, high: 0 };
    expect([low.toFixed(3), high.toFixed(3)]).toEqual(['0.490', '0.943']);
    expect(wilson(0, 10)).toMatchObject({ value: 0, low: 0 });
    expect(wilson(10, 10)).toMatchObject({ value: 1, high: 1 });
    expect(wilson(0, 0)).toBeUndefined();
  });

  test('a stratified mean weighs strata by their size, not by how many were drawn', () =>
    expect(
      stratifiedMean([
        { size: 900, values: [80, 90] },
        { size: 100, values: [10, 20, 30] },
      ])?.value,
    ).toBeCloseTo(0.9 * 85 + 0.1 * 20));

  test('worked by hand: sizes 60 and 40, two of each', () => {
    const estimate = stratifiedMean([
      { size: 60, values: [1, 3] },
      { size: 40, values: [5, 9] },
    ]);
    const variance = 0.36 * (58 / 60) * (2 / 2) + 0.16 * (38 / 40) * (8 / 2);
    expect(estimate?.value).toBeCloseTo(4);
    expect((estimate?.high ?? 0) - 4).toBeCloseTo(1.959964 * Math.sqrt(variance), 5);
  });

  test('what was wholly observed has no interval left', () =>
    expect(
      stratifiedMean([
        { size: 2, values: [1, 3] },
        { size: 1, values: [5] },
      ]),
    ).toEqual({ value: 3, low: 3, high: 3, n: 3 }));

  test('a stratum with one observation borrows the spread of the others; one with none is left out', () => {
    const estimate = stratifiedMean([
      { size: 50, values: [1, 3] },
      { size: 50, values: [2] },
      { size: 900, values: [] },
    ]);
    expect(estimate?.value).toBe(2);
    expect(estimate?.high).toBeGreaterThan(2);
    expect(stratifiedMean([{ size: 10, values: [] }])).toBeUndefined();
  });
});
