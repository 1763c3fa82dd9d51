// A chunk of an NDJSON file, parsed and checked line by line: good lines are messages, bad ones are named by number, field, found and expected.
import { isUtf8 } from 'node:buffer';
import type { EpochMs } from '@deskfleet/event-store';
import { asFields, checkMessage, type Fault, type IncomingMessage, idField } from '../intake/incoming.ts';

export const MAX_CHUNK_LINES = 500;
export const MAX_CHUNK_BYTES = 1024 * 1024;
/** A line: a text of 16 KB escaped six-fold, and its other fields. */
export const MAX_LINE_BYTES = 128 * 1024;

export interface ChunkLine {
  readonly line: number;
  readonly shop: string;
  readonly channel: string;
  readonly message: IncomingMessage;
}

export interface BadLine extends Fault {
  readonly line: number;
}

export interface ParsedChunk {
  /** Lines that hold anything: blank ones are passed over. */
  readonly lines: number;
  readonly good: readonly ChunkLine[];
  readonly bad: readonly BadLine[];
}

export interface OverlongLine {
  readonly line: number;
  readonly bytes: number;
}

/** Parses a chunk whose first line has this number in its file. `overlong` lines were not sent: each has a blank line in its place. */
export function parseChunk(ndjson: Uint8Array, firstLine: number, overlong: readonly OverlongLine[], now: EpochMs): ParsedChunk {
  const bytes = Buffer.from(ndjson.buffer, ndjson.byteOffset, ndjson.byteLength);
  const good: ChunkLine[] = [];
  const bad: BadLine[] = overlong.map(({ line, bytes: size }) => ({ line, ...tooLong(size) }));
  const allUtf8 = isUtf8(bytes);
  let lines = overlong.length;
  let line = firstLine;
  for (let from = 0; from < bytes.length; line++) {
    const newline = bytes.indexOf(10, from);
    const to = newline === -1 ? bytes.length : newline;
    const content = bytes.subarray(from, to);
    from = to + 1;
    if (isBlank(content)) continue;
    lines++;
    const parsed = parseLine(content, allUtf8, now);
    if (parsed.ok) good.push({ line, ...parsed.value });
    else bad.push({ line, ...parsed.fault });
  }
  return { lines, good, bad };
}

/** How many lines a chunk has, blank ones included. */
export function countLines(ndjson: Uint8Array): number {
  const bytes = Buffer.from(ndjson.buffer, ndjson.byteOffset, ndjson.byteLength);
  let lines = 0;
  for (let from = 0; from < bytes.length; lines++) {
    const newline = bytes.indexOf(10, from);
    from = newline === -1 ? bytes.length : newline + 1;
  }
  return lines;
}

function parseLine(content: Buffer, utf8: boolean, now: EpochMs) {
  if (content.length > MAX_LINE_BYTES) return { ok: false as const, fault: tooLong(content.length) };
  if (!utf8 && !isUtf8(content)) return { ok: false as const, fault: { field: '', found: 'bytes that are not UTF-8', expected: 'a line of UTF-8' } };
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (error) {
    return { ok: false as const, fault: { field: '', found: brokenAt(error, content), expected: 'a JSON object' } };
  }
  const fields = asFields(json);
  if (!fields.ok) return fields;
  const shop = idField(fields.value, 'shop');
  if (!shop.ok) return shop;
  const channel = idField(fields.value, 'channel');
  if (!channel.ok) return channel;
  const message = checkMessage(fields.value, now);
  if (!message.ok) return message;
  return { ok: true as const, value: { shop: shop.value, channel: channel.value, message: message.value } };
}

function tooLong(bytes: number): Fault {
  return { field: '', found: `a line of ${bytes} bytes`, expected: `a line of at most ${MAX_LINE_BYTES} bytes` };
}

/** Where the JSON breaks. The parser's own message quotes the line, which may be a message's text. */
function brokenAt(error: unknown, content: Buffer): string {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? `${content.length} bytes that are not JSON` : `JSON that breaks at character ${Number(position) + 1}`;
}

function isBlank(content: Buffer): boolean {
  for (const byte of content) if (byte !== 32 && byte !== 13 && byte !== 9) return false;
  return true;
}
