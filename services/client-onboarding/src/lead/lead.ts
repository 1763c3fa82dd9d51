// A lead: what a shop's owner needs, the plan, and the quotes made for it, of which at most one is accepted. Each quote replaces the one before;
// what was replaced, expired, declined or lost can not be accepted any more. Source: domain.md P-01, P-02, BR-001, BR-002.
import { accept, type Decider, type Decision, type EpochMs, refuse } from '@deskfleet/event-store';
import { fromProto, toProto } from '@deskfleet/money';
import type { Consent, Money } from '@deskfleet/protocol/common';
import {
  Coverage,
  LeadContractDrafted,
  LeadLost,
  LeadOpened,
  LeadSource,
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
import { EngagementTerm, type UsageTerms } from '@deskfleet/protocol/terms';
import { dayBounds } from '@deskfleet/service-hours';
import { problem, refuseFor } from '../contract/problems.ts';
import { isDate, isZone, usageProblems } from '../contract/terms.ts';
import { asProblems, computed, missingForQuote, type Plan, stepProblems, suggestedSteps, type TypedStep } from './quote.ts';

export type LeadEvent =
  | LeadOpened
  | ShopProfileRecorded
  | OutsourcingPlanProposed
  | QuoteIssued
  | QuoteAccepted
  | QuoteDeclined
  | QuoteExpired
  | LeadContractDrafted
  | LeadWon
  | LeadLost;

export type QuoteOutcome = 'open' | 'accepted' | 'declined' | 'expired' | 'replaced';

export interface KnownQuote {
  readonly quote: Quote;
  readonly outcome: QuoteOutcome;
}

interface Known {
  readonly leadId: string;
  readonly clientId: string;
  /** By shop, in the order they were first recorded. */
  readonly profiles: readonly ShopProfile[];
  readonly plan: Plan | undefined;
  readonly quotes: readonly KnownQuote[];
  /** The contract that was drafted from it last. */
  readonly drafted: { readonly contractId: string; readonly number: string } | undefined;
}

export type Lead =
  | { readonly status: 'none' }
  | ({ readonly status: 'open' } & Known)
  | ({ readonly status: 'won'; readonly contractId: string } & Known)
  | ({ readonly status: 'lost'; readonly reason: string } & Known);

export type LeadCommand =
  | {
      readonly kind: 'open';
      readonly leadId: string;
      readonly clientId: string;
      readonly clientName: string;
      readonly source: LeadSource;
      readonly contactSubject: string;
      readonly contact: Uint8Array;
    }
  | { readonly kind: 'profile'; readonly profile: ShopProfile }
  | { readonly kind: 'plan'; readonly plan: Plan }
  | {
      readonly kind: 'quote';
      readonly currency: string;
      readonly steps: readonly TypedStep[];
      readonly usage: UsageTerms | undefined;
      readonly deposit: Money | undefined;
      readonly trialDays: number;
      readonly agents: number;
      readonly validUntil: string;
      readonly zone: string;
      readonly note: string;
      readonly now: EpochMs;
    }
  | { readonly kind: 'accept'; readonly quoteId: string; readonly consent: Consent; readonly now: EpochMs }
  | { readonly kind: 'decline'; readonly quoteId: string; readonly reason: string; readonly anotherWanted: boolean; readonly consent: Consent }
  | { readonly kind: 'expire'; readonly quoteId: string; readonly now: EpochMs }
  /** In one append with the draft; `dropped` are contracts whose draft was dropped, `untold` the draft of a lead that was not told of it. */
  | {
      readonly kind: 'draft-contract';
      readonly contractId: string;
      readonly number: string;
      readonly dropped: readonly string[];
      readonly untold: Opened['drafted'];
    }
  /** In one append with the second signature. */
  | { readonly kind: 'win'; readonly contractId: string }
  | { readonly kind: 'lose'; readonly reason: string };

/** Characters. */
const TEXT_LIMIT = 2_000;
const CATEGORY_LIMIT = 100;
const HEADCOUNT_LIMIT = 100_000;
const INQUIRIES_LIMIT = 10_000_000;
/** Days of a trial. */
const TRIAL_LIMIT = 366;
const SHOPS_LIMIT = 100;

export const lead: Decider<LeadCommand, LeadEvent, Lead> = {
  initial: { status: 'none' },

  evolve(lead, event) {
    if (event.$type === LeadOpened.$type)
      return { status: 'open', leadId: event.leadId, clientId: event.clientId, profiles: [], plan: undefined, quotes: [], drafted: undefined };
    if (lead.status === 'none') return lead;
    switch (event.$type) {
      case ShopProfileRecorded.$type:
        return event.profile === undefined ? lead : { ...lead, profiles: withProfile(lead.profiles, event.profile) };
      case OutsourcingPlanProposed.$type:
        return { ...lead, plan: { coverage: event.coverage, engagement: event.engagement, separated: event.separated, note: event.note } };
      case QuoteIssued.$type:
        return event.quote === undefined ? lead : { ...lead, quotes: [...lead.quotes.map(replaced), { quote: event.quote, outcome: 'open' }] };
      case QuoteAccepted.$type:
        return withOutcome(lead, event.quoteId, 'accepted');
      case QuoteDeclined.$type:
        return withOutcome(lead, event.quoteId, 'declined');
      case QuoteExpired.$type:
        return withOutcome(lead, event.quoteId, 'expired');
      case LeadContractDrafted.$type:
        return { ...lead, drafted: { contractId: event.contractId, number: event.number } };
      case LeadWon.$type:
        return { ...lead, status: 'won', contractId: event.contractId };
      case LeadLost.$type:
        return { ...lead, status: 'lost', reason: event.reason };
    }
  },

  decide(lead, command) {
    if (command.kind === 'open') return open(lead, command);
    if (lead.status === 'none') return refuse('lead-not-found', { id: '' });
    switch (command.kind) {
      case 'profile':
        return closed(lead) ?? profile(lead, command.profile);
      case 'plan':
        return closed(lead) ?? plan(lead, command.plan);
      case 'quote':
        return closed(lead) ?? quote(lead, command);
      case 'accept':
        return acceptQuote(lead, command);
      case 'decline':
        return decline(lead, command);
      case 'expire':
        return expire(lead, command);
      case 'draft-contract':
        return draftContract(lead, command);
      case 'win':
        return lead.status === 'won' ? accept() : (closed(lead) ?? accept(LeadWon.create({ leadId: lead.leadId, contractId: command.contractId })));
      case 'lose':
        return lose(lead, command.reason);
    }
  },
};

type Opened = Exclude<Lead, { status: 'none' }>;
type Asked<Kind extends LeadCommand['kind']> = Extract<LeadCommand, { kind: Kind }>;

/** The quote that was accepted; at most one ever is. */
export function acceptedQuote(lead: Lead): Quote | undefined {
  return lead.status === 'none' ? undefined : lead.quotes.find(({ outcome }) => outcome === 'accepted')?.quote;
}

/** A quote's id says whose it is, so that its address alone finds the lead. */
export function quoteIdOf(leadId: string, version: number): string {
  return `${leadId.replace(/^ld_/, 'qt_')}-${version}`;
}

/** The lead a quote id is of; empty when it is no quote's id. */
export function leadOfQuote(quoteId: string): string {
  const match = /^qt_([0-9A-Za-z-]+)-\d+$/.exec(quoteId);
  return match === null ? '' : `ld_${match[1]}`;
}

function closed(lead: Opened): Decision<never> | undefined {
  if (lead.status === 'lost') return refuse('lead-lost', { reason: lead.reason });
  return lead.status === 'won' ? refuse('lead-won', { contractId: lead.contractId }) : undefined;
}

/** One at a time: of two drafts that race, the first is the lead's, and the other is told its number. */
function draftContract(lead: Opened, { contractId, number, dropped, untold }: Asked<'draft-contract'>): Decision<LeadEvent> {
  const { leadId } = lead;
  if (lead.drafted?.contractId === contractId) return accept();
  const drafted = lead.drafted ?? (untold?.contractId === contractId ? undefined : untold);
  const over = closed(lead);
  if (over !== undefined) return over;
  if (drafted !== undefined && !dropped.includes(drafted.contractId)) return refuse('lead-has-draft', drafted);
  return accept(LeadContractDrafted.create({ leadId, contractId, number }));
}

function open(lead: Lead, { leadId, clientId, clientName, source, contactSubject, contact }: Asked<'open'>): Decision<LeadEvent> {
  if (lead.status !== 'none') return accept();
  if (source !== LeadSource.LEAD_SOURCE_ONLINE && source !== LeadSource.LEAD_SOURCE_TELESALES)
    return refuse('lead-source-missing', { field: 'source', found: '', expected: 'online or telesales' });
  return accept(LeadOpened.create({ leadId, clientId, clientName: clientName.trim(), source, contactSubject, contact: Buffer.from(contact) }));
}

function profile(lead: Opened, given: ShopProfile): Decision<LeadEvent> {
  const at = (name: string): string => `profile.${name}`;
  const problems = [
    ...(given.category.length <= CATEGORY_LIMIT
      ? []
      : [problem('profile-category-too-long', at('category'), given.category.length, `at most ${CATEGORY_LIMIT} characters`)]),
    ...within(given.agentHeadcount, HEADCOUNT_LIMIT, 'profile-headcount-invalid', at('agentHeadcount')),
    ...within(given.averageInquiries, INQUIRIES_LIMIT, 'profile-inquiries-invalid', at('averageInquiries')),
  ];
  if (problems.length > 0) return refuseFor(problems, 'profile-invalid');
  const known = lead.profiles.find(({ shopId }) => shopId === given.shopId);
  if (known === undefined && lead.profiles.length >= SHOPS_LIMIT)
    return refuse('too-many-shops', { field: 'profile', found: lead.profiles.length + 1, expected: `at most ${SHOPS_LIMIT}` });
  const recorded = ShopProfileRecorded.create({ leadId: lead.leadId, profile: given });
  return known !== undefined && same(ShopProfile.toJSON(known), ShopProfile.toJSON(given)) ? accept() : accept(recorded);
}

function within<Code extends string>(value: number | undefined, limit: number, code: Code, field: string) {
  return value === undefined || (Number.isInteger(value) && value >= 0 && value <= limit) ? [] : [problem(code, field, value, `0 to ${limit}`)];
}

function plan(lead: Opened, { coverage, engagement, separated, note }: Plan): Decision<LeadEvent> {
  if (coverage === Coverage.COVERAGE_UNSPECIFIED)
    return refuse('plan-coverage-missing', { field: 'coverage', found: '', expected: 'together, pre-sale-first or after-sale-first' });
  if (engagement === EngagementTerm.ENGAGEMENT_TERM_UNSPECIFIED)
    return refuse('plan-engagement-missing', { field: 'engagement', found: '', expected: 'long, short or temporary' });
  if (note.length > TEXT_LIMIT) return refuse('note-too-long', { field: 'note', found: note.length, expected: `at most ${TEXT_LIMIT} characters` });
  return same(lead.plan, { coverage, engagement, separated, note })
    ? accept()
    : accept(OutsourcingPlanProposed.create({ leadId: lead.leadId, coverage, engagement, separated, note }));
}

function quote(lead: Opened, command: Asked<'quote'>): Decision<LeadEvent> {
  const taken = lead.quotes.find(({ outcome }) => outcome === 'accepted');
  if (taken !== undefined) return refuse('quote-already-accepted', { version: taken.quote.version });
  const missing = missingForQuote(lead.profiles, lead.plan);
  if (missing.length > 0) return refuse('quote-not-ready', { problems: asProblems(missing) }); // BR-001
  const problems = quoteProblems(lead, command);
  if (problems.length > 0) return refuseFor(problems, 'quote-invalid');

  const { currency, steps, usage, deposit, trialDays, agents, validUntil, zone, note } = command;
  const { monthlyFee, estimate, steps: withAmounts } = computed(steps, currency);
  if (estimate.minor < 0n || (monthlyFee?.minor ?? 0n) < 0n)
    return refuse('quote-below-zero', { field: 'steps', found: String(estimate.minor), expected: 'zero or more' });
  const version = lead.quotes.length + 1;
  const issued = Quote.create({
    quoteId: quoteIdOf(lead.leadId, version),
    version,
    steps: withAmounts,
    monthlyFee: monthlyFee === undefined ? undefined : toProto(monthlyFee),
    usage,
    deposit,
    trialDays,
    agents,
    validUntil,
    expiresAt: dayBounds(validUntil, zone).to,
    note,
    estimate: toProto(estimate),
    zone,
    profiles: [...lead.profiles],
    coverage: lead.plan?.coverage ?? Coverage.COVERAGE_UNSPECIFIED,
    engagement: lead.plan?.engagement ?? EngagementTerm.ENGAGEMENT_TERM_UNSPECIFIED,
    separated: lead.plan?.separated ?? false,
  });
  const last = lead.quotes.at(-1);
  if (last?.outcome === 'open' && same(content(last.quote), content(issued))) return accept();
  return accept(QuoteIssued.create({ leadId: lead.leadId, quote: issued }));
}

function quoteProblems(lead: Opened, { currency, steps, usage, deposit, trialDays, agents, validUntil, zone, note, now }: Asked<'quote'>) {
  const shopIds = lead.profiles.map(({ shopId }) => shopId);
  const open = isZone(zone) && isDate(validUntil) && dayBounds(validUntil, zone).to > now;
  return [
    ...stepProblems(steps, currency, usage?.unitPrice, { shopIds, suggested: suggestedSteps(lead.profiles, lead.plan) }),
    ...(steps.some(({ ofUsage }) => !ofUsage) || usage !== undefined
      ? []
      : [problem('quote-without-price', 'steps', [], 'steps of the monthly fee, or a unit price')]),
    ...(usage === undefined ? [] : usageProblems(usage, 'usage')),
    ...(deposit === undefined || deposit.currency === currency ? [] : [problem('amount-in-other-currency', 'deposit.currency', deposit.currency, currency)]),
    ...(deposit === undefined || fromProto(deposit).minor >= 0n ? [] : [problem('amount-negative', 'deposit.amount', deposit.minor, 'zero or more')]),
    ...within(trialDays, TRIAL_LIMIT, 'quote-trial-invalid', 'trialDays'),
    ...(Number.isInteger(agents) && agents >= 1 && agents <= HEADCOUNT_LIMIT
      ? []
      : [problem('quote-agents-invalid', 'agents', agents, `1 to ${HEADCOUNT_LIMIT}`)]),
    ...(isZone(zone) ? [] : [problem('zone-unknown', 'zone', zone, 'an IANA zone such as Asia/Shanghai')]),
    ...(open ? [] : [problem('quote-valid-until-invalid', 'validUntil', validUntil, 'a day that is not over')]),
    ...(note.length <= TEXT_LIMIT ? [] : [problem('note-too-long', 'note', note.length, `at most ${TEXT_LIMIT} characters`)]),
  ];
}

function acceptQuote(lead: Opened, { quoteId, consent, now }: Asked<'accept'>): Decision<LeadEvent> {
  const known = lead.quotes.find(({ quote }) => quote.quoteId === quoteId);
  if (known === undefined) return refuse('quote-not-found', { id: quoteId });
  if (known.outcome === 'accepted') return accept();
  const shut = closed(lead) ?? notOpen(lead, known);
  if (shut !== undefined) return shut;
  // The timer may be late: what has expired is expired.
  if (now >= known.quote.expiresAt) return refuse('quote-expired', { version: known.quote.version, until: known.quote.validUntil });
  return accept(QuoteAccepted.create({ leadId: lead.leadId, quoteId, consent }));
}

function decline(lead: Opened, { quoteId, reason, anotherWanted, consent }: Asked<'decline'>): Decision<LeadEvent> {
  const known = lead.quotes.find(({ quote }) => quote.quoteId === quoteId);
  if (known === undefined) return refuse('quote-not-found', { id: quoteId });
  if (known.outcome === 'declined') return accept();
  // An expired quote may still be answered by asking for another.
  const shut = closed(lead) ?? (known.outcome === 'expired' && anotherWanted ? undefined : notOpen(lead, known));
  if (shut !== undefined) return shut;
  const said = reason.trim();
  if (said === '') return refuse('reason-missing', { field: 'reason', found: '', expected: 'why' });
  if (said.length > TEXT_LIMIT) return refuse('reason-too-long', { field: 'reason', found: said.length, expected: `at most ${TEXT_LIMIT} characters` });
  return accept(QuoteDeclined.create({ leadId: lead.leadId, quoteId, reason: said, anotherWanted, consent }));
}

function notOpen(lead: Opened, { quote: { version, validUntil }, outcome }: KnownQuote): Decision<never> | undefined {
  switch (outcome) {
    case 'open':
      return undefined;
    case 'accepted':
      return refuse('quote-already-accepted', { version });
    case 'declined':
      return refuse('quote-declined', { version });
    case 'expired':
      return refuse('quote-expired', { version, until: validUntil });
    case 'replaced':
      return refuse('quote-replaced', { version, by: lead.quotes.length });
  }
}

function expire(lead: Opened, { quoteId, now }: Asked<'expire'>): Decision<LeadEvent> {
  const known = lead.quotes.find(({ quote }) => quote.quoteId === quoteId);
  const due = lead.status === 'open' && known?.outcome === 'open' && now >= known.quote.expiresAt;
  return due ? accept(QuoteExpired.create({ leadId: lead.leadId, quoteId })) : accept();
}

function lose(lead: Opened, reason: string): Decision<LeadEvent> {
  if (lead.status === 'won') return refuse('lead-won', { contractId: lead.contractId });
  const said = reason.trim();
  if (lead.status === 'lost') return lead.reason === said ? accept() : refuse('lead-lost', { reason: lead.reason });
  if (said === '') return refuse('reason-missing', { field: 'reason', found: '', expected: 'why' });
  if (said.length > TEXT_LIMIT) return refuse('reason-too-long', { field: 'reason', found: said.length, expected: `at most ${TEXT_LIMIT} characters` });
  return accept(LeadLost.create({ leadId: lead.leadId, reason: said }));
}

function withProfile(profiles: readonly ShopProfile[], given: ShopProfile): readonly ShopProfile[] {
  return profiles.some(({ shopId }) => shopId === given.shopId) ? profiles.map((one) => (one.shopId === given.shopId ? given : one)) : [...profiles, given];
}

function replaced(known: KnownQuote): KnownQuote {
  return known.outcome === 'open' ? { ...known, outcome: 'replaced' } : known;
}

function withOutcome<State extends Opened>(lead: State, quoteId: string, outcome: QuoteOutcome): State {
  return { ...lead, quotes: lead.quotes.map((known) => (known.quote.quoteId === quoteId ? { ...known, outcome } : known)) };
}

/** A quote without what tells its version apart. */
function content(quote: Quote): unknown {
  return Quote.toJSON({ ...quote, quoteId: '', version: 0 });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
