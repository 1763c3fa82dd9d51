// Leads as the API shows them: pages by when they were opened, each with what is missing and whose turn it is.
import { Consent } from '@deskfleet/protocol/common';
import { OutsourcingPlanProposed, Quote, ShopProfile } from '@deskfleet/protocol/onboarding';
import { Lead, LeadQuote, LeadState, MissingInput, OutsourcingPlan, QuoteState } from '@deskfleet/protocol/onboarding-sales';
import { type Caller, type Keyset, type Kit, pageOf, type Role } from '@deskfleet/service-kit';
import { normalized } from '@deskfleet/spelling';
import { sql } from 'kysely';
import { missingForQuote, suggestedSteps } from '../lead/quote.ts';
import type { LeadRow, LeadStateName, QuoteEntry } from '../projections/leads.ts';
import type { Sealed } from '../sealed.ts';
import { isTheirs } from '../work/asking.ts';
import { contactPlace } from '../work/lead-commands.ts';

export const LEAD_KEY_PARTS = 2;

type SeenLead = LeadRow & { readonly contract_id: string | null };

const STATES: Readonly<Record<LeadStateName, LeadState>> = {
  open: LeadState.LEAD_STATE_OPEN,
  quoted: LeadState.LEAD_STATE_QUOTED,
  declined: LeadState.LEAD_STATE_DECLINED,
  expired: LeadState.LEAD_STATE_EXPIRED,
  accepted: LeadState.LEAD_STATE_ACCEPTED,
  won: LeadState.LEAD_STATE_WON,
  lost: LeadState.LEAD_STATE_LOST,
};

const OUTCOMES: Readonly<Record<QuoteEntry['outcome'], QuoteState>> = {
  open: QuoteState.QUOTE_STATE_OPEN,
  accepted: QuoteState.QUOTE_STATE_ACCEPTED,
  declined: QuoteState.QUOTE_STATE_DECLINED,
  expired: QuoteState.QUOTE_STATE_EXPIRED,
  replaced: QuoteState.QUOTE_STATE_REPLACED,
};

/** A contract that was drafted from the lead and not dropped. */
const WITH_CONTRACT = sql`l.*, (select d.contract_id from contract_drafts d where d.vendor_id = l.vendor_id and d.lead_id = l.lead_id and d.state <> 'dropped'
  order by d.since desc limit 1) as contract_id`;

/** The newest first. */
export async function leadPage(
  kit: Kit,
  caller: Caller,
  filter: { readonly states: readonly LeadState[]; readonly search: string },
  page: Keyset,
): Promise<{ readonly leads: Lead[]; readonly nextToken: string; readonly total: number }> {
  const wanted = Object.entries(STATES).flatMap(([name, state]) => (filter.states.includes(state) ? [name] : []));
  const query = normalized(filter.search);
  const matching = sql`(${wanted.length === 0} or l.state = any(${wanted}::text[])) and (${query} = '' or strpos(l.spelled, ${query}) > 0) and ${ofClient(caller)}`;
  return kit.read(caller, async (tx) => {
    const after = page.after === undefined ? sql`true` : sql`(l.opened_at, l.lead_id) < (${Number(page.after[0])}::bigint, ${String(page.after[1])})`;
    const { rows } = await sql<SeenLead>`
      select ${WITH_CONTRACT} from leads l where ${matching} and ${after} order by l.opened_at desc, l.lead_id desc limit ${page.size + 1}`.execute(tx);
    const count = await sql<{ n: string }>`select count(*) as n from leads l where ${matching}`.execute(tx);
    const cut = pageOf(rows, page, (row) => [Number(row.opened_at), row.lead_id]);
    const leads = cut.rows.map((row) => leadMessage(caller, { ...row, quotes: row.quotes.slice(-1) }, ''));
    return { leads, nextToken: cut.nextToken, total: Number(count.rows[0]?.n ?? 0) };
  });
}

/** One lead whole, its contact opened for vendor operations; undefined where the caller sees none. */
export async function leadOf(kit: Kit, sealed: Sealed, caller: Caller, leadId: string): Promise<Lead | undefined> {
  const row = await kit.read(caller, async (tx) => (await sql<SeenLead>`select ${WITH_CONTRACT} from leads l where l.lead_id = ${leadId}`.execute(tx)).rows[0]);
  if (row === undefined || !isTheirs(caller, row.client_id)) return undefined;
  if (caller.role !== 'vendor-operations') return leadMessage(caller, row, '');
  const [contact] = await sealed.open(caller.vendorId, [{ ...contactPlace(leadId), subjectId: row.contact_subject, bytes: row.contact }]);
  return leadMessage(caller, row, contact ?? '');
}

/** The leads somebody has to act on, the longest waiting first. */
export async function leadsInWork(kit: Kit, caller: Caller): Promise<readonly Lead[]> {
  const { rows } = await kit.read(caller, (tx) =>
    sql<SeenLead>`select ${WITH_CONTRACT} from leads l where l.state not in ('won', 'lost') and ${ofClient(caller)} order by l.since, l.lead_id`.execute(tx),
  );
  return rows.map((row) => leadMessage(caller, { ...row, quotes: row.quotes.slice(-1) }, ''));
}

function ofClient(caller: Caller) {
  return caller.role === 'client' ? sql`l.client_id = ${caller.clientId}` : sql`true`;
}

function leadMessage(caller: Caller, row: SeenLead, contact: string): Lead {
  const profiles = row.profiles.map((json) => ShopProfile.fromJSON(json));
  const plan = row.plan === null ? undefined : planOf(OutsourcingPlanProposed.fromJSON(row.plan));
  const vendor = caller.role !== 'client';
  return Lead.create({
    leadId: row.lead_id,
    clientId: row.client_id,
    clientName: row.client_name,
    source: row.source,
    contact,
    state: STATES[row.state],
    openedAt: Number(row.opened_at),
    since: Number(row.since),
    waitsFor: waitsFor(row),
    profiles,
    plan,
    missing: missingForQuote(profiles, plan).map((one) => MissingInput.create(one)),
    quotes: row.quotes.map(quoteMessage).reverse(),
    suggestedSteps: vendor ? suggestedSteps(profiles, plan) : [],
    lostReason: row.lost_reason,
    contractId: row.contract_id ?? '',
  });
}

/** Whose turn it is. */
function waitsFor({ state, contract_id }: SeenLead): Role | '' {
  switch (state) {
    case 'quoted':
      return 'client';
    case 'won':
    case 'lost':
      return '';
    case 'accepted':
      return contract_id === null ? 'vendor-operations' : '';
    default:
      return 'vendor-operations';
  }
}

function planOf({ coverage, engagement, separated, note }: OutsourcingPlanProposed): OutsourcingPlan {
  return OutsourcingPlan.create({ coverage, engagement, separated, note });
}

function quoteMessage(entry: QuoteEntry): LeadQuote {
  return LeadQuote.create({
    quote: Quote.fromJSON(entry.quote),
    state: OUTCOMES[entry.outcome],
    issuedAt: entry.issuedAt,
    decidedAt: entry.decidedAt,
    consent: entry.consent === null ? undefined : Consent.fromJSON(entry.consent),
    reason: entry.reason,
    anotherWanted: entry.anotherWanted,
  });
}
