// The information list: each item handed over by the client, or said not to be needed with a reason; opened again by whoever misses something in it.
import { accept, type Decision, refuse } from '@deskfleet/event-store';
import type { Consent, Party } from '@deskfleet/protocol/common';
import { InformationHandedOver, InformationItemSet, InformationReopened, InformationRevealed } from '@deskfleet/protocol/onboarding';
import type { Agreement } from './agreement.ts';
import { STANDARD_KEYS } from './information-items.ts';
import type { InformationEvent, InformationItem, Launch } from './state.ts';

export type InformationCommand =
  | { readonly kind: 'set-information-item'; readonly itemKey: string; readonly title: string; readonly required: boolean; readonly reason: string }
  | {
      readonly kind: 'hand-over-information';
      readonly itemKey: string;
      /** Sealed; bound to the contract and the item. */
      readonly content: Buffer;
      readonly subjectId: string;
      readonly secret: boolean;
      readonly fileIds: readonly string[];
      readonly consent: Consent;
    }
  | { readonly kind: 'reopen-information'; readonly itemKey: string; readonly reason: string; readonly by: Party }
  | { readonly kind: 'reveal-information'; readonly itemKey: string; readonly userId: string };

export type InformationRefusal =
  | 'information-item-not-found'
  | 'information-key-invalid'
  | 'information-title-invalid'
  | 'information-reason-missing'
  | 'information-content-missing'
  | 'information-not-handed-over'
  | 'too-many-information-items';

const KEY = /^[a-z0-9]+(-[a-z0-9]+){0,9}$/;
const KEY_CHARACTERS = 64;
const TITLE_CHARACTERS = 100;
const REASON_CHARACTERS = 1_000;
const ITEMS = 100;

export function evolveInformation(information: Launch['information'], event: InformationEvent): Launch['information'] {
  const known = information[event.itemKey];
  switch (event.$type) {
    case 'deskfleet.onboarding.v1.InformationItemSet': {
      const { itemKey, title, required, reason } = event;
      const progress: InformationItem['progress'] = known?.progress ?? { status: 'open', reopened: undefined };
      return { ...information, [itemKey]: { title, required, reason, standard: STANDARD_KEYS.has(itemKey), progress } };
    }
    case 'deskfleet.onboarding.v1.InformationHandedOver': {
      if (known === undefined) return information;
      const { secret, fileIds, consent } = event;
      return { ...information, [event.itemKey]: { ...known, progress: { status: 'handed-over', secret, fileIds, consent } } };
    }
    case 'deskfleet.onboarding.v1.InformationReopened': {
      if (known === undefined) return information;
      const { reason, by } = event;
      return { ...information, [event.itemKey]: { ...known, progress: { status: 'open', reopened: { reason, by } } } };
    }
    case 'deskfleet.onboarding.v1.InformationRevealed':
      return information;
  }
}

export function decideInformation(of: Agreement, { information }: Launch, command: InformationCommand): Decision<InformationEvent, InformationRefusal> {
  const item = information[command.itemKey];
  if (command.kind === 'set-information-item') return setItem(of, information, item, command);
  if (item === undefined) return refuse('information-item-not-found', { id: command.itemKey });
  const { contractId } = of;
  const { itemKey } = command;
  switch (command.kind) {
    case 'hand-over-information': {
      const { content, subjectId, secret, fileIds, consent } = command;
      if (content.length === 0 && fileIds.length === 0)
        return refuse('information-content-missing', { field: 'content', found: '', expected: 'a text or a file' });
      return accept(InformationHandedOver.create({ contractId, itemKey, content, subjectId, secret, fileIds: [...fileIds], consent }));
    }
    case 'reopen-information': {
      const reason = command.reason.trim();
      if (item.progress.status === 'open')
        return item.progress.reopened?.reason === reason ? accept() : refuse('information-not-handed-over', { item: itemKey });
      if (reason === '' || reason.length > REASON_CHARACTERS) return refuse('information-reason-missing', reasonFacts(reason));
      return accept(InformationReopened.create({ contractId, itemKey, reason, by: command.by }));
    }
    case 'reveal-information':
      if (item.progress.status !== 'handed-over') return refuse('information-not-handed-over', { item: itemKey });
      return accept(InformationRevealed.create({ contractId, itemKey, userId: command.userId }));
  }
}

function setItem(
  of: Agreement,
  information: Launch['information'],
  item: InformationItem | undefined,
  command: Extract<InformationCommand, { kind: 'set-information-item' }>,
): Decision<InformationEvent, InformationRefusal> {
  const { itemKey, required } = command;
  const [title, reason] = [command.title.trim(), command.reason.trim()];
  if (!KEY.test(itemKey) || itemKey.length > KEY_CHARACTERS)
    return refuse('information-key-invalid', { field: 'itemKey', found: itemKey.slice(0, 100), expected: 'lower-case letters, digits and hyphens' });
  if (item === undefined && Object.keys(information).length >= ITEMS) return refuse('too-many-information-items', { expected: `at most ${ITEMS}` });
  if (title.length > TITLE_CHARACTERS || (title === '' && !STANDARD_KEYS.has(itemKey)))
    return refuse('information-title-invalid', { field: 'title', found: title.length, expected: `1 to ${TITLE_CHARACTERS} characters` });
  if (!required && (reason === '' || reason.length > REASON_CHARACTERS)) return refuse('information-reason-missing', reasonFacts(reason));
  const stated = required ? '' : reason;
  if (item !== undefined && item.title === title && item.required === required && item.reason === stated) return accept();
  return accept(InformationItemSet.create({ contractId: of.contractId, itemKey, title, required, reason: stated }));
}

function reasonFacts(reason: string): Record<string, unknown> {
  return { field: 'reason', found: reason.length, expected: `1 to ${REASON_CHARACTERS} characters` };
}

/** The keys of what is required and open, in the list's order (BR-209). */
export function openInformation({ information }: Pick<Launch, 'information'>): readonly string[] {
  return Object.entries(information).flatMap(([key, { required, progress }]) => (required && progress.status === 'open' ? [key] : []));
}
