import { expect, test } from 'vitest';
import { composing, exchanged, pressedFor } from './keys.ts';

test("an input method's keys are told apart from ours", () => {
  expect(composing({ isComposing: true, keyCode: 13 })).toBe(true);
  expect(composing({ isComposing: false, keyCode: 229 })).toBe(true);
  expect(composing({ isComposing: false, keyCode: 13 })).toBe(false);
});

test('moving a key exchanges two: none is lost, none means two things, and moving it back leaves nothing behind', () => {
  const plain = { characters: true, moved: {} };
  const once = exchanged(plain, 'j', 't');
  expect(once.moved).toEqual({ t: 'j', j: 't' });
  const twice = exchanged(once, 'j', 'x');
  expect([pressedFor(twice, 'j'), pressedFor(twice, 't'), pressedFor(twice, 'x')].sort()).toEqual(['j', 't', 'x']);
  expect(pressedFor(twice, 'j')).toBe('x');
  expect(exchanged(once, 'j', 'j').moved).toEqual({});
});
