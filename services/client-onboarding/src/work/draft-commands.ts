// Commands on a contract's text: drafted from what there is, offered with the text that is kept, signed by each side; the second signature covers
// the shops and wins the lead in one append.
import { fold, type LoadedStream, type Refused, refuse, type StreamAppend } from '@deskfleet/event-store';
import { contractIdOf, type UnknownMessage } from '@deskfleet/protocol';
import { CommandReceipt, Party } from '@deskfleet/protocol/common';
import {
  ContractDraftDropped,
  ContractDraftRevised,
  ContractImported,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractSigned,
  LeadContractDrafted,
} from '@deskfleet/protocol/onboarding';
import {
  ContractText,
  DraftContractRequest,
  DropDraftRequest,
  OfferContractRequest,
  OfferContractResponse,
  ReviseDraftRequest,
  SaveTemplateRequest,
  SaveTemplateResponse,
  SignTextRequest,
  SignTextResponse,
  WithdrawOfferRequest,
} from '@deskfleet/protocol/onboarding-contracting';
import { ContractResponse } from '@deskfleet/protocol/onboarding-service';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { dateOf } from '@deskfleet/service-hours';
import { type Caller, type CommandRequest, type Kit, notFound, refuseCall, unwrap } from '@deskfleet/service-kit';
import { sql } from 'kysely';
import { client } from '../client/client.ts';
import { consentOf } from '../consent.ts';
import { type Contract, contract } from '../contract/contract.ts';
import type { Draft } from '../contract/draft.ts';
import { successorOf, withQuote } from '../contract/prefill.ts';
import { contractText, hashOf, textKey } from '../contract/text.ts';
import { VENDOR_ZONE, withWhen } from '../happened.ts';
import { acceptedQuote, type Lead, lead } from '../lead/lead.ts';
import type { DraftRow } from '../projections/drafts.ts';
import { shop } from '../shop/shop.ts';
import { clientStream, contractStream, leadStream, type Streams, shopStream, streamsOf, templateStream } from '../streams.ts';
import { template } from '../template/template.ts';
import { isTheirs, sent } from './asking.ts';

const TEXT_TYPE = 'text/plain';
/** Characters of the vendor's name. */
const VENDOR_NAME_LIMIT = 200;

/** Which event each refusal speaks of. */
const TOLD: Readonly<Record<string, string>> = {
  'draft-changed': ContractDraftRevised.$type,
  'contract-offered': ContractOffered.$type,
  'contract-offer-withdrawn': ContractOfferWithdrawn.$type,
  'contract-draft-dropped': ContractDraftDropped.$type,
  'contract-signed': ContractSigned.$type,
  'text-changed': ContractOffered.$type,
};

export async function saveTemplate(kit: Kit, caller: Caller, request: SaveTemplateRequest): Promise<SaveTemplateResponse> {
  const templateId = request.templateId || `tp_${kit.newId()}`;
  const { answer, at } = unwrap(
    await kit.command({
      caller,
      commandId: request.commandId,
      content: SaveTemplateRequest.encode(request).finish(),
      answer: SaveTemplateResponse,
      streams: [templateStream(templateId)],
      decide(loaded, now) {
        const streams = streamsOf(loaded, now);
        const known = fold(template, streams.template(templateId));
        if (request.templateId !== '' && known.status === 'none') return refuse('template-not-found', { id: templateId });
        const decision = template.decide(known, { kind: 'save', templateId, name: request.name, terms: request.terms ?? ContractTerms.create() });
        if (!decision.accepted) return decision;
        return { appends: [streams.append(templateStream(templateId), decision.events)], answer: SaveTemplateResponse.create({ templateId }) };
      },
    }),
  );
  return { ...answer, at };
}

