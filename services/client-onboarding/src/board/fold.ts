// The board's memory of a lead or a contract, event by event, and what it makes of each shop: pure. When a shop's turn or step changes, the event's instant is
// since when; a step that is left has taken as long as it took.

import type { MessageType } from '@deskfleet/protocol';
import { Party } from '@deskfleet/protocol/common';
import {
  BatchAccepted,
  BatchReworked,
  BatchReworkRequested,
  BatchWentLive,
  ClientReminded,
  ContractDraftDropped,
  ContractDrafted,
  ContractDraftRevised,
  ContractImported,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
  DepositNoted,
  InformationHandedOver,
  InformationItemSet,
  InformationReopened,
  LeadLost,
  LeadOpened,
  LeadWon,
  OutsourcingPlanProposed,
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  QuoteIssued,
  ServiceEndSet,
  ShopProfileRecorded,
  TrainingCompleted,
  TrainingConfirmed,
  TrainingRecorded,
  TrainingScheduled,
  TrialExtended,
  TrialExtensionProposed,
  TrialPassed,
  TrialStarted,
  TrialVerdictReminded,
} from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { batchesOf, trainingsNeeded } from '../launch/agreement.ts';
import { STANDARD_ITEMS } from '../launch/information-items.ts';
import { nameOfTraining } from '../launch/training.ts';
import { type ContractFacts, type Facts, type LeadFacts, STEPS, type Standing, type Step, standingOf, type TrainingFacts, type Turn } from './standing.ts';

export const BOARD_TYPES = [
  LeadOpened,
  ShopProfileRecorded,
  OutsourcingPlanProposed,
  QuoteIssued,
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  LeadLost,
  LeadWon,
  ContractDrafted,
  ContractDraftRevised,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
  ContractImported,
  ContractDraftDropped,
  DepositNoted,
  TrainingScheduled,
  TrainingRecorded,
  TrainingConfirmed,
  TrainingCompleted,
  InformationItemSet,
  InformationHandedOver,
  InformationReopened,
  BatchWentLive,
  BatchAccepted,
  BatchReworkRequested,
  BatchReworked,
  TrialStarted,
  TrialExtensionProposed,
  TrialExtended,
  TrialVerdictReminded,
  TrialPassed,
  ServiceEndSet,
  ClientReminded,
] as const;

type EventOf<Type> = Type extends MessageType<infer Event> ? Event : never;
export type BoardEvent = EventOf<(typeof BOARD_TYPES)[number]>;

/** A shop's card as it is kept. */
export interface Card extends Standing {
  /** Empty: a lead whose shops are not known yet. */
  readonly shopId: string;
  /** Since when it is this turn for this. */
  readonly since: number;
  /** Since when it stands in this step. */
  readonly stepSince: number;
  /** How long each step took that was left forwards, ms. */
  readonly took: Readonly<Partial<Record<Step, number>>>;
}

export interface Subject {
  readonly facts: Facts;
  readonly clientId: string;
  readonly clientName: string;
  readonly number: string;
  readonly leadId: string;
  readonly cards: readonly Card[];
  readonly remindedAt: number;
}

/** Which lead or contract an event is about. */
export function subjectIdOf(event: BoardEvent): string {
  if (event.$type !== LeadWon.$type && 'contractId' in event && event.contractId !== '') return event.contractId;
  return 'leadId' in event ? event.leadId : '';
}

/** The subject after this event; undefined when it is about one that never began. */
export function subjectAfter(before: Subject | undefined, event: BoardEvent, at: number): Subject | undefined {
  const begun = before ?? begin(event);
  if (begun === undefined) return undefined;
  if (event.$type === ClientReminded.$type) return { ...begun, remindedAt: at };
  const facts = begun.facts.kind === 'lead' ? leadAfter(begun.facts, event) : contractAfter(begun.facts, event);
  const known = new Map(begun.cards.map((card) => [card.shopId, card]));
  const shopIds = shopsAfter([...known.keys()], event);
  // A shop that takes the place of none goes on with its time.
  const cards = shopIds.map((shopId) => cardAfter(known.get(shopId) ?? known.get(''), shopId, facts, at));
  return { ...begun, ...namesIn(event), facts, cards };
}

