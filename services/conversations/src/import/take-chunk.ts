// One chunk of a file: parsed, its shops looked up, sealed, and taken in with one load and one append, all good lines or none.
import type { NewEvent, Refused, StreamAppend } from '@deskfleet/event-store';
import { expectLoaded, fold, type LoadedStream } from '@deskfleet/event-store';
import type { Keyring } from '@deskfleet/event-store/sealing';
import { shopIdOf } from '@deskfleet/protocol';
import { ImportChunkTaken, ImportLinesRejected, LineRejected, ServiceType } from '@deskfleet/protocol/conversations';
import { ImportChunkRequest, ImportChunkResponse } from '@deskfleet/protocol/conversations-service';
import { type Caller, type CommandResult, type Kit, refuseCall } from '@deskfleet/service-kit';
import { cut } from '../intake/incoming.ts';
import { type Arrival, sealBatch, type Taken } from '../intake/intake.ts';
import { knownFrom } from '../intake/known.ts';
import { findShops } from '../queries/shops.ts';
import { type BadLine, type ChunkLine, countLines, MAX_CHUNK_BYTES, MAX_CHUNK_LINES, parseChunk } from './chunk.ts';
import { type ImportEvent, imports } from './import.ts';

/** Rejected lines an event holds: 50 of them, each with a `found` of 200 characters, stay below its 64 KB. */
const REJECTED_AN_EVENT = 50;

export async function takeChunk(kit: Kit, keyring: Keyring, caller: Caller, request: ImportChunkRequest): Promise<CommandResult<ImportChunkResponse>> {
  checkLimits(request);
  const parsed = parseChunk(request.ndjson, request.firstLine, request.overlong, kit.now());
  const placed = await placeInShops(kit, caller, request.importId, parsed.good);
  const batch = await sealBatch(
    keyring,
    () => kit.newId(),
    caller.vendorId,
    placed.arrivals.map(({ arrival }) => arrival),
  );
  const importStream = `import-${request.importId}`;
  const chunkStream = `chunk-${request.importId}-${request.firstLine}`;
  return kit.command({
    caller,
    commandId: request.commandId,
    content: ImportChunkRequest.encode({ ...request, commandId: '' }).finish(),
    answer: ImportChunkResponse,
    streams: [importStream, chunkStream, ...batch.streams],
    decide(streams, now) {
      const running = fold(imports, streams.get(importStream)?.events.map(({ event }) => event as ImportEvent) ?? []);
      const allowed = imports.decide(running, { kind: 'take-chunk' });
      if (!allowed.accepted) return { ...allowed, facts: { import_id: request.importId } };
      const taken = batch.decide(new Map(batch.streams.map((streamId) => [streamId, knownFrom(streams.get(streamId) ?? { version: 0, events: [] })])));
      const rejected = [...parsed.bad, ...placed.bad, ...refusedLines(placed.arrivals, taken)].sort((a, b) => a.line - b.line);
      const answer = ImportChunkResponse.create({
        lines: parsed.lines,
        inserted: taken.outcomes.filter((outcome) => outcome === 'inserted').length,
        duplicates: taken.outcomes.filter((outcome) => outcome === 'duplicate').length,
        rejected,
      });
      return { appends: [...taken.appends, recordOf(streams.get(chunkStream), request, answer, taken, now)], answer };
    },
  });
}

function checkLimits({ ndjson, firstLine, overlong }: ImportChunkRequest): void {
  const tooLarge = (field: string, found: number, expected: string) => refuseCall('chunk-too-large', { field, found, expected });
  if (ndjson.length > MAX_CHUNK_BYTES) tooLarge('ndjson', ndjson.length, `at most ${MAX_CHUNK_BYTES} bytes`);
  const lines = countLines(ndjson);
  if (lines > MAX_CHUNK_LINES) tooLarge('ndjson', lines, `at most ${MAX_CHUNK_LINES} lines`);
  if (overlong.length > MAX_CHUNK_LINES) tooLarge('overlong', overlong.length, `at most ${MAX_CHUNK_LINES} lines`);
  if (firstLine < 1) refuseCall('first-line-invalid', { field: 'first_line', found: firstLine, expected: 'a line number from 1' });
}

