// Leads as both sides see them: one row a lead, which belongs to the lead's first shop, so that row level security by shop holds for it. The
// contact stays sealed. A lead without a shop is the vendor's alone.
import type { RecordedEvent } from '@deskfleet/event-store';
import { Consent } from '@deskfleet/protocol/common';
import {
  LeadLost,
  LeadOpened,
  type LeadSource,
  LeadWon,
  OutsourcingPlanProposed,
  Quote,
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  QuoteIssued,
  ShopProfile,
  ShopProfileRecorded,
} from '@deskfleet/protocol/onboarding';
import type { RowProjection } from '@deskfleet/read-model';
import { spellingsOf } from '@deskfleet/spelling';
import type { LeadEvent, QuoteOutcome } from '../lead/lead.ts';

export type LeadStateName = 'open' | 'quoted' | 'declined' | 'expired' | 'accepted' | 'won' | 'lost';

export interface QuoteEntry {
  /** Quote as JSON. */
  readonly quote: unknown;
  readonly quoteId: string;
  readonly outcome: QuoteOutcome;
  /** Epoch ms. */
  readonly issuedAt: number;
  /** Epoch ms; 0 = not yet. */
  readonly decidedAt: number;
  /** Consent as JSON; null where there is none. */
  readonly consent: unknown;
  readonly reason: string;
  readonly anotherWanted: boolean;
}

export interface LeadRow {
  readonly lead_id: string;
  readonly client_id: string;
  readonly client_name: string;
  /** Name, pinyin and initials: what a search looks in. */
  readonly spelled: string;
  readonly source: LeadSource;
  readonly contact_subject: string;
  readonly contact: Uint8Array;
  readonly state: LeadStateName;
  readonly opened_at: number;
  /** In this state since; epoch ms. */
  readonly since: number;
  /** ShopProfiles as JSON. */
  readonly profiles: readonly unknown[];
  /** OutsourcingPlanProposed as JSON; null = none yet. */
  readonly plan: unknown;
  /** In the order they were issued. */
  readonly quotes: readonly QuoteEntry[];
  readonly lost_reason: string;
}

const TYPES = [
  LeadOpened,
  ShopProfileRecorded,
  OutsourcingPlanProposed,
  QuoteIssued,
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  LeadWon,
  LeadLost,
] as RowProjection<LeadEvent, LeadRow>['types'];

export const leads: RowProjection<LeadEvent, LeadRow> = {
  name: 'leads',
  version: 1,
  types: TYPES,
  columns: `
    lead_id text collate "C" not null, client_id text collate "C" not null, client_name text not null, spelled text not null, source int not null,
    contact_subject text not null, contact bytea not null, state text not null, opened_at bigint not null, since bigint not null, profiles jsonb not null,
    plan jsonb, quotes jsonb not null, lost_reason text not null`,
  keyColumns: ['lead_id'],
  indexes: ['(vendor_id, opened_at)'],
  keys: ({ event }) => [{ lead_id: event.leadId }],
  apply: leadAfter,
};

/** Which lead a shop came with. */
export const leadShops: RowProjection<ShopProfileRecorded, { readonly shop_id: string; readonly lead_id: string }> = {
  name: 'lead_shops',
  version: 1,
  types: [ShopProfileRecorded],
  columns: 'lead_id text collate "C" not null',
  keyColumns: ['shop_id'],
  keys: ({ event }) => (event.profile === undefined ? [] : [{ shop_id: event.profile.shopId }]),
  apply: (_, { event }) => ({ shop_id: event.profile?.shopId ?? '', lead_id: event.leadId }),
};

function leadAfter(row: LeadRow | undefined, recorded: RecordedEvent<LeadEvent>): LeadRow | undefined {
  const { event, occurredAt } = recorded;
  if (event.$type === LeadOpened.$type) return opened(event, occurredAt);
  if (row === undefined) return undefined;
  switch (event.$type) {
    case ShopProfileRecorded.$type:
      return event.profile === undefined ? row : { ...row, profiles: withProfile(row.profiles, event.profile) };
    case OutsourcingPlanProposed.$type:
      return { ...row, plan: OutsourcingPlanProposed.toJSON(event) };
    case QuoteIssued.$type:
      return event.quote === undefined
        ? row
        : { ...row, state: 'quoted', since: occurredAt, quotes: [...row.quotes.map(replaced), entryOf(event.quote, occurredAt)] };
    case QuoteAccepted.$type:
      return decided(row, event.quoteId, occurredAt, { outcome: 'accepted', consent: consentJson(event.consent) });
    case QuoteDeclined.$type:
      return decided(row, event.quoteId, occurredAt, {
        outcome: 'declined',
        consent: consentJson(event.consent),
        reason: event.reason,
        anotherWanted: event.anotherWanted,
      });
    case QuoteExpired.$type:
      return decided(row, event.quoteId, occurredAt, { outcome: 'expired' });
    case LeadWon.$type:
      return { ...row, state: 'won', since: occurredAt };
    case LeadLost.$type:
      return { ...row, state: 'lost', since: occurredAt, lost_reason: event.reason };
  }
}

function opened(event: LeadOpened, at: number): LeadRow {
  return {
    lead_id: event.leadId,
    client_id: event.clientId,
    client_name: event.clientName,
    spelled: spellingsOf(event.clientName),
    source: event.source,
    contact_subject: event.contactSubject,
    contact: event.contact,
    state: 'open',
    opened_at: at,
    since: at,
    profiles: [],
    plan: null,
    quotes: [],
    lost_reason: '',
  };
}

function withProfile(profiles: readonly unknown[], given: ShopProfile): readonly unknown[] {
  const known = profiles.map((json) => ShopProfile.fromJSON(json));
  const next = known.some(({ shopId }) => shopId === given.shopId) ? known.map((one) => (one.shopId === given.shopId ? given : one)) : [...known, given];
  return next.map((profile) => ShopProfile.toJSON(profile));
}

function entryOf(quote: Quote, issuedAt: number): QuoteEntry {
  return { quote: Quote.toJSON(quote), quoteId: quote.quoteId, outcome: 'open', issuedAt, decidedAt: 0, consent: null, reason: '', anotherWanted: false };
}

function replaced(entry: QuoteEntry): QuoteEntry {
  return entry.outcome === 'open' ? { ...entry, outcome: 'replaced' } : entry;
}

function decided(row: LeadRow, quoteId: string, at: number, change: Partial<QuoteEntry> & { outcome: 'accepted' | 'declined' | 'expired' }): LeadRow {
  const quotes = row.quotes.map((entry) => (entry.quoteId === quoteId ? { ...entry, ...change, decidedAt: at } : entry));
  return { ...row, quotes, state: change.outcome, since: at };
}

function consentJson(consent: Consent | undefined): unknown {
  return consent === undefined ? null : Consent.toJSON(consent);
}
