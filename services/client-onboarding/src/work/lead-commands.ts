// Commands on leads: load the lead and what it touches, decide, append. A lead registers its client, a profile adds its shop, in one append.
import { fold, type Refused, refuse, type StreamAppend } from '@deskfleet/event-store';
import { shopIdOf, type UnknownMessage } from '@deskfleet/protocol';
import { CommandReceipt } from '@deskfleet/protocol/common';
import { LeadLost, LeadWon, QuoteAccepted, QuoteDeclined, QuoteExpired, QuoteIssued, ShopProfile } from '@deskfleet/protocol/onboarding';
import {
  AcceptQuoteRequest,
  DeclineQuoteRequest,
  IssueQuoteRequest,
  IssueQuoteResponse,
  LoseLeadRequest,
  OpenLeadRequest,
  OpenLeadResponse,
  ProposePlanRequest,
  RecordShopProfileRequest,
  RecordShopProfileResponse,
} from '@deskfleet/protocol/onboarding-sales';
import { type Caller, type CommandRequest, type CommandResult, type Kit, notFound, refuseCall, unwrap } from '@deskfleet/service-kit';
import { client } from '../client/client.ts';
import { consentOf } from '../consent.ts';
import { VENDOR_ZONE, withWhen } from '../happened.ts';
import { type Lead, type LeadCommand, lead, leadOfQuote } from '../lead/lead.ts';
import { type Sealed, subjects } from '../sealed.ts';
import { shop } from '../shop/shop.ts';
import { clientStream, leadStream, type Streams, shopStream, streamsOf } from '../streams.ts';
import { isTheirs, sent } from './asking.ts';

/** Characters of whom to ask. */
const CONTACT_LIMIT = 500;

/** Which event each refusal speaks of. */
const TOLD: Readonly<Record<string, string>> = {
  'quote-already-accepted': QuoteAccepted.$type,
  'quote-declined': QuoteDeclined.$type,
  'quote-expired': QuoteExpired.$type,
  'quote-replaced': QuoteIssued.$type,
  'lead-lost': LeadLost.$type,
  'lead-won': LeadWon.$type,
};

export const contactPlace = (leadId: string) => ({ of: leadId, field: 'contact' });

export async function openLead(kit: Kit, sealed: Sealed, caller: Caller, request: OpenLeadRequest): Promise<OpenLeadResponse> {
  const contact = request.contact.trim();
  if (contact.length > CONTACT_LIMIT)
    refuseCall('contact-too-long', { field: 'contact', found: contact.length, expected: `at most ${CONTACT_LIMIT} characters` });
  const leadId = `ld_${kit.newId()}`;
  const clientId = request.clientId || `cl_${kit.newId()}`;
  const words = contact === '' ? undefined : await sealed.sealOne(caller.vendorId, { subject: subjects.lead(leadId), ...contactPlace(leadId), text: contact });
  const { answer, at } = unwrap(
    await kit.command({
      caller,
      commandId: request.commandId,
      content: OpenLeadRequest.encode(request).finish(),
      answer: OpenLeadResponse,
      streams: [clientStream(clientId), leadStream(leadId)],
      decide(loaded, now) {
        const streams = streamsOf(loaded, now);
        const known = fold(client, streams.client(clientId));
        if (request.clientId !== '' && known.status === 'none') return refuse('client-not-found', { field: 'clientId', id: clientId });
        const clientName = known.status === 'none' ? request.clientName : known.name;
        const registered = client.decide(known, { kind: 'register', clientId, name: clientName });
        if (!registered.accepted) return registered;
        const command = { kind: 'open', leadId, clientId, clientName, source: request.source } as const;
        const opened = lead.decide(lead.initial, { ...command, contactSubject: words?.subjectId ?? '', contact: words?.bytes ?? new Uint8Array() });
        if (!opened.accepted) return opened;
        return {
          appends: [streams.append(clientStream(clientId), registered.events), streams.append(leadStream(leadId), opened.events)],
          answer: OpenLeadResponse.create({ leadId, clientId }),
        };
      },
    }),
  );
  return { ...answer, at };
}

export async function recordShopProfile(kit: Kit, caller: Caller, request: RecordShopProfileRequest): Promise<RecordShopProfileResponse> {
  const { leadId } = request;
  const given = request.profile ?? ShopProfile.create();
  const shopId = shopIdOf(caller.vendorId, given.code);
  const profile = ShopProfile.create({ ...given, shopId, category: given.category.trim() });
  const { answer, at } = unwrap(
    await onLead(kit, caller, leadId, {
      ...sent(RecordShopProfileRequest, request),
      answer: RecordShopProfileResponse,
      also: [shopStream(shopId)],
      decide(known, streams) {
        const decision = lead.decide(known, { kind: 'profile', profile });
        if (!decision.accepted) return decision;
        const { code, name, platform } = given;
        const clientId = known.status === 'none' ? '' : known.clientId;
        const added = shop.decide(fold(shop, streams.shop(shopId)), { kind: 'add', shopId, clientId, code, name, platform });
        if (!added.accepted) return added;
        return {
          events: decision.events,
          also: [streams.append(shopStream(shopId), added.events, shopId)],
          answer: RecordShopProfileResponse.create({ shopId }),
          shopId,
        };
      },
    }),
  );
  return { ...answer, at };
}

export async function proposePlan(kit: Kit, caller: Caller, request: ProposePlanRequest): Promise<CommandReceipt> {
  const { coverage, engagement, separated, note } = request;
  return simply(kit, caller, request.leadId, sent(ProposePlanRequest, request), () => ({ kind: 'plan', plan: { coverage, engagement, separated, note } }));
}

