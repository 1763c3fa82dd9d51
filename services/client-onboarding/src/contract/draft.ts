// From a draft to both signatures. What is offered is complete and frozen; each side signs the text it saw, by its hash; a withdrawn offer's
// signatures are void; after the second signature nothing changes any more. Source: domain.md P-03, BR-003, BR-004.
import { accept, type Decision, refuse } from '@deskfleet/event-store';
import { type Consent, Party } from '@deskfleet/protocol/common';
import {
  ContractDraftDropped,
  ContractDrafted,
  ContractDraftRevised,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
} from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import type { Contract, ContractEvent } from './contract.ts';
import { problem, refuseFor } from './problems.ts';
import { signingProblems } from './terms.ts';

export interface Draft {
  readonly contractId: string;
  readonly number: string;
  readonly clientId: string;
  readonly shopIds: readonly string[];
  /** What is written so far; may lack what signing needs. */
  readonly terms: ContractTerms | undefined;
  readonly leadId: string;
  readonly templateId: string;
  readonly succeedsContractId: string;
  /** 1, 2, ...: each saving counts. */
  readonly revision: number;
}

export type Signature = Pick<ContractPartySigned, 'party' | 'textHash' | 'userId' | 'consent'>;

export type DraftCommand =
  | ({ readonly kind: 'draft' } & Omit<Draft, 'revision'>)
  | { readonly kind: 'revise'; readonly shopIds: readonly string[]; readonly terms: ContractTerms | undefined; readonly revision: number }
  /** `textHash` of the text of this revision, which is kept at `textObject`. */
  | { readonly kind: 'offer'; readonly revision: number; readonly textHash: string; readonly textObject: string }
  | { readonly kind: 'withdraw'; readonly by: Party; readonly reason: string }
  | {
      readonly kind: 'sign-text';
      readonly party: Party;
      readonly textHash: string;
      readonly userId: string;
      /** The client's. */
      readonly consent: Consent | undefined;
      /** Today in the contract's zone. */
      readonly today: string;
    }
  | { readonly kind: 'drop'; readonly reason: string };

/** 1 to 64 characters without blanks or slashes at its ends: it stands on invoices and in paths. */
const NUMBER = /^[\p{L}\p{N}][\p{L}\p{N} ./_-]{0,62}[\p{L}\p{N}]$|^[\p{L}\p{N}]$/u;
/** Bytes of terms: an event holds them whole. */
const TERMS_LIMIT = 48 * 1024;
/** Characters. */
const REASON_LIMIT = 2_000;

export function numberProblems(number: string) {
  return NUMBER.test(number) ? [] : [problem('contract-number-invalid', 'number', number.slice(0, 100), '1 to 64 letters, digits, blanks, . / _ -')];
}

export function shopsProblems(shopIds: readonly string[]) {
  const repeated = shopIds.find((shopId, index) => shopIds.indexOf(shopId) < index);
  return [
    ...(shopIds.length > 0 ? [] : [problem('shops-missing', 'shopIds', [], 'at least one shop')]),
    ...(repeated === undefined ? [] : [problem('shop-repeated', 'shopIds', repeated, 'each shop once')]),
  ];
}

/** All that keeps a draft from being offered: shown while it is written, and refused with when it is offered. */
export function draftProblems({ shopIds, terms }: Pick<Draft, 'shopIds' | 'terms'>) {
  return [...shopsProblems(shopIds), ...signingProblems(terms ?? ContractTerms.create(), shopIds)];
}

export function decideDraft(contract: Contract, command: DraftCommand): Decision<ContractEvent> {
  switch (command.kind) {
    case 'draft':
      return draft(contract, command);
    case 'revise':
      return revise(contract, command);
    case 'offer':
      return offer(contract, command);
    case 'withdraw':
      return withdraw(contract, command);
    case 'sign-text':
      return signText(contract, command);
    case 'drop':
      return drop(contract, command);
  }
}

type Asked<Kind extends DraftCommand['kind']> = Extract<DraftCommand, { kind: Kind }>;

/** A number is free again when its draft was dropped. */
function draft(contract: Contract, { kind, ...content }: Asked<'draft'>): Decision<ContractEvent> {
  const problems = [...numberProblems(content.number), ...sizeProblems(content.terms)];
  if (problems.length > 0) return refuseFor(problems);
  const drafted = ContractDrafted.create({ ...content, shopIds: [...content.shopIds] });
  if (contract.status === 'none' || contract.status === 'dropped') return accept(drafted);
  const same = contract.status === 'draft' && contract.draft.revision === 1 && sameDraft(contract.draft, content);
  return same ? accept() : refuse('contract-number-taken', { number: content.number });
}

function revise(contract: Contract, { shopIds, terms, revision }: Asked<'revise'>): Decision<ContractEvent> {
  if (contract.status !== 'draft') return notADraft(contract);
  const { draft: known } = contract;
  const problems = sizeProblems(terms);
  if (problems.length > 0) return refuseFor(problems);
  if (sameDraft(known, { ...known, shopIds, terms })) return accept();
  if (revision !== known.revision) return refuse('draft-changed', { seen: revision, revision: known.revision });
  return accept(ContractDraftRevised.create({ contractId: known.contractId, shopIds: [...shopIds], terms }));
}

