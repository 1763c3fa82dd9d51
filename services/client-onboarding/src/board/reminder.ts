// Reminders to a client, not more often than is decent. Stream: reminders-<lead or contract id>.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { ClientReminded } from '@deskfleet/protocol/onboarding';

export const MIN_APART_MS = 20 * 3_600_000;
const NOTE = 500;

export interface Reminders {
  readonly lastAt: number | undefined;
}

export interface RemindClient {
  readonly leadId: string;
  readonly contractId: string;
  readonly clientId: string;
  readonly shopIds: readonly string[];
  readonly step: string;
  readonly what: string;
  /** Whose turn it is: a client is reminded of what is theirs to do. */
  readonly turn: string;
  readonly note: string;
  readonly now: number;
  /** When the client was last reminded. */
  readonly lastAt: number | undefined;
}

export type ReminderRefusal = 'not-the-clients-turn' | 'client-reminded-already' | 'note-too-long';

/** The events' instants are the store's: who loads them hands the last one in. */
export const reminders: Decider<RemindClient, ClientReminded, Reminders, ReminderRefusal> = {
  initial: { lastAt: undefined },
  evolve: (state) => state,
  decide(_reminders, { turn, note, now, lastAt, ...rest }) {
    const { leadId, contractId, clientId, shopIds, step, what } = rest;
    if (note.length > NOTE) return refuse('note-too-long', { field: 'note', found: note.length, expected: `at most ${NOTE} characters` });
    if (turn !== 'client') return refuse('not-the-clients-turn');
    if (lastAt !== undefined && now < lastAt + MIN_APART_MS) return refuse('client-reminded-already', { hours: Math.floor((now - lastAt) / 3_600_000) });
    return accept(ClientReminded.create({ leadId: contractId === '' ? leadId : '', contractId, clientId, shopIds: [...shopIds], step, what, note }));
  },
};
