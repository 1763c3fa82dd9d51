// An agent's roster (排班), a stream a month: each shift stands in it by one append with the shift's own stream, so that of two plans that race one
// is decided again and told of the other. A shift of at most a day touches its begin's month and the one a day later; it stands in both, whatever
// its end. Shifts that were planned before there were rosters are known from the read model only. Source: BR-218.
import { type EpochMs, expectLoaded, type LoadedStream, type StreamAppend } from '@deskfleet/event-store';
import { AgentRostered, AgentUnrostered } from '@deskfleet/protocol/agents';
import { MAX_SHIFT_MS, type Planned } from './shift.ts';

type RosterEvent = AgentRostered | AgentUnrostered;
type Begin = Pick<Planned, 'agentId' | 'fromAt'>;
export type Standing = Planned & { readonly shiftId: string };

const PREFIX = 'roster-';

/** The streams that a shift with this begin stands in: one or two. */
export function rosterStreams({ agentId, fromAt }: Begin): string[] {
  const month = (at: EpochMs): string => new Date(at).toISOString().slice(0, 7);
  return [...new Set([month(fromAt), month(fromAt + MAX_SHIFT_MS)])].map((name) => `${PREFIX}${agentId}-${name}`);
}

/** What the read model says stands, corrected by the rosters that were loaded: they are never behind. */
export function standingShifts(known: readonly Standing[], streams: ReadonlyMap<string, LoadedStream>): Map<string, Standing> {
  const standing = new Map(known.map((each) => [each.shiftId, each]));
  for (const [streamId, { events }] of streams) {
    if (!streamId.startsWith(PREFIX)) continue;
    for (const { event } of events) {
      const moved = event as RosterEvent;
      if (moved.$type === AgentUnrostered.$type) standing.delete(moved.shiftId);
      else standing.set(moved.shiftId, { shiftId: moved.shiftId, agentId: moved.agentId, shopIds: [], fromAt: moved.fromAt, toAt: moved.toAt });
    }
  }
  return standing;
}

/** Collects what happens to rosters, for the append that it happens in. */
export class RosterChanges {
  readonly #changes = new Map<string, RosterEvent[]>();

  planned({ shiftId, agentId, fromAt, toAt }: Standing): void {
    this.#add({ agentId, fromAt }, AgentRostered.create({ shiftId, agentId, fromAt, toAt }));
  }

  cancelled({ shiftId, agentId, fromAt }: Begin & { readonly shiftId: string }): void {
    this.#add({ agentId, fromAt }, AgentUnrostered.create({ shiftId, agentId }));
  }

  appends(streams: ReadonlyMap<string, LoadedStream>, now: EpochMs): StreamAppend[] {
    return [...this.#changes].map(([streamId, events]) => ({
      streamId,
      expected: expectLoaded(streams.get(streamId) ?? { version: 0 }),
      events: events.map((event) => ({ event, occurredAt: now, shopId: '' })),
    }));
  }

  #add(begin: Begin, event: RosterEvent): void {
    for (const streamId of rosterStreams(begin)) this.#changes.set(streamId, [...(this.#changes.get(streamId) ?? []), event]);
  }
}
