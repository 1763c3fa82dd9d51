// `deskfleet import transcripts FILE`: the file in chunks, several under way at once, and a summary when all of it is counted everywhere.
import { statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { type Chunk, chunksOf, linesOf } from './chunks.ts';
import { Unable } from './installation.ts';
import { Patience, type Portal } from './portal.ts';
import { settled } from './settle.ts';

/** Chunks under way at once: while some are appended others are sealed; with 4 the service sealed and the database appended in turns. */
const IN_FLIGHT = 8;
const SHOPS_A_CALL = 200;
/** Where a shop's contract was taken over from. Not the file's name: that is sealed with the import, and stands in a contract in the clear. */
const ORIGIN = 'deskfleet import transcripts';

export interface RejectedLine {
  readonly line: number;
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

export interface ImportSummary {
  readonly messages: number;
  readonly conversations: number;
  readonly inserted: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedLine[];
  readonly seconds: number;
}

export interface ImportOptions {
  readonly file: string;
  readonly createShops: boolean;
  readonly wait: boolean;
  /** With an installation where nothing of this import goes on; a minute when absent. */
  readonly patience?: Patience;
}

interface ChunkAnswer {
  readonly inserted: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedLine[];
}

export async function importTranscripts(portal: Portal, { file, createShops, wait, patience = new Patience() }: ImportOptions): Promise<ImportSummary> {
  const size = sizeOf(file);
  const from = performance.now();
  if (createShops) await takeOverShops(portal, file);
  patience.renew();

  const { importId } = (await portal.ask('/imports', { method: 'POST', body: { fileName: file.split(/[\\/]/).at(-1) ?? file }, patience })) as {
    importId: string;
  };
  const sum = { inserted: 0, duplicates: 0, lines: 0 };
  const rejected: RejectedLine[] = [];
  const bar = progressBar();
  bar.start(size, 0, { rate: 0 });
  try {
    await inFlight(chunksOf(file), IN_FLIGHT, async (chunk) => {
      const answer = await sendChunk(portal, importId, chunk, patience);
      patience.renew();
      sum.inserted += answer.inserted;
      sum.duplicates += answer.duplicates;
      sum.lines += chunk.lines;
      rejected.push(...answer.rejected);
      bar.increment(chunk.ndjson.length, { rate: Math.round((sum.lines * 1_000) / (performance.now() - from)) });
    });
    bar.update(size);
  } finally {
    bar.stop();
  }
  const finished = await finish(portal, importId, patience);
  if (wait) {
    process.stderr.write('Counting ...\n');
    await settled(portal);
  }
  return {
    messages: sum.inserted + sum.duplicates + rejected.length,
    conversations: finished.conversations,
    inserted: sum.inserted,
    duplicates: sum.duplicates,
    rejected: rejected.sort((a, b) => a.line - b.line),
    seconds: Math.round(performance.now() - from) / 1_000,
  };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    throw new Unable(`${file} can't be read.`);
  }
}

async function sendChunk(portal: Portal, importId: string, chunk: Chunk, patience: Patience): Promise<ChunkAnswer> {
  const path = `/imports/${importId}/chunks/${chunk.firstLine}`;
  const answer = (await portal.ask(path, {
    method: 'POST',
    body: chunk.ndjson,
    query: { overlong: chunk.overlong },
    commandId: `${importId}:${chunk.firstLine}`,
    patience,
  })) as ChunkAnswer;
  return { ...answer, rejected: answer.rejected.map(({ line, field, found, expected }) => ({ line, field, found, expected })) };
}

/**
 * The end is answered once all that was sent is counted, and "too slow" while it is not: a large file on a busy machine is counted long after its
 * last chunk. As long as the count grows there is nothing to give up on.
 */
async function finish(portal: Portal, importId: string, patience: Patience): Promise<{ readonly conversations: number }> {
  let counted = 0;
  const answer = await portal.ask(`/imports/${importId}/finish`, {
    method: 'POST',
    commandId: `${importId}:finish`,
    patience,
    async onAway() {
      const { messages, rejectedTotal } = (await portal.ask(`/imports/${importId}`, { patience })) as { messages: number; rejectedTotal: number };
      const now = messages + rejectedTotal;
      if (now > counted) patience.renew();
      counted = now;
    },
  });
  return answer as { conversations: number };
}

/** Every shop the file names, with the channel it first appears on. Lines that are no JSON are the import's to name. */
async function takeOverShops(portal: Portal, file: string): Promise<void> {
  const platforms = new Map<string, string>();
  for await (const { bytes } of linesOf(file)) {
    const found = shopIn(bytes);
    if (found !== undefined && !platforms.has(found.shop)) platforms.set(found.shop, found.channel);
  }
  const shops = [...platforms].map(([code, platform]) => ({ code, platform }));
  for (let from = 0; from < shops.length; from += SHOPS_A_CALL) {
    const body = { shops: shops.slice(from, from + SHOPS_A_CALL), importedFrom: ORIGIN };
    await portal.ask('/shops/take-over', { method: 'POST', body });
  }
  // Lines of a shop go in once conversations has heard of it.
  if (shops.length > 0) await settled(portal);
}

function shopIn(bytes: Buffer): { readonly shop: string; readonly channel: string } | undefined {
  try {
    const { shop, channel } = JSON.parse(bytes.toString('utf8')) as { shop?: unknown; channel?: unknown };
    return typeof shop === 'string' && shop !== '' ? { shop, channel: typeof channel === 'string' ? channel : '' } : undefined;
  } catch {
    return undefined;
  }
}

/** Runs at most `limit` tasks at once over what the source yields, in its order. */
async function inFlight<T>(source: AsyncIterable<T>, limit: number, task: (item: T) => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const item of source) {
    const run: Promise<void> = task(item).finally(() => running.delete(run));
    running.add(run);
    if (running.size >= limit) await Promise.race(running);
  }
  await Promise.all(running);
}

/** On standard error; a line every 5 s where that is no terminal. */
function progressBar(): SingleBar {
  return new SingleBar({
    format: '{bar} {percentage}% | {rate} messages/s | {eta_formatted} left',
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 5_000,
    barsize: 24,
    hideCursor: true,
  });
}
