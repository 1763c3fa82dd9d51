// The gates of a batch's go-live (上线检查表), all told at once: what is missing, who must act, and where. Source: domain.md BR-005, 006, 009, 010,
// 012, 013, 209, 210, 211, 217.
import { type Refused, refuse } from '@deskfleet/event-store';
import { type Agreement, batchesOf, type PlannedBatch, type TrainingName, todayOf, trainingsNeeded } from './agreement.ts';
import { openInformation } from './information.ts';
import type { Launch, Training } from './state.ts';
import { otherParty, roleOfParty, trainedAgents } from './training.ts';

export type GateKey = 'signatures' | 'in-force' | 'deposit' | `training-${TrainingName}` | 'information' | 'agents' | 'batch-before';
export type GateOwner = 'client' | 'vendor-operations' | 'finance';

export type GateRefusal =
  | 'contract-not-signed'
  | 'contract-not-in-force'
  | 'deposit-missing'
  | 'training-not-planned'
  | 'training-not-held'
  | 'training-unconfirmed'
  | 'training-not-passed'
  | 'information-open'
  | 'agents-missing'
  | 'batch-under-review'
  | 'batch-in-rework'
  | 'batch-not-live';

/** Why a gate is shut, whose turn it is, and the page where they act. */
export interface Missing {
  readonly code: GateRefusal;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly waitsFor: GateOwner;
  readonly path: string;
}

export interface Gate {
  readonly key: GateKey;
  /** Absent = passed. */
  readonly missing: Missing | undefined;
  /** What the gate hangs on, by the topics history.ts knows: since when it stands as it stands. */
  readonly topics: readonly string[];
}

/** The first batch that is not live; undefined when all are. */
export function nextBatch(of: Agreement, { batches }: Pick<Launch, 'batches'>): PlannedBatch | undefined {
  return batchesOf(of).find(({ key }) => batches[key] === undefined);
}

/** Every gate of this batch, passed or not, in the order people see to them. */
export function gatesOf(of: Agreement, launch: Launch, batch: PlannedBatch, now: number): readonly Gate[] {
  return [
    signatures(of),
    ...inForce(of, now),
    ...deposit(of, launch),
    ...trainingsNeeded(of.terms).map((name) => training(of, launch, batch, name)),
    information(of, launch),
    agents(of, launch, batch),
    ...before(of, launch, batch),
  ];
}

function shut({ code, facts }: Refused<GateRefusal>, waitsFor: GateOwner, path: string): Missing {
  return { code, facts, waitsFor, path };
}

const onboarding = (of: Agreement): string => `/contracts/${of.contractId}/onboarding`;

function signatures(of: Agreement): Gate {
  const { contractId, number } = of;
  const missing = shut(refuse('contract-not-signed', { number }), 'vendor-operations', `/contracts/${contractId}`);
  return { key: 'signatures', missing: of.status === 'draft' ? missing : undefined, topics: ['signatures'] };
}

function inForce(of: Agreement, now: number): readonly Gate[] {
  const { effectiveOn } = of.terms;
  if (of.status === 'draft' || todayOf(of, now) >= effectiveOn) return [];
  const missing = shut(refuse('contract-not-in-force', { effectiveOn }), 'vendor-operations', `/contracts/${of.contractId}`);
  return [{ key: 'in-force', missing, topics: ['signatures'] }];
}

/** A contract without a deposit has no such gate (BR-217); one to the cent short has not got it (BR-005). */
function deposit(of: Agreement, launch: Launch): readonly Gate[] {
  const required = of.terms.deposit?.minor ?? 0;
  if (required === 0) return [];
  const received = launch.deposit?.received ?? 0;
  const currency = of.terms.currency;
  const amount = (minor: number) => ({ currency, minor });
  const lacking = refuse('deposit-missing', { required: amount(required), received: amount(received), short: amount(required - received) });
  const missing = shut(lacking, 'client', `/deposits/${of.contractId}`);
  return [{ key: 'deposit', missing: received < required ? missing : undefined, topics: ['deposit'] }];
}

