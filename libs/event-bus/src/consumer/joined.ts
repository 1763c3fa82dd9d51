// What several lanes brought, applied together: a transaction costs the same for one lane's few events as for all lanes' many.
import type { Consumer, Lane } from './consumer.ts';
import { Gap, LaneMoved, SourceLeft } from './faults.ts';
import type { CarriedEvent } from './slice.ts';

/** What one lane brought, from its offset on; `offsets[i]` is the offset once event i is applied, `through` once all are. */
export interface Brought {
  readonly lane: Lane;
  readonly events: readonly CarriedEvent[];
  readonly offsets: readonly number[];
  readonly through: number;
}

/** A stretch of what a lane brought. */
interface Stretch {
  readonly one: Brought;
  readonly from: number;
  readonly to: number;
}

/**
 * Applies what lanes of one consumer brought, a full slice at a time whichever lanes its events are of. When a slice fails, each lane's part of it is
 * applied alone, which finds the lane or the event at fault as ever. Answers what stopped a lane (`LaneMoved`, `Gap`, `SourceLeft`, the signal's reason,
 * what `between` threw); the others have come to their end. `between` runs after each slice; when it throws, nothing more is applied.
 */
export async function applyJoined(
  consumer: Consumer,
  brought: readonly Brought[],
  signal: AbortSignal,
  between: () => Promise<void>,
): Promise<ReadonlyMap<Brought, unknown>> {
  const stopped = new Map<Brought, unknown>();
  let over: { readonly reason: unknown } | undefined;
  const minded = (): Promise<void> =>
    between().catch((reason: unknown) => {
      over = { reason };
      throw reason;
    });
  const alone = ({ one, from, to }: Stretch): Promise<void> =>
    one.lane
      .apply(one.events.slice(from, to), (index) => one.offsets[from + index] ?? one.through, offsetAfter(one, to), signal, minded)
      .catch((reason: unknown) => void stopped.set(one, reason));

  for (let left: Stretch[] = brought.map((one) => ({ one, from: 0, to: one.events.length })); left.length > 0; ) {
    if (signal.aborted) over ??= { reason: signal.reason };
    if (over !== undefined) {
      for (const { one } of left) stopped.set(one, over.reason);
      break;
    }
    const { slice, rest } = cut(consumer, left);
    const done = slice.length > 1 && (await together(consumer, slice));
    if (done) await minded().catch(() => {});
    else for (const stretch of slice) await alone(stretch);
    left = rest.filter(({ one }) => !stopped.has(one));
  }
  return stopped;
}

/** The next slice over the lanes, in their order, and what is left of them. */
function cut(consumer: Consumer, left: readonly Stretch[]): { slice: Stretch[]; rest: Stretch[] } {
  const slice: Stretch[] = [];
  let room = consumer.subscription.sliceSize;
  for (const { one, from } of left) {
    if (room === 0) break;
    const to = consumer.endOfSlice(one.events, from, room);
    room -= consumer.wanted(one.events, from, to);
    slice.push({ one, from, to });
  }
  const cutOff = slice.flatMap(({ one, to }) => (to < one.events.length ? [{ one, from: to, to: one.events.length }] : []));
  return { slice, rest: [...cutOff, ...left.slice(slice.length)] };
}

/** One transaction for all of these; false when it failed and nothing was done. */
async function together(consumer: Consumer, slice: readonly Stretch[]): Promise<boolean> {
  try {
    await consumer.applyJoined(slice.map(({ one, from, to }) => ({ lane: one.lane, events: one.events.slice(from, to), to: offsetAfter(one, to) })));
    return true;
  } catch (error) {
    const ofOneLane = error instanceof LaneMoved || error instanceof Gap || error instanceof SourceLeft;
    if (!ofOneLane) consumer.fault(slice[0]?.one.lane.part ?? '', error);
    return false;
  }
}

function offsetAfter({ events, offsets, through }: Brought, count: number): number {
  return count === events.length ? through : (offsets[count - 1] ?? through);
}