function begin(event: BoardEvent): Subject | undefined {
  const named = { clientId: '', clientName: '', number: '', leadId: '', cards: [], remindedAt: 0 };
  switch (event.$type) {
    case LeadOpened.$type:
      return { ...named, facts: LEAD };
    case ContractDrafted.$type:
    case ContractSigned.$type:
    case ContractImported.$type:
      return { ...named, facts: agreed(event) };
    default:
      return undefined;
  }
}

function namesIn(event: BoardEvent): Partial<Subject> {
  switch (event.$type) {
    case LeadOpened.$type:
      return { leadId: event.leadId, clientId: event.clientId, clientName: event.clientName };
    case ContractDrafted.$type:
    case ContractSigned.$type:
      return { clientId: event.clientId, number: event.number, ...(event.leadId === '' ? {} : { leadId: event.leadId }) };
    case ContractImported.$type:
      return { clientId: event.clientId, number: event.number };
    default:
      return {};
  }
}

/** The shops after this event; none yet is one card without a shop. */
function shopsAfter(before: readonly string[], event: BoardEvent): readonly string[] {
  switch (event.$type) {
    case LeadOpened.$type:
      return [''];
    case ShopProfileRecorded.$type: {
      const shopId = event.profile?.shopId ?? '';
      return shopId === '' || before.includes(shopId) ? before : [...before.filter((known) => known !== ''), shopId];
    }
    case ContractDrafted.$type:
    case ContractDraftRevised.$type:
    case ContractSigned.$type:
    case ContractImported.$type:
      return event.shopIds.length === 0 ? [''] : event.shopIds;
    default:
      return before;
  }
}

function cardAfter(before: Card | undefined, shopId: string, facts: Facts, at: number): Card {
  const now = standingOf(facts, shopId);
  if (before === undefined) return { shopId, ...now, since: at, stepSince: at, took: {} };
  if (before.step === now.step) {
    const same = before.turn === now.turn && before.what === now.what;
    return { ...before, ...now, shopId, since: same ? before.since : at };
  }
  return { ...before, ...now, shopId, since: at, stepSince: at, took: tookAfter(before, now.step, at) };
}

/** Only a step that was left forwards was finished; one that is entered again counts anew. */
function tookAfter(before: Card, step: Standing['step'], at: number): Card['took'] {
  const { [before.step as Step]: _again, ...others } = before.took;
  const forwards = before.step !== 'ended' && step !== 'ended' && STEPS.indexOf(step) > STEPS.indexOf(before.step);
  return forwards ? { ...others, [before.step]: Math.max(0, at - before.stepSince) } : before.took;
}

const LEAD: LeadFacts = { kind: 'lead', planned: false, quote: { status: 'none', version: 0, validUntil: '' }, over: undefined };

function leadAfter(lead: LeadFacts, event: BoardEvent): LeadFacts {
  const quoted = (status: LeadFacts['quote']['status']): LeadFacts => ({ ...lead, quote: { ...lead.quote, status } });
  switch (event.$type) {
    case OutsourcingPlanProposed.$type:
      return { ...lead, planned: true };
    case QuoteIssued.$type:
      return { ...lead, quote: { status: 'open', version: event.quote?.version ?? 0, validUntil: event.quote?.validUntil ?? '' } };
    case QuoteAccepted.$type:
      return quoted('accepted');
    case QuoteDeclined.$type:
      return quoted(event.anotherWanted ? 'wanted' : 'declined');
    case QuoteExpired.$type:
      return quoted('expired');
    case LeadLost.$type:
    case LeadWon.$type:
      return { ...lead, over: event.$type === LeadLost.$type ? 'lost' : 'won' };
    default:
      return lead;
  }
}

/** What the contract's text says, as far as the way to go-live depends on it; nothing of it done. */
function agreed({
  terms = ContractTerms.create(),
  shopIds,
}: {
  readonly terms?: ContractTerms | undefined;
  readonly shopIds: readonly string[];
}): ContractFacts {
  return {
    kind: 'contract',
    status: 'draft',
    clientSigned: false,
    vendorSigned: false,
    zone: terms.zone,
    currency: terms.currency,
    depositRequired: terms.deposit?.minor ?? 0,
    depositReceived: 0,
    trainingsNeeded: trainingsNeeded(terms),
    trainings: {},
    information: Object.fromEntries(STANDARD_ITEMS.map(({ key }) => [key, true])),
    batches: batchesOf({ terms, shopIds }).map(({ key, no, shopIds: shops, products, agents }) => ({
      key,
      no,
      shopIds: shops,
      products,
      agents,
      status: 'planned',
    })),
    trial: { status: 'none', startsOn: '', endsOn: '', verdictDue: false, extension: undefined },
  };
}

