// What became of each import: its counts, the conversations it named, and the lines it refused.
import { ConversationImported, ImportChunkTaken, ImportFinished, ImportLinesRejected, ImportStarted } from '@deskfleet/protocol/conversations';
import type { RowProjection } from '@deskfleet/read-model';

export interface ImportRow {
  import_id: string;
  /** As in the log: sealed, or in the clear without a subject. */
  file_name: Uint8Array;
  file_name_subject: string;
  started_at: number;
  /** 0 = running. */
  finished_at: number;
  last_heard_at: number;
  inserted: number;
  duplicates: number;
  rejected: number;
}

type ImportEvent = ImportStarted | ImportChunkTaken | ImportFinished;

export const imports: RowProjection<ImportEvent, ImportRow> = {
  name: 'imports',
  version: 2,
  types: [ImportStarted, ImportChunkTaken, ImportFinished] as RowProjection<ImportEvent, ImportRow>['types'],
  columns: `
    import_id text collate "C" not null,
    file_name bytea not null,
    file_name_subject text collate "C" not null,
    started_at bigint not null,
    finished_at bigint not null,
    last_heard_at bigint not null,
    inserted bigint not null,
    duplicates bigint not null,
    rejected bigint not null`,
  keyColumns: ['import_id'],
  indexes: ['(vendor_id, started_at, import_id)'],
  keys: ({ event }) => [{ import_id: event.importId }],
  apply(row, { event, recordedAt }) {
    switch (event.$type) {
      case 'deskfleet.conversations.v1.ImportStarted':
        return {
          import_id: event.importId,
          file_name: event.sealedFileName?.ciphertext ?? Buffer.from(event.fileName),
          file_name_subject: event.sealedFileName?.subjectId ?? '',
          started_at: recordedAt,
          finished_at: 0,
          last_heard_at: recordedAt,
          inserted: 0,
          duplicates: 0,
          rejected: 0,
        };
      case 'deskfleet.conversations.v1.ImportChunkTaken':
        return (
          row && {
            ...row,
            last_heard_at: recordedAt,
            inserted: row.inserted + event.inserted,
            duplicates: row.duplicates + event.duplicates,
            rejected: row.rejected + event.rejected,
          }
        );
      case 'deskfleet.conversations.v1.ImportFinished':
        return row && { ...row, finished_at: recordedAt };
    }
  },
};

export interface ImportedConversationRow {
  import_id: string;
  conversation_id: string;
  /** Its stream has not been told yet that its part of the import is complete. */
  pending: boolean;
}

type ImportedEvent = ImportChunkTaken | ConversationImported;

/** The conversations an import named; those that got a message wait for their ConversationImported. */
export const importedConversations: RowProjection<ImportedEvent, ImportedConversationRow> = {
  name: 'imported_conversations',
  version: 1,
  types: [ImportChunkTaken, ConversationImported] as RowProjection<ImportedEvent, ImportedConversationRow>['types'],
  columns: `
    import_id text collate "C" not null,
    conversation_id text collate "C" not null,
    pending boolean not null`,
  keyColumns: ['import_id', 'conversation_id'],
  indexes: ['(vendor_id, import_id, conversation_id) where pending'],
  keys({ event }) {
    const { importId } = event;
    if (event.$type === ConversationImported.$type) return [{ import_id: importId, conversation_id: event.conversationId }];
    return [...event.touchedConversationIds, ...event.repeatedConversationIds].map((id) => ({ import_id: importId, conversation_id: id }));
  },
  apply(row, { event }, { import_id = '', conversation_id = '' }) {
    if (event.$type === ConversationImported.$type) return { import_id, conversation_id, pending: false };
    const touched = touchedOf(event).has(conversation_id);
    return row === undefined || (touched && !row.pending) ? { import_id, conversation_id, pending: touched } : row;
  },
};

// A chunk names up to 500 conversations and is applied once for each: its set is made once.
const touchedSets = new WeakMap<ImportChunkTaken, ReadonlySet<string>>();

function touchedOf(event: ImportChunkTaken): ReadonlySet<string> {
  let set = touchedSets.get(event);
  if (set === undefined) {
    set = new Set(event.touchedConversationIds);
    touchedSets.set(event, set);
  }
  return set;
}

export interface RejectedLineRow {
  import_id: string;
  line: number;
  field: string;
  found: string;
  expected: string;
}

export const rejectedLines: RowProjection<ImportLinesRejected, RejectedLineRow> = {
  name: 'import_rejected_lines',
  version: 1,
  types: [ImportLinesRejected],
  columns: `
    import_id text collate "C" not null,
    line bigint not null,
    field text not null,
    found text not null,
    expected text not null`,
  keyColumns: ['import_id', 'line'],
  keys: ({ event }) => event.lines.map(({ line }) => ({ import_id: event.importId, line })),
  apply(row, { event }, { import_id = '', line = 0 }) {
    const rejected = event.lines.find((candidate) => candidate.line === line);
    return rejected === undefined ? row : { import_id, line, field: rejected.field, found: rejected.found, expected: rejected.expected };
  },
};