/** Terms that are given stand as they are; else they come from what is named. */
export async function draftContract(kit: Kit, caller: Caller, request: DraftContractRequest): Promise<ContractResponse> {
  const { leadId, templateId, succeedsContractId } = request;
  // A lead's contract has the lead's own number, so that it is drafted once however often it is asked for.
  const number = request.number || `C-${(leadId || kit.newId()).slice(-10).toUpperCase()}`;
  const contractId = contractIdOf(caller.vendorId, number);
  const sources = [
    ...(leadId === '' ? [] : [leadStream(leadId)]),
    ...(templateId === '' ? [] : [templateStream(templateId)]),
    ...(succeedsContractId === '' ? [] : [contractStream(succeedsContractId)]),
  ];
  const before = streamsOf(await kit.store.load(caller.vendorId, sources), kit.now());
  const begun = beginning(before, request);
  const drafted = leadId === '' ? undefined : (draftOf(fold(lead, before.lead(leadId))) ?? (await untoldDraft(kit, caller, leadId)));
  if ('accepted' in begun) refuseCall(begun.code, begun.facts);
  const { clientId, shopIds, terms } = begun;
  const { answer, at } = unwrap(
    await kit.command({
      caller,
      commandId: request.commandId,
      content: DraftContractRequest.encode(request).finish(),
      answer: ContractResponse,
      streams: [
        ...new Set([contractStream(contractId), ...(drafted === undefined ? [] : [contractStream(drafted.contractId)])]),
        ...[clientStream(clientId), ...sources, ...new Set(shopIds.map(shopStream))],
      ],
      decide(loaded, now) {
        const streams = streamsOf(loaded, now);
        if (streams.client(clientId).length === 0) return refuse('client-not-found', { field: 'clientId', id: clientId });
        const stranger = foreignShop(streams, shopIds, clientId);
        if (stranger !== undefined) return stranger;
        const command = { kind: 'draft', contractId, number, clientId, shopIds, terms, leadId, templateId, succeedsContractId } as const;
        const decision = contract.decide(fold(contract, streams.contract(contractId)), command);
        if (!decision.accepted) return decision;
        const ofLead = leadId === '' ? [] : leadDrafted(streams, { leadId, contractId, number, drafted });
        if ('accepted' in ofLead) return withWhen(ofLead, loaded.get(leadStream(leadId)), { 'lead-has-draft': LeadContractDrafted.$type });
        return { appends: [streams.append(contractStream(contractId), decision.events), ...ofLead], answer: ContractResponse.create({ contractId, number }) };
      },
    }),
  );
  return { ...answer, at };
}

type LeadDraft = NonNullable<Extract<Lead, { drafted: unknown }>['drafted']>;

function draftOf(known: Lead): LeadDraft | undefined {
  return known.status === 'none' ? undefined : known.drafted;
}

/** The draft that a lead has had since before leads were told of theirs: the read model knows it. */
async function untoldDraft(kit: Kit, caller: Caller, leadId: string): Promise<LeadDraft | undefined> {
  const { rows } = await kit.read(caller, (tx) =>
    sql<Pick<DraftRow, 'contract_id' | 'number'>>`
      select contract_id, number from contract_drafts
       where vendor_id = ${caller.vendorId} and lead_id = ${leadId} and state <> 'dropped' order by since desc limit 1`.execute(tx),
  );
  return rows.map(({ contract_id, number }) => ({ contractId: contract_id, number }))[0];
}

/** Tells the lead of its draft, which is the vendor's alone. `drafted` is the one it had when the streams were chosen: one that came meanwhile has not been dropped. */
function leadDrafted(
  streams: Streams,
  { leadId, contractId, number, drafted }: Record<'leadId' | 'contractId' | 'number', string> & { readonly drafted: LeadDraft | undefined },
): StreamAppend[] | Refused {
  const dropped = drafted !== undefined && fold(contract, streams.contract(drafted.contractId)).status === 'dropped' ? [drafted.contractId] : [];
  const told = lead.decide(fold(lead, streams.lead(leadId)), { kind: 'draft-contract', contractId, number, dropped, untold: drafted });
  return told.accepted ? [streams.append(leadStream(leadId), told.events)] : told;
}

type Beginning = Pick<Draft, 'clientId' | 'shopIds'> & { readonly terms: ContractTerms };

