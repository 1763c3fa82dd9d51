// Contracts as their shops see them: one row per contract and shop, so that row level security by shop holds for contracts too.
import { Consent } from '@deskfleet/protocol/common';
import { ContractImported, ContractSigned } from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import type { RowProjection } from '@deskfleet/read-model';

export interface ShopContractRow {
  readonly contract_id: string;
  readonly shop_id: string;
  readonly number: string;
  readonly client_id: string;
  /** ContractTerms as JSON. */
  readonly terms: unknown;
  /** Empty where taken over. */
  readonly signed_on: string;
  /** Consent as JSON; null where taken over. */
  readonly consent: unknown;
  /** Empty where signed here. */
  readonly imported_from: string;
  /** Epoch ms. */
  readonly recorded_at: number;
  /** Of the text that both sides signed; empty where it was signed on paper or taken over. */
  readonly text_hash: string;
}

export const shopContracts: RowProjection<ContractSigned | ContractImported, ShopContractRow> = {
  name: 'shop_contracts',
  version: 2,
  types: [ContractSigned, ContractImported],
  columns: `
    contract_id text collate "C" not null,
    number text not null,
    client_id text collate "C" not null,
    terms jsonb not null,
    signed_on text not null,
    consent jsonb,
    imported_from text not null,
    recorded_at bigint not null,
    text_hash text not null`,
  keyColumns: ['contract_id', 'shop_id'],
  indexes: ['(vendor_id, shop_id)'],
  keys: ({ event }) => event.shopIds.map((shopId) => ({ contract_id: event.contractId, shop_id: shopId })),
  apply: (_, { event, recordedAt }, key) => ({
    contract_id: event.contractId,
    shop_id: key.shop_id ?? '',
    number: event.number,
    client_id: event.clientId,
    terms: ContractTerms.toJSON(event.terms ?? ContractTerms.create()),
    signed_on: event.$type === ContractSigned.$type ? event.signedOn : '',
    consent: event.$type === ContractSigned.$type && event.clientConsent !== undefined ? Consent.toJSON(event.clientConsent) : null,
    imported_from: event.$type === ContractImported.$type ? event.importedFrom : '',
    recorded_at: recordedAt,
    text_hash: event.$type === ContractSigned.$type ? event.textHash : '',
  }),
};
