// A file of transcripts in chunks the portal takes: at most 500 lines and 1 MB. A line too long to send leaves a blank in its place and its
// length beside the chunk, so that every line keeps its number and a 5 MB line is named like any other bad one.
// A chunk ends where a conversation ends if one does near its end: two chunks under way that share a conversation must be decided one after the
// other, and in a file sorted by conversation nearly every chunk would share one with the next (the import took a third longer).
import { createReadStream } from 'node:fs';

const MAX_LINES = 500;
/** From so many lines on a chunk ends with a conversation. */
const ENOUGH_LINES = 400;
const MAX_BYTES = 1_000_000;
/** What conversations takes of one line. */
const MAX_LINE_BYTES = 128 * 1024;
const READ_BYTES = 1_048_576;
const NEWLINE = 0x0a;
const LINE_END = Buffer.from('\n');

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its line end; empty when it is longer than 128 KB. */
  readonly bytes: Buffer;
  readonly length: number;
}

export interface Chunk {
  readonly firstLine: number;
  readonly lines: number;
  readonly ndjson: Buffer;
  /** `<line>:<bytes>` */
  readonly overlong: readonly string[];
  /** How far into the file its last line ends. */
  readonly endsAt: number;
}

/** The lines of a file, in order. Holds at most one line of 128 KB and what was read last. */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer): void => {
    length += part.length;
    if (length <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  const line = (): Line => {
    const whole = length <= MAX_LINE_BYTES ? Buffer.concat(parts) : Buffer.alloc(0);
    number += 1;
    const done = { number, bytes: whole, length };
    parts = [];
    length = 0;
    return done;
  };
  for await (const read of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = read.indexOf(NEWLINE); end >= 0; end = read.indexOf(NEWLINE, from)) {
      take(read.subarray(from, end));
      yield line();
      from = end + 1;
    }
    if (from < read.length) take(Buffer.from(read.subarray(from)));
  }
  if (length > 0) yield line();
}

export async function* chunksOf(path: string): AsyncGenerator<Chunk> {
  let firstLine = 1;
  let lines: Buffer[] = [];
  let overlong: string[] = [];
  let bytes = 0;
  let position = 0;
  const chunk = (): Chunk => {
    const ndjson = Buffer.concat(lines.flatMap((line) => [line, LINE_END]));
    const done = { firstLine, lines: lines.length, ndjson, overlong, endsAt: position };
    firstLine += lines.length;
    [lines, overlong, bytes] = [[], [], 0];
    return done;
  };
  for await (const line of linesOf(path)) {
    const full = lines.length === MAX_LINES || bytes + line.bytes.length + 1 > MAX_BYTES;
    if (full || (lines.length >= ENOUGH_LINES && conversationIn(line.bytes) !== conversationIn(lines.at(-1)))) yield chunk();
    lines.push(line.bytes);
    if (line.length > MAX_LINE_BYTES) overlong.push(`${line.number}:${line.length}`);
    bytes += line.bytes.length + 1;
    position += line.length + 1;
  }
  if (lines.length > 0) yield chunk();
}

const CONVERSATION = Buffer.from('"conversation_id"');
/** An id of 200 characters, and what stands around it. */
const NEAR_BYTES = 1_024;

/** The conversation a line names, looked up without parsing it: a wrong answer costs time, nothing else. */
function conversationIn(line: Buffer | undefined): string | undefined {
  const at = line?.indexOf(CONVERSATION) ?? -1;
  if (line === undefined || at < 0) return undefined;
  return /:\s*"([^"]*)"/.exec(line.toString('utf8', at + CONVERSATION.length, at + NEAR_BYTES))?.[1];
}