function beginning(streams: Streams, request: DraftContractRequest): Beginning | Refused {
  const { leadId, templateId, succeedsContractId } = request;
  let from: Beginning = { clientId: request.clientId, shopIds: request.shopIds, terms: ContractTerms.create() };
  if (succeedsContractId !== '') {
    const running = fold(contract, streams.contract(succeedsContractId));
    if (running.status !== 'running') return refuse('contract-not-found', { id: succeedsContractId });
    const { clientId, shopIds, terms } = running.event;
    from = { clientId, shopIds, terms: successorOf(terms ?? ContractTerms.create()) };
  }
  if (templateId !== '') {
    const saved = fold(template, streams.template(templateId));
    if (saved.status === 'none') return refuse('template-not-found', { id: templateId });
    from = { ...from, terms: saved.terms };
  }
  if (leadId !== '') {
    const known = fold(lead, streams.lead(leadId));
    if (known.status === 'none') return refuse('lead-not-found', { id: leadId });
    const quote = acceptedQuote(known);
    if (quote === undefined) return refuse('lead-without-accepted-quote');
    from = { clientId: known.clientId, shopIds: known.profiles.map(({ shopId }) => shopId), terms: withQuote(from.terms, quote) };
  }
  return { clientId: from.clientId, shopIds: request.shopIds.length > 0 ? request.shopIds : from.shopIds, terms: request.terms ?? from.terms };
}

/** A draft names shops of its client only; how far they are free is asked when it is offered. */
function foreignShop(streams: Streams, shopIds: readonly string[], clientId: string): Refused | undefined {
  for (const shopId of shopIds) {
    const known = fold(shop, streams.shop(shopId));
    if (known.status === 'none') return refuse('shop-not-found', { field: 'shopIds', id: shopId });
    if (known.clientId !== clientId) return refuse('shop-of-another-client', { shopId, code: known.code, clientId: known.clientId });
  }
  return undefined;
}

export async function reviseDraft(kit: Kit, caller: Caller, request: ReviseDraftRequest): Promise<CommandReceipt> {
  const { contractId, shopIds, terms, revision } = request;
  return onDraft(kit, caller, contractId, {
    ...sent(ReviseDraftRequest, request),
    also: shopIds.map(shopStream),
    decide(known, streams) {
      const clientId = 'draft' in known ? known.draft.clientId : '';
      return foreignShop(streams, clientId === '' ? [] : shopIds, clientId) ?? contract.decide(known, { kind: 'revise', shopIds, terms, revision });
    },
  });
}

/** Renders the text, keeps it, then offers it: only if the draft is still the one whose text was kept. */
export async function offerContract(kit: Kit, caller: Caller, request: OfferContractRequest): Promise<OfferContractResponse> {
  const { contractId, revision } = request;
  const vendorName = request.vendorName.trim();
  if (vendorName === '' || vendorName.length > VENDOR_NAME_LIMIT)
    refuseCall('vendor-name-missing', { field: 'vendorName', found: vendorName.length, expected: `1 to ${VENDOR_NAME_LIMIT} characters` });
  const draft = await draftNow(kit, caller, contractId);
  const others = [
    clientStream(draft.clientId),
    ...draft.shopIds.map(shopStream),
    ...(draft.succeedsContractId === '' ? [] : [contractStream(draft.succeedsContractId)]),
  ];
  const text = textOf(streamsOf(await kit.store.load(caller.vendorId, others), kit.now()), draft, vendorName);
  const textHash = hashOf(text);
  const textObject = textKey(contractId, textHash);
  await kit.objects.put(textObject, Buffer.from(text), TEXT_TYPE);
  const { at } = await onDraft(kit, caller, contractId, {
    ...sent(OfferContractRequest, request),
    also: others,
    decide(known, streams) {
      const decision = contract.decide(known, { kind: 'offer', revision, textHash, textObject });
      if (!decision.accepted || !('draft' in known)) return decision;
      if (known.draft.revision === revision && hashOf(textOf(streams, known.draft, vendorName)) !== textHash)
        return refuse('draft-changed', { seen: revision, revision });
      const taken = coverAll(streams, known.draft);
      return 'accepted' in taken ? taken : decision;
    },
  });
  return OfferContractResponse.create({ textHash, at });
}

