// Trainings on product, shop and rules: planned by either side, told by one, done when the other has said the same (BR-211).
import { accept, type Decision, refuse } from '@deskfleet/event-store';
import { type Consent, Party } from '@deskfleet/protocol/common';
import {
  TrainedForShop,
  TrainingCompleted,
  TrainingConfirmed,
  TrainingKind,
  TrainingRecorded,
  TrainingResult,
  TrainingScheduled,
} from '@deskfleet/protocol/onboarding';
import { isDate } from '../contract/terms.ts';
import { type Agreement, type TrainingName, todayOf, trainingsNeeded } from './agreement.ts';
import type { Account, Launch, Training, TrainingEvent } from './state.ts';

export type TrainingCommand =
  | {
      readonly kind: 'schedule-training';
      readonly trainingId: string;
      readonly training: TrainingName;
      readonly topic: string;
      readonly givenBy: Party;
      readonly plannedOn: string;
      /** None = all of the contract. */
      readonly shopIds: readonly string[];
      readonly agentIds: readonly string[];
    }
  | {
      readonly kind: 'record-training';
      readonly trainingId: string;
      readonly heldOn: string;
      readonly minutes: number;
      readonly results: readonly Omit<TrainingResult, '$type'>[];
      readonly by: Party;
      readonly consent: Consent | undefined;
      readonly now: number;
    }
  | { readonly kind: 'confirm-training'; readonly trainingId: string; readonly by: Party; readonly consent: Consent | undefined };

export type TrainingRefusal =
  | 'training-not-found'
  | 'training-exists'
  | 'training-topic-invalid'
  | 'training-giver-missing'
  | 'training-date-invalid'
  | 'training-in-the-future'
  | 'training-minutes-invalid'
  | 'training-results-missing'
  | 'training-result-invalid'
  | 'training-own-record'
  | 'training-not-held'
  | 'training-completed'
  | 'shop-not-of-contract';

const TOPIC_CHARACTERS = 200;
const DAY_MINUTES = 24 * 60;
const RESULTS = 500;
const ALL_RIGHT_BP = 10_000;

const KINDS: Readonly<Record<TrainingName, TrainingKind>> = {
  product: TrainingKind.TRAINING_KIND_PRODUCT,
  shop: TrainingKind.TRAINING_KIND_SHOP,
  rules: TrainingKind.TRAINING_KIND_RULES,
};

/** A training kind by the word the API and the terms use. */
export function nameOfTraining(kind: TrainingKind): TrainingName {
  return kind === TrainingKind.TRAINING_KIND_PRODUCT ? 'product' : kind === TrainingKind.TRAINING_KIND_SHOP ? 'shop' : 'rules';
}

export function evolveTraining(trainings: Launch['trainings'], event: TrainingEvent, shopIds: readonly string[]): Launch['trainings'] {
  const known = trainings[event.trainingId];
  switch (event.$type) {
    case 'deskfleet.onboarding.v1.TrainingScheduled': {
      const { trainingId, kind, topic, givenBy, plannedOn, agentIds } = event;
      const shops = event.shopIds.length === 0 ? shopIds : event.shopIds;
      const training: Training = {
        ...{ trainingId, kind, topic, givenBy, plannedOn, agentIds },
        name: nameOfTraining(kind),
        shopIds: shops,
        progress: { status: 'scheduled' },
      };
      return { ...trainings, [trainingId]: training };
    }
    case 'deskfleet.onboarding.v1.TrainingRecorded': {
      if (known === undefined) return trainings;
      const { heldOn, minutes, results, by, consent } = event;
      return { ...trainings, [event.trainingId]: { ...known, progress: { status: 'pending', recordedBy: by, heldOn, minutes, results, consent } } };
    }
    case 'deskfleet.onboarding.v1.TrainingConfirmed': {
      if (known?.progress.status !== 'pending') return trainings;
      return { ...trainings, [event.trainingId]: { ...known, progress: { ...known.progress, consent: event.consent ?? known.progress.consent } } };
    }
    case 'deskfleet.onboarding.v1.TrainingCompleted': {
      if (known?.progress.status !== 'pending') return trainings;
      const { heldOn, minutes, results, consent } = known.progress;
      return { ...trainings, [event.trainingId]: { ...known, progress: { status: 'completed', heldOn, minutes, results, consent } } };
    }
  }
}

