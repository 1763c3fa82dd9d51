// The vendor's clients. Not shown to clients' users: who else is a client is not theirs to know.
import { ClientRegistered } from '@deskfleet/protocol/onboarding';
import type { RowProjection } from '@deskfleet/read-model';
import { spellingsOf } from '@deskfleet/spelling';

export interface ClientRow {
  readonly client_id: string;
  readonly name: string;
  /** Epoch ms. */
  readonly registered_at: number;
  /** Name, pinyin and initials: what a search looks in. */
  readonly spelled: string;
}

export const clients: RowProjection<ClientRegistered, ClientRow> = {
  name: 'clients',
  version: 2,
  types: [ClientRegistered],
  columns: 'client_id text collate "C" not null, name text not null, registered_at bigint not null, spelled text not null',
  keyColumns: ['client_id'],
  keys: ({ event }) => [{ client_id: event.clientId }],
  apply: (_, { event, occurredAt }) => ({ client_id: event.clientId, name: event.name, registered_at: occurredAt, spelled: spellingsOf(event.name) }),
};
