// What a service tells Prometheus of its log, its consumers, its read models, its deadlines and its relay. Names and units by OpenTelemetry's
// conventions; docs and alerts live in deploy/observability, and a test holds the two together.
import type { EventStore } from '@deskfleet/event-store';
import type { GetOperationsResponse } from '@deskfleet/protocol/operations';
import { type BatchObservableResult, metrics, type Observable } from '@opentelemetry/api';

const APPEND_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const GROUP_APPENDS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** Times the store's appends from call to outcome, and counts how many share a commit. */
export function measureAppends(create: (onGroup: (appends: number) => void) => EventStore): EventStore {
  const meter = metrics.getMeter('deskfleet');
  const duration = meter.createHistogram('deskfleet.log.append.duration', {
    unit: 's',
    description: 'Time from an append to its outcome, the wait for its group included',
    advice: { explicitBucketBoundaries: APPEND_SECONDS },
  });
  const group = meter.createHistogram('deskfleet.log.append.group.size', {
    unit: '{append}',
    description: 'Appends that shared a commit',
    advice: { explicitBucketBoundaries: GROUP_APPENDS },
  });
  const store = create((appends) => group.record(appends));
  const append: EventStore['append'] = async (member) => {
    const from = performance.now();
    let outcome = 'failed';
    try {
      const answer = await store.append(member);
      outcome = answer.outcome;
      return answer;
    } finally {
      duration.record((performance.now() - from) / 1_000, { outcome });
    }
  };
  return {
    source: store.source,
    append,
    appendWithin: (tx, members) => store.appendWithin(tx, members),
    load: (vendorId, streamIds, tx) => store.load(vendorId, streamIds, tx),
    answerOf: (vendorId, commandId) => store.answerOf(vendorId, commandId),
    read: (after, limit, filter) => store.read(after, limit, filter),
    head: () => store.head(),
    onAppend: (listener) => store.onAppend(listener),
    committed: (tx) => store.committed(tx),
  };
}

/** Observes the service's state at each scrape. What is not known (a source that does not answer) is not observed: a gap, not a zero. */
export function observeOperations(state: () => Promise<GetOperationsResponse>): void {
  const meter = metrics.getMeter('deskfleet');
  const gauge = (name: string, unit: string, description: string): Observable => meter.createObservableGauge(name, { unit, description });
  const count = (name: string, unit: string, description: string): Observable => meter.createObservableUpDownCounter(name, { unit, description });

  const head = gauge('deskfleet.log.head', '{position}', 'The last position of the log');
  const behind = gauge('deskfleet.consumer.lag.events', '{event}', 'Positions between what a group has applied and its source head');
  const behindTime = gauge('deskfleet.consumer.lag.time', 's', 'Age of the first event that a group has not applied');
  const unknown = gauge('deskfleet.consumer.source.away', '{source}', '1 while a source does not answer, so that the lag is not known');
  const parked = count('deskfleet.consumer.parked', '{stream}', 'Streams that stand still after an error');
  const waiting = count('deskfleet.consumer.waiting', '{stream}', 'Streams that wait for what another context has not sent yet');
  const heldAge = gauge('deskfleet.consumer.held.age', 's', 'How long the oldest stream of a state has been held');
  const orphaned = count('deskfleet.consumer.orphaned', '{event}', 'Events taken in that their owner lost by a restore in the last seven days');
  const projection = gauge('deskfleet.projection.lag.events', '{event}', 'Positions between a live projection and the head of its log');
  const stopped = gauge('deskfleet.projection.stopped', '{projection}', '1 while an event stops a projection');
  const rebuild = gauge('deskfleet.projection.rebuild.progress', '1', 'How much of the log a build that is not live yet has passed, 0 to 1');
  const pending = count('deskfleet.timer.pending', '{timer}', 'Timers that are set');
  const due = count('deskfleet.timer.due', '{timer}', 'Timers that are due and not fired');
  const late = gauge('deskfleet.timer.late', 's', 'How long the first of the due timers has been due');
  const failing = count('deskfleet.timer.failing', '{timer}', 'Timers whose firing failed and is tried again');
  const relayBehind = gauge('deskfleet.relay.lag.events', '{event}', 'Positions of the log that are not on its topic yet');
  const relayTime = gauge('deskfleet.relay.lag.time', 's', 'Age of the first event that is not on its topic');
  const work = count('deskfleet.background.pending', '{slice}', 'Slices of background work that are not done');
  const faults = count('deskfleet.faults', '{part}', 'Parts that fail at the moment and are tried again');

  const observe = async (result: BatchObservableResult): Promise<void> => {
    const now = await state();
    result.observe(head, now.head);
    result.observe(faults, now.faults.length + now.background.filter(({ fault }) => fault !== '').length);
    for (const { group, service, known, behind: events, behindMs } of now.groups) {
      const of = { group, source_service: service };
      result.observe(unknown, known ? 0 : 1, of);
      if (!known) continue;
      result.observe(behind, events, of);
      result.observe(behindTime, behindMs / 1_000, of);
    }
    for (const { group, service } of now.groups) {
      for (const [state, counted] of [
        ['parked', parked],
        ['waiting', waiting],
      ] as const) {
        const held = now.held.filter((one) => one.group === group && one.service === service && one.state === state);
        const of = { group, source_service: service };
        result.observe(
          counted,
          held.reduce((sum, { streams }) => sum + streams, 0),
          of,
        );
        const since = Math.min(now.asOf, ...held.map((one) => one.since));
        result.observe(heldAge, (now.asOf - since) / 1_000, { ...of, state });
      }
    }
    for (const { group, service } of now.groups) {
      const events = now.orphans.find((one) => one.group === group && one.service === service)?.events ?? 0;
      result.observe(orphaned, events, { group, source_service: service });
    }
    for (const build of now.projections) {
      const of = { projection: build.name, version: build.version, build: build.build };
      if (build.state !== 'kept') result.observe(stopped, build.fault === '' ? 0 : 1, of);
      if (build.state === 'live') result.observe(projection, build.head - build.position, { projection: build.name });
      if (build.state === 'building') result.observe(rebuild, build.head === 0 ? 1 : build.position / build.head, of);
    }
    if (now.timers !== undefined) {
      result.observe(pending, now.timers.pending);
      result.observe(due, now.timers.due);
      result.observe(late, now.timers.lateMs / 1_000);
      result.observe(failing, now.timers.failing);
    }
    if (now.relay !== undefined) {
      result.observe(relayBehind, now.relay.behind);
      result.observe(relayTime, now.relay.behindMs / 1_000);
    }
    for (const { name, pending: slices } of now.background) result.observe(work, slices, { work: name });
  };
  meter.addBatchObservableCallback(
    (result) => observe(result).catch(() => {}), // the database is away: readiness says so
    [
      head,
      behind,
      behindTime,
      unknown,
      parked,
      waiting,
      heldAge,
      orphaned,
      projection,
      stopped,
      rebuild,
      pending,
      due,
      late,
      failing,
      relayBehind,
      relayTime,
      work,
      faults,
    ],
  );
}