export function decideTraining(of: Agreement, { trainings }: Launch, command: TrainingCommand): Decision<TrainingEvent, TrainingRefusal> {
  const training = trainings[command.trainingId];
  if (command.kind === 'schedule-training') return training === undefined ? schedule(of, command) : refuse('training-exists', { id: command.trainingId });
  if (training === undefined) return refuse('training-not-found', { id: command.trainingId });
  if (training.progress.status === 'completed') {
    const again = command.kind === 'confirm-training';
    return again ? accept() : refuse('training-completed', { id: command.trainingId, happened: 'TrainingCompleted' });
  }
  return command.kind === 'record-training' ? record(of, training, command) : confirm(of, { trainings }, training, command);
}

type Asked<Kind extends TrainingCommand['kind']> = Extract<TrainingCommand, { kind: Kind }>;

function schedule(of: Agreement, command: Asked<'schedule-training'>): Decision<TrainingEvent, TrainingRefusal> {
  const { trainingId, givenBy, plannedOn, shopIds, agentIds } = command;
  const topic = command.topic.trim();
  if (topic === '' || topic.length > TOPIC_CHARACTERS)
    return refuse('training-topic-invalid', { field: 'topic', found: topic.length, expected: `1 to ${TOPIC_CHARACTERS} characters` });
  if (givenBy !== Party.PARTY_CLIENT && givenBy !== Party.PARTY_VENDOR)
    return refuse('training-giver-missing', { field: 'givenBy', found: '', expected: 'client or vendor' });
  if (!isDate(plannedOn)) return refuse('training-date-invalid', { field: 'plannedOn', found: plannedOn, expected: 'a date such as 2026-01-31' });
  const foreign = shopIds.find((shopId) => !of.shopIds.includes(shopId));
  if (foreign !== undefined) return refuse('shop-not-of-contract', { field: 'shopIds', found: foreign, expected: 'shops of the contract' });
  const asked = { contractId: of.contractId, trainingId, kind: KINDS[command.training], topic, givenBy, plannedOn };
  return accept(TrainingScheduled.create({ ...asked, shopIds: [...shopIds], agentIds: [...new Set(agentIds)] }));
}

/** One side's account. Where the other side's waits for a word, this one takes its place and waits in turn. */
function record(of: Agreement, { trainingId, progress }: Training, command: Asked<'record-training'>): Decision<TrainingEvent, TrainingRefusal> {
  const { heldOn, minutes, results, by, consent, now } = command;
  const today = todayOf(of, now);
  if (!isDate(heldOn)) return refuse('training-date-invalid', { field: 'heldOn', found: heldOn, expected: 'a date such as 2026-01-31' });
  if (heldOn > today) return refuse('training-in-the-future', { field: 'heldOn', found: heldOn, expected: `${today} or before` });
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > DAY_MINUTES)
    return refuse('training-minutes-invalid', { field: 'minutes', found: minutes, expected: `1 to ${DAY_MINUTES} minutes` });
  if (results.length === 0 || results.length > RESULTS)
    return refuse('training-results-missing', { field: 'results', found: results.length, expected: `1 to ${RESULTS} agents` });
  for (const [index, { agentId, scoreBp }] of results.entries()) {
    const field = `results[${index}]`;
    if (agentId === '' || results.findIndex((result) => result.agentId === agentId) < index)
      return refuse('training-result-invalid', { field: `${field}.agentId`, found: agentId, expected: 'each agent once' });
    if (!Number.isInteger(scoreBp) || scoreBp < 0 || scoreBp > ALL_RIGHT_BP)
      return refuse('training-result-invalid', { field: `${field}.scoreBp`, found: scoreBp, expected: `0 to ${ALL_RIGHT_BP}` });
  }
  const told = results.map((result) => TrainingResult.create(result));
  if (progress.status === 'pending' && progress.recordedBy === by && sameAccount(progress, { heldOn, minutes, results: told })) return accept();
  return accept(TrainingRecorded.create({ contractId: of.contractId, trainingId, heldOn, minutes, results: told, by, consent }));
}

