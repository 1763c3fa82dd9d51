// A launch as both sides see it: every step with its state, whose turn it is and since when. Pure; what is opened or asked elsewhere is handed in.
import type { RecordedEvent } from '@deskfleet/event-store';
import { HandbackSigned, InformationRevealed } from '@deskfleet/protocol/onboarding';
import {
  InformationLook,
  LaunchAgent,
  LaunchBatch,
  LaunchEnding,
  LaunchGate,
  LaunchHandback,
  LaunchHandbackItem,
  LaunchInformation,
  Launch as LaunchMessage,
  LaunchSignature,
  LaunchTraining,
  LaunchTrial,
} from '@deskfleet/protocol/onboarding-launch';
import { type Agreement, batchesOf, daysAfter, daysBetween, type PlannedBatch, todayOf, trainingsNeeded } from './agreement.ts';
import { type Gate, gatesOf, nextBatch } from './gates.ts';
import { type Since, sinceWhen } from './history.ts';
import type { InformationItem, Launch, LaunchEvent, Training } from './state.ts';
import { otherParty, roleOfParty, trainedAgents } from './training.ts';

const LOOKS_SHOWN = 20;

export interface Seen {
  readonly of: Agreement;
  readonly launch: Launch;
  readonly since: Since;
  readonly events: readonly RecordedEvent<LaunchEvent>[];
  readonly now: number;
  /** Undefined where agent-pools did not answer. */
  readonly agentNames: ReadonlyMap<string, string> | undefined;
  /** Opened contents by item, for whoever may read them; undefined = its key was destroyed. */
  readonly contents: ReadonlyMap<string, string | undefined>;
}

export function launchMessage(seen: Seen): LaunchMessage {
  const { of, launch, now } = seen;
  const launched = of.status === 'draft' || of.status === 'signed';
  const batch = launched ? nextBatch(of, launch) : undefined;
  const { contractId, number, clientId, status, terms } = of;
  const { noticeDays, endsOn, zone } = terms;
  return LaunchMessage.create({
    ...{ contractId, number, clientId, status, zone, shopIds: [...of.shopIds], noticeDays, endsOn, asOf: now },
    nextBatchKey: batch?.key ?? '',
    gates: batch === undefined ? [] : gatesOf(of, launch, batch, now).map((gate) => gateMessage(gate, seen.since)),
    trainingsNeeded: [...trainingsNeeded(terms)],
    trainings: Object.values(launch.trainings).map((training) => trainingMessage(training, seen)),
    information: Object.entries(launch.information).map(([key, item]) => informationMessage(key, item, seen)),
    batches: launched ? batchesOf(of).map((planned) => batchMessage(planned, seen)) : [],
    trial: trialMessage(seen),
    ending: endingMessage(seen),
    handback: handbackMessage(seen),
    earliestLastServiceOn: of.status === 'draft' ? '' : earliestEnd(of, launch, now),
  });
}

/** The first day that may be the last of service if notice were given now. */
function earliestEnd(of: Agreement, { batches }: Launch, now: number): string {
  const notice = of.status === 'signed' && Object.keys(batches).length === 0 ? 0 : of.terms.noticeDays;
  const earliest = daysAfter(todayOf(of, now), notice);
  const { endsOn } = of.terms;
  return endsOn !== '' && endsOn < earliest ? endsOn : earliest;
}

function gateMessage({ key, missing, topics }: Gate, since: Since): LaunchGate {
  const at = sinceWhen(since, topics);
  if (missing === undefined) return LaunchGate.create({ key, passed: true, since: at });
  const { code, waitsFor, path, facts } = missing;
  return LaunchGate.fromPartial({ key, passed: false, since: at, code, waitsFor, path, ...shown(facts) });
}

/** The facts of a shut gate by the names the message has for them. */
function shown(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { open, of, trained, needed, items, required, received, short, topic, batch, plannedOn, effectiveOn } = facts;
  return {
    ...(of === undefined ? {} : { have: Number(of) - Number(open), needed: of }),
    ...(trained === undefined ? {} : { have: trained, needed }),
    ...(items === undefined ? {} : { items }),
    ...(short === undefined ? {} : { required, received, short }),
    ...(topic === undefined ? {} : { topic }),
    ...(batch === undefined ? {} : { batch }),
    ...(plannedOn === undefined && effectiveOn === undefined ? {} : { date: plannedOn ?? effectiveOn }),
  };
}

function trainingMessage(training: Training, { since, agentNames }: Seen): LaunchTraining {
  const { trainingId, kind, topic, givenBy, plannedOn, progress } = training;
  const told = progress.status === 'scheduled' ? undefined : progress;
  return LaunchTraining.create({
    ...{ trainingId, kind, topic, givenBy, plannedOn, status: progress.status, since: sinceWhen(since, [`training:${trainingId}`]) },
    shopIds: [...training.shopIds],
    agents: training.agentIds.map((agentId) => LaunchAgent.create({ agentId, name: agentNames?.get(agentId) ?? agentId })),
    ...(progress.status === 'pending' ? { recordedBy: progress.recordedBy } : {}),
    ...(told === undefined ? {} : { heldOn: told.heldOn, minutes: told.minutes, results: [...told.results], consent: told.consent }),
    waitsFor: turnOf(training),
  });
}

