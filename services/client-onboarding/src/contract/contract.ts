// A contract between vendor and client: signed here with the client's consent, or taken over from where it was made. Its terms never change
// afterwards; that no day of a shop has two contracts is the shop's rule. Source: domain.md BR-213.
import { accept, type Decider, type Decision, refuse } from '@deskfleet/event-store';
import { type Consent, Consent_DecidedBy } from '@deskfleet/protocol/common';
import { ContractImported, ContractSigned } from '@deskfleet/protocol/onboarding';
import type { ContractTerms } from '@deskfleet/protocol/terms';
import { type Problem, problem, refuseFor } from './problems.ts';
import { isDate, type TermsRefusal, termsProblems } from './terms.ts';

export type ContractEvent = ContractSigned | ContractImported;

export type Contract = { readonly status: 'none' } | { readonly status: 'running'; readonly event: ContractEvent };

interface Agreement {
  readonly contractId: string;
  readonly number: string;
  readonly clientId: string;
  readonly shopIds: readonly string[];
  readonly terms: ContractTerms | undefined;
}

export type ContractCommand =
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
  | 'imported-from-missing';
type Refusal = InputRefusal | 'terms-invalid' | 'contract-number-taken';

/** 1 to 64 characters without blanks or slashes at its ends: it stands on invoices and in paths. */
const NUMBER = /^[\p{L}\p{N}][\p{L}\p{N} ./_-]{0,62}[\p{L}\p{N}]$|^[\p{L}\p{N}]$/u;

export const contract: Decider<ContractCommand, ContractEvent, Contract, Refusal> = {
  initial: { status: 'none' },

  evolve(_, event) {
    switch (event.$type) {
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
    }
  },
};

type Asked<Kind extends ContractCommand['kind']> = Extract<ContractCommand, { kind: Kind }>;

function sign(contract: Contract, command: Asked<'sign'>): Decision<ContractEvent, Refusal> {
  const { contractId, number, clientId, shopIds, terms, signedOn, consent } = command;
  const problems = [...agreementProblems(command), ...signedOnProblems(command), ...consentProblems(command)];
  if (problems.length > 0) return refuseFor(problems);
  return once(contract, ContractSigned.create({ contractId, number, clientId, shopIds: [...shopIds], terms, signedOn, clientConsent: consent }));
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
function once(contract: Contract, event: ContractEvent): Decision<ContractEvent, Refusal> {
  if (contract.status === 'none') return accept(event);
  return same(contract.event, event) ? accept() : refuse('contract-number-taken', { number: event.number, clientId: contract.event.clientId });
}

function same(a: ContractEvent, b: ContractEvent): boolean {
  return a.$type === b.$type && JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b));
}

function contentOf(event: ContractEvent): unknown {
  return event.$type === ContractSigned.$type ? ContractSigned.toJSON(event) : ContractImported.toJSON(event);
}

function agreementProblems({ number, shopIds, terms }: Agreement): Problem<InputRefusal>[] {
  const repeated = shopIds.find((shopId, index) => shopIds.indexOf(shopId) < index);
  return [
    ...(NUMBER.test(number) ? [] : [problem('contract-number-invalid', 'number', number.slice(0, 100), '1 to 64 letters, digits, blanks, . / _ -')]),
    ...(shopIds.length > 0 ? [] : [problem('shops-missing', 'shopIds', [], 'at least one shop')]),
    ...(repeated === undefined ? [] : [problem('shop-repeated', 'shopIds', repeated, 'each shop once')]),
    ...(terms === undefined ? [problem('terms-missing', 'terms', '', 'the terms of the contract')] : termsProblems(terms)),
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
  return consent?.evidence.trim() ? [] : [problem('evidence-missing', 'clientConsent.evidence', '', "what shows the client's agreement")];
}
