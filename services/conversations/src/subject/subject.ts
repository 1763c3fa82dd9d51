// What is decided about a person, or about all who wrote to a shop: legal holds, and the erasure they forbid. An erasure begins once, goes on
// until no process can hold one of the person's keys any more, and is never taken back. Source: ARCHITECTURE.md, personal data.
import { accept, type Decider, refuse } from '@deskfleet/event-store';
import { ErasureCompleted, ErasureKeysDestroyed, ErasureStarted, LegalHoldPlaced, LegalHoldReleased, type SealedText } from '@deskfleet/protocol/conversations';

export type SubjectEvent = LegalHoldPlaced | LegalHoldReleased | ErasureStarted | ErasureKeysDestroyed | ErasureCompleted;

export interface Subject {
  /** Standing and released ones. */
  readonly holds: ReadonlyMap<string, 'standing' | 'released'>;
  readonly erasure: { readonly erasureId: string; readonly status: 'started' | 'keys-destroyed' | 'completed' } | undefined;
}

/** A hold as whoever is refused is told of it. */
export interface StandingHold {
  readonly holdId: string;
  readonly by: string;
  readonly since: string;
}

/** Whose stream it is: a customer's, or a shop's. */
export interface Scope {
  readonly subjectId: string;
  readonly heldShopId: string;
}

export type SubjectCommand =
  | ({ readonly kind: 'place-hold'; readonly holdId: string; readonly reason: SealedText | undefined } & Scope)
  | ({ readonly kind: 'release-hold'; readonly holdId: string; readonly reason: SealedText | undefined } & Scope)
  | {
      readonly kind: 'erase';
      readonly erasureId: string;
      readonly subjectId: string;
      readonly reason: SealedText | undefined;
      readonly conversationIds: readonly string[];
      /** All that stand, the shops' included. */
      readonly holds: readonly StandingHold[];
    }
  | { readonly kind: 'erase-again'; readonly erasureId: string; readonly subjectId: string }
  | { readonly kind: 'keys-destroyed' | 'complete'; readonly subjectId: string };

export const subject: Decider<SubjectCommand, SubjectEvent, Subject, 'legal-hold' | 'legal-hold-not-found' | 'reason-missing' | 'subject-erased'> = {
  initial: { holds: new Map(), erasure: undefined },

  evolve(state, event) {
    switch (event.$type) {
      case 'deskfleet.conversations.v1.LegalHoldPlaced':
        return { ...state, holds: new Map(state.holds).set(event.holdId, 'standing') };
      case 'deskfleet.conversations.v1.LegalHoldReleased':
        return { ...state, holds: new Map(state.holds).set(event.holdId, 'released') };
      case 'deskfleet.conversations.v1.ErasureStarted':
        return { ...state, erasure: { erasureId: event.erasureId, status: 'started' } };
      case 'deskfleet.conversations.v1.ErasureKeysDestroyed':
        return { ...state, erasure: { erasureId: event.erasureId, status: 'keys-destroyed' } };
      case 'deskfleet.conversations.v1.ErasureCompleted':
        return { ...state, erasure: { erasureId: event.erasureId, status: 'completed' } };
    }
  },

  decide({ holds, erasure }, command) {
    switch (command.kind) {
      case 'place-hold': {
        const { holdId, subjectId, heldShopId, reason } = command;
        if (erasure !== undefined) return refuse('subject-erased', { erasureId: erasure.erasureId });
        return reason === undefined ? reasonMissing() : accept(LegalHoldPlaced.create({ holdId, subjectId, heldShopId, reason }));
      }
      case 'release-hold': {
        const { holdId, subjectId, heldShopId, reason } = command;
        const hold = holds.get(holdId);
        if (hold === undefined) return refuse('legal-hold-not-found', { id: holdId });
        if (hold === 'released') return accept<SubjectEvent>();
        return reason === undefined ? reasonMissing() : accept(LegalHoldReleased.create({ holdId, subjectId, heldShopId, reason }));
      }
      case 'erase': {
        const { erasureId, subjectId, reason, conversationIds, holds: standing } = command;
        if (erasure !== undefined) return accept<SubjectEvent>();
        const [first] = standing;
        if (first !== undefined) return refuse('legal-hold', { hold: first.holdId, by: first.by, since: first.since });
        if (reason === undefined) return reasonMissing();
        return accept(ErasureStarted.create({ erasureId, subjectId, reason, conversationIds: [...conversationIds] }));
      }
      case 'erase-again': {
        // The keys are gone already, so a hold that the restored log still shows has nothing left to keep.
        const { erasureId, subjectId } = command;
        return erasure === undefined ? accept(ErasureStarted.create({ erasureId, subjectId, again: true })) : accept<SubjectEvent>();
      }
      case 'keys-destroyed':
        if (erasure?.status !== 'started') return accept<SubjectEvent>();
        return accept(ErasureKeysDestroyed.create({ erasureId: erasure.erasureId, subjectId: command.subjectId }));
      case 'complete':
        if (erasure?.status !== 'keys-destroyed') return accept<SubjectEvent>();
        return accept(ErasureCompleted.create({ erasureId: erasure.erasureId, subjectId: command.subjectId }));
    }
  },
};

function reasonMissing() {
  return refuse('reason-missing', { field: 'reason', found: '', expected: 'why' });
}

/** The stream in which holds and the erasure of a customer stand, or the holds of a shop. */
export function streamOf({ subjectId, heldShopId }: Scope): string {
  return heldShopId === '' ? `subject-${subjectId}` : `holds-${heldShopId}`;
}
