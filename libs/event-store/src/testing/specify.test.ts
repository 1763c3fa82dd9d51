// The words deciders are tested with must themselves fail when they ought to.
import { ClientRegistered } from '@deskfleet/protocol/onboarding';
import { expect, test } from 'vitest';
import { accept, type Decider, refuse } from '../decider.ts';
import { specify } from './specify.ts';

const registered = (name: string) => ClientRegistered.create({ clientId: 'client-1', name });

const client: Decider<{ name: string }, ClientRegistered, string | undefined, 'name-taken'> = {
  initial: undefined,
  evolve: (_, event) => event.name,
  decide: (known, { name }) => {
    if (known === undefined) return accept(registered(name));
    return known === name ? accept() : refuse('name-taken', { by: known, asked: name });
  },
};
const { given } = specify(client);

test('what happens is stated by its events', () => {
  given().when({ name: 'Peony' }).then(registered('Peony'));
  given(registered('Peony')).when({ name: 'Peony' }).thenNothing();
  expect(given().when({ name: 'Peony' }).state).toBe('Peony');
});

test('what is refused is stated by its name and facts', () => {
  given(registered('Peony')).when({ name: 'Rose' }).thenRefused('name-taken', { by: 'Peony' });
});

test('a wrong statement fails', () => {
  expect(() => given().when({ name: 'Peony' }).then(registered('Rose'))).toThrow();
  expect(() => given().when({ name: 'Peony' }).thenNothing()).toThrow();
  expect(() => given().when({ name: 'Peony' }).thenRefused('name-taken')).toThrow('expected to be refused');
  expect(() => given(registered('Peony')).when({ name: 'Rose' }).then(registered('Rose'))).toThrow('refused as name-taken');
  expect(() => given(registered('Peony')).when({ name: 'Rose' }).thenRefused('name-taken', { by: 'Rose' })).toThrow();
});