function sameAccount(a: Account, b: Account): boolean {
  const content = ({ heldOn, minutes, results }: Account) => JSON.stringify([heldOn, minutes, results]);
  return content(a) === content(b);
}

function confirm(
  of: Agreement,
  launch: Pick<Launch, 'trainings'>,
  training: Training,
  command: Asked<'confirm-training'>,
): Decision<TrainingEvent, TrainingRefusal> {
  const { trainingId, kind, shopIds, givenBy, progress } = training;
  if (progress.status !== 'pending') return refuse('training-not-held', { id: trainingId, training: training.name, waitsFor: roleOfParty(givenBy) });
  if (progress.recordedBy === command.by) {
    return refuse('training-own-record', {
      id: trainingId,
      training: training.name,
      waitsFor: roleOfParty(otherParty(command.by)),
      happened: 'TrainingRecorded',
    });
  }
  const { contractId } = of;
  const trained = trainedNow(of, launch, training, progress);
  return accept<TrainingEvent>(
    TrainingConfirmed.create({ contractId, trainingId, by: command.by, consent: command.consent }),
    TrainingCompleted.create({ contractId, trainingId, kind, shopIds: [...shopIds], results: [...progress.results], heldOn: progress.heldOn, trained }),
  );
}

/** Of those who passed this training, by shop, who has now passed all that the contract asks for: they may serve that shop (BR-014). */
function trainedNow(of: Agreement, { trainings }: Pick<Launch, 'trainings'>, training: Training, told: Account): TrainedForShop[] {
  const { heldOn, minutes, results } = told;
  const completed: Training = { ...training, progress: { status: 'completed', heldOn, minutes, results, consent: undefined } };
  const after = { trainings: { ...trainings, [training.trainingId]: completed } };
  const passed = new Set(told.results.filter((result) => result.passed).map(({ agentId }) => agentId));
  const needed = trainingsNeeded(of.terms);
  return training.shopIds.flatMap((shopId) => {
    const agentIds = trainedAgents(after, needed, [shopId]).filter((agentId) => passed.has(agentId));
    return agentIds.length === 0 ? [] : [TrainedForShop.create({ shopId, agentIds })];
  });
}

export function otherParty(party: Party): Party {
  return party === Party.PARTY_CLIENT ? Party.PARTY_VENDOR : Party.PARTY_CLIENT;
}

/** Who acts for a side. */
export function roleOfParty(party: Party): 'client' | 'vendor-operations' {
  return party === Party.PARTY_CLIENT ? 'client' : 'vendor-operations';
}

/** The agents who have passed every one of these trainings for every one of these shops: once passed, trained. */
export function trainedAgents({ trainings }: Pick<Launch, 'trainings'>, names: readonly TrainingName[], shopIds: readonly string[]): readonly string[] {
  const passed = new Set<string>();
  const agents = new Set<string>();
  for (const { name, shopIds: shops, progress } of Object.values(trainings)) {
    if (progress.status !== 'completed') continue;
    for (const { agentId } of progress.results.filter((result) => result.passed)) {
      agents.add(agentId);
      for (const shopId of shops) passed.add(`${name}\n${shopId}\n${agentId}`);
    }
  }
  return [...agents].filter((agentId) => names.every((name) => shopIds.every((shopId) => passed.has(`${name}\n${shopId}\n${agentId}`)))).sort();
}
