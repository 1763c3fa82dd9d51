// A contract between vendor and client. Its text is drafted, revised, offered complete, and signed by both sides, each the very text they saw; or it
// was signed on paper, or is taken over from where it was made. A signed text never changes; that no day of a shop has two contracts is the shop's
// rule. Source: domain.md P-03, BR-003, BR-004, BR-213.
import { accept, type Decider, type Decision, refuse } from '@deskfleet/event-store';
import { type Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import {
  ContractDraftDropped,
  ContractDrafted,
  ContractDraftRevised,
  ContractImported,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
} from '@deskfleet/protocol/onboarding';
import type { ContractTerms } from '@deskfleet/protocol/terms';
import { type Draft, type DraftCommand, decideDraft, isLaunched, numberProblems, type Signature, shopsProblems } from './draft.ts';
import { type Problem, problem, refuseFor } from './problems.ts';
import { isDate, type TermsRefusal, termsProblems } from './terms.ts';

export type ContractEvent =
  | ContractDrafted
  | ContractDraftRevised
  | ContractOffered
  | ContractOfferWithdrawn
  | ContractPartySigned
  | ContractDraftDropped
  | ContractSigned
  | ContractImported;

export type Contract =
  | { readonly status: 'none' }
  /** `withdrawn`: why it was last taken back from the signatures; empty = never. */
  | { readonly status: 'draft'; readonly draft: Draft; readonly withdrawn: string }
  | { readonly status: 'offered'; readonly draft: Draft; readonly textHash: string; readonly textObject: string; readonly signatures: readonly Signature[] }
  | { readonly status: 'dropped'; readonly reason: string }
  | { readonly status: 'running'; readonly event: ContractSigned | ContractImported };

interface Agreement {
  readonly contractId: string;
  readonly number: string;
  readonly clientId: string;
  readonly shopIds: readonly string[];
  readonly terms: ContractTerms | undefined;
}

/** A contract that comes into being at once: signed on paper, or taken over. */
export type WholeCommand =
  | ({
      readonly kind: 'sign';
      readonly signedOn: string;
      /** Today in the contract's zone. */
      readonly today: string;
      readonly consent: Consent | undefined;
      /** The client for whom the signing user may agree; empty for the vendor's own users. */
      readonly agreesFor: string;
    } & Agreement)
  | ({ readonly kind: 'import'; readonly importedFrom: string } & Agreement);

export type ContractCommand = WholeCommand | DraftCommand;

type InputRefusal =
  | TermsRefusal
  | 'terms-missing'
  | 'contract-number-invalid'
  | 'shops-missing'
  | 'shop-repeated'
  | 'signed-on-invalid'
  | 'signed-on-in-the-future'
  | 'consent-missing'
  | 'consent-not-by-client'
  | 'evidence-missing'
  | 'evidence-file-missing'
  | 'imported-from-missing';
type Refusal = InputRefusal | 'terms-invalid' | 'contract-number-taken';

export const contract: Decider<ContractCommand, ContractEvent, Contract> = {
  initial: { status: 'none' },

  evolve(contract, event) {
    switch (event.$type) {
      case ContractDrafted.$type:
        return { status: 'draft', withdrawn: '', draft: { ...event, terms: event.terms, revision: 1 } };
      case ContractDraftRevised.$type:
        return contract.status === 'draft'
          ? { ...contract, draft: { ...contract.draft, shopIds: event.shopIds, terms: event.terms, revision: contract.draft.revision + 1 } }
          : contract;
      case ContractOffered.$type:
        return contract.status === 'draft'
          ? { status: 'offered', draft: contract.draft, textHash: event.textHash, textObject: event.textObject, signatures: [] }
          : contract;
      case ContractOfferWithdrawn.$type:
        return contract.status === 'offered' ? { status: 'draft', draft: contract.draft, withdrawn: event.reason } : contract;
      case ContractPartySigned.$type:
        return contract.status === 'offered' ? { ...contract, signatures: [...contract.signatures, event] } : contract;
      case ContractDraftDropped.$type:
        return { status: 'dropped', reason: event.reason };
      case ContractSigned.$type:
      case ContractImported.$type:
        return { status: 'running', event };
    }
  },

  decide(contract, command) {
    switch (command.kind) {
      case 'sign':
        return sign(contract, command);
      case 'import':
        return takeOver(contract, command);
      default:
        return decideDraft(contract, command);
    }
  },
};

type Asked<Kind extends ContractCommand['kind']> = Extract<ContractCommand, { kind: Kind }>;

function sign(contract: Contract, command: Asked<'sign'>): Decision<ContractEvent, Refusal> {
  const { contractId, number, clientId, shopIds, terms, signedOn, consent } = command;
  const problems = [...agreementProblems(command), ...signedOnProblems(command), ...consentProblems(command)];
  if (problems.length > 0) return refuseFor(problems);
  return once(
    contract,
    ContractSigned.create({ contractId, number, clientId, shopIds: [...shopIds], terms, signedOn, clientConsent: consent, awaitsGoLive: isLaunched(terms) }),
  );
}

function takeOver(contract: Contract, command: Asked<'import'>): Decision<ContractEvent, Refusal> {
  const { contractId, number, clientId, shopIds, terms, importedFrom } = command;
  const problems = [
    ...agreementProblems(command),
    ...(importedFrom.trim() === '' ? [problem('imported-from-missing', 'importedFrom', importedFrom, 'where the contract comes from')] : []),
  ];
  if (problems.length > 0) return refuseFor(problems);
  return once(contract, ContractImported.create({ contractId, number, clientId, shopIds: [...shopIds], terms, importedFrom }));
}

/** The same contract again changes nothing; another one under its number is refused. */
function once(contract: Contract, event: ContractSigned | ContractImported): Decision<ContractEvent, Refusal> {
  if (contract.status === 'none' || contract.status === 'dropped') return accept(event);
  if (contract.status === 'running' && same(contract.event, event)) return accept();
  return refuse('contract-number-taken', { number: event.number });
}

function same(a: ContractSigned | ContractImported, b: ContractSigned | ContractImported): boolean {
  return a.$type === b.$type && JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b));
}

