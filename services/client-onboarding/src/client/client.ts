// A client (甲方): the owner of shops, with whom contracts are made. Not to be mixed up with the customer, who chats.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { ClientRegistered } from '@deskfleet/protocol/onboarding';

export type ClientEvent = ClientRegistered;

export type Client = { readonly status: 'none' } | { readonly status: 'registered'; readonly name: string };

export type ClientCommand = { readonly kind: 'register'; readonly clientId: string; readonly name: string };

type Refusal = 'client-name-missing' | 'client-name-too-long' | 'client-already-registered';

/** Characters. */
const NAME_LIMIT = 200;

export const client: Decider<ClientCommand, ClientEvent, Client, Refusal> = {
  initial: { status: 'none' },

  evolve(_, event) {
    switch (event.$type) {
      case ClientRegistered.$type:
        return { status: 'registered', name: event.name };
    }
  },

  decide(client, command) {
    const name = command.name.trim();
    if (name === '') return refuse('client-name-missing', { field: 'name', found: command.name, expected: 'a name' });
    if (name.length > NAME_LIMIT) return refuse('client-name-too-long', { field: 'name', found: name.length, expected: `at most ${NAME_LIMIT} characters` });
    if (client.status === 'none') return accept(ClientRegistered.create({ clientId: command.clientId, name }));
    return client.name === name ? accept() : refuse('client-already-registered', { name: client.name });
  },
};
