// What billing has received of a deposit: a gate of the first go-live hangs on it (BR-005, BR-006), so it is noted in the launch's own stream.
import type { Subscription } from '@deskfleet/event-bus';
import type { AppendMember, RecordedEvent } from '@deskfleet/event-store';
import { DepositReceived } from '@deskfleet/protocol/billing';
import { DepositNoted } from '@deskfleet/protocol/onboarding';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';
import type { Kit } from '@deskfleet/service-kit';
import { launchUnder } from '../launch/launch.ts';
import { agreementIn, launchAppend, launchIn, launchStream } from '../launch/stream.ts';
import { contractStream } from '../streams.ts';

/** It appends one event for each. */
const SLICE_EVENTS = 100;

export function deposits(kit: Kit): Subscription<DepositReceived> {
  return {
    group: 'client-onboarding',
    sources: ['billing'],
    types: [DepositReceived],
    appends: [DepositNoted],
    rare: true,
    sliceSize: SLICE_EVENTS,
    async handle(events, tx) {
      // A contract's receipts count in their order: the last one tells what was received in all.
      const last = new Map(events.map((recorded) => [`${recorded.meta.vendorId}\n${recorded.event.contractId}`, recorded]));
      const members: AppendMember[] = [];
      for (const recorded of last.values()) members.push(...(await noted(kit, recorded)));
      if (members.length === 0) return;
      const outcomes = await kit.store.appendWithin(tx, members);
      if (outcomes.some(({ outcome }) => outcome === 'conflict')) throw new Error('a launch moved while a receipt was noted: noted again');
    },
  };
}

async function noted(kit: Kit, { event, meta, position, occurredAt }: RecordedEvent<DepositReceived>): Promise<AppendMember[]> {
  const { contractId, required, received } = event;
  const streams = await kit.store.load(meta.vendorId, [contractStream(contractId), launchStream(contractId)]);
  const [of, stream] = [agreementIn(streams.get(contractStream(contractId))), streams.get(launchStream(contractId))];
  if (of === undefined || stream === undefined) throw new Error(`billing received a deposit for contract ${contractId}, which is not here`);
  const decision = launchUnder(of).decide(launchIn(of, stream), { kind: 'note-deposit', required, received, sourcePosition: position });
  if (!decision.accepted || decision.events.length === 0) return [];
  const actor = Actor.create({ kind: Actor_Kind.KIND_SERVICE, id: kit.name });
  const cause = { vendorId: meta.vendorId, actor, correlationId: meta.correlationId, causationId: meta.eventId, commandId: `deposit:${meta.eventId}` };
  return [{ cause, streams: [launchAppend(of, stream, decision.events, occurredAt)] }];
}
