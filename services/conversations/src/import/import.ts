// An import of a file: started, chunk after chunk, finished by command or after 10 minutes without a chunk.
import { accept, type Decider, type EpochMs, refuse } from '@deskfleet/event-store';
import { ImportFinished, ImportStarted, type SealedText } from '@deskfleet/protocol/conversations';

/** How long an import may be silent before it is finished for it. */
export const IDLE_MS = 10 * 60_000;

export type ImportEvent = ImportStarted | ImportFinished;

export type Import = { readonly status: 'none' } | { readonly status: 'running' } | { readonly status: 'finished' };

export interface ImportCounts {
  readonly messages: number;
  readonly conversations: number;
  readonly inserted: number;
  readonly duplicates: number;
  readonly rejected: number;
}

export type ImportCommand =
  | { readonly kind: 'start'; readonly importId: string; readonly fileName: SealedText }
  | { readonly kind: 'take-chunk' }
  | { readonly kind: 'finish'; readonly importId: string; readonly counts: ImportCounts; readonly by: 'command' | 'idle' };

export const imports: Decider<ImportCommand, ImportEvent, Import, 'import-unknown' | 'import-finished'> = {
  initial: { status: 'none' },

  evolve(_, event) {
    switch (event.$type) {
      case 'deskfleet.conversations.v1.ImportStarted':
        return { status: 'running' };
      case 'deskfleet.conversations.v1.ImportFinished':
        return { status: 'finished' };
    }
  },

  decide(state, command) {
    switch (command.kind) {
      case 'start':
        if (state.status !== 'none') return accept<ImportEvent>();
        return accept<ImportEvent>(ImportStarted.create({ importId: command.importId, sealedFileName: command.fileName }));
      case 'take-chunk':
        if (state.status === 'none') return refuse('import-unknown');
        return state.status === 'finished' ? refuse('import-finished') : accept<ImportEvent>();
      case 'finish':
        if (state.status === 'none') return refuse('import-unknown');
        if (state.status === 'finished') return accept<ImportEvent>();
        return accept<ImportEvent>(ImportFinished.create({ importId: command.importId, ...command.counts, by: command.by }));
    }
  },
};

/** Whether an import that last heard of at `lastChunkAt` has been silent long enough. */
export function isIdle(lastChunkAt: EpochMs, now: EpochMs): boolean {
  return now - lastChunkAt >= IDLE_MS;
}