function textOf(streams: Streams, draft: Draft, vendorName: string): string {
  const owner = fold(client, streams.client(draft.clientId));
  const before = draft.succeedsContractId === '' ? contract.initial : fold(contract, streams.contract(draft.succeedsContractId));
  const shops = draft.shopIds.flatMap((shopId) => {
    const known = fold(shop, streams.shop(shopId));
    return known.status === 'none' ? [] : [{ shopId, code: known.code, name: known.name, platform: known.platform }];
  });
  const succeeds = before.status === 'running' ? before.event.number : '';
  return contractText(
    { vendorName, clientName: owner.status === 'none' ? '' : owner.name, number: draft.number, shops, succeeds },
    draft.terms ?? ContractTerms.create(),
  );
}

export async function withdrawOffer(kit: Kit, caller: Caller, request: WithdrawOfferRequest): Promise<CommandReceipt> {
  const by = caller.role === 'client' ? Party.PARTY_CLIENT : Party.PARTY_VENDOR;
  return onDraft(kit, caller, request.contractId, {
    ...sent(WithdrawOfferRequest, request),
    decide(known) {
      if (caller.role === 'client' && !caller.mayAgree) return refuse('not-allowed', { role: caller.role, mayAgree: false });
      return contract.decide(known, { kind: 'withdraw', by, reason: request.reason });
    },
  });
}

export async function dropDraft(kit: Kit, caller: Caller, request: DropDraftRequest): Promise<CommandReceipt> {
  return onDraft(kit, caller, request.contractId, {
    ...sent(DropDraftRequest, request),
    decide: (known) => contract.decide(known, { kind: 'drop', reason: request.reason }),
  });
}

/** A signature on the text that was seen. The vendor signs its own side, and the client's on behalf with a file. */
export async function signText(kit: Kit, caller: Caller, request: SignTextRequest): Promise<SignTextResponse> {
  const { contractId, textHash } = request;
  const party = caller.role === 'client' ? Party.PARTY_CLIENT : request.party;
  if (party !== Party.PARTY_CLIENT && party !== Party.PARTY_VENDOR) refuseCall('party-missing', { field: 'party', found: '', expected: 'client or vendor' });
  const draft = await draftNow(kit, caller, contractId);
  const { at } = await onDraft(kit, caller, contractId, {
    ...sent(SignTextRequest, request),
    also: [...draft.shopIds.map(shopStream), ...(draft.leadId === '' ? [] : [leadStream(draft.leadId)])],
    decide(known, streams, now) {
      const consent = party === Party.PARTY_CLIENT ? consentOf(caller, draft.clientId, request.consent, { file: true }) : undefined;
      if (consent !== undefined && 'accepted' in consent) return consent;
      const zone = draft.terms?.zone || VENDOR_ZONE;
      const decision = contract.decide(known, { kind: 'sign-text', party, textHash, userId: caller.id, consent, today: dateOf(now, zone) });
      if (!decision.accepted) return decision;
      if (!decision.events.some(({ $type }) => $type === ContractSigned.$type) || !('draft' in known)) return decision;
      const taken = coverAll(streams, known.draft);
      if ('accepted' in taken) return taken;
      const won = winLead(streams, known.draft);
      return 'accepted' in won ? won : { ...decision, also: [...taken, ...won] };
    },
  });
  const after = fold(contract, streamsOf(await kit.store.load(caller.vendorId, [contractStream(contractId)]), kit.now()).contract(contractId));
  return SignTextResponse.create({ signedByBoth: after.status === 'running', at });
}

function coverAll(streams: Streams, { shopIds, clientId, contractId, terms }: Draft): StreamAppend[] | Refused {
  const appends: StreamAppend[] = [];
  for (const shopId of shopIds) {
    const { effectiveOn = '', endsOn = '' } = terms ?? {};
    const covered = shop.decide(fold(shop, streams.shop(shopId)), { kind: 'contract', shopId, clientId, contractId, effectiveOn, endsOn });
    if (!covered.accepted) return covered;
    appends.push(streams.append(shopStream(shopId), covered.events, shopId));
  }
  return appends;
}

function winLead(streams: Streams, { leadId, contractId, shopIds }: Draft): StreamAppend[] | Refused {
  if (leadId === '') return [];
  const won = lead.decide(fold(lead, streams.lead(leadId)), { kind: 'win', contractId });
  return won.accepted ? [streams.append(leadStream(leadId), won.events, shopIds[0] ?? '')] : won;
}