interface PlacedLine {
  readonly line: ChunkLine;
  readonly arrival: Arrival;
}

async function placeInShops(kit: Kit, caller: Caller, importId: string, lines: readonly ChunkLine[]): Promise<{ arrivals: PlacedLine[]; bad: BadLine[] }> {
  const shopIds = new Map<string, string>();
  for (const { shop } of lines) if (!shopIds.has(shop)) shopIds.set(shop, shopIdOf(caller.vendorId, shop));
  const shops = shopIds.size === 0 ? new Map() : await kit.read(caller, (tx) => findShops(tx, [...shopIds.values()]));
  const arrivals: PlacedLine[] = [];
  const bad: BadLine[] = [];
  for (const line of lines) {
    const shopId = shopIds.get(line.shop) ?? '';
    const shop = shops.get(shopId);
    if (shop === undefined) bad.push({ line: line.line, field: 'shop', found: cut(line.shop), expected: "the code of one of the vendor's shops" });
    else arrivals.push({ line, arrival: { shopId, channel: line.channel, channelKind: shop.kindOf(line.channel), importId, message: line.message } });
  }
  return { arrivals, bad };
}

function refusedLines(arrivals: readonly PlacedLine[], taken: Taken): BadLine[] {
  return taken.outcomes.flatMap((outcome, index) => {
    const line = arrivals[index]?.line;
    return typeof outcome === 'string' || line === undefined ? [] : [{ line: line.line, ...explain(outcome, line) }];
  });
}

function explain(refused: Refused, { message }: ChunkLine) {
  switch (refused.code) {
    case 'message-id-reused':
      return { field: 'message_id', found: `${cut(message.messageId)} with other content`, expected: 'the content this message id first came with' };
    case 'service-type-differs':
      return { field: 'service_type', found: nameOf(message.serviceType), expected: `${nameOf(refused.facts.opened_as)}, as its conversation began` };
    default:
      return { field: '', found: refused.code, expected: 'a message its conversation takes' };
  }
}

function nameOf(serviceType: unknown): string {
  if (serviceType === ServiceType.SERVICE_TYPE_PRE_SALE) return 'pre_sale';
  return serviceType === ServiceType.SERVICE_TYPE_AFTER_SALE ? 'after_sale' : 'none';
}

/** The chunk's own stream: its counts, so that chunks side by side do not wait for each other. */
function recordOf(
  stream: LoadedStream | undefined,
  { importId, firstLine }: ImportChunkRequest,
  answer: ImportChunkResponse,
  taken: Taken,
  now: number,
): StreamAppend {
  const at = (event: NewEvent['event']): NewEvent => ({ event, occurredAt: now, shopId: '' });
  const chunk = ImportChunkTaken.create({
    importId,
    firstLine,
    lines: answer.lines,
    inserted: answer.inserted,
    duplicates: answer.duplicates,
    rejected: answer.rejected.length,
    touchedConversationIds: [...taken.touched],
    repeatedConversationIds: [...taken.repeated],
  });
  const rejected: NewEvent[] = [];
  for (let from = 0; from < answer.rejected.length; from += REJECTED_AN_EVENT) {
    const lines = answer.rejected.slice(from, from + REJECTED_AN_EVENT).map(({ $type: _, ...line }) => LineRejected.create(line));
    rejected.push(at(ImportLinesRejected.create({ importId, lines })));
  }
  const streamId = `chunk-${importId}-${firstLine}`;
  return { streamId, expected: expectLoaded(stream ?? { version: 0 }), events: [at(chunk), ...rejected] };
}
