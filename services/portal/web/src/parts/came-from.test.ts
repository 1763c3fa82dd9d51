import { expect, test } from 'vitest';
import { neighbour } from './came-from.ts';

const list = ['/conversations/cv_1?range=2026-03', '/conversations/cv_12?range=2026-03', '/conversations/cv_3?range=2026-03'];

test('before and after are those of the list, with its scope', () => {
  expect(neighbour('/conversations/cv_12', 1, list)).toEqual({ path: list[2], at: 3, of: 3 });
  expect(neighbour('/conversations/cv_12', -1, list)).toEqual({ path: list[0], at: 1, of: 3 });
});

test("a message of a conversation still stands at its conversation's place", () => {
  expect(neighbour('/conversations/cv_1/messages/m-4', 1, list)?.path).toBe(list[1]);
});

test('a list has ends, and what is not in it has no neighbours', () => {
  expect(neighbour('/conversations/cv_3', 1, list)).toBeUndefined();
  expect(neighbour('/conversations/cv_1', -1, list)).toBeUndefined();
  expect(neighbour('/breaches/br_1', 1, list)).toBeUndefined();
});
