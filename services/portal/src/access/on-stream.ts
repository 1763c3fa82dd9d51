// A command on one stream, answered with where its effects stand.
import { type Decider, expectLoaded, fold } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { CommandReceipt } from '@deskfleet/protocol/common';
import type { Caller, CommandRequest } from '@deskfleet/service-kit';

export function onStream<Command, Event extends UnknownMessage, State>(
  decider: Decider<Command, Event, State>,
  isEvent: (event: UnknownMessage) => event is Event,
  streamId: string,
  caller: Caller,
  commandId: string,
  content: unknown,
  command: (now: number) => Command,
): CommandRequest<CommandReceipt> {
  return {
    caller,
    commandId,
    content: Buffer.from(JSON.stringify(content)),
    answer: CommandReceipt,
    streams: [streamId],
    decide(streams, now) {
      const stream = streams.get(streamId) ?? { streamId, version: 0, events: [] };
      const past = stream.events.map(({ event }) => event).filter(isEvent);
      const decision = decider.decide(fold(decider, past), command(now));
      if (!decision.accepted) return decision;
      const events = decision.events.map((event) => ({ event, occurredAt: now, shopId: '' }));
      return { appends: [{ streamId, expected: expectLoaded(stream), events }], answer: CommandReceipt.create({}) };
    },
  };
}