export async function issueQuote(kit: Kit, caller: Caller, request: IssueQuoteRequest): Promise<IssueQuoteResponse> {
  const { leadId, currency, steps, usage, deposit, trialDays, agents, validUntil, note } = request;
  const zone = request.zone || VENDOR_ZONE;
  const { answer, at } = unwrap(
    await onLead(kit, caller, leadId, {
      ...sent(IssueQuoteRequest, request),
      answer: IssueQuoteResponse,
      decide(known, _, now) {
        const decision = lead.decide(known, { kind: 'quote', currency, steps, usage, deposit, trialDays, agents, validUntil, zone, note, now });
        if (!decision.accepted) return decision;
        const after = decision.events.reduce((state, event) => lead.evolve(state, event), known);
        const quote = after.status === 'none' ? undefined : after.quotes.at(-1)?.quote;
        return { events: decision.events, answer: IssueQuoteResponse.create({ quoteId: quote?.quoteId ?? '', version: quote?.version ?? 0 }) };
      },
    }),
  );
  return { ...answer, at };
}

export async function acceptQuote(kit: Kit, caller: Caller, request: AcceptQuoteRequest): Promise<CommandReceipt> {
  const { quoteId, consent } = request;
  return answered(kit, caller, quoteId, sent(AcceptQuoteRequest, request), consent, (given, now) => ({ kind: 'accept', quoteId, consent: given, now }));
}

export async function declineQuote(kit: Kit, caller: Caller, request: DeclineQuoteRequest): Promise<CommandReceipt> {
  const { quoteId, consent, reason, anotherWanted } = request;
  return answered(kit, caller, quoteId, sent(DeclineQuoteRequest, request), consent, (given) => ({
    kind: 'decline',
    quoteId,
    reason,
    anotherWanted,
    consent: given,
  }));
}

export async function loseLead(kit: Kit, caller: Caller, request: LoseLeadRequest): Promise<CommandReceipt> {
  return simply(kit, caller, request.leadId, sent(LoseLeadRequest, request), () => ({ kind: 'lose', reason: request.reason }));
}

type Consented = Parameters<typeof consentOf>[2];
type Given = Exclude<ReturnType<typeof consentOf>, Refused>;
type Sent = Pick<CommandRequest<UnknownMessage>, 'commandId' | 'content'>;

/** What the client answers to a quote, itself or by the vendor on its behalf. Another client's quote is not there. */
async function answered(
  kit: Kit,
  caller: Caller,
  quoteId: string,
  request: Sent,
  consent: Consented,
  command: (given: Given, now: number) => LeadCommand,
): Promise<CommandReceipt> {
  const result = await onLead(kit, caller, leadOfQuote(quoteId), {
    ...request,
    answer: CommandReceipt,
    decide(known, _, now) {
      if (known.status === 'none' || !isTheirs(caller, known.clientId)) return refuse('quote-not-found', { id: quoteId });
      const given = consentOf(caller, known.clientId, consent, { file: false });
      if ('accepted' in given) return given;
      const decision = lead.decide(known, command(given, now));
      return decision.accepted ? { events: decision.events, answer: CommandReceipt.create() } : decision;
    },
  });
  return CommandReceipt.create({ at: unwrap(result).at });
}

async function simply(kit: Kit, caller: Caller, leadId: string, request: Sent, command: (now: number) => LeadCommand): Promise<CommandReceipt> {
  const result = await onLead(kit, caller, leadId, {
    ...request,
    answer: CommandReceipt,
    decide(known, _, now) {
      const decision = lead.decide(known, command(now));
      return decision.accepted ? { events: decision.events, answer: CommandReceipt.create() } : decision;
    },
  });
  return CommandReceipt.create({ at: unwrap(result).at });
}

interface Decided<Answer> {
  readonly events: readonly UnknownMessage[];
  readonly answer: Answer;
  readonly also?: readonly StreamAppend[];
  /** The shop the events belong to, where the lead had none yet. */
  readonly shopId?: string;
}

interface OnLead<Answer extends UnknownMessage> extends Sent {
  readonly answer: CommandRequest<Answer>['answer'];
  readonly also?: readonly string[];
  readonly decide: (known: Lead, streams: Streams, now: number) => Decided<Answer> | Refused;
}

/** A command on a lead's stream. Its events belong to the lead's first shop: whoever sees that shop sees the lead. */
async function onLead<Answer extends UnknownMessage>(kit: Kit, caller: Caller, leadId: string, request: OnLead<Answer>): Promise<CommandResult<Answer>> {
  if (leadId === '') notFound('lead', leadId);
  const streamId = leadStream(leadId);
  return kit.command<Answer>({
    caller,
    commandId: request.commandId,
    content: request.content,
    answer: request.answer,
    streams: [streamId, ...(request.also ?? [])],
    decide(loaded, now) {
      const streams = streamsOf(loaded, now);
      const known = fold(lead, streams.lead(leadId));
      const decided = known.status === 'none' ? refuse('lead-not-found', { id: leadId }) : request.decide(known, streams, now);
      if ('accepted' in decided) return withWhen(decided, loaded.get(streamId), TOLD);
      const shopId = (known.status === 'none' ? undefined : known.profiles[0]?.shopId) ?? decided.shopId ?? '';
      return { appends: [streams.append(streamId, decided.events, shopId), ...(decided.also ?? [])], answer: decided.answer };
    },
  });
}
