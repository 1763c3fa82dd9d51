// What is handed back at the end: open tickets, and what was lent; a list that both sides sign. Source: domain.md BR-228.
import { accept, type Decision, refuse } from '@deskfleet/event-store';
import type { Consent, Party } from '@deskfleet/protocol/common';
import { HandbackItem, HandbackItemReturned, HandbackListed, HandbackSigned } from '@deskfleet/protocol/onboarding';
import { type Agreement, endOf } from './agreement.ts';
import { isLent } from './information-items.ts';
import type { HandbackState, Launch } from './state.ts';

export type HandbackEvent = HandbackListed | HandbackItemReturned | HandbackSigned;

export type HandbackCommand =
  | { readonly kind: 'add-handback-item'; readonly key: string; readonly title: string; readonly now: number }
  | { readonly kind: 'return-handback-item'; readonly key: string; readonly note: string; readonly now: number }
  | { readonly kind: 'sign-handback'; readonly party: Party; readonly userId: string; readonly consent: Consent | undefined; readonly now: number };

export type HandbackRefusal =
  | 'handback-not-begun'
  | 'handback-signed'
  | 'handback-item-not-found'
  | 'handback-key-invalid'
  | 'handback-title-invalid'
  | 'handback-note-missing'
  | 'handback-open'
  | 'too-many-handback-items';

const KEY = /^[a-z0-9]+(-[a-z0-9]+){0,9}$/;
const KEY_CHARACTERS = 64;
const TITLE_CHARACTERS = 100;
const NOTE_CHARACTERS = 2_000;
const ITEMS = 100;

/** The list as it begins: open tickets, and each item of information that was lent. */
export function handbackOf(of: Agreement, { information }: Pick<Launch, 'information'>): HandbackListed {
  const lent = Object.entries(information).filter(([key, item]) => isLent(key, item));
  return HandbackListed.create({
    contractId: of.contractId,
    items: [
      HandbackItem.create({ key: 'open-tickets', required: true }),
      ...lent.map(([key, { title }]) => HandbackItem.create({ key, title, required: true })),
    ],
  });
}

export function evolveHandback(handback: HandbackState | undefined, event: HandbackEvent): HandbackState | undefined {
  switch (event.$type) {
    case 'deskfleet.onboarding.v1.HandbackListed': {
      const known = handback?.items ?? [];
      const added = event.items.filter(({ key }) => !known.some((item) => item.key === key));
      // Who signed a shorter list has not signed this one.
      return { items: [...known, ...added.map(({ key, title, required }) => ({ key, title, required, returned: undefined }))], signed: [] };
    }
    case 'deskfleet.onboarding.v1.HandbackItemReturned':
      return handback && { ...handback, items: handback.items.map((item) => (item.key === event.key ? { ...item, returned: event.note } : item)) };
    case 'deskfleet.onboarding.v1.HandbackSigned': {
      const { party, userId, consent } = event;
      return handback && { ...handback, signed: [...handback.signed, { party, userId, consent }] };
    }
  }
}

export function decideHandback(of: Agreement, launch: Launch, command: HandbackCommand): Decision<HandbackEvent, HandbackRefusal> {
  // A contract that ran out ends by its terms: its list begins with the first thing said about it.
  const ranOut = launch.ending.status === 'none' && of.terms.endsOn !== '' && of.status !== 'draft' && endOf(of.terms.endsOn, of) <= command.now;
  const opening = launch.handback === undefined && ranOut ? [handbackOf(of, launch)] : [];
  const handback = opening.reduce(evolveHandback, launch.handback);
  if (handback === undefined) return refuse('handback-not-begun', { number: of.number });
  const decision = decide(of.contractId, handback, command);
  return decision.accepted && decision.events.length > 0 ? accept<HandbackEvent>(...opening, ...decision.events) : decision;
}

function decide(contractId: string, handback: HandbackState, command: HandbackCommand): Decision<HandbackEvent, HandbackRefusal> {
  if (command.kind === 'sign-handback') return sign(contractId, handback, command);
  if (handback.signed.length === 2) return refuse('handback-signed', { happened: 'HandbackSigned' });
  const { key } = command;
  const known = handback.items.find((item) => item.key === key);
  if (command.kind === 'return-handback-item') {
    const note = command.note.trim();
    if (known === undefined) return refuse('handback-item-not-found', { id: key });
    if (note === '' || note.length > NOTE_CHARACTERS)
      return refuse('handback-note-missing', { field: 'note', found: note.length, expected: `1 to ${NOTE_CHARACTERS} characters` });
    return known.returned === note ? accept() : accept(HandbackItemReturned.create({ contractId, key, note }));
  }
  const title = command.title.trim();
  if (known !== undefined) return accept();
  if (!KEY.test(key) || key.length > KEY_CHARACTERS)
    return refuse('handback-key-invalid', { field: 'key', found: key.slice(0, 100), expected: 'lower-case letters, digits and hyphens' });
  if (title === '' || title.length > TITLE_CHARACTERS)
    return refuse('handback-title-invalid', { field: 'title', found: title.length, expected: `1 to ${TITLE_CHARACTERS} characters` });
  if (handback.items.length >= ITEMS) return refuse('too-many-handback-items', { expected: `at most ${ITEMS}` });
  return accept(HandbackListed.create({ contractId, items: [HandbackItem.create({ key, title, required: true })] }));
}

function sign(
  contractId: string,
  handback: HandbackState,
  command: Extract<HandbackCommand, { kind: 'sign-handback' }>,
): Decision<HandbackEvent, HandbackRefusal> {
  const { party, userId, consent } = command;
  if (handback.signed.some((signature) => signature.party === party)) return accept();
  const open = handback.items.filter(({ required, returned }) => required && returned === undefined);
  if (open.length > 0) return refuse('handback-open', { items: open.map(({ key, title }) => title || key), waitsFor: 'vendor-operations' });
  return accept(HandbackSigned.create({ contractId, party, userId, consent }));
}
