// Who was or is being erased, which conversations were told of it, and the legal holds: ids, instants and sealed reasons, never who it is about.
import type { RecordedEvent } from '@deskfleet/event-store';
import {
  ErasureCompleted,
  ErasureKeysDestroyed,
  ErasureStarted,
  LegalHoldPlaced,
  LegalHoldReleased,
  type SealedText,
  SubjectErased,
} from '@deskfleet/protocol/conversations';
import type { RowProjection } from '@deskfleet/read-model';

export interface ErasureRow {
  erasure_id: string;
  subject_id: string;
  /** started, keys-destroyed, completed. */
  status: string;
  again: boolean;
  conversation_ids: readonly string[];
  reason_subject: string;
  reason: Buffer | null;
  requested_at: number;
  requested_by: string;
  completed_at: number;
}

type ErasureEvent = ErasureStarted | ErasureKeysDestroyed | ErasureCompleted;

export const erasures: RowProjection<ErasureEvent, ErasureRow> = {
  name: 'erasures',
  version: 1,
  types: [ErasureStarted, ErasureKeysDestroyed, ErasureCompleted] as RowProjection<ErasureEvent, ErasureRow>['types'],
  columns: `
    subject_id text collate "C" not null,
    erasure_id text collate "C" not null,
    status text not null,
    again boolean not null,
    conversation_ids text[] not null,
    reason_subject text not null,
    reason bytea,
    requested_at bigint not null,
    requested_by text not null,
    completed_at bigint not null`,
  keyColumns: ['subject_id'],
  indexes: ['(vendor_id, erasure_id)', '(vendor_id, requested_at, erasure_id)', "(vendor_id) where status <> 'completed'"],
  keys: ({ event }) => [{ subject_id: event.subjectId }],
  apply(row, { event, meta, recordedAt }) {
    switch (event.$type) {
      case 'deskfleet.conversations.v1.ErasureStarted':
        return {
          erasure_id: event.erasureId,
          subject_id: event.subjectId,
          status: 'started',
          again: event.again,
          conversation_ids: event.conversationIds,
          reason_subject: event.reason?.subjectId ?? '',
          reason: event.reason === undefined ? null : Buffer.from(event.reason.ciphertext),
          requested_at: recordedAt,
          requested_by: meta.actor?.id ?? '',
          completed_at: 0,
        };
      case 'deskfleet.conversations.v1.ErasureKeysDestroyed':
        return row && { ...row, status: 'keys-destroyed' };
      case 'deskfleet.conversations.v1.ErasureCompleted':
        return row && { ...row, status: 'completed', completed_at: recordedAt };
    }
  },
};

export interface ErasedConversationRow {
  erasure_id: string;
  conversation_id: string;
}

/** The conversations whose streams were told: each other service must have destroyed its keys of each. */
export const erasedConversations: RowProjection<SubjectErased, ErasedConversationRow> = {
  name: 'erased_conversations',
  version: 1,
  types: [SubjectErased],
  columns: `
    erasure_id text collate "C" not null,
    conversation_id text collate "C" not null`,
  keyColumns: ['erasure_id', 'conversation_id'],
  keys: ({ event }) => [{ erasure_id: event.erasureId, conversation_id: event.conversationId }],
  apply: (_, { event }) => ({ erasure_id: event.erasureId, conversation_id: event.conversationId }),
};

export interface LegalHoldRow {
  hold_id: string;
  subject_id: string;
  /** Not `shop_id`: that column decides which clients see a row, and they see none of these. */
  held_shop_id: string;
  reason_subject: string;
  reason: Buffer | null;
  placed_by: string;
  placed_at: number;
  released_by: string;
  released_at: number;
  release_reason: Buffer | null;
}

type HoldEvent = LegalHoldPlaced | LegalHoldReleased;

export const legalHolds: RowProjection<HoldEvent, LegalHoldRow> = {
  name: 'legal_holds',
  version: 1,
  types: [LegalHoldPlaced, LegalHoldReleased] as RowProjection<HoldEvent, LegalHoldRow>['types'],
  columns: `
    hold_id text collate "C" not null,
    subject_id text collate "C" not null,
    held_shop_id text collate "C" not null,
    reason_subject text not null,
    reason bytea,
    placed_by text not null,
    placed_at bigint not null,
    released_by text not null,
    released_at bigint not null,
    release_reason bytea`,
  keyColumns: ['hold_id'],
  indexes: ['(vendor_id, placed_at, hold_id)'],
  keys: ({ event }) => [{ hold_id: event.holdId }],
  apply: (row, recorded) => holdAfter(row, recorded),
};

function holdAfter(row: LegalHoldRow | undefined, { event, meta, recordedAt }: RecordedEvent<HoldEvent>): LegalHoldRow | undefined {
  switch (event.$type) {
    case 'deskfleet.conversations.v1.LegalHoldPlaced':
      return {
        hold_id: event.holdId,
        subject_id: event.subjectId,
        held_shop_id: event.heldShopId,
        reason_subject: event.reason?.subjectId ?? '',
        reason: bytesOf(event.reason),
        placed_by: meta.actor?.id ?? '',
        placed_at: recordedAt,
        released_by: '',
        released_at: 0,
        release_reason: null,
      };
    case 'deskfleet.conversations.v1.LegalHoldReleased':
      return row && { ...row, released_by: meta.actor?.id ?? '', released_at: recordedAt, release_reason: bytesOf(event.reason) };
  }
}

function bytesOf(sealed: SealedText | undefined): Buffer | null {
  return sealed === undefined ? null : Buffer.from(sealed.ciphertext);
}
