// A shift (班次): an agent is to work for these shops from one instant to another. Planned anew it replaces what it was; cancelled it stays so until
// it is planned again. Its id follows from the agent and the begin, so that a roster sent twice finds the shifts that are there. Source: BR-218.
import { createHash } from 'node:crypto';
import { accept, type Decider, type EpochMs, refuse } from '@deskfleet/event-store';
import { ShiftCancelled, ShiftPlanned } from '@deskfleet/protocol/agents';

export type ShiftEvent = ShiftPlanned | ShiftCancelled;

export const SHIFT_SOURCES = ['page', 'csv', 'webhook'] as const;
export type ShiftSource = (typeof SHIFT_SOURCES)[number];

export interface Planned {
  readonly agentId: string;
  /** None = all the agent is trained for. */
  readonly shopIds: readonly string[];
  readonly fromAt: EpochMs;
  /** Exclusive. */
  readonly toAt: EpochMs;
}

export type Shift = { readonly status: 'none' } | ({ readonly status: 'planned' } & Planned) | ({ readonly status: 'cancelled' } & Planned);

export type ShiftCommand =
  | ({ readonly kind: 'plan'; readonly shiftId: string; readonly source: ShiftSource } & Planned)
  | { readonly kind: 'cancel'; readonly shiftId: string; readonly reason: string; readonly now: EpochMs };

type Refusal = 'shift-span-invalid' | 'shift-not-found' | 'shift-over' | 'reason-missing';

/** Longer than anybody works at a stretch: a date mistaken by a day is caught here. */
export const MAX_SHIFT_MS = 24 * 3_600_000;
/** Characters. */
const REASON_LIMIT = 500;

export const shift: Decider<ShiftCommand, ShiftEvent, Shift, Refusal> = {
  initial: { status: 'none' },

  evolve(shift, event) {
    switch (event.$type) {
      case ShiftPlanned.$type:
        return { status: 'planned', agentId: event.agentId, shopIds: event.shopIds, fromAt: event.fromAt, toAt: event.toAt };
      case ShiftCancelled.$type:
        return shift.status === 'none' ? shift : { ...shift, status: 'cancelled' };
    }
  },

  decide(shift, command) {
    switch (command.kind) {
      case 'plan': {
        const { shiftId, agentId, fromAt, toAt, source } = command;
        const length = toAt - fromAt;
        if (!(length > 0 && length <= MAX_SHIFT_MS)) {
          return refuse('shift-span-invalid', { field: 'toAt', found: `${length / 3_600_000} h`, expected: 'an end after its begin, at most 24 hours later' });
        }
        const shopIds = [...new Set(command.shopIds)].sort();
        if (shift.status === 'planned' && shift.toAt === toAt && same(shift.shopIds, shopIds)) return accept();
        return accept(ShiftPlanned.create({ shiftId, agentId, shopIds, fromAt, toAt, source }));
      }
      case 'cancel': {
        if (shift.status === 'none') return refuse('shift-not-found', { id: command.shiftId });
        if (shift.status === 'cancelled') return accept();
        if (shift.toAt <= command.now) return refuse('shift-over');
        const reason = command.reason.trim();
        if (reason === '' || reason.length > REASON_LIMIT) return refuse('reason-missing', { field: 'reason', found: '', expected: 'why the shift is off' });
        return accept(ShiftCancelled.create({ shiftId: command.shiftId, reason }));
      }
    }
  },
};

/** An agent has one shift that begins at an instant. */
export function shiftIdOf(vendorId: string, agentId: string, fromAt: EpochMs): string {
  const name = JSON.stringify([vendorId, agentId, fromAt]);
  return `sf_${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
