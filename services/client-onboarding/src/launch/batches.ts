// Handover in batches: each goes live when all its gates are open, is judged by the client at work, and is accepted before the next. The first
// go-live starts the trial; no command does. Source: domain.md BR-006, BR-012.
import { accept, type Decision, refuse } from '@deskfleet/event-store';
import type { Consent } from '@deskfleet/protocol/common';
import { BatchAccepted, BatchReworked, BatchReworkRequested, BatchWentLive, ShopWentLive, TrialStarted } from '@deskfleet/protocol/onboarding';
import { type Agreement, batchesOf, daysAfter, endOf, type PlannedBatch, todayOf, trainingsNeeded } from './agreement.ts';
import { type EndedRefusal, ended } from './ended.ts';
import { gatesOf } from './gates.ts';
import type { BatchEvent, Launch, LiveBatch } from './state.ts';
import { trainedAgents } from './training.ts';

export type BatchCommand =
  | { readonly kind: 'go-live'; readonly batchKey: string; readonly now: number }
  | { readonly kind: 'accept-batch'; readonly batchKey: string; readonly consent: Consent; readonly now: number }
  | { readonly kind: 'request-rework'; readonly batchKey: string; readonly reason: string; readonly consent: Consent; readonly now: number }
  | { readonly kind: 'report-rework'; readonly batchKey: string; readonly note: string; readonly now: number };

export type BatchRefusal =
  | EndedRefusal
  | 'not-ready'
  | 'batch-not-found'
  | 'batch-not-live'
  | 'batch-accepted'
  | 'batch-not-in-rework'
  | 'rework-reason-missing'
  | 'rework-note-missing'
  | 'contract-taken-over'
  | 'contract-in-service';

const WORDS = 2_000;

export function evolveBatches(batches: Launch['batches'], event: Exclude<BatchEvent, ShopWentLive>): Launch['batches'] {
  const known = batches[event.batchKey];
  const progressed = (progress: LiveBatch['progress']) => (known === undefined ? batches : { ...batches, [event.batchKey]: { ...known, progress } });
  switch (event.$type) {
    case 'deskfleet.onboarding.v1.BatchWentLive': {
      const { batchKey, batchNo, shopIds, products, agentIds, liveAt } = event;
      const live: LiveBatch = { key: batchKey, no: batchNo, shopIds, products, agentIds, liveAt, progress: { status: 'under-review', note: '' } };
      return { ...batches, [batchKey]: live };
    }
    case 'deskfleet.onboarding.v1.BatchAccepted':
      return progressed({ status: 'accepted', consent: event.consent });
    case 'deskfleet.onboarding.v1.BatchReworkRequested':
      return progressed({ status: 'rework', reason: event.reason, consent: event.consent });
    case 'deskfleet.onboarding.v1.BatchReworked':
      return progressed({ status: 'under-review', note: event.note });
  }
}

export function decideBatch(of: Agreement, launch: Launch, command: BatchCommand): Decision<BatchEvent | TrialStarted, BatchRefusal> {
  const planned = batchesOf(of).find(({ key }) => key === command.batchKey);
  if (planned === undefined) return refuse('batch-not-found', { id: command.batchKey });
  const live = launch.batches[planned.key];
  if (command.kind === 'go-live') return live === undefined ? goLive(of, launch, planned, command.now) : accept();
  if (live === undefined) return refuse('batch-not-live', { batch: planned.no });
  return ended(of, launch, command.now) ?? review(of, live, command);
}

function goLive(of: Agreement, launch: Launch, batch: PlannedBatch, now: number): Decision<BatchEvent | TrialStarted, BatchRefusal> {
  if (of.status === 'taken-over') return refuse('contract-taken-over', { number: of.number });
  if (of.status === 'in-service') return refuse('contract-in-service', { number: of.number, effectiveOn: of.terms.effectiveOn });
  const over = of.status === 'draft' ? undefined : ended(of, launch, now, { withNotice: true });
  if (over !== undefined) return over;
  const missing = gatesOf(of, launch, batch, now).flatMap((gate) => gate.missing ?? []);
  if (missing.length > 0) {
    const list = missing.map(({ code, facts, waitsFor, path }) => ({ code, ...facts, waitsFor, path }));
    return refuse('not-ready', { batch: batch.no, missing: list });
  }
  const { contractId } = of;
  const { key: batchKey, no: batchNo, products, shopIds } = batch;
  const agentIds = [...trainedAgents(launch, trainingsNeeded(of.terms), shopIds)];
  const shops = shopIds.filter((shopId) => !launch.liveShopIds.includes(shopId));
  return accept<BatchEvent | TrialStarted>(
    BatchWentLive.create({ contractId, batchKey, batchNo, shopIds: [...shopIds], products, agentIds, liveAt: now }),
    ...shops.map((shopId) => ShopWentLive.create({ contractId, shopId, liveAt: now })),
    ...trialStart(of, launch, now),
  );
}

/** Day 1 is today where the contract's days are counted. */
function trialStart(of: Agreement, { trial }: Launch, now: number): readonly TrialStarted[] {
  const days = of.terms.trial?.days ?? 0;
  if (trial.status !== 'none' || days === 0) return [];
  const startsOn = todayOf(of, now);
  const endsOn = daysAfter(startsOn, days - 1);
  return [TrialStarted.create({ contractId: of.contractId, startsOn, endsOn, endsAt: endOf(endsOn, of) })];
}

function review({ contractId }: Agreement, batch: LiveBatch, command: Exclude<BatchCommand, { kind: 'go-live' }>): Decision<BatchEvent, BatchRefusal> {
  const { key: batchKey, progress } = batch;
  switch (command.kind) {
    case 'accept-batch':
      return progress.status === 'accepted' ? accept() : accept(BatchAccepted.create({ contractId, batchKey, consent: command.consent }));
    case 'request-rework': {
      const reason = command.reason.trim();
      if (progress.status === 'accepted') return refuse('batch-accepted', { batch: batch.no, happened: 'BatchAccepted' });
      if (reason === '' || reason.length > WORDS)
        return refuse('rework-reason-missing', { field: 'reason', found: reason.length, expected: `1 to ${WORDS} characters` });
      if (progress.status === 'rework' && progress.reason === reason) return accept();
      return accept(BatchReworkRequested.create({ contractId, batchKey, reason, consent: command.consent }));
    }
    case 'report-rework': {
      const note = command.note.trim();
      if (progress.status !== 'rework')
        return progress.status === 'under-review' && progress.note === note ? accept() : refuse('batch-not-in-rework', { batch: batch.no });
      if (note === '' || note.length > WORDS) return refuse('rework-note-missing', { field: 'note', found: note.length, expected: `1 to ${WORDS} characters` });
      return accept(BatchReworked.create({ contractId, batchKey, note }));
    }
  }
}
