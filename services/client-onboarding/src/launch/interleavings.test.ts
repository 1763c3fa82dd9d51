// Whatever both sides do in whatever order, a launch reaches no state that the domain forbids.
import { fold } from '@deskfleet/event-store';
import type { Party } from '@deskfleet/protocol/common';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchesOf, type TrainingName } from './agreement.ts';
import { agreed, byClient, CLIENT, cny, NOW, ready, result, VENDOR } from './fixtures.ts';
import { gatesOf } from './gates.ts';
import { STANDARD_ITEMS } from './information-items.ts';
import { type LaunchCommand, launchUnder } from './launch.ts';
import type { Launch, LaunchEvent } from './state.ts';
import { otherParty } from './training.ts';

const DAY_MS = 86_400_000;
/** Small, so that random commands get somewhere: two items of the list, two batches, five days of trial. */
const of = agreed({
  ...{ noticeDays: 2, endsOn: '2026-05-31', trial: { $type: 'deskfleet.common.v1.TrialTerms', days: 5, clauseKeys: [] } },
  batches: agreed({})
    .terms.batches.slice(0, 2)
    .map((batch) => ({ ...batch, agents: 1 })),
});
const decider = launchUnder(of);

type Step = (now: number) => LaunchCommand;
const party = fc.constantFrom(CLIENT, VENDOR);
const consentOf = (by: Party) => (by === CLIENT ? byClient : undefined);
const batchKey = fc.constantFrom('batch-1', 'batch-2');
const training = fc.constantFrom<TrainingName>('product', 'shop');
const item = fc.constantFrom(...STANDARD_ITEMS.map(({ key }) => key));
const { $type: _, ...passed } = result('ag_1');

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(599_999, 600_000).map(
      (minor): Step =>
        (now) => ({ kind: 'note-deposit', required: cny(600_000), received: cny(minor), sourcePosition: now }),
    ),
  },
  {
    weight: 3,
    arbitrary: training.map(
      (name): Step =>
        () => ({
          kind: 'schedule-training',
          trainingId: name,
          training: name,
          topic: name,
          givenBy: CLIENT,
          plannedOn: '2026-03-02',
          shopIds: [],
          agentIds: [],
        }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(training, party).map(
      ([name, by]): Step =>
        (now) => ({ kind: 'record-training', trainingId: name, heldOn: '2026-03-01', minutes: 60, results: [passed], by, consent: consentOf(by), now }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(training, party).map(
      ([name, by]): Step =>
        () => ({ kind: 'confirm-training', trainingId: name, by, consent: consentOf(by) }),
    ),
  },
  {
    weight: 12,
    arbitrary: item.map(
      (itemKey): Step =>
        () => ({ kind: 'hand-over-information', itemKey, content: Buffer.from('x'), subjectId: 's', secret: false, fileIds: [], consent: byClient }),
    ),
  },
  {
    weight: 4,
    arbitrary: item.map(
      (itemKey): Step =>
        () => ({ kind: 'set-information-item', itemKey, title: '', required: false, reason: 'not needed' }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(item, party).map(
      ([itemKey, by]): Step =>
        () => ({ kind: 'reopen-information', itemKey, reason: 'wrong', by }),
    ),
  },
  {
    weight: 8,
    arbitrary: batchKey.map(
      (key): Step =>
        (now) => ({ kind: 'go-live', batchKey: key, now }),
    ),
  },
  {
    weight: 4,
    arbitrary: batchKey.map(
      (key): Step =>
        (now) => ({ kind: 'accept-batch', batchKey: key, consent: byClient, now }),
    ),
  },
  {
    weight: 2,
    arbitrary: batchKey.map(
      (key): Step =>
        (now) => ({ kind: 'request-rework', batchKey: key, reason: 'again', consent: byClient, now }),
    ),
  },
  {
    weight: 2,
    arbitrary: batchKey.map(
      (key): Step =>
        (now) => ({ kind: 'report-rework', batchKey: key, note: 'done', now }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(party, fc.constantFrom('2026-03-20', '2026-04-05')).map(
      ([by, endsOn]): Step =>
        (now) => ({ kind: 'propose-extension', endsOn, by, consent: consentOf(by), now }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(party, fc.constantFrom('2026-03-20', '2026-04-05')).map(
      ([by, endsOn]): Step =>
        (now) => ({ kind: 'agree-extension', endsOn, by, consent: consentOf(by), now }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.boolean(), fc.boolean(), fc.constantFrom(0, DAY_MS)).map(
      ([pass, said, later]): Step =>
        (now) => ({
          kind: 'give-verdict',
          passed: pass,
          reason: 'so it is',
          serviceEndsAt: later === 0 ? 0 : now + later,
          consent: said ? byClient : undefined,
          now,
        }),
    ),
  },
  {
    weight: 1,
    arbitrary: party.map(
      (by): Step =>
        (now) => ({ kind: 'terminate', by, reason: 'enough', lastServiceOn: '', consent: consentOf(by), now }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('remind-of-verdict', 'remind-of-expiry').map(
      (kind): Step =>
        (now) =>
          kind === 'remind-of-verdict' ? { kind, now } : { kind, succeeded: false, now },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('open-tickets', 'sub-accounts', 'backend-access').map(
      (key): Step =>
        (now) => ({ kind: 'return-handback-item', key, note: 'back', now }),
    ),
  },
  {
    weight: 1,
    arbitrary: party.map(
      (by): Step =>
        (now) => ({ kind: 'sign-handback', party: by, userId: 'u', consent: consentOf(by), now }),
    ),
  },
);

/** A history begins somewhere on the way to being ready: from nothing at all, few would ever get as far as a go-live. */
const histories = fc.record({
  prepared: fc.oneof(fc.constant(ready.length), fc.nat({ max: ready.length })),
  steps: fc.array(fc.tuple(steps, fc.integer({ min: 0, max: 12 * 60 * 60 * 1000 })), { minLength: 20, maxLength: 80 }),
});
type History = typeof histories extends fc.Arbitrary<infer One> ? One : never;

interface Run {
  readonly reached: ReadonlySet<string>;
}

/** Runs the commands; each accepted event is held against what is forbidden. */
function run({ prepared, steps: asked }: History): Run {
  const happened: LaunchEvent[] = ready.slice(0, prepared);
  let launch: Launch = fold(decider, happened);
  let now = NOW;
  const reached = new Set<string>();
  for (const [step, passes] of asked) {
    now += passes;
    const command = step(now);
    const before = launch;
    const decision = decider.decide(launch, command);
    if (!decision.accepted) continue;
    for (const event of decision.events) {
      launch = decider.evolve(launch, event);
      happened.push(event);
      reached.add(event.$type);
    }
    holds(before, launch, decision.events, happened, now);
    const again = decider.decide(launch, command);
    const repeatable = command.kind === 'hand-over-information'; // another content under the same name
    if (again.accepted && !repeatable) expect(again.events, `${command.kind} twice`).toEqual([]);
  }
  return { reached };
}

const count = (events: readonly LaunchEvent[], name: string): number => events.filter(({ $type }) => $type.endsWith(`.${name}`)).length;

function holds(before: Launch, after: Launch, events: readonly LaunchEvent[], happened: readonly LaunchEvent[], now: number): void {
  for (const event of events) {
    if (event.$type !== 'deskfleet.onboarding.v1.BatchWentLive') continue;
    const batch = batchesOf(of).find(({ key }) => key === event.batchKey);
    expect(batch && gatesOf(of, before, batch, now).filter(({ missing }) => missing !== undefined), 'live with a gate shut').toEqual([]);
    expect(
      Object.values(before.batches).every(({ progress }) => progress.status === 'accepted'),
      'live while another is not accepted',
    ).toBe(true);
    expect(before.ending.status, 'live after the end was set').toBe('none');
    expect(event.agentIds.length).toBeGreaterThanOrEqual(batch?.agents ?? Infinity);
  }
  for (const once of ['TrialStarted', 'ServiceEndSet', 'ContractTerminated']) expect(count(happened, once), once).toBeLessThanOrEqual(1);
  const verdicts = count(happened, 'TrialPassed') + count(happened, 'TrialFailed');
  expect(verdicts, 'two verdicts').toBeLessThanOrEqual(1);
  expect(count(happened, 'TrialFailed') + count(happened, 'ContractTerminated'), 'ended twice').toBe(count(happened, 'ServiceEndSet'));
  const judged = count(events, 'TrialPassed') + count(events, 'TrialFailed') + count(events, 'BatchAccepted') + count(events, 'BatchReworkRequested');
  if (judged > 0 && before.ending.status === 'set') expect(before.ending.serviceEndsAt, 'judged after service ended').toBeGreaterThan(now);
  expect(count(happened, 'TrialStarted'), 'the trial starts with the first go-live').toBe(count(happened, 'BatchWentLive') > 0 ? 1 : 0);
  expect(count(happened, 'ShopWentLive')).toBe(count(happened, 'BatchWentLive') > 0 ? of.shopIds.length : 0);
  for (const event of events) {
    if (event.$type !== 'deskfleet.onboarding.v1.TrainingConfirmed') continue;
    const recorded = happened.findLast((each) => each.$type === 'deskfleet.onboarding.v1.TrainingRecorded' && each.trainingId === event.trainingId);
    expect(recorded !== undefined && 'by' in recorded && recorded.by, 'completed on one side’s word').toBe(otherParty(event.by));
  }
  expect(count(events, 'TrainingCompleted'), 'completed without a confirmation').toBe(count(events, 'TrainingConfirmed'));
  expect(after.handback?.signed.length ?? 0).toBeLessThanOrEqual(2);
}

test('random interleavings of both sides’ commands reach no forbidden state, and a command repeated adds nothing', () => {
  // BR-005, BR-006, BR-009 to BR-013, BR-206, BR-207, BR-209, BR-210, BR-211
  const reached = new Set<string>();
  fc.assert(
    fc.property(histories, (history) => {
      for (const type of run(history).reached) reached.add(type);
    }),
    { numRuns: 600, seed: 20_260_302 },
  );
  // The histories must get somewhere, or they prove nothing.
  for (const name of [
    'BatchWentLive',
    'TrialStarted',
    'BatchAccepted',
    'TrialPassed',
    'TrialFailed',
    'ContractTerminated',
    'HandbackSigned',
    'TrialExtended',
  ]) {
    expect([...reached], name).toContain(`deskfleet.onboarding.v1.${name}`);
  }
});