function turnOf({ givenBy, progress }: Training): string {
  if (progress.status === 'completed') return '';
  return roleOfParty(progress.status === 'pending' ? otherParty(progress.recordedBy) : givenBy);
}

function informationMessage(itemKey: string, item: InformationItem, { since, events, contents }: Seen): LaunchInformation {
  const { title, standard, required, reason, progress } = item;
  const at = sinceWhen(since, [`information:${itemKey}`]);
  const base = { itemKey, title, standard, required, reason, status: progress.status, since: at };
  if (progress.status === 'open') {
    const { reopened } = progress;
    return LaunchInformation.create({ ...base, ...(reopened === undefined ? {} : { reopenedReason: reopened.reason, reopenedBy: reopened.by }) });
  }
  const looks = events.flatMap(({ event, meta, occurredAt }) =>
    event.$type === InformationRevealed.$type && event.itemKey === itemKey ? [{ userId: event.userId || (meta.actor?.id ?? ''), at: occurredAt }] : [],
  );
  return LaunchInformation.create({
    ...base,
    ...{ secret: progress.secret, fileIds: [...progress.fileIds], consent: progress.consent },
    ...{ content: contents.get(itemKey) ?? '', erased: contents.has(itemKey) && contents.get(itemKey) === undefined },
    ...{
      looked: looks.length,
      looks: looks
        .slice(-LOOKS_SHOWN)
        .reverse()
        .map((look) => InformationLook.create(look)),
    },
  });
}

function batchMessage(planned: PlannedBatch, { of, launch, since }: Seen): LaunchBatch {
  const live = launch.batches[planned.key];
  const base = {
    ...{ batchKey: planned.key, batchNo: planned.no, name: planned.name, shopIds: [...planned.shopIds], products: planned.products },
    agentsNeeded: planned.agents,
    agentsTrained: trainedAgents(launch, trainingsNeeded(of.terms), planned.shopIds).length,
  };
  if (live === undefined) return LaunchBatch.create({ ...base, status: 'planned' });
  const { progress, liveAt } = live;
  return LaunchBatch.create({
    ...{ ...base, status: progress.status, liveAt, since: sinceWhen(since, [`batch:${planned.key}`]) },
    ...(progress.status === 'rework' ? { reason: progress.reason, consent: progress.consent, waitsFor: 'vendor-operations' } : {}),
    ...(progress.status === 'under-review' ? { note: progress.note, waitsFor: 'client' } : {}),
    ...(progress.status === 'accepted' ? { consent: progress.consent } : {}),
  });
}

function trialMessage({ of, launch, since, now }: Seen): LaunchTrial | undefined {
  const { trial } = launch;
  const agreed = of.terms.trial?.days ?? 0;
  if (trial.status === 'none') return agreed === 0 ? undefined : LaunchTrial.create({ status: 'none', days: agreed });
  const { startsOn, endsOn, endsAt, status } = trial;
  const base = { status, startsOn, endsOn, endsAt, days: daysBetween(startsOn, endsOn) + 1, since: sinceWhen(since, ['trial']) };
  switch (trial.status) {
    case 'running': {
      const { proposal, remindedAt } = trial;
      const proposed = proposal && { proposedEndsOn: proposal.endsOn, proposedBy: proposal.by, proposedConsent: proposal.consent };
      return LaunchTrial.create({ ...base, ...proposed, day: daysBetween(startsOn, todayOf(of, now)) + 1, reminded: remindedAt !== undefined });
    }
    case 'passed':
      return LaunchTrial.create({ ...base, month: trial.month, decidedAt: trial.decidedAt, consent: trial.consent });
    case 'failed':
      return LaunchTrial.create({ ...base, reason: trial.reason, decidedAt: trial.decidedAt, consent: trial.consent });
    case 'cut-short':
      return LaunchTrial.create(base);
  }
}

function endingMessage({ launch: { ending }, since }: Seen): LaunchEnding | undefined {
  if (ending.status === 'none') return undefined;
  const { how, by, reason, serviceEndsAt, beforeVerdict, beforeGoLive, consent } = ending;
  return LaunchEnding.create({ how, by, reason, serviceEndsAt, beforeVerdict, beforeGoLive, consent, since: sinceWhen(since, ['ending']) });
}

function handbackMessage({ launch: { handback }, since, events }: Seen): LaunchHandback | undefined {
  if (handback === undefined) return undefined;
  const signedAt = (party: number): number => events.findLast(({ event }) => event.$type === HandbackSigned.$type && event.party === party)?.occurredAt ?? 0;
  return LaunchHandback.create({
    items: handback.items.map(({ key, title, required, returned }) =>
      LaunchHandbackItem.create({ key, title, required, returned: returned !== undefined, note: returned ?? '' }),
    ),
    signatures: handback.signed.map(({ party, userId, consent }) => LaunchSignature.create({ party, userId, consent, at: signedAt(party) })),
    since: sinceWhen(since, ['handback']),
  });
}
