// Sends a file chunk by chunk. A chunk's command id is its place in the import, so that one sent twice goes in once;
// a full queue (429) or an absent service (5xx) is asked again for a minute before the import stops, and longer while what was sent is being counted.
import { api, ask, COMMAND_ID, ProblemError } from '../../api/http.ts';
import type { RejectedLine } from '../../api/types.ts';
import { type Chunk, chunksOf } from './chunks.ts';

export interface Progress {
  importId: string;
  fileName: string;
  totalBytes: number;
  sentBytes: number;
  lines: number;
  inserted: number;
  duplicates: number;
  rejected: readonly RejectedLine[]; // the first SHOWN_REJECTED
  rejectedTotal: number;
  elapsedMs: number;
  done: boolean;
}

const RETRY_FOR_MS = 60_000;
const SHOWN_REJECTED = 1000;

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('stopped', 'AbortError'));
    });
  });

async function patiently<T>(attempt: () => Promise<T>, signal: AbortSignal, goesOn: () => Promise<boolean> = async () => false): Promise<T> {
  let until = Date.now() + RETRY_FOR_MS;
  for (let wait = 500; ; wait = Math.min(8000, wait * 2)) {
    try {
      return await attempt();
    } catch (error) {
      const again = !(error instanceof ProblemError) || error.status === 429 || error.status >= 500;
      if (signal.aborted || !again) throw error;
      if (await goesOn()) until = Date.now() + RETRY_FOR_MS;
      if (Date.now() + wait > until) throw error;
      const asked = error instanceof ProblemError ? error.retryAfterSeconds : undefined;
      await pause(asked === undefined ? wait : asked * 1000, signal);
    }
  }
}

const sendChunk = (importId: string, chunk: Chunk, signal: AbortSignal) =>
  ask(
    api.POST('/imports/{importId}/chunks/{firstLine}', {
      params: { path: { importId, firstLine: chunk.firstLine } },
      body: '',
      bodySerializer: () => chunk.bytes,
      headers: { 'content-type': 'application/x-ndjson', [COMMAND_ID]: `${importId}-${chunk.firstLine}` },
      signal,
    }),
  );

/** The end is answered once all is counted: a large file on a busy installation is counted long after its last chunk. */
function countGrows(importId: string): () => Promise<boolean> {
  let counted = 0;
  return async () => {
    const before = counted;
    const now = await ask(api.GET('/imports/{importId}', { params: { path: { importId } } })).catch(() => undefined);
    counted = now === undefined ? before : now.messages + now.rejectedTotal;
    return counted > before;
  };
}

export async function upload(file: File, report: (progress: Progress) => void, signal: AbortSignal): Promise<void> {
  const began = Date.now();
  const startId = crypto.randomUUID();
  const { importId } = await patiently(() => ask(api.POST('/imports', { body: { fileName: file.name }, headers: { [COMMAND_ID]: startId } })), signal);
  let progress: Progress = {
    importId,
    fileName: file.name,
    totalBytes: file.size,
    sentBytes: 0,
    lines: 0,
    inserted: 0,
    duplicates: 0,
    rejected: [],
    rejectedTotal: 0,
    elapsedMs: 0,
    done: false,
  };
  report(progress);
  for await (const chunk of chunksOf(file)) {
    const answer = await patiently(() => sendChunk(importId, chunk, signal), signal);
    progress = {
      ...progress,
      sentBytes: chunk.through,
      lines: progress.lines + answer.lines,
      inserted: progress.inserted + answer.inserted,
      duplicates: progress.duplicates + answer.duplicates,
      rejected: [...progress.rejected, ...answer.rejected].slice(0, SHOWN_REJECTED),
      rejectedTotal: progress.rejectedTotal + answer.rejected.length,
      elapsedMs: Date.now() - began,
    };
    report(progress);
  }
  const finishId = `${importId}-finish`;
  await patiently(
    () => ask(api.POST('/imports/{importId}/finish', { params: { path: { importId } }, headers: { [COMMAND_ID]: finishId } })),
    signal,
    countGrows(importId),
  );
  report({ ...progress, elapsedMs: Date.now() - began, done: true });
}
