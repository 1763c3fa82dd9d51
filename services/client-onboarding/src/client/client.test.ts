import { specify } from '@deskfleet/event-store/testing';
import { ClientRegistered } from '@deskfleet/protocol/onboarding';
import { test } from 'vitest';
import { client } from './client.ts';

const { given } = specify(client);
const registered = ClientRegistered.create({ clientId: 'cl_1', name: '北岸服饰' });
const register = (name: string) => ({ kind: 'register', clientId: 'cl_1', name }) as const;

test('a client is registered under the name given, without the blanks around it', () => given().when(register(' 北岸服饰 ')).then(registered));

test('a client without a name is refused', () => given().when(register('  ')).thenRefused('client-name-missing', { field: 'name' }));

test('a name of 200 characters is taken, one of 201 is refused', () => {
  given()
    .when(register('店'.repeat(200)))
    .then(ClientRegistered.create({ clientId: 'cl_1', name: '店'.repeat(200) }));
  given()
    .when(register('店'.repeat(201)))
    .thenRefused('client-name-too-long', { found: 201 });
});

test('the same registration again changes nothing, another name under the same id is refused', () => {
  given(registered).when(register('北岸服饰')).thenNothing();
  given(registered).when(register('南岸服饰')).thenRefused('client-already-registered', { name: '北岸服饰' });
});
