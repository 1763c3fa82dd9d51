import { expect, test } from 'vitest';
import { epochsOf, lostRanges, sharedHead } from './lineage.ts';

const epoch = (source: string, after: number) => ({ source, after, startedAt: 0 });
const lineage = (...epochs: readonly (readonly [string, number])[]) => epochsOf(epochs.map(([source, after]) => epoch(`a/0/${source}`, after)));

test('a restored log shares with the one before it what the backup held', () => {
  const tree = lineage(['first', 0], ['second', 100]);
  expect(sharedHead(tree, 'a/0/first', 'a/0/second')).toBe(100);
  expect(sharedHead(tree, 'a/0/second', 'a/0/second')).toBe(Infinity);
  expect(lostRanges(tree, 'a/0/first', 100, 150)).toEqual([{ source: 'a/0/first', after: 100, through: 150 }]);
  expect(lostRanges(tree, 'a/0/first', 100, 100)).toEqual([]);
});

test('restored twice in a row, the last epoch goes on from where the first of the restores went', () => {
  const tree = lineage(['first', 0], ['second', 100], ['third', 120]);
  expect(sharedHead(tree, 'a/0/first', 'a/0/third')).toBe(100);
  expect(sharedHead(tree, 'a/0/second', 'a/0/third')).toBe(120);
});

test('two restores of one epoch share what the older backup held, whichever came first', () => {
  for (const [left, right, shared] of [
    [100, 90, 90],
    [90, 100, 90],
  ] as const) {
    const tree = new Map([...lineage(['first', 0], ['second', left]), ...lineage(['first', 0], ['third', right])]);
    expect(sharedHead(tree, 'a/0/second', 'a/0/third')).toBe(shared);
  }
});

test('what an older backup takes away is listed in each epoch that brought it', () => {
  const tree = new Map([...lineage(['first', 0], ['second', 100]), ...lineage(['first', 0], ['third', 90])]);
  expect(lostRanges(tree, 'a/0/second', 90, 120)).toEqual([
    { source: 'a/0/second', after: 100, through: 120 },
    { source: 'a/0/first', after: 90, through: 100 },
  ]);
});

test('logs of different origin share nothing', () => {
  expect(sharedHead(new Map([...lineage(['one', 0]), ...lineage(['other', 0])]), 'a/0/one', 'a/0/other')).toBeUndefined();
});