const sideOf = (party: Party): Turn => (party === Party.PARTY_CLIENT ? 'client' : 'vendor-operations');
const otherThan = (party: Party): Turn => (party === Party.PARTY_CLIENT ? 'vendor-operations' : 'client');

function contractAfter(contract: ContractFacts, event: BoardEvent): ContractFacts {
  const batch = (key: string, status: ContractFacts['batches'][number]['status']): ContractFacts => ({
    ...contract,
    batches: contract.batches.map((one) => (one.key === key ? { ...one, status } : one)),
  });
  const training = (id: string, change: Partial<TrainingFacts>): ContractFacts => {
    const known = contract.trainings[id] ?? { name: '', shopIds: [], status: 'scheduled', turn: 'vendor-operations', plannedOn: '', passed: [] };
    return { ...contract, trainings: { ...contract.trainings, [id]: { ...known, ...change } } };
  };
  const item = (key: string, open: boolean | undefined): ContractFacts => {
    const { [key]: _known, ...others } = contract.information;
    return { ...contract, information: open === undefined ? others : { ...others, [key]: open } };
  };
  const trial = (change: Partial<ContractFacts['trial']>): ContractFacts => ({ ...contract, trial: { ...contract.trial, ...change } });

  switch (event.$type) {
    case ContractDrafted.$type:
    case ContractDraftRevised.$type:
      return agreed(event);
    case ContractOffered.$type:
      return { ...contract, status: 'offered', clientSigned: false, vendorSigned: false };
    case ContractOfferWithdrawn.$type:
      return { ...contract, status: 'draft', clientSigned: false, vendorSigned: false };
    case ContractPartySigned.$type:
      return event.party === Party.PARTY_CLIENT ? { ...contract, clientSigned: true } : { ...contract, vendorSigned: true };
    case ContractSigned.$type:
      return { ...agreed(event), clientSigned: true, vendorSigned: true, status: event.awaitsGoLive ? 'signed' : 'in-service' };
    case ContractImported.$type:
      return { ...agreed(event), status: 'taken-over' };
    case ContractDraftDropped.$type:
      return { ...contract, status: 'dropped' };
    case DepositNoted.$type:
      return { ...contract, depositReceived: event.received?.minor ?? 0 };
    case TrainingScheduled.$type: {
      const { trainingId, kind, givenBy, plannedOn, shopIds } = event;
      return training(trainingId, { name: nameOfTraining(kind), shopIds, status: 'scheduled', turn: sideOf(givenBy), plannedOn });
    }
    case TrainingRecorded.$type:
      return training(event.trainingId, { status: 'pending', turn: otherThan(event.by) });
    case TrainingCompleted.$type: {
      const { trainingId, kind, shopIds, results } = event;
      const passed = results.filter((one) => one.passed).map(({ agentId }) => agentId);
      return training(trainingId, { name: nameOfTraining(kind), shopIds, status: 'completed', passed });
    }
    case InformationItemSet.$type: {
      const open = contract.information[event.itemKey] ?? true;
      return item(event.itemKey, event.required ? open : undefined);
    }
    case InformationHandedOver.$type:
      return event.itemKey in contract.information ? item(event.itemKey, false) : contract;
    case InformationReopened.$type:
      return event.itemKey in contract.information ? item(event.itemKey, true) : contract;
    case BatchWentLive.$type:
    case BatchReworked.$type:
      return batch(event.batchKey, 'under-review');
    case BatchAccepted.$type:
      return batch(event.batchKey, 'accepted');
    case BatchReworkRequested.$type:
      return batch(event.batchKey, 'rework');
    case TrialStarted.$type:
      return trial({ status: 'running', startsOn: event.startsOn, endsOn: event.endsOn });
    case TrialExtensionProposed.$type:
      return trial({ extension: otherThan(event.by) });
    case TrialExtended.$type:
      return trial({ endsOn: event.endsOn, extension: undefined, verdictDue: false });
    case TrialVerdictReminded.$type:
      return trial({ verdictDue: true });
    case TrialPassed.$type:
      return trial({ status: 'passed', verdictDue: false, extension: undefined });
    case ServiceEndSet.$type:
      return { ...contract, status: 'ended' };
    default:
      return contract;
  }
}