function training(of: Agreement, launch: Launch, batch: PlannedBatch, name: TrainingName): Gate {
  const ofKind = Object.values(launch.trainings).filter((one) => one.name === name);
  const uncovered = batch.shopIds.filter((shopId) => trainedSomebody(launch, name, shopId) === false);
  const topics = ofKind.map(({ trainingId }) => `training:${trainingId}`);
  return { key: `training-${name}`, topics, missing: uncovered.length === 0 ? undefined : whyUntrained(of, name, ofKind, uncovered) };
}

function trainedSomebody(launch: Launch, name: TrainingName, shopId: string): boolean {
  return trainedAgents(launch, [name], [shopId]).length > 0;
}

function whyUntrained(of: Agreement, name: TrainingName, ofKind: readonly Training[], shopIds: readonly string[]): Missing {
  const path = onboarding(of);
  const about = ofKind.filter((one) => one.shopIds.some((shopId) => shopIds.includes(shopId)));
  for (const { progress, topic } of about) {
    if (progress.status !== 'pending') continue;
    return shut(refuse('training-unconfirmed', { training: name, shopIds, topic }), roleOfParty(otherParty(progress.recordedBy)), path);
  }
  const planned = about.find(({ progress }) => progress.status === 'scheduled');
  if (planned !== undefined) {
    const { topic, plannedOn } = planned;
    return shut(refuse('training-not-held', { training: name, shopIds, topic, plannedOn }), roleOfParty(planned.givenBy), path);
  }
  if (about.length > 0) return shut(refuse('training-not-passed', { training: name, shopIds }), 'vendor-operations', path);
  return shut(refuse('training-not-planned', { training: name, shopIds }), 'vendor-operations', path);
}

function information(of: Agreement, launch: Launch): Gate {
  const open = openInformation(launch);
  const needed = Object.values(launch.information).filter(({ required }) => required).length;
  const titles = open.map((key) => launch.information[key]?.title || key);
  const missing = shut(refuse('information-open', { items: titles, open: open.length, of: needed }), 'client', onboarding(of));
  const topics = (open.length > 0 ? open : Object.keys(launch.information)).map((key) => `information:${key}`);
  return { key: 'information', missing: open.length === 0 ? undefined : missing, topics };
}

function agents(of: Agreement, launch: Launch, batch: PlannedBatch): Gate {
  const names = trainingsNeeded(of.terms);
  const trained = trainedAgents(launch, names, batch.shopIds).length;
  const missing = shut(refuse('agents-missing', { trained, needed: batch.agents }), 'vendor-operations', onboarding(of));
  return { key: 'agents', missing: trained < batch.agents ? missing : undefined, topics: Object.keys(launch.trainings).map((id) => `training:${id}`) };
}

/** Batches go live in their order, each after the client has accepted the one before (BR-012). */
function before(of: Agreement, launch: Launch, batch: PlannedBatch): readonly Gate[] {
  if (batch.no === 1) return [];
  const waiting = batchesOf(of)
    .filter(({ no }) => no < batch.no)
    .find(({ key }) => launch.batches[key]?.progress.status !== 'accepted');
  if (waiting === undefined) return [{ key: 'batch-before', missing: undefined, topics: Object.keys(launch.batches).map((key) => `batch:${key}`) }];
  const { no, key } = waiting;
  return [{ key: 'batch-before', missing: whyWaiting(of, launch.batches[key]?.progress.status, no, batch.no), topics: [`batch:${key}`] }];
}

function whyWaiting(of: Agreement, status: 'under-review' | 'rework' | 'accepted' | undefined, no: number, next: number): Missing {
  const path = onboarding(of);
  if (status === undefined) return shut(refuse('batch-not-live', { batch: no, next }), 'vendor-operations', path);
  if (status === 'rework') return shut(refuse('batch-in-rework', { batch: no, next }), 'vendor-operations', path);
  return shut(refuse('batch-under-review', { batch: no, next }), 'client', path);
}