/** The text as it was offered. Throws when what is kept is not what was hashed: a fault, never shown as the contract. */
export async function textOfContract(kit: Kit, caller: Caller, contractId: string): Promise<ContractText> {
  const known = fold(contract, streamsOf(await kit.store.load(caller.vendorId, [contractStream(contractId)]), kit.now()).contract(contractId));
  const kept = keptText(known);
  if (kept === undefined || !isTheirs(caller, kept.clientId)) return notFound('contract-text', contractId);
  const found = await kit.objects.get(kept.textObject);
  if (found === undefined || hashOf(found.bytes) !== kept.textHash) throw new Error(`${kept.textObject}: the kept text is not the one that was offered`);
  return ContractText.create({ text: found.bytes.toString('utf8'), textHash: kept.textHash });
}

function keptText(known: Contract): { readonly clientId: string; readonly textHash: string; readonly textObject: string } | undefined {
  if (known.status === 'offered') return { clientId: known.draft.clientId, textHash: known.textHash, textObject: known.textObject };
  if (known.status !== 'running' || known.event.$type === ContractImported.$type || known.event.textHash === '') return undefined;
  return known.event;
}

interface OnDraft extends Pick<CommandRequest<UnknownMessage>, 'commandId' | 'content'> {
  readonly also?: readonly string[];
  readonly decide: (known: Contract, streams: Streams, now: number) => ReturnType<typeof contract.decide> & { readonly also?: readonly StreamAppend[] };
}

/**
 * A command on a contract's text. What is offered and signed belongs to the contract's first shop, so that the client sees it from then on; a draft
 * is the vendor's alone. Another client's contract is not there.
 */
async function onDraft(kit: Kit, caller: Caller, contractId: string, request: OnDraft): Promise<CommandReceipt> {
  const streamId = contractStream(contractId);
  const { at } = unwrap(
    await kit.command({
      caller,
      commandId: request.commandId,
      content: request.content,
      answer: CommandReceipt,
      streams: [streamId, ...new Set(request.also)],
      decide(loaded, now) {
        const streams = streamsOf(loaded, now);
        const known = fold(contract, streams.contract(contractId));
        if (known.status === 'none' || !isTheirs(caller, clientOf(known)) || isHidden(caller, known)) return refuse('contract-not-found', { id: contractId });
        const decided = request.decide(known, streams, now);
        if (!decided.accepted) return withWhen(decided, loaded.get(streamId), TOLD);
        return { appends: [streams.append(streamId, decided.events, shopOf(known, decided.events)), ...(decided.also ?? [])], answer: CommandReceipt.create() };
      },
    }),
  );
  return CommandReceipt.create({ at });
}

/** A draft that was never offered is the vendor's alone. */
function isHidden(caller: Caller, known: Contract): boolean {
  return caller.role === 'client' && known.status === 'draft' && known.withdrawn === '';
}

function clientOf(known: Contract): string {
  if ('draft' in known) return known.draft.clientId;
  return known.status === 'running' ? known.event.clientId : '';
}

function shopOf(known: Contract, events: readonly UnknownMessage[]): string {
  const shown = known.status === 'offered' || events.some(({ $type }) => $type === ContractOffered.$type);
  return shown && 'draft' in known ? (known.draft.shopIds[0] ?? '') : '';
}

/** The draft as it stands; what has none is not there, for a client also what was not offered. */
async function draftNow(kit: Kit, caller: Caller, contractId: string): Promise<Draft> {
  const loaded: ReadonlyMap<string, LoadedStream> = await kit.store.load(caller.vendorId, [contractStream(contractId)]);
  const events = streamsOf(loaded, kit.now()).contract(contractId);
  const drafts = events.reduce<Draft | undefined>((draft, _, index) => {
    const state = fold(contract, events.slice(0, index + 1));
    return 'draft' in state ? state.draft : draft;
  }, undefined);
  return drafts !== undefined && isTheirs(caller, drafts.clientId) ? drafts : notFound('contract', contractId);
}
