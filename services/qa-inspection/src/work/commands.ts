// One command on one assignment: load its stream, decide, append. Every method of the desk goes this way.
import { expectLoaded, fold } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { CommandReceipt, type LogPosition } from '@deskfleet/protocol/common';
import { FindingRaised, InspectionAssigned, InspectionCorrected, InspectionScored, InspectionSkipped } from '@deskfleet/protocol/qa';
import { type Caller, type CommandResult, type Kit, unwrap } from '@deskfleet/service-kit';
import { type InspectionCommand, type InspectionEvent, inspection } from '../inspection/inspection.ts';

const TYPES: readonly string[] = [InspectionAssigned.$type, InspectionSkipped.$type, InspectionScored.$type, InspectionCorrected.$type, FindingRaised.$type];

export interface AssignmentCommand {
  readonly commandId: string;
  /** The request as sent, without its command id: what a repetition is compared by. */
  readonly content: Uint8Array;
  readonly shopId: string;
  readonly command: InspectionCommand;
}

/** Throws the refusal; answers where the effect stands. */
export async function onAssignment(kit: Kit, caller: Caller, request: AssignmentCommand): Promise<LogPosition> {
  return unwrap(await attemptOnAssignment(kit, caller, request)).at;
}

export async function attemptOnAssignment(
  kit: Kit,
  caller: Caller,
  { commandId, content, shopId, command }: AssignmentCommand,
): Promise<CommandResult<CommandReceipt>> {
  const streamId = `assignment-${command.assignmentId}`;
  return await kit.command({
    caller,
    commandId,
    content,
    answer: CommandReceipt,
    streams: [streamId],
    decide(streams, now) {
      const stream = streams.get(streamId);
      if (stream === undefined) throw new Error(`${streamId} was not loaded`);
      const decision = inspection.decide(fold(inspection, stream.events.map(({ event }) => event).filter(isInspectionEvent)), command);
      if (!decision.accepted) return decision;
      const events = decision.events.map((event) => ({ event, occurredAt: now, shopId }));
      return { appends: events.length === 0 ? [] : [{ streamId, expected: expectLoaded(stream), events }], answer: CommandReceipt.create() };
    },
  });
}

function isInspectionEvent(event: UnknownMessage): event is InspectionEvent {
  return TYPES.includes(event.$type);
}
