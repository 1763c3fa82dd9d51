// Contracts as their shops see them: one row per contract and shop, so that row level security by shop holds for contracts too.
import { Consent } from '@deskfleet/protocol/common';
import { ContractImported, ContractSigned, ShopContractEnded } from '@deskfleet/protocol/onboarding';
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
  /** The last day on which service runs where it ends before the terms do; empty = by the terms. */
  readonly ended_on: string;
}

type Event = ContractSigned | ContractImported | ShopContractEnded;

export const shopContracts: RowProjection<Event, ShopContractRow> = {
  name: 'shop_contracts',
  version: 3,
  types: [ContractSigned, ContractImported, ShopContractEnded] as RowProjection<Event, ShopContractRow>['types'],
  columns: `
    contract_id text collate "C" not null,
    number text not null,
    client_id text collate "C" not null,
    terms jsonb not null,
    signed_on text not null,
    consent jsonb,
    imported_from text not null,
    recorded_at bigint not null,
    text_hash text not null,
    ended_on text not null`,
  keyColumns: ['contract_id', 'shop_id'],
  indexes: ['(vendor_id, shop_id)'],
  keys: ({ event }) => shopsOf(event).map((shopId) => ({ contract_id: event.contractId, shop_id: shopId })),
  apply: (row, { event, recordedAt }, key) =>
    event.$type === ShopContractEnded.$type
      ? row && { ...row, ended_on: event.endsOn }
      : {
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
          ended_on: '',
        },
};

function shopsOf(event: Event): readonly string[] {
  return event.$type === ShopContractEnded.$type ? [event.shopId] : event.shopIds;
}

/** The last day of service; empty = open. */
export function lastDayOf({ terms, ended_on }: { readonly terms: Pick<ContractTerms, 'endsOn'>; readonly ended_on: string }): string {
  return ended_on === '' ? terms.endsOn : ended_on;
}
