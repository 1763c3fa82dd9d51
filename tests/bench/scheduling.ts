// What keeping a message's deadlines costs: the rows of its timers, apart from everything else a message leads to (its append, its assessment,
// its clock). sla-monitoring's own timer plans follow a log of clocks, once as they are and once changing nothing; the difference is the cost.
import type { UnknownMessage } from '@deskfleet/protocol';
import { ClockKey, ResponseClockStarted, ResponseClockStopped } from '@deskfleet/protocol/sla';
import type { TimerPlan } from '@deskfleet/read-model';
import { sql } from 'kysely';
import { ground } from '../../libs/read-model/test/ground.ts';
import type { ClockEvent } from '../../services/sla-monitoring/src/clock/clock.ts';
import { clockTimers } from '../../services/sla-monitoring/src/clock/timers.ts';
import { fillLog } from './fill-log.ts';

const MESSAGES = 40_000;
const ROUNDS = 3;

export interface SchedulingCost {
  /** Milliseconds a message whose clock arms two deadlines. */
  readonly arming: readonly number[];
  /** The same when its clock starts anew, later: both deadlines move. */
  readonly moving: readonly number[];
  /** The same when it is answered: both are taken away. */
  readonly disarming: readonly number[];
}

/** Measures it with so many other timers pending, due at `laterAt` and after. */
export async function schedulingCost(pending: number, laterAt: number): Promise<SchedulingCost> {
  const at = await ground();
  try {
    await sql`
      insert into timers (vendor_id, shop_id, kind, key, due_at, stream_id)
      select 'vendor-pending', 'shop-1', case n % 2 when 0 then 'clock-due' else 'clock-warn' end, 'pending-' || n, ${laterAt}::bigint + n, 'clock-pending-' || n
        from generate_series(1, ${pending}::int) n`.execute(at.worker);
    await at.owner.query('analyze timers');
    const plans = clockTimers(at.store);
    const still: readonly TimerPlan<ClockEvent>[] = plans.map((plan) => ({ ...plan, kind: `${plan.kind}-still`, changes: () => [] }));
    const cost = { arming: [] as number[], moving: [] as number[], disarming: [] as number[] };
    let filled = 0;
    /** Appends one event a message, then lets both follow to the head, one after the other; what the first took more, in ms a message. */
    const following = async (make: (n: number) => UnknownMessage): Promise<number> => {
      await fillLog(at.store, 0, MESSAGES, (n) => ({ streamId: `clock-cv_${n}`, events: [make(n)] }));
      filled += MESSAGES;
      await at.owner.query('analyze events');
      const took: number[] = [];
      for (const timers of [still, plans]) {
        const from = performance.now();
        const model = await at.start({ timers });
        await model.passed(filled);
        took.push(performance.now() - from);
        await model.stop();
      }
      const [without = 0, withThem = 0] = took;
      return (withThem - without) / MESSAGES;
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const clock = (n: number): ClockKey => ClockKey.create({ contractId: 'contract-1', clauseKey: 'first-response', conversationId: `cv_${n}`, round });
      const started = (n: number, startedAt: number): UnknownMessage =>
        ResponseClockStarted.create({
          clock: clock(n),
          startMessageId: `m${n}`,
          startedAt,
          allowanceMs: 180_000,
          warnAt: laterAt + n,
          dueAt: laterAt + 36_000 + n,
        });
      cost.arming.push(await following((n) => started(n, laterAt - 144_000)));
      cost.moving.push(await following((n) => started(n, laterAt - 140_000)));
      cost.disarming.push(await following((n) => ResponseClockStopped.create({ clock: clock(n), stopMessageId: `r${n}`, stoppedAt: laterAt, elapsedMs: 9 })));
    }
    return cost;
  } finally {
    await at.end();
  }
}
