// Contracts' texts until both sides have signed: one row a contract. It belongs to a shop, and with it to the client's users, from the first time
// it is offered on: a draft is the vendor's alone. Templates beside them.
import type { RecordedEvent } from '@deskfleet/event-store';
import { Consent, Party } from '@deskfleet/protocol/common';
import {
  ContractDraftDropped,
  ContractDrafted,
  ContractDraftRevised,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
  ContractTemplateSaved,
} from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import type { RowProjection } from '@deskfleet/read-model';

export type DraftStateName = 'draft' | 'offered' | 'signed' | 'dropped';

export interface SignatureEntry {
  readonly party: Party;
  readonly userId: string;
  readonly textHash: string;
  /** Epoch ms. */
  readonly signedAt: number;
  /** Consent as JSON; null for the vendor's own. */
  readonly consent: unknown;
}

export interface DraftRow {
  readonly contract_id: string;
  readonly number: string;
  readonly client_id: string;
  readonly shop_ids: readonly string[];
  /** ContractTerms as JSON. */
  readonly terms: unknown;
  readonly state: DraftStateName;
  readonly revision: number;
  /** In this state since; epoch ms. */
  readonly since: number;
  readonly lead_id: string;
  readonly template_id: string;
  readonly succeeds_contract_id: string;
  readonly text_hash: string;
  readonly signatures: readonly SignatureEntry[];
  /** Why withdrawn or dropped. */
  readonly reason: string;
  readonly withdrawn_by: Party;
}

type DraftRowEvent =
  | ContractDrafted
  | ContractDraftRevised
  | ContractOffered
  | ContractOfferWithdrawn
  | ContractPartySigned
  | ContractDraftDropped
  | ContractSigned;

export const contractDrafts: RowProjection<DraftRowEvent, DraftRow> = {
  name: 'contract_drafts',
  version: 1,
  types: [
    ContractDrafted,
    ContractDraftRevised,
    ContractOffered,
    ContractOfferWithdrawn,
    ContractPartySigned,
    ContractDraftDropped,
    ContractSigned,
  ] as RowProjection<DraftRowEvent, DraftRow>['types'],
  columns: `
    contract_id text collate "C" not null, number text not null, client_id text collate "C" not null, shop_ids jsonb not null, terms jsonb not null,
    state text not null, revision int not null, since bigint not null, lead_id text collate "C" not null, template_id text not null,
    succeeds_contract_id text not null, text_hash text not null, signatures jsonb not null, reason text not null, withdrawn_by int not null`,
  keyColumns: ['contract_id'],
  indexes: ['(vendor_id, lead_id)'],
  keys: ({ event }) => [{ contract_id: event.contractId }],
  apply: draftAfter,
};

function draftAfter(row: DraftRow | undefined, { event, occurredAt }: RecordedEvent<DraftRowEvent>): DraftRow | undefined {
  if (event.$type === ContractDrafted.$type) return drafted(event, occurredAt);
  if (row === undefined) return undefined; // signed on paper
  switch (event.$type) {
    case ContractDraftRevised.$type:
      return { ...row, shop_ids: event.shopIds, terms: termsJson(event.terms), revision: row.revision + 1 };
    case ContractOffered.$type:
      return { ...row, state: 'offered', since: occurredAt, text_hash: event.textHash, signatures: [], reason: '', withdrawn_by: Party.PARTY_UNSPECIFIED };
    case ContractOfferWithdrawn.$type:
      return { ...row, state: 'draft', since: occurredAt, text_hash: '', signatures: [], reason: event.reason, withdrawn_by: event.by };
    case ContractPartySigned.$type: {
      const { party, userId, textHash, consent } = event;
      const signature = { party, userId, textHash, signedAt: occurredAt, consent: consent === undefined ? null : Consent.toJSON(consent) };
      return { ...row, signatures: [...row.signatures, signature] };
    }
    case ContractDraftDropped.$type:
      return { ...row, state: 'dropped', since: occurredAt, reason: event.reason };
    case ContractSigned.$type:
      return { ...row, state: 'signed', since: occurredAt };
  }
}

function drafted(event: ContractDrafted, at: number): DraftRow {
  return {
    contract_id: event.contractId,
    number: event.number,
    client_id: event.clientId,
    shop_ids: event.shopIds,
    terms: termsJson(event.terms),
    state: 'draft',
    revision: 1,
    since: at,
    lead_id: event.leadId,
    template_id: event.templateId,
    succeeds_contract_id: event.succeedsContractId,
    text_hash: '',
    signatures: [],
    reason: '',
    withdrawn_by: Party.PARTY_UNSPECIFIED,
  };
}

function termsJson(terms: ContractTerms | undefined): unknown {
  return ContractTerms.toJSON(terms ?? ContractTerms.create());
}

export interface TemplateRow {
  readonly template_id: string;
  readonly name: string;
  /** ContractTerms as JSON. */
  readonly terms: unknown;
  /** Epoch ms. */
  readonly saved_at: number;
}

export const contractTemplates: RowProjection<ContractTemplateSaved, TemplateRow> = {
  name: 'contract_templates',
  version: 1,
  types: [ContractTemplateSaved],
  columns: 'template_id text collate "C" not null, name text not null, terms jsonb not null, saved_at bigint not null',
  keyColumns: ['template_id'],
  keys: ({ event }) => [{ template_id: event.templateId }],
  apply: (_, { event, occurredAt }) => ({ template_id: event.templateId, name: event.name, terms: termsJson(event.terms), saved_at: occurredAt }),
};