function offer(contract: Contract, { revision, textHash, textObject }: Asked<'offer'>): Decision<ContractEvent> {
  if (contract.status === 'offered' && contract.textHash === textHash) return accept();
  if (contract.status !== 'draft') return notADraft(contract);
  const { draft: known } = contract;
  if (revision !== known.revision) return refuse('draft-changed', { seen: revision, revision: known.revision });
  const problems = draftProblems(known);
  if (problems.length > 0) return refuseFor(problems); // BR-003
  return accept(ContractOffered.create({ contractId: known.contractId, textHash, textObject }));
}

function withdraw(contract: Contract, { by, reason }: Asked<'withdraw'>): Decision<ContractEvent> {
  if (contract.status !== 'offered') return contract.status === 'draft' && contract.withdrawn === reason.trim() ? accept() : notOffered(contract);
  const said = reasonOf(reason);
  return typeof said === 'string' ? accept(ContractOfferWithdrawn.create({ contractId: contract.draft.contractId, reason: said, by })) : said;
}

function signText(contract: Contract, { party, textHash, userId, consent, today }: Asked<'sign-text'>): Decision<ContractEvent> {
  if (contract.status === 'running' && contract.event.$type === ContractSigned.$type && contract.event.textHash === textHash) return accept();
  if (contract.status !== 'offered') return notOffered(contract);
  if (contract.textHash !== textHash) return refuse('text-changed');
  if (contract.signatures.some((one) => one.party === party)) return accept();
  const { draft: known } = contract;
  const offered = { textHash, textObject: contract.textObject };
  const { contractId, number, clientId, shopIds, terms, leadId, succeedsContractId } = known;
  // A renewal goes on with the shops that are live.
  const awaitsGoLive = succeedsContractId === '' || isLaunched(terms);
  const signed = ContractPartySigned.create({ contractId, party, textHash, userId, consent });
  const client = [...contract.signatures, signed].find((one) => one.party === Party.PARTY_CLIENT);
  const vendor = [...contract.signatures, signed].find((one) => one.party === Party.PARTY_VENDOR);
  if (client === undefined || vendor === undefined) return accept(signed);
  const whole = {
    contractId,
    number,
    clientId,
    shopIds: [...shopIds],
    terms,
    signedOn: today,
    clientConsent: client.consent,
    ...offered,
    leadId,
    awaitsGoLive,
  };
  return accept<ContractEvent>(signed, ContractSigned.create(whole));
}

/** A trial or a handover in batches begins with a go-live, wherever the contract was signed. */
export function isLaunched(terms: ContractTerms | undefined): boolean {
  return terms?.trial !== undefined || (terms?.batches ?? []).length > 0;
}

function drop(contract: Contract, { reason }: Asked<'drop'>): Decision<ContractEvent> {
  if (contract.status === 'dropped') return accept();
  if (contract.status !== 'draft' && contract.status !== 'offered') return notADraft(contract);
  const said = reasonOf(reason);
  return typeof said === 'string' ? accept(ContractDraftDropped.create({ contractId: contract.draft.contractId, reason: said })) : said;
}

/** What stands instead of a draft that could be written on. */
function notADraft(contract: Contract): Decision<never> {
  if (contract.status === 'offered') return refuse('contract-offered');
  return ended(contract);
}

/** What stands instead of a text that could be signed. */
function notOffered(contract: Contract): Decision<never> {
  if (contract.status === 'draft')
    return contract.withdrawn === '' ? refuse('contract-not-offered') : refuse('contract-offer-withdrawn', { reason: contract.withdrawn });
  return ended(contract);
}

function ended(contract: Contract): Decision<never> {
  switch (contract.status) {
    case 'dropped':
      return refuse('contract-draft-dropped', { reason: contract.reason });
    case 'running':
      return refuse('contract-signed', { number: contract.event.number });
    default:
      return refuse('contract-not-found', { id: '' });
  }
}

function reasonOf(reason: string): string | Decision<never> {
  const said = reason.trim();
  if (said === '') return refuse('reason-missing', { field: 'reason', found: '', expected: 'why' });
  if (said.length > REASON_LIMIT) return refuse('reason-too-long', { field: 'reason', found: said.length, expected: `at most ${REASON_LIMIT} characters` });
  return said;
}

function sizeProblems(terms: ContractTerms | undefined) {
  const bytes = terms === undefined ? 0 : ContractTerms.encode(terms).finish().length;
  return bytes <= TERMS_LIMIT ? [] : [problem('terms-too-long', 'terms', bytes, `at most ${TERMS_LIMIT} bytes`)];
}

function sameDraft(a: Omit<Draft, 'revision'>, b: Omit<Draft, 'revision'>): boolean {
  return content(a) === content(b);
}

function content(draft: Omit<Draft, 'revision'>): string {
  return JSON.stringify(ContractDrafted.toJSON(ContractDrafted.create({ ...draft, shopIds: [...draft.shopIds] })));
}
