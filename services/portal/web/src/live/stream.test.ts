import { expect, test } from 'vitest';
import { newsOf } from './stream.ts';

test('a heartbeat carries the server clock', () =>
  expect(newsOf('heartbeat', '{"now":1772676030000}')).toEqual({ topics: [], at: 1772676030000, reset: false }));

test('a change names its topics', () =>
  expect(newsOf('changed', '{"topics":["floor","sla"],"shopIds":["sh_1"]}')).toEqual({ topics: ['floor', 'sla'], at: 0, reset: false }));

test('a reset asks for everything again', () => expect(newsOf('reset', '{}')?.reset).toBe(true));

test('what cannot be read is no news', () => {
  expect(newsOf('changed', 'half a line')).toBeUndefined();
  expect(newsOf('changed', 'null')).toBeUndefined();
});
