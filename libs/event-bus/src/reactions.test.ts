import { Declaration, Reaction } from '@deskfleet/protocol/feed';
import { expect, test } from 'vitest';
import { CyclicReactions, ownGenerations, settlingRounds } from './reactions.ts';

const service = (events: string[], ...reactions: (readonly [by: string, from: string[], to: string[], later?: boolean])[]) =>
  Declaration.create({ events, reactions: reactions.map(([by, from, to, later = false]) => Reaction.create({ by, from, to, later })) });

test('a log that nobody reads needs no round, one that is read needs one', () => {
  expect(settlingRounds([service(['Said'])])).toBe(0);
  expect(settlingRounds([service(['Said']), service([], ['reads', ['Said'], []])])).toBe(1);
});

test('each log that an event is handed on to adds a round; steps within one log add none', () => {
  const talk = service(['Said', 'Closed'], ['closing', ['Said'], ['Closed'], true]);
  const clocks = service(['Started', 'Breached'], ['clocks', ['Said', 'Closed'], ['Started']], ['deadline', ['Started'], ['Breached'], true]);
  expect(settlingRounds([talk, clocks])).toBe(1);
  const bills = service(['Credited'], ['credits', ['Breached'], ['Credited']]);
  expect(settlingRounds([talk, clocks, bills])).toBe(2);
  expect(settlingRounds([talk, clocks, bills, service([], ['reads', ['Credited'], []])])).toBe(3);
  expect([talk, clocks, bills].map(ownGenerations)).toEqual([1, 1, 0]);
});

test('a circle is refused by its name, within one service and across several', () => {
  const ping = service(['Ping'], ['pinging', ['Pong'], ['Ping']]);
  const pong = service(['Pong'], ['ponging', ['Ping'], ['Pong']]);
  expect(() => settlingRounds([ping, pong])).toThrow(new CyclicReactions('Pong -> Ping -> Pong'));
  expect(() => ownGenerations(service(['Tick'], ['ticking', ['Tick'], ['Tick'], true]))).toThrow('Tick -> Tick');
});