function contentOf(event: ContractSigned | ContractImported): unknown {
  return event.$type === ContractSigned.$type ? ContractSigned.toJSON(event) : ContractImported.toJSON(event);
}

function agreementProblems({ number, shopIds, terms }: Agreement): Problem<InputRefusal>[] {
  return [
    ...numberProblems(number),
    ...shopsProblems(shopIds),
    ...(terms === undefined ? [problem('terms-missing', 'terms', '', 'the terms of the contract')] : termsProblems(terms, 'terms', shopIds)),
  ];
}

function signedOnProblems({ signedOn, today }: Asked<'sign'>): Problem<InputRefusal>[] {
  if (!isDate(signedOn)) return [problem('signed-on-invalid', 'signedOn', signedOn, 'a date such as 2026-01-31')];
  return signedOn > today ? [problem('signed-on-in-the-future', 'signedOn', signedOn, `${today} or before`)] : [];
}

/** What the client agrees to is done by the client's own user, or by the vendor on its behalf with evidence, and says which. */
function consentProblems({ consent, clientId, agreesFor }: Asked<'sign'>): Problem<InputRefusal>[] {
  const decidedBy = consent?.decidedBy;
  if (decidedBy === Consent_DecidedBy.DECIDED_BY_CLIENT) {
    return agreesFor === clientId
      ? []
      : [problem('consent-not-by-client', 'clientConsent.decidedBy', 'client', "vendor-on-behalf with evidence, or the client's own user signs")];
  }
  if (decidedBy !== Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF) return [problem('consent-missing', 'clientConsent', '', 'who agreed for the client')];
  return [
    ...(consent?.evidence.trim() ? [] : [problem('evidence-missing', 'clientConsent.evidence', '', "what shows the client's agreement")]),
    ...(consent !== undefined && consent.fileIds.length > 0
      ? []
      : [problem('evidence-file-missing', 'clientConsent.fileIds', '', "a file that shows the client's agreement")]),
  ];
}
