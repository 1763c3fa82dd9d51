// A long log quickly: appended by the ordinary way, many events a member, many members waiting.
import type { EventStore } from '@deskfleet/event-store';
import type { UnknownMessage } from '@deskfleet/protocol';
import { Actor, Actor_Kind } from '@deskfleet/protocol/platform';

const MEMBER_STREAMS = 100;
const WAITING = 8;
const ACTOR = Actor.create({ kind: Actor_Kind.KIND_CHANNEL, id: 'bench' });
export const BENCH_VENDOR = 'vendor-bench';
/** As long as a real one. */
export const BENCH_SHOP = 'sh_vk3q6jv5u2m5x4ohg7s2wq2m4a';

export interface Made {
  readonly streamId: string;
  readonly events: readonly UnknownMessage[];
  /** `BENCH_SHOP` when not said. */
  readonly shopId?: string;
}

/** Appends what is numbered `from` (inclusive) to `to` (exclusive), in order. Any 100 in a row must be of different streams. */
export async function fillLog(store: EventStore, from: number, to: number, make: (n: number) => Made): Promise<void> {
  const pending = new Set<Promise<void>>();
  for (let next = from; next < to; next += MEMBER_STREAMS) {
    const streams = Array.from({ length: Math.min(MEMBER_STREAMS, to - next) }, (_, index) => {
      const { streamId, events, shopId = BENCH_SHOP } = make(next + index);
      return { streamId, expected: 'any' as const, events: events.map((event) => ({ event, occurredAt: Date.now(), shopId })) };
    });
    const cause = { vendorId: BENCH_VENDOR, actor: ACTOR, correlationId: `fill-${next}`, causationId: '', commandId: `fill-${next}` };
    const appended = store.append({ cause, streams }).then(({ outcome }) => {
      pending.delete(appended);
      if (outcome !== 'appended') throw new Error(`filling the log at ${next}: ${outcome}`);
    });
    pending.add(appended);
    if (pending.size >= WAITING) await Promise.race(pending);
  }
  await Promise.all(pending);
}
